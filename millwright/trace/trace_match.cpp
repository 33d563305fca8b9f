#include "millwright/trace/trace_match.h"

#include <algorithm>

#include <fmt/format.h>

namespace millwright {

std::optional<Mismatch> mismatch(std::uint32_t rank, const ChakraNode& node, const Turn& turn) {
    const ChakraNode& first = *turn.node;
    const std::string other =
        fmt::format("node {} ({}) of rank {}", first.id, first.name, turn.rank);
    constexpr const char* hint = "the n-th collective of a group is one on all its ranks";
    if (node.collective != first.collective) {
        return Mismatch{rank, &node, "meets a collective of another kind, " + other, hint};
    }
    const bool any_size = node.collective == ChakraCollective::barrier ||
                          node.collective == ChakraCollective::all_to_all;
    if (any_size || node.size == first.size) return std::nullopt;
    return Mismatch{
        rank, &node,
        fmt::format("has {:.0f} bytes, and {} has {:.0f}", node.size.si(), other, first.size.si()),
        hint};
}

std::optional<Mismatch> mismatch(const MessageKey& key, const Messages& m) {
    const std::size_t pairs = std::min(m.sent.size(), m.received.size());
    for (std::size_t i = 0; i < pairs; ++i) {
        if (m.sent[i]->size == m.received[i]->size) continue;
        return Mismatch{key.to, m.received[i],
                        fmt::format("takes {:.0f} bytes, and node {} ({}) of rank {} sends {:.0f}",
                                    m.received[i]->size.si(), m.sent[i]->id, m.sent[i]->name,
                                    key.from, m.sent[i]->size.si()),
                        "messages of two ranks and a tag meet in the order in which they stand"};
    }
    if (m.sent.size() > pairs) {
        return Mismatch{
            key.from, m.sent[pairs], fmt::format("is never received by rank {}", key.to),
            fmt::format("rank {} has {} receives of tag {} from here", key.to, pairs, key.tag)};
    }
    if (m.received.size() > pairs) {
        return Mismatch{
            key.to, m.received[pairs], fmt::format("is never sent by rank {}", key.from),
            fmt::format("rank {} has {} sends of tag {} to here", key.from, pairs, key.tag)};
    }
    return std::nullopt;
}

}  // namespace millwright
