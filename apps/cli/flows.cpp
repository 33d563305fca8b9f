// millwright flows: when each flow of a table arrives, and what the links carry.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/fabric.h"
#include "millwright/api/flows.h"
#include "millwright/base/statistics.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

using Json = nlohmann::ordered_json;

/// `finish_s` is the time at which the last byte comes, from the table's zero; `peak_share` the
/// most of a link's rate that it ever gave. Links are the busiest `most` (0: all that carried).
Json outcome_json(const FlowsAnswer& answer, std::size_t most) {
    const auto& [flows, outcome, finish] = answer;
    Json finished = Json::array();
    for (std::size_t i = 0; i < flows.source.size(); ++i) {
        finished.push_back({{"source", flows.source[i]},
                            {"destination", flows.destination[i]},
                            {"finish_s", finish[i].si()}});
    }
    Json links = Json::array();
    for (const LinkId link : busiest_links(outcome.link_bytes, most)) {
        links.push_back({{"link", flows.graph.name(link)},
                         {"bytes", outcome.link_bytes[link].si()},
                         {"peak_share", outcome.peak_share[link]}});
    }
    return {{"fabric", flows.graph.description},
            {"efficiency", "ideal"},
            {"flows", finished},
            {"links", links}};
}

/// A table has one flow at least, or it was a fault.
void print_text(const FlowsAnswer& answer, std::size_t most) {
    const FlowCase& flows = answer.flows;
    const FlowOutcome& outcome = answer.outcome;
    std::vector<double> finish;
    for (const Seconds s : answer.finish) finish.push_back(s.si());
    const auto time = [](double s) { return to_text(Seconds::from_si(s)); };
    std::cout << wrapped("", flows.graph.description, 2)
              << fmt::format(
                     "{} flows: the first arrives after {}, half after {}, the last after "
                     "{}\n\n",
                     finish.size(), time(*std::min_element(finish.begin(), finish.end())),
                     time(quantile(finish, 0.5)),
                     time(*std::max_element(finish.begin(), finish.end())));
    std::vector<std::vector<std::string>> rows;
    for (const LinkId link : busiest_links(outcome.link_bytes, most)) {
        rows.push_back({flows.graph.name(link), to_text(outcome.link_bytes[link]),
                        fmt::format("{:.0f} %", 100 * outcome.peak_share[link])});
    }
    std::cout << format_table({"link", "carried", "peak"}, rows, "lrr");
}

}  // namespace

/// The link table is written before the result is printed: a run that fails prints none. Loads in
/// it are over the time until the last flow has come.
int flows_command(const FlowsArguments& a, const Common& common) {
    const FlowsAnswer answer =
        value_or_throw(flows({.flows = table_from(a.table),
                              .table = a.table,
                              .fabric = question_of(a.fabric),
                              .symmetry = a.no_symmetry ? Symmetry::off : Symmetry::on},
                             setting_of(common)));
    if (!a.links.table.empty()) {
        write_link_table(a.links.table, answer.flows.graph, answer.outcome.link_bytes,
                         *std::ranges::max_element(answer.finish));
    }
    if (common.json) {
        std::cout << json_text(outcome_json(answer, a.links.shown)) << "\n";
    } else {
        print_text(answer, a.links.shown);
    }
    return exit_done;
}

}  // namespace millwright::app
