// Chakra traces as JSON: what chakra_jsonizer and protobuf's own JSON form write.
#pragma once

#include <string_view>

#include "chakra.pb.h"
#include "millwright/base/result.h"

namespace millwright {

/// A file as the messages it would be in protobuf; of several GlobalMetadata the last counts.
struct ChakraMessages {
    chakra::GlobalMetadata metadata;
    std::vector<chakra::Node> nodes;
};

/// Whether the bytes are JSON rather than protobuf's own form. That begins with a length, which may
/// be the number of a bracket too, so what follows the bracket counts.
bool looks_like_json(std::string_view text);

/// Objects one after another (also one a line, or in one array): a GlobalMetadata, which has
/// `version`, and Nodes. Names of fields as protobuf's JSON has them, or as the schema has; 64-bit
/// numbers as numbers or text. Fields that a replay does not read may hold anything; values are
/// checked for range later, in node_of(). Faults: what is no object (with its line), and fields
/// that hold something else than the schema has, the first twenty.
Result<ChakraMessages> parse_chakra_json(const std::string& text, const std::string& path);

}  // namespace millwright
