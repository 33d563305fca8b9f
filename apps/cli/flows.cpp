// millwright flows: when each flow of a table arrives, and what the links carry.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/fabric.h"
#include "millwright/base/statistics.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"
#include "millwright/trace/flow_table.h"

namespace millwright::app {
namespace {

using Json = nlohmann::ordered_json;

/// Chips for which a fabric of the catalog is wired when a table says how many it needs.
constexpr std::uint32_t largest_chips = 16'384;

FlowCase flows_of(const FlowsArguments& a, const Common& common) {
    const CsvTable table = table_from(a.table);
    if (!is_cable_list(a.fabric)) {
        return value_or_throw(flows_on_shape(table, shape_by(a.fabric, common, largest_chips)));
    }
    const Routing routing = enum_named<Routing>(a.fabric.routing).value();
    return value_or_throw(
        flows_on_cables(table, table_from(a.fabric.fabric), routing, degraded_by(a.fabric)));
}

Json outcome_json(const FlowCase& flows, const FlowOutcome& outcome, std::size_t most) {
    const std::vector<Seconds> finish = finish_of(flows, outcome);
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
    return {{"fabric", flows.graph.description}, {"flows", finished}, {"links", links}};
}

void print_text(const FlowCase& flows, const FlowOutcome& outcome, std::size_t most) {
    std::vector<double> finish;
    for (const Seconds s : finish_of(flows, outcome)) finish.push_back(s.si());
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

int flows_command(const FlowsArguments& a, const Common& common) try {
    const FlowCase flows = flows_of(a, common);
    const FlowOutcome outcome =
        run_flows(flows.problem, a.no_symmetry ? Symmetry::off : Symmetry::on);
    if (!a.links.table.empty()) {
        const std::vector<Seconds> finish = finish_of(flows, outcome);
        write_link_table(a.links.table, flows.graph, outcome.link_bytes,
                         *std::ranges::max_element(finish));
    }
    if (common.json) {
        std::cout << json_text(outcome_json(flows, outcome, a.links.shown)) << "\n";
    } else {
        print_text(flows, outcome, a.links.shown);
    }
    return exit_done;
} catch (const TooLarge& large) {
    throw UserFault{{{{a.table, 0, 0}, large.what(), "take fewer flows, or shorter ways"}}};
}

}  // namespace millwright::app
