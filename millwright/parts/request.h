// A request to a served model, as a trace states it or a generator draws it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// The longest prompt or answer that is read or drawn, in tokens: no model comes near it, and sums
/// of many stay exact.
inline constexpr std::int64_t most_request_tokens = 1'000'000'000;

/// Things a second: requests, conversations.
using RequestRate = Quantity<Dimension{.seconds = -1}>;

/// One prompt and its answer. Lengths are tokens, one at least of each.
struct Request {
    Seconds arrival;  // since the first; of a request with `follows` the earliest
    std::int64_t prompt = 1, output = 1;
    std::int64_t images = 0;    // that the prompt holds, whose tokens are among its own
    std::uint64_t session = 0;  // turns of one conversation share it; 0: none
    bool follows = false;       // arrives `delay` after the answer of its session's turn before
    Seconds delay;
    bool prefilled = false;     // another pool has computed the prompt: its cache comes with it
    std::int64_t priority = 0;  // larger goes first
    std::uint32_t tenant = 0;
    /// What the prompt begins with: requests whose first n ids are alike begin with the same
    /// n x prefix_tokens tokens. What no id stands for is the request's own.
    std::vector<std::uint64_t> prefix;
    std::int64_t prefix_tokens = 0;  // that one id stands for
};

/// Gives one request after the other, arrivals in order; empty at the end. Read once.
using RequestSource = std::function<std::optional<Request>()>;

}  // namespace millwright
