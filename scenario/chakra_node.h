// Nodes of a trace as messages of the schema.
#pragma once

#include "chakra.pb.h"
#include "scenario/chakra.h"

namespace millwright {

/// The node; names of fields whose values are out of range are appended to `wrong`.
ChakraNode node_of(const chakra::Node& read, std::vector<std::string>& wrong);

chakra::Node written(const ChakraNode& node);

}  // namespace millwright
