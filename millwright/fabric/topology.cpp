#include "millwright/fabric/topology.h"

#include <array>
#include <utility>

namespace millwright {
namespace {

constexpr std::size_t kinds = EnumNames<FabricKind>::names.size();

template <std::size_t... I>
std::array<TopologyRow, sizeof...(I)> all_rows(std::index_sequence<I...>) {
    return {topology_row<static_cast<FabricKind>(I)>()...};
}

}  // namespace

std::span<const TopologyRow> topology_rows() {
    static const std::array<TopologyRow, kinds> rows = all_rows(std::make_index_sequence<kinds>());
    return rows;
}

const TopologyRow& row_of(const FabricShape& shape) {
    return topology_rows()[static_cast<std::size_t>(shape.kind)];
}

}  // namespace millwright
