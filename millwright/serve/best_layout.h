// The layout in which chips serve the most while their users wait no longer than promised.
#pragma once

#include <cstdint>
#include <string>

#include "millwright/serve/capacity.h"
#include "millwright/serve/steady.h"

namespace millwright {

/// Requests that are all alike; they begin with the same `prefix` tokens of the prompt.
struct LikeRequests {
    std::int64_t prompt = 1, output = 1, prefix = 0;
};

/// What of a prompt the replica computes, by the blocks that its prefix cache keeps.
MeanRequest mean_of(const LikeRequests& requests, const Replica& replica);

/// Chips on which a replica is laid out.
struct LayoutQuestion {
    Replica replica;           // with its network, in no layout
    double chips = 1;          // of all replicas
    double replica_chips = 1;  // of one, at most
    double domain = 1;         // chips of a scale-up domain
    LikeRequests requests;
    ServicePromise promise;
};

/// Replicas alike, and the most that one of them serves.
struct BestLayout {
    Replica replica;  // in the layout
    std::int64_t replicas = 0;
    SteadyState steady;  // in the mean
    Capacity capacity;
    std::int64_t in_space = 0;   // layouts, each with its token budgets
    std::int64_t simulated = 0;  // runs, of all layouts that were tried
    std::string why_not;         // why there is none; else empty

    double chips() const { return replica.ways.chips() * static_cast<double>(replicas); }
    /// Of all replicas.
    RequestRate rate() const { return static_cast<double>(replicas) * capacity.rate; }
};

/// Tries the layouts that `deploy` does (layouts_within, budgets_of), those that serve most in the
/// mean first, until no other serves as much even in the mean (steady.h), which no run of like
/// requests exceeds. Requests come by Poisson's law and go to replicas by turns. The same for any
/// number of threads.
BestLayout best_layout(const LayoutQuestion& question, int threads);

/// What comes of a rate of requests, of all replicas of a layout.
ServeOutcome outcome_at(const LayoutQuestion& question, const BestLayout& layout, RequestRate rate);

}  // namespace millwright
