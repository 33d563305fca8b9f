// Whether the ranks of a trace do the same collectives, and messages have both ends.
#pragma once

#include <optional>

#include "millwright/collective/program.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// The n-th collective of a group, as the first rank has it.
struct Turn {
    std::uint32_t rank = 0;
    const ChakraNode* node = nullptr;
    ExchangeId exchange;
};

/// Messages that meet in order: those of one sender, receiver and tag.
struct MessageKey {
    std::uint32_t from = 0, to = 0, tag = 0;

    friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};

/// Both sides of the messages from one rank to another with one tag, in order.
struct Messages {
    ExchangeId exchange;
    std::vector<const ChakraNode*> sent, received;
};

/// A node that does not fit another's, and what to say of it.
struct Mismatch {
    std::uint32_t rank = 0;
    const ChakraNode* node = nullptr;
    std::string message, hint;
};

/// Kind and size must be those of the first rank; but an exchange of all with all may be uneven,
/// and barriers have no size. Nothing where they are.
std::optional<Mismatch> mismatch(std::uint32_t rank, const ChakraNode& node, const Turn& turn);

/// As many sends as receives, each pair of one size; the first that is not.
std::optional<Mismatch> mismatch(const MessageKey& key, const Messages& messages);

}  // namespace millwright
