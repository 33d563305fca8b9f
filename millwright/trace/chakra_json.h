// Chakra traces as JSON: what chakra_jsonizer and protobuf's own JSON form write.
#pragma once

#include <string_view>

#include "chakra.pb.h"
#include "millwright/base/result.h"

namespace millwright {

struct ChakraMessages {
    chakra::GlobalMetadata metadata;
    std::vector<chakra::Node> nodes;
};

/// Whether the bytes are JSON rather than protobuf's own form.
bool looks_like_json(std::string_view text);

/// Objects one after another (also one a line, or in one array): a GlobalMetadata, which has
/// `version`, and Nodes. Names of fields as protobuf's JSON has them, or as the schema has; 64-bit
/// numbers as numbers or text.
Result<ChakraMessages> parse_chakra_json(const std::string& text, const std::string& path);

}  // namespace millwright
