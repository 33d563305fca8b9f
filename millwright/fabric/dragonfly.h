// Links of a dragonfly+: hosts to leaves, leaves to spines, spines to those of other groups.
#pragma once

#include <string>
#include <vector>

#include "millwright/fabric/shape.h"

namespace millwright {

class DragonflyLinks {
public:
    DragonflyLinks(const FabricShape& shape, FabricGraph& graph, std::uint8_t tier);

    /// Ways that differ by spine within a group, by global link between groups.
    std::uint32_t choices(std::uint32_t from, std::uint32_t to) const;
    void way(std::uint32_t from, std::uint32_t to, std::uint32_t choice,
             std::vector<LinkId>& links) const;
    /// The way that routing and the hash of the flow pick.
    void picked_way(std::uint32_t from, std::uint32_t to, Routing routing, std::uint64_t flow,
                    std::vector<LinkId>& links) const;
    /// "host 3 up"; `host` is what to call one.
    std::string name(LinkId link, std::string_view host) const;

private:
    std::uint32_t group(std::uint32_t host) const { return host / (d_.hosts * d_.leaves); }
    /// Global links from one group to each other.
    std::uint32_t copies() const { return d_.spines * d_.global_links / (d_.groups - 1); }
    std::uint32_t channel(std::uint32_t from, std::uint32_t to, std::uint32_t copy) const {
        return (to + d_.groups - from - 1) % d_.groups * copies() + copy;
    }
    LinkId leaf_link(std::uint32_t leaf, std::uint32_t spine) const {
        return up_ + 2 * (leaf * d_.spines + spine);
    }

    DragonflyPlus d_;
    LinkId first_ = 0, up_ = 0, global_ = 0;  // first ids of all, of leaf and of global links
};

}  // namespace millwright
