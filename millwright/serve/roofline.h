// What one replica could serve, by roofline: an upper bound until requests are simulated.
//
// Prefill: a prompt's layers at the kernel model's rates, forward only. Decode: every step reads
// the weights met by the batch and the keys and values of all its sequences; the batch is the
// largest that memory and the time allowed per token admit.
#pragma once

#include "millwright/catalog/defaults.h"
#include "millwright/collective/network.h"
#include "millwright/compute/operations.h"

namespace millwright {

/// Everything fixed while replicas vary.
struct ServeContext {
    Model model;
    Precision precision = Precision::bf16;
    ChipRates chip;
    Network network;
};

/// What users send and how long they wait. Prompts and answers are all of one length.
struct ServeRequest {
    double prompt = default_prompt_tokens;
    double output = default_output_tokens;
    Seconds per_token = default_time_per_token;  // that a user waits for each, at most
    std::int64_t chips_at_most = 8;              // of a replica
    bool by_prefill = false;                     // the best replica is that with the most prefill
};

/// What one decode step of a replica waits for.
struct DecodeTime {
    Seconds weights, products;  // read and multiplied at once: the longer of the two counts
    Seconds cache, launches, communication;

    Seconds total() const { return max(weights, products) + cache + launches + communication; }
};

/// What a replica of one size does; of an infeasible one only size, weights, cache and memory are
/// set, which say what was needed.
struct Served {
    bool feasible = false;                      // model and one sequence fit
    bool in_time = false;                       // and an output token takes no longer than allowed
    std::int64_t chips = 0;                     // of one replica
    std::int64_t batch = 0;                     // sequences decoded together
    TokenRate prefill, decode;                  // of one replica, each as if it did nothing else
    Seconds prompt_time;                        // to the end of one prompt's prefill
    DecodeTime token_time;                      // between output tokens
    Bytes weights, cache_per_sequence, usable;  // of the whole replica
};

/// A replica of so many chips, with the largest batch.
Served replica_of(const ServeContext& context, const ServeRequest& request, double chips);

/// The replica size (a power of two) with the most decoded, or prefilled, tokens a second and chip;
/// for decoding of those in time, if any is. Where none holds the model and one sequence, the
/// largest, infeasible.
Served best_replica(const ServeContext& context, const ServeRequest& request);

/// What a sequence of so many tokens leaves in all layers, over all chips: keys and values,
/// latents, states; and what of it each token to come reads or writes.
struct SequenceCache {
    Bytes held, moved;
};
SequenceCache sequence_cache(const Model& model, double tokens);

}  // namespace millwright
