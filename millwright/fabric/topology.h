// What there is to know of a kind of fabric, a row a kind.
//
// Adding one touches three files: its name in `FabricKind` with what figures it has of its own
// (shape.h), a source with its links that defines its `topology_row`, and a test; a fourth,
// millwright/intake/shape_file.cpp, if those figures are keys of a file. The build fails to link
// while a named kind has no row. Graphs, bills and the closed form walk the rows.
#pragma once

#include <span>

#include "millwright/fabric/shape.h"

namespace millwright {

/// Ports within reach of each other: switches that a way to the farthest crosses beyond those of
/// the reach before, and the part of its rate that each has left when all exchange with all.
struct Reach {
    double ports = 1;
    Seconds hop;
    double share = 1;
};

/// What joins so many ports.
struct FabricCounts {
    double switches = 0, cables = 0;
};

/// Links of a plane: the ways between its ports.
struct PlaneLinks {
    /// Ways that data is spread over evenly: several only where it is routed adaptively.
    std::function<std::uint32_t(std::uint32_t from, std::uint32_t to)> choices;
    /// Pushes the links of one of them.
    std::function<void(std::uint32_t from, std::uint32_t to, std::uint64_t flow,
                       std::uint32_t choice, std::vector<LinkId>& links)>
        way;
    std::function<std::string(LinkId link, std::string_view port)>
        name;                                // `port`: what to call one
    std::function<double(LinkId)> parallel;  // physical links of one id
};

/// A kind of fabric: its functions take a shape of that kind. Ports are those of one plane.
struct TopologyRow {
    FabricKind kind = FabricKind::tree;
    bool by_links = false;  // no cuts around near ports tell its rate
    /// Ports that a plane can join.
    double (*capacity)(const FabricShape&) = nullptr;
    /// Rate of all links of one of so many ports.
    Bandwidth (*port_rate)(const FabricShape&, double ports) = nullptr;
    /// Nested groups of near ports, nearest first, to all that there are.
    std::vector<Reach> (*reaches)(const FabricShape&, double ports) = nullptr;
    /// With switches of that many ports; zero: as many as it takes.
    FabricCounts (*counts)(const FabricShape&, double ports, double radix) = nullptr;
    /// Ports that its switches need; zero: it has none.
    double (*radix)(const FabricShape&) = nullptr;
    /// Kinds of links, nearest first.
    std::vector<std::string> (*tiers)(const FabricShape&) = nullptr;
    /// Adds the links of a plane of so many ports to a graph.
    PlaneLinks (*lay)(const FabricShape&, std::uint32_t ports, FabricGraph&,
                      std::uint8_t first_tier) = nullptr;
    /// The graph of the kind alone, without scale-up domains.
    FabricGraph (*alone)(const FabricShape&) = nullptr;
};

/// Lets a graph's ways and names be those of one plane; `port`: what to call its ports.
void be_plane(FabricGraph& graph, PlaneLinks plane, std::string_view port);

/// Defined for each kind in its own source.
template <FabricKind>
TopologyRow topology_row();

/// In the order of `FabricKind`.
std::span<const TopologyRow> topology_rows();
/// The row of a shape's kind.
const TopologyRow& row_of(const FabricShape& shape);

/// How much longer all of so many nodes take to exchange with all than at the rate of all links of
/// each, on a torus or grid: ways are several links long, and the middle of the longest dimension
/// is full.
double exchange_detour(const std::vector<double>& lengths, double nodes, bool wraps);

}  // namespace millwright
