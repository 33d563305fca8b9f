// millwright replay: a Chakra execution trace on a fabric.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/fabric.h"
#include "millwright/api/replay.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

using Json = nlohmann::ordered_json;

/// The largest send that leaves at once; a bare 0 needs no unit.
Bytes eager_of(const ReplayArguments& a) {
    if (a.eager == "0") return {};
    std::string why;
    const auto size = parse_as<Bytes::dimension>(a.eager, why);
    if (size && *size >= Bytes{}) return *size;
    throw UserFault{{{{"--eager", 0, 0},
                      size ? "less than nothing" : why,
                      "for example \"4 MiB\", or 0 for none"}}};
}

ReplayQuestion question_of(const ReplayArguments& a) {
    ReplayQuestion q{.folders = a.folders,
                     .chip = a.chip,
                     .fabric = question_of(a.fabric),
                     .options = {.ranks = static_cast<std::uint32_t>(a.ranks),
                                 .work_scale = a.work_scale,
                                 .eager = eager_of(a)},
                     .spread = a.spread,
                     .symmetry = a.no_symmetry ? Symmetry::off : Symmetry::on};
    for (const std::int64_t length : a.dimensions) {
        q.options.dimensions.push_back(static_cast<std::uint32_t>(length));
    }
    return q;
}

/// Times in seconds. `exposed_s` is what a rank waits for: its end less its work. `waited_s` is
/// summed over the exchanges of a kind, from the first rank to come to the last; `mean_s` is of
/// one.
Json json_of(const ReplayAnswer& answer, const ReplayArguments& a) {
    const ProgramOutcome& outcome = answer.outcome;
    const FabricGraph& graph = answer.fabric.graph;
    Json ranks = Json::array();
    for (std::size_t r = 0; r < outcome.ended.size(); ++r) {
        ranks.push_back({{"rank", r},
                         {"end_s", outcome.ended[r].si()},
                         {"compute_s", outcome.worked[r].si()},
                         {"exposed_s", (outcome.ended[r] - outcome.worked[r]).si()}});
    }
    Json kinds = Json::array();
    for (const auto& [name, kind] : answer.kinds) {
        kinds.push_back({{"name", name},
                         {"count", kind.count},
                         {"bytes", kind.bytes.si()},
                         {"mean_s", kind.sum.si() / kind.count},
                         {"longest_s", kind.longest.si()},
                         {"waited_s", kind.waited.si()}});
    }
    Json links = Json::array();
    for (const LinkId link : busiest_links(outcome.link_bytes, a.links.shown)) {
        links.push_back({{"link", graph.name(link)},
                         {"bytes", outcome.link_bytes[link].si()},
                         {"load", answer.load(link)}});
    }
    return {{"seconds", outcome.total.si()},
            {"fabric", graph.description},
            {"efficiency", answer.fabric.efficiency()},
            {"eager_bytes", eager_of(a).si()},
            {"ranks", ranks},
            {"exchanges", kinds},
            {"links", links},
            {"flows", outcome.flows},
            {"classes", outcome.classes}};
}

/// The rank that ends last tells where the time goes; of several the first.
void print_text(const ReplayAnswer& answer, const ReplayArguments& a) {
    const ProgramOutcome& outcome = answer.outcome;
    const FabricGraph& graph = answer.fabric.graph;
    const auto slowest = std::ranges::max_element(outcome.ended) - outcome.ended.begin();
    const Seconds compute = outcome.worked[static_cast<std::size_t>(slowest)];
    std::cout << fmt::format(
        "{}{} ranks on {} links: {}, of which rank {}, the last, computes {} and waits {}\n\n",
        wrapped("", graph.description, 2), outcome.ended.size(), answer.fabric.efficiency(),
        to_text(outcome.total), slowest, to_text(compute), to_text(outcome.total - compute));
    const auto kinds = answer.kinds;
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, kind] : kinds) {
        rows.push_back({name, fmt::format("{:.0f}", kind.count), to_text(kind.bytes / kind.count),
                        to_text(kind.sum / kind.count), to_text(kind.longest),
                        to_text(kind.waited / kind.count)});
    }
    std::cout << format_table(
        {"exchange", "count", "mean size", "mean time", "longest", "mean wait for all"}, rows,
        "lrrrrr");
    if (kinds.contains("messages")) {
        std::cout << wrapped("sends are posted: ",
                             fmt::format("bytes of up to {} leave at once (eager), more when the "
                                         "receive is there (rendezvous)",
                                         to_text(eager_of(a))),
                             2);
    }
    rows.clear();
    for (const LinkId link : busiest_links(outcome.link_bytes, a.links.shown)) {
        rows.push_back({graph.name(link), to_text(outcome.link_bytes[link]),
                        fmt::format("{:.0f} %", 100 * answer.load(link))});
    }
    std::cout << "\n" << format_table({"link", "carried", "load"}, rows, "lrr");
}

}  // namespace

/// The link table comes before the result, as files do everywhere; loads are over the whole time.
int replay_command(const ReplayArguments& a, const Common& common) {
    const ReplayAnswer answer = value_or_throw(replay(question_of(a), setting_of(common)));
    if (!a.links.table.empty()) {
        write_link_table(a.links.table, answer.fabric.graph, answer.outcome.link_bytes,
                         answer.outcome.total);
    }
    if (common.json) {
        std::cout << json_text(json_of(answer, a)) << "\n";
    } else {
        print_text(answer, a);
    }
    return exit_done;
}

}  // namespace millwright::app
