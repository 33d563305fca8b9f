// One replica of a served model: what it runs on, how it is split, and the room left for caches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millwright/collective/network.h"
#include "millwright/compute/chip_rates.h"
#include "millwright/parts/chip.h"
#include "millwright/parts/engine.h"
#include "millwright/parts/model.h"

namespace millwright {

/// Format of weights. Where they alone are narrow (AWQ, MXFP4 on chips without FP4) products are of
/// a wider format than the bytes of a weight say.
struct WeightFormat {
    Precision products = Precision::bf16;
    double bytes = 2;  // of a weight, scales included

    /// What a product takes from memory for a weight, where it is not its format's own; else zero.
    double narrow_bytes() const;
};

/// Formats of a served model.
struct ServeFormats {
    WeightFormat attention, dense, experts;  // projections of mixers, MLPs, routed experts
    double cache_bytes = 2;                  // of a value of the cache
};

/// Ways of one replica. Attention ranks each hold whole attention layers and sequences of their
/// own; experts are spread over `expert` of all ranks of a stage and split over the rest.
struct ServeWays {
    double tensor = 1, pipeline = 1, expert = 1, attention_data = 1;

    double stage_chips() const { return tensor * attention_data; }
    double chips() const { return stage_chips() * pipeline; }
    friend bool operator==(const ServeWays&, const ServeWays&) = default;
};

/// How often drafted tokens are right. A step checks `depth` of them beside the one that is due.
struct Speculation {
    double depth = 0;       // 0: off
    double acceptance = 0;  // chance of each token if those before it were right

    /// Tokens that a step yields, on average.
    double tokens_a_step() const;
};

/// Low-rank adapters (Hu 2021) of the projections of attention and of dense MLPs, all held in
/// memory at once, so that any sequence of a step may have any of them.
struct Adapters {
    std::int64_t count = 0;  // 0: none
    std::int64_t rank = 16;
};

/// An engine's limits and habits as a deployment runs it.
struct EngineSettings {
    Batching batching = Batching::mixed;
    Reservation reservation = Reservation::growing;
    Preemption preemption = Preemption::last;
    bool prefix_cache = false;
    bool chunked = true;  // prompts may be cut to fit a step
    bool share_of_free = false;
    bool plans_ahead = false;  // so what comes during a step waits for the next one too
    bool dependent_launch = false;
    std::int64_t max_batched_tokens = 8192, max_sequences = 256, block_size = 16;
    std::int64_t largest_graph = 512, graph_step = 8;
    double memory_share = 0.9;
    Bytes overhead;
    // of experts that are spread over several scale-up domains, where nothing else is said: as all
    // published deployments of that width run (docs/serving.md)
    std::optional<std::int64_t> redundant_experts;
    std::optional<bool> two_batch_overlap;
    EngineFigures<Bare> figures;
    Speculation speculation;
    Adapters adapters;
    double structured_share = 0;  // of sequences, whose answers are held to a grammar
    // shares of what waiting tenants are due; empty: first come, first served
    std::vector<double> tenant_weights;
};

/// The engine's defaults on a chip.
EngineSettings settings_of(const Engine& engine, const Chip& chip);

/// What a deployment sets in place of its engine's defaults. `graphs` off: no step is held as one.
struct EngineOverrides {
    std::optional<std::int64_t> max_batched_tokens, max_sequences, block_size, largest_graph;
    std::optional<double> memory_share;
    std::optional<bool> chunked, prefix_cache, plans_ahead, dependent_launch, graphs;
    std::optional<std::int64_t> redundant_experts;
    std::optional<bool> two_batch_overlap;
    Speculation speculation;
    Adapters adapters;
    double structured_share = 0;
};
void override(const EngineOverrides& set, EngineSettings& engine);

/// Exponent of the power law by which experts are met: what kernel tables call uneven, and what
/// measured serving runs bear out (docs/serving.md).
inline constexpr double usual_routing_skew = 1.2;

/// Everything that a step's time hangs on.
struct Replica {
    Model model;
    ServeFormats formats;
    ServeWays ways;
    ChipRates chip;
    Network network;
    EngineSettings engine;
    double routing_skew = 0;  // exponent of a power law of experts; 0: balanced
    double longest = 0;       // tokens of the longest sequence; 0: not known
    double busy_ranks = 0;    // attention ranks that have sequences; 0: all
};

/// Whether experts are spread over several scale-up domains, or in one over more chips than the
/// eight of a server: as wide as engines copy experts and let halves of a step take turns.
bool has_wide_experts(const Replica& replica);
/// Places of experts beyond one each, of all ranks together, for copies of those that are met most.
double redundant_experts(const Replica& replica);
/// Whether halves of a step's tokens may be computed while those of the other half go to their
/// experts or come back.
bool overlaps_exchange(const Replica& replica);

/// Room on one chip. A replica without room for one block holds no sequence.
struct ReplicaMemory {
    Bytes weights, activations, usable;  // `usable` for weights, activations and cache
    Bytes cache;                         // what is left
    Bytes block;                         // of `block_size` tokens in all layers of a chip
    Bytes sequence;                      // of fixed size: states, and windows where they are full
    std::int64_t blocks = 0;             // that the cache holds, fixed sizes aside

    /// Blocks, and blocks' worth of fixed sizes, of a sequence of so many tokens.
    double blocks_of(std::int64_t tokens, std::int64_t block_size) const;
};

ReplicaMemory memory_of(const Replica& replica);

/// Whether a sequence of so many tokens, and what drafts add in its last step, ever fits the blocks
/// of a lane.
bool holds(const ReplicaMemory& memory, const EngineSettings& engine, std::int64_t tokens);

/// Why the replica cannot be: ways that do not divide the model, formats the chip lacks, or no room
/// for one sequence of so many tokens; empty if it can.
std::string why_not(const Replica& replica, std::int64_t tokens);

}  // namespace millwright
