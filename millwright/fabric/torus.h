// Links between neighbours: tori, grids and full meshes, many alike side by side.
#pragma once

#include <string>
#include <vector>

#include "millwright/fabric/graph.h"

namespace millwright {

constexpr std::size_t most_dimensions = 6;  // x, y, z, u, v, w
constexpr std::uint32_t most_meshed =
    2000;  // endpoints of a full mesh, which has their square of links

/// What to wire. A node has two links in each dimension, ahead and back: in a dimension of two both
/// lead to the same neighbour, and no way uses the one that leads out of a grid's end.
struct TorusRequest {
    std::vector<std::uint32_t> dimensions;
    bool wraps = true;
    std::uint32_t nodes = 0;  // of all copies together
    Bandwidth port{};
    Seconds hop{};
    Routing routing = Routing::ecmp;
};

/// Tori (or grids) of so many nodes each, numbered along the first dimension first.
class TorusLinks {
public:
    TorusLinks(const TorusRequest& request, FabricGraph& graph, std::uint8_t tier);

    /// Ways that data is spread over evenly: along the dimensions in all orders, each in both
    /// directions round where these are as long. One unless routing is adaptive.
    std::uint32_t choices(std::uint32_t from, std::uint32_t to) const;
    /// Pushes the links of one of these, or of the one that routing and the hash of the flow pick.
    void way(std::uint32_t from, std::uint32_t to, std::uint64_t flow, std::uint32_t choice,
             std::vector<LinkId>& links) const;
    /// "node 17 x+".
    std::string name(LinkId link, std::string_view node) const;
    std::size_t dimensions() const { return request_.dimensions.size(); }

private:
    LinkId link_at(std::uint32_t node, std::size_t dimension, bool back) const;
    /// The way along the dimensions in that order, the shorter way round; where both are as long,
    /// backwards if `back`.
    void push_way(std::uint32_t from, std::uint32_t to, std::span<const std::size_t> order,
                  bool back, std::vector<LinkId>& links) const;

    TorusRequest request_;
    std::uint32_t size_ = 1;  // nodes of a copy
    LinkId first_ = 0;
};

/// What to wire. A node has an id to itself too, which no way uses: ids are then a plain product.
struct MeshRequest {
    std::uint32_t size = 1;   // nodes of a copy
    std::uint32_t nodes = 0;  // of all copies together
    Bandwidth port{};
    Seconds hop{};
};

/// A link from each node to each other of its copy.
class MeshLinks {
public:
    MeshLinks(const MeshRequest& request, FabricGraph& graph, std::uint8_t tier);
    /// The link between two nodes of one copy.
    LinkId link(std::uint32_t from, std::uint32_t to) const;
    /// "node 17 to 18".
    std::string name(LinkId link, std::string_view node) const;

private:
    MeshRequest request_;
    LinkId first_ = 0;
};

}  // namespace millwright
