// The core of attention, of whatever made its queries and keys.
#pragma once

#include "millwright/compute/operation_parts.h"

namespace millwright {

/// Widths on a rank: of all query heads, queries and keys and values; the same of the key heads.
struct CoreWidths {
    double heads = 1;
    double qk = 0, v = 0, keys_qk = 0, keys_v = 0;
};

/// Mean number of keys a query meets under the causal (and sliding-window) mask.
/// Of S positions the first W of a window see W / 2 on average, the others W: W (1 - W / 2S).
double mean_keys(double window, double sequence);

/// Rotary embedding and core; `made_by` are the parts that make its input again. With `window`
/// each query meets so many keys at most.
void add_core(const Shard& s, const CoreWidths& w, double window, repeats::List made_by,
              std::vector<Operation>& ops);

}  // namespace millwright
