// millwright replay: a Chakra execution trace on a fabric.
#include <algorithm>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/fabric.h"
#include "millwright/base/units.h"
#include "millwright/factory/resolve.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"
#include "millwright/trace/trace_program.h"

namespace millwright::app {
namespace {

using Json = nlohmann::ordered_json;

/// Time of a node on a chip: the longer of its operations at the rate of large BF16 products and
/// its memory traffic.
Seconds roofline(const ChipRates& rates, const ChakraNode& node) {
    const auto bf16 = static_cast<std::size_t>(Precision::bf16);
    const FlopRate peak = rates.sustained * rates.gemm[bf16].peak_share * rates.dense[bf16];
    const Seconds compute = peak > FlopRate{} ? node.operations / peak : Seconds{};
    return max(compute, node.tensor / (rates.memory_share * rates.memory_bandwidth));
}

Bytes eager_of(const ReplayArguments& a) {
    if (a.eager == "0") return {};
    std::string why;
    const auto size = parse_as<Bytes::dimension>(a.eager, why);
    if (size && *size >= Bytes{}) return *size;
    throw UserFault{{{{"--eager", 0, 0},
                      size ? "less than nothing" : why,
                      "for example \"4 MiB\", or 0 for none"}}};
}

TraceOptions options_of(const ReplayArguments& a, const Common& common) {
    TraceOptions options{.ranks = static_cast<std::uint32_t>(a.ranks),
                         .work_scale = a.work_scale,
                         .eager = eager_of(a)};
    for (const std::int64_t length : a.dimensions) {
        options.dimensions.push_back(static_cast<std::uint32_t>(length));
    }
    if (a.chip.empty()) return options;
    const Catalog& parts = catalog(common);
    const ChipRates rates = resolve_rates(parts, look_up(parts.chips, a.chip, "chip", "chips"));
    options.work = [rates](const ChakraNode& node) { return roofline(rates, node); };
    return options;
}

/// Exchanges of one kind together.
struct Kind {
    double count = 0;
    Bytes bytes;
    Seconds sum, longest, waited;
};

std::map<std::string, Kind> kinds_of(const Program& program, const ProgramOutcome& outcome) {
    std::map<std::string, Kind> kinds;
    for (const ExchangeRecord& r : outcome.exchanges) {
        const bool message = program.exchanges[r.exchange].name.starts_with("message ");
        Kind& kind = kinds[message ? "messages" : program.exchanges[r.exchange].name];
        ++kind.count;
        kind.bytes += r.size;
        kind.sum += r.end - r.start;
        kind.waited += r.start - r.met;
        kind.longest = max(kind.longest, r.end - r.start);
    }
    return kinds;
}

/// What a link carried over what it could have.
double load_of(const FabricGraph& graph, const ProgramOutcome& outcome, LinkId link) {
    const Bytes could = graph.capacity[link] * outcome.total;
    return could > Bytes{} ? outcome.link_bytes[link] / could : 0;
}

Json json_of(const WiredFabric& fabric, const Program& program, const ProgramOutcome& outcome,
             const ReplayArguments& a) {
    const FabricGraph& graph = fabric.graph;
    Json ranks = Json::array();
    for (std::size_t r = 0; r < outcome.ended.size(); ++r) {
        ranks.push_back({{"rank", r},
                         {"end_s", outcome.ended[r].si()},
                         {"compute_s", outcome.worked[r].si()},
                         {"exposed_s", (outcome.ended[r] - outcome.worked[r]).si()}});
    }
    Json kinds = Json::array();
    for (const auto& [name, kind] : kinds_of(program, outcome)) {
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
                         {"load", load_of(graph, outcome, link)}});
    }
    return {{"seconds", outcome.total.si()},
            {"fabric", graph.description},
            {"efficiency", fabric.efficiency()},
            {"eager_bytes", eager_of(a).si()},
            {"ranks", ranks},
            {"exchanges", kinds},
            {"links", links},
            {"flows", outcome.flows},
            {"classes", outcome.classes}};
}

void print_text(const WiredFabric& fabric, const Program& program, const ProgramOutcome& outcome,
                const ReplayArguments& a) {
    const FabricGraph& graph = fabric.graph;
    const auto slowest = std::ranges::max_element(outcome.ended) - outcome.ended.begin();
    const Seconds compute = outcome.worked[static_cast<std::size_t>(slowest)];
    std::cout << fmt::format(
        "{}{} ranks on {} links: {}, of which rank {}, the last, computes {} and waits {}\n\n",
        wrapped("", graph.description, 2), outcome.ended.size(), fabric.efficiency(),
        to_text(outcome.total), slowest, to_text(compute), to_text(outcome.total - compute));
    const auto kinds = kinds_of(program, outcome);
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
                        fmt::format("{:.0f} %", 100 * load_of(graph, outcome, link))});
    }
    std::cout << "\n" << format_table({"link", "carried", "load"}, rows, "lrr");
}

/// All jobs on the endpoints of one fabric.
struct Jobs {
    std::vector<ChakraTrace> traces;
    std::vector<TraceOptions> options;
    std::uint32_t endpoints = 0;
};

Jobs jobs_of(const ReplayArguments& a, const Common& common) {
    Jobs jobs;
    const auto count = static_cast<std::uint32_t>(a.folders.size());
    std::uint32_t most = 0;
    for (const std::string& folder : a.folders) {
        jobs.traces.push_back(value_or_throw(read_chakra(folder)));
        TraceOptions options = options_of(a, common);
        const std::uint32_t ranks = ranks_of(jobs.traces.back(), options);
        options.first = a.spread ? static_cast<std::uint32_t>(jobs.options.size()) : jobs.endpoints;
        options.step = a.spread ? count : 1;
        jobs.options.push_back(std::move(options));
        jobs.endpoints += ranks;
        most = std::max(most, ranks);
    }
    if (a.spread) jobs.endpoints = most * count;
    return jobs;
}

}  // namespace

int replay_command(const ReplayArguments& a, const Common& common) try {
    Jobs jobs = jobs_of(a, common);
    const WiredFabric fabric = fabric_by(a.fabric, common, jobs.endpoints);
    const FabricGraph& graph = fabric.graph;
    Program program;
    std::vector<Replayed> replayed;
    program.channels = fabric.channels;
    for (std::size_t i = 0; i < jobs.traces.size(); ++i) {
        jobs.options[i].channels = fabric.channels;
        append(program, value_or_throw(program_of(jobs.traces[i], graph, jobs.options[i])));
        replayed.push_back({&jobs.traces[i], ranks_of(jobs.traces[i], jobs.options[i])});
    }
    const ProgramOutcome outcome =
        execute(graph, program, a.no_symmetry ? Symmetry::off : Symmetry::on);
    if (!outcome.stall.chain.empty()) {
        throw UserFault{{stall_fault(outcome.stall, replayed, a.folders.front())}};
    }
    if (!a.links.table.empty()) {
        write_link_table(a.links.table, graph, outcome.link_bytes, outcome.total);
    }
    if (common.json) {
        std::cout << json_text(json_of(fabric, program, outcome, a)) << "\n";
    } else {
        print_text(fabric, program, outcome, a);
    }
    return exit_done;
} catch (const CutOff& cut) {
    throw UserFault{{{{"--fabric", 0, 0},
                      cut.what(),
                      "too many links have failed, or the cables do not join all ranks"}}};
} catch (const TooLarge& large) {
    throw UserFault{{{{"--ranks", 0, 0}, large.what(), "replay fewer ranks"}}};
}

}  // namespace millwright::app
