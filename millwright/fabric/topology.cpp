#include "millwright/fabric/topology.h"

#include <array>
#include <utility>

namespace millwright {
namespace {

constexpr std::size_t kinds = EnumNames<FabricKind>::names.size();

/// A kind that has a name and no row is a specialisation that nothing defines: it fails to link.
template <std::size_t... I>
std::array<TopologyRow, sizeof...(I)> all_rows(std::index_sequence<I...>) {
    return {topology_row<static_cast<FabricKind>(I)>()...};
}

}  // namespace

std::span<const TopologyRow> topology_rows() {
    static const std::array<TopologyRow, kinds> rows = all_rows(std::make_index_sequence<kinds>());
    return rows;
}

void be_plane(FabricGraph& graph, PlaneLinks plane, std::string_view port) {
    graph.parallel = plane.parallel;
    graph.name = [name = std::move(plane.name), port = std::string(port)](LinkId link) {
        return name(link, port);
    };
    graph.route = [choices = std::move(plane.choices), way = std::move(plane.way)](
                      std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways& ways) {
        const std::uint32_t several = choices(from, to);
        for (std::uint32_t i = 0; i < several; ++i) {
            way(from, to, flow, i, ways.links);
            ways.close(1.0 / several);
        }
    };
}

const TopologyRow& row_of(const FabricShape& shape) {
    return topology_rows()[static_cast<std::size_t>(shape.kind)];
}

}  // namespace millwright
