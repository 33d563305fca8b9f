// What a replica does in the mean, where nothing is left to chance: a guess of its capacity, by
// which layouts are ordered before any request is simulated.
#pragma once

#include <cstdint>

#include "millwright/parts/request.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// Mean tokens of a prompt, of which no cache holds any, and of its answer; `found` stand before
/// the prompt's, in a cache that all requests share.
struct MeanRequest {
    double prompt = 1, output = 1, found = 0;
    bool prefilled = false;  // another pool has computed the prompt
};

/// So many sequences of each lane at all times, each replaced when it ends.
struct SteadyState {
    std::int64_t running = 0;  // of one lane; 0: not one is in time, or none fits
    RequestRate rate;          // of the whole replica
    Seconds per_token;
};

/// What lies between two tokens of an answer.
struct TokenParts {
    Seconds layers;   // products, experts and exchanges of the tokens of all that run
    Seconds caches;   // reading keys, values and states
    Seconds logits;   // and choosing tokens of them
    Seconds host;     // that does not hide behind the chip
    Seconds prompts;  // of others, each of which lengthens the steps that it is part of

    Seconds total() const { return layers + caches + logits + host + prompts; }
};

/// With so many sequences in each lane, in the mean: a step of all of them.
TokenParts token_parts(const Replica& replica, const MeanRequest& request, std::int64_t running);

/// From a token to the next at so many requests a second, with as many sequences at all times as
/// that takes: more wait than in the mean, so no deployment is faster. At more than the replica can
/// do it is that of the most that it lets run.
Seconds token_at_rate(const Replica& replica, const MeanRequest& request, RequestRate rate);

/// From a token to the next of a request that is alone: no deployment of the replica is faster.
Seconds fastest_token(const Replica& replica, const MeanRequest& request);

/// The state with the most sequences that memory, the engine's limit and `per_token` admit (zero:
/// any wait). A token takes a step of all of them, and a share of the others' prompts that come
/// meanwhile, each of which lengthens the steps that it is part of. No request waits, so a run with
/// the same means has no higher rate, but for what mean lengths are off where lengths vary.
SteadyState steady_state(const Replica& replica, const MeanRequest& request, Seconds per_token);

}  // namespace millwright
