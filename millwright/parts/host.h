// The host as a chip sees it: a tier of memory over a link.
#pragma once

#include "millwright/base/quantity.h"

namespace millwright {

/// A chip's part of its host's memory, reached over the host link. Without memory nothing is kept
/// there.
/// Set from a server's figures over its number of chips.
struct Host {
    Bandwidth link{};  // one direction
    Bytes memory{};
    Bandwidth bandwidth{};  // of that memory
};

}  // namespace millwright
