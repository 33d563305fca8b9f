// What no engine and no layout gets around: rates and memory of chips as their makers state them.
#pragma once

#include <string_view>

#include "millwright/serve/steady.h"

namespace millwright {

/// The roofline of one chip that serves: products at the whole rate of the fastest of the replica's
/// formats, memory at its whole bandwidth, no kernel ever waits and nothing is exchanged.
struct ServeBound {
    RequestRate rate;             // of one chip, at most
    double batch = 0;             // sequences of all the chips, at most; zero: not one is held
    std::string_view limited_by;  // "products", "reading weights", "reading keys and values"
};

/// Of a replica of so many chips, in whatever layout: its formats, model and chip count, its ways
/// and network do not. A request is in the mean as `request` says; a token takes `per_token` at
/// most (zero: any time). Products of attention's scores are left out, as are tables of embeddings
/// that are only looked up.
ServeBound serve_bound(const Replica& replica, double chips, const MeanRequest& request,
                       Seconds per_token);

}  // namespace millwright
