// A table of cables, then one of flows between their nodes: any bytes make flows that arrive, or
// faults; the endpoints of the cables can do a collective, by a formula and by flows.
#include "millwright/collective/algorithms.h"
#include "millwright/trace/flow_table.h"
#include "tests/fuzz/sections.h"

namespace {
using namespace millwright;

void run_table(const CsvTable& table, const CsvTable& cables, Routing routing) {
    const auto flows = flows_on_cables(table, cables, routing, {});
    if (!flows) {
        fuzz::require(!flows.error().empty());
        return;
    }
    const FlowOutcome outcome = run_flows(flows->problem);
    for (const Seconds finish : finish_of(*flows, outcome)) {
        fuzz::require(std::isfinite(finish.si()) && finish >= Seconds{});
    }
}

Seconds by_flows(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                 const Channels& channels) {
    return flow_time(graph, team, phases, channels);
}

/// All endpoints that the cables join, at most 16.
void reduce_all(EdgeGraph edges, Routing routing) {
    std::vector<std::uint32_t> nodes = endpoints_of(edges);
    if (nodes.size() > 16) nodes.resize(16);
    if (nodes.size() < 2) return;
    const FabricGraph graph = graph_of(std::move(edges), nodes, routing);
    const auto ranks = static_cast<std::uint32_t>(nodes.size());
    const Bytes bytes = Bytes::from_si(1e6);
    const CollectiveRequest request{Collective::all_reduce, bytes, {.size = ranks, .count = 1}, {}};
    try {
        for (const PhaseEngine& engine : {PhaseEngine(closed_time), PhaseEngine(by_flows)}) {
            const Algorithm best = fastest(graph, request, engine);
            const Seconds time = engine(graph, request.team, phases_of(best, graph, request), {});
            fuzz::require(std::isfinite(time.si()) && time >= Seconds{});
        }
    } catch (const CutOff&) {  // cables that do not join all endpoints
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto sections = fuzz::sections_of(fuzz::text_of(data, size));
    const auto cables = parse_csv(sections[0], "cables.csv");
    if (!cables) return 0;
    const auto edges = read_cables(*cables, {});
    if (!edges) {
        fuzz::require(!edges.error().empty());
        return 0;
    }
    const auto table = parse_csv(sections.size() > 1 ? sections[1] : "", "flows.csv");
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        if (table) run_table(*table, *cables, routing);
        reduce_all(*edges, routing);
    }
    return 0;
}
