// Nodes of a trace as messages of the schema.
#pragma once

#include "chakra.pb.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// The node; names of fields whose values are out of range are appended to `wrong`, and those
/// fields stay as they are in a new node. Attributes that a replay does not read are left out.
ChakraNode node_of(const chakra::Node& read, std::vector<std::string>& wrong);

/// Puts nodes that stand before one that they wait for behind it; others keep their order. Which
/// collective of a group is the n-th is thus as the rank comes to them. Nodes that wait in a circle
/// go to the end, ids that are not there do not count: a replay tells both. O((nodes + waits) log).
void put_in_order(std::vector<ChakraNode>& nodes);

/// The node as a message. Amounts of zero are left out, and the dimensions of collectives are not
/// written.
chakra::Node written(const ChakraNode& node);

}  // namespace millwright
