// Double binary trees (Sanders, Speck and Traeff 2009).
#pragma once

#include "millwright/collective/phases.h"

namespace millwright {

/// An all-reduce of `size` by two trees over every `stride`-th of the members, for each of the
/// first `stride` members: every node is inside one tree at most, and half of the data goes up and
/// down each, in pieces.
Phase tree_phase(std::uint32_t nodes, std::uint32_t stride, Bytes size);

}  // namespace millwright
