// Links between neighbours: tori, grids and full meshes, many alike side by side.
#pragma once

#include <string>
#include <vector>

#include "millwright/fabric/graph.h"

namespace millwright {

struct TorusRequest {
    std::vector<std::uint32_t> dimensions;
    bool wraps = true;
    std::uint32_t nodes = 0;  // of all copies together
    Bandwidth port{};
    Seconds hop{};
};

/// Tori (or grids) of so many nodes each, numbered along the first dimension first.
class TorusLinks {
public:
    TorusLinks(const TorusRequest& request, FabricGraph& graph, std::uint8_t tier);

    /// Pushes the links of the way that goes along the dimensions in that order, the shorter way
    /// round; where both are as long, backwards if `back`.
    void way(std::uint32_t from, std::uint32_t to, std::span<const std::size_t> order, bool back,
             std::vector<LinkId>& links) const;
    /// The same with an order picked by routing and the hash of the flow.
    void picked_way(std::uint32_t from, std::uint32_t to, Routing routing, std::uint64_t flow,
                    std::vector<LinkId>& links) const;
    /// "node 17 x+".
    std::string name(LinkId link, std::string_view node) const;
    std::size_t dimensions() const { return request_.dimensions.size(); }

private:
    LinkId link_at(std::uint32_t node, std::size_t dimension, bool back) const;

    TorusRequest request_;
    std::uint32_t size_ = 1;  // nodes of a copy
    LinkId first_ = 0;
};

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
    LinkId link(std::uint32_t from, std::uint32_t to) const;
    std::string name(LinkId link, std::string_view node) const;

private:
    MeshRequest request_;
    LinkId first_ = 0;
};

}  // namespace millwright
