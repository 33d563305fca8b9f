// A table of flows, then a fabric: one from a file, or `fat-tree` where there is none. Any bytes
// make flows that all arrive at a time that can be written, or faults.
#include "millwright/intake/shape_file.h"
#include "millwright/trace/flow_table.h"
#include "tests/fuzz/sections.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    constexpr std::uint64_t most_endpoints = 1024;
    const auto sections = fuzz::sections_of(fuzz::text_of(data, size));
    const auto table = parse_csv(sections[0], "flows.csv");
    if (!table || !fuzz::under(*table, "source", most_endpoints) ||
        !fuzz::under(*table, "destination", most_endpoints)) {
        return 0;
    }
    auto shape =
        sections.size() > 1 ? parse_shape(sections[1], "fuzz.toml") : shape_named("fat-tree");
    if (!shape) return 0;
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        shape->routing = routing;
        const auto flows = flows_on_shape(*table, *shape);
        if (!flows) {
            fuzz::require(!flows.error().empty());
            continue;
        }
        const FlowOutcome outcome = run_flows(flows->problem);
        for (const Seconds finish : finish_of(*flows, outcome)) {
            fuzz::require(std::isfinite(finish.si()) && finish >= Seconds{});
        }
        for (const double share : outcome.peak_share) fuzz::require(share < 1 + 1e-6);
    }
    return 0;
}
