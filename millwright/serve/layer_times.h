// Times of a served model's parts in one step, on one chip of a replica.
//
// A step is one pass over the new tokens of its prompts' chunks and of its running sequences
// together: products, norms, experts and collectives take all of them at once; attention works on
// each prompt's chunk and on the caches of running sequences. Formulas: docs/serving.md.
#pragma once

#include "millwright/serve/replica.h"

namespace millwright {

/// Part of a prompt that a step computes: `queries` new tokens, the last of `keys`.
struct PromptChunk {
    double queries = 0, keys = 0;
};

/// Times of one pass through all layers of a pipeline, by what they hang on. `kernels` are counted
/// for hosts that launch them one by one.
struct PartTime {
    Seconds time;
    double kernels = 0;
    // where halves of the tokens take turns: what is computed of both, and what both exchange
    // meanwhile; else all of the time, and nothing
    Seconds computed, exchanged;

    PartTime& operator+=(const PartTime& other);
    friend PartTime operator*(double k, const PartTime& p) {
        return {k * p.time, k * p.kernels, k * p.computed, k * p.exchanged};
    }
};

/// Everything of all layers but attention cores and caches of states: for `tokens` new tokens of an
/// attention rank, embedding and collectives included.
PartTime token_time(const Replica& replica, double tokens);

/// Attention of running sequences, one new token each (`tokens` each where drafts are checked) on
/// caches of `keys` tokens; states are read and written.
PartTime cache_time(const Replica& replica, double sequences, double keys, double tokens = 1);

/// Attention of one prompt's chunk, and recurrences over it.
PartTime chunk_time(const Replica& replica, const PromptChunk& chunk);

/// Logits of so many sequences and what picks their tokens.
PartTime sample_time(const Replica& replica, double sequences);

/// All-reduce over `ranks` of one domain, or more: the library's or the engine's own kernels, the
/// faster.
Seconds all_reduce_time(const Network& network, const Group& group, Bytes size);

}  // namespace millwright
