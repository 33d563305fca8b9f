#include "millwright/fabric/topology.h"

#include <algorithm>
#include <array>

namespace millwright {

std::span<const TopologyRow> topology_rows() {
    static const std::array rows{fat_tree_row, tree_row,      torus_row,
                                 grid_row,     full_mesh_row, dragonfly_row};
    return rows;
}

const TopologyRow& row_of(const FabricShape& shape) {
    return *std::ranges::find(topology_rows(), shape.kind, &TopologyRow::kind);
}

}  // namespace millwright
