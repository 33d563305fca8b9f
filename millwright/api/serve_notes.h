// What stood in where a question about serving left something open, and what to know of the answer.
#pragma once

#include "millwright/api/serve.h"

namespace millwright {

/// Longest requests that a cache should hold beside each other, at least: fewer are noted, and a
/// layout that is left open is the smallest with room for so many.
inline constexpr double few_sequences = 16;

/// Adds the notes of an answer that has all else.
void add_notes(const Catalog& catalog, ServeAnswer& answer);

}  // namespace millwright
