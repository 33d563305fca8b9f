// Nodes of a trace as messages of the schema.
#pragma once

#include "chakra.pb.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// The node; names of fields whose values are out of range are appended to `wrong`.
ChakraNode node_of(const chakra::Node& read, std::vector<std::string>& wrong);

/// Puts nodes that stand before one that they wait for behind it; others keep their order. Which
/// collective of a group is the n-th is thus as the rank comes to them.
void put_in_order(std::vector<ChakraNode>& nodes);

chakra::Node written(const ChakraNode& node);

}  // namespace millwright
