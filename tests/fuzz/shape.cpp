// Any bytes at all make a fabric or faults; in a fabric that is read every endpoint has a way.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "millwright/intake/shape_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto shape = parse_shape(text, "fuzz.toml");
    if (!shape) {
        if (shape.error().empty()) std::abort();
        return 0;
    }
    const double most = capacity_of(*shape);
    if (most < 1) std::abort();
    shape->endpoints = static_cast<std::uint32_t>(most < 1000 ? most : 1000);
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        shape->routing = routing;
        const FabricGraph graph = graph_of(*shape);
        Ways ways;
        ways_on(graph, 0, shape->endpoints - 1, 7, ways);
        for (const LinkId link : ways.links) {
            if (link >= graph.capacity.size() || graph.name(link).empty()) std::abort();
        }
    }
    return 0;
}
