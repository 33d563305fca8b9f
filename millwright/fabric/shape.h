// What a fabric is made of, in a few numbers, for every kind of topology on the shelf.
//
//   fat-tree        three tiers of the smallest common switches that join all endpoints
//   tree            trees of switches: single switch, fat trees, several planes or rails of them;
//                   a top tier of its own rate and latency joins buildings
//   torus, grid     neighbours in two, three or more dimensions (TPU pods); a grid does not wrap
//   full-mesh       a link between every two (Ascend and Infinity Fabric boards)
//   dragonfly-plus  groups of leaf and spine switches, spines joined to other groups (Shpiner 2017)
//
// Ports may belong to scale-up domains of endpoints with a fabric of their own: a switch
// or a tree of them (NVLink, PCIe with NUMA), a full mesh, a torus. Endpoints of a domain share its
// ports, or each has its own.
#pragma once

#include "millwright/fabric/tree.h"

namespace millwright {

/// The kinds above. Each has a row of what can be asked of it (millwright/fabric/topology.h).
enum class FabricKind : std::uint8_t { fat_tree, tree, torus, grid, full_mesh, dragonfly_plus };

template <>
struct EnumNames<FabricKind> {
    static constexpr std::array<std::string_view, 6> names{
        "fat-tree", "tree", "torus", "grid", "full-mesh", "dragonfly-plus"};
};

/// What a dragonfly has of its own. All its links have the shape's `port`; `hop` is the latency of
/// all but the global ones.
struct DragonflyPlus {
    std::uint32_t hosts = 1;         // of a leaf
    std::uint32_t leaves = 1;        // of a group
    std::uint32_t spines = 1;        // of a group, each joined to every leaf
    std::uint32_t global_links = 1;  // of a spine, to spines of other groups
    std::uint32_t groups = 1;
    Seconds global_hop{};
};

/// A scale-up domain.
struct Domain {
    FabricKind kind = FabricKind::tree;
    std::uint32_t endpoints = 1;
    Tree tree;                              // if that is its kind
    std::vector<std::uint32_t> dimensions;  // of a torus or grid
    Bandwidth port{};                       // of a mesh or torus: one link, one direction
    Seconds hop{};
    std::uint32_t ports = 1;  // to the fabric outside
    std::size_t attach = 0;   // tier of the tree whose groups hold them; 0: the endpoints
    bool forwards = true;     // data crosses to the chip whose port is on the way (PXN)
    bool reduces = false;     // its switches reduce
    double crossing = 0;      // members by whose ports such sums cross; zero: all
};

/// A fabric before it is wired: what files and servers state. Figures of other kinds than its own
/// are not read.
struct FabricShape {
    std::string name;
    std::string source;  // of its figures
    FabricKind kind = FabricKind::tree;
    std::uint32_t endpoints = 0;
    Routing routing = Routing::ecmp;
    Tree tree;                 // of one plane; without tiers: the domain is all there is
    std::uint32_t planes = 1;  // like trees; port p of a domain is in plane p mod planes
    bool rails = false;        // ports of one number stand under the same leaf switches
    std::vector<std::uint32_t> dimensions;
    Bandwidth port{};  // of a torus, grid, mesh or dragonfly
    Seconds hop{};
    DragonflyPlus dragonfly;
    Domain domain;
    bool reduces = false;  // switches outside domains reduce
    Seconds message{};     // fixed cost of sending one
    std::vector<Degraded> degraded;
};

/// Endpoints that it can hold: whole domains alone, and with rails whole rows of them.
double capacity_of(const FabricShape& shape);

/// Whether it is made of tiers of switches, given or found (`fat_tree`).
bool is_tree(const FabricShape& shape);

/// The shape for so many endpoints; a fat tree is then the tree that joins their ports, with the
/// shape's own rate and latency where it states them.
FabricShape made_for(FabricShape shape, std::uint32_t endpoints);

/// Ports of a domain to each plane; one at least.
std::uint32_t ports_in_plane(const FabricShape& shape);

/// Ports of a plane when all domains that hold the endpoints have theirs.
double ports_of_plane(const FabricShape& shape);

/// Domains whose ports of one number stand under the same leaf switch; one without rails.
std::uint32_t domains_on_rail(const FabricShape& shape);

/// Rate of one endpoint's links inside its domain, one direction.
Bandwidth inside_rate(const Domain& domain);

/// Rate of all links of a port to the outside; zero if nothing joins domains.
Bandwidth port_rate(const FabricShape& shape);

/// Whether anything joins its domains.
bool has_outside(const FabricShape& shape);

/// "domains of 8 (tree, 450 GB/s an endpoint) with 8 ports; 8 planes of 2 tiers of switches".
std::string describe(const FabricShape& shape);

/// The graph for `shape.endpoints` of them. `unknown` takes names of degraded links that are none.
/// Time and memory are O(links); ways are found when they are asked for.
FabricGraph graph_of(const FabricShape& shape, std::vector<std::string>* unknown = nullptr);

/// The graph of scale-up domains below a fabric of any kind.
FabricGraph tree_graph(const FabricShape& shape);

}  // namespace millwright
