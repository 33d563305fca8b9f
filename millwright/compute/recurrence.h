// Recurrences in their chunked form: within a chunk of tokens products as of attention, from chunk
// to chunk a state of N x P numbers for each head, keys of width N and values of width P.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "millwright/compute/mixers.h"
#include "millwright/compute/operation_parts.h"

namespace millwright {

/// A rank's part of a recurrence over one micro-batch.
struct Chunks {
    double length = 1;            // tokens of a chunk
    double count = 1;             // chunks of all its sequences
    double heads = 1, keys = 1;   // heads, and heads of keys, whose scores their heads share
    double state = 1, width = 1;  // N and P
};

/// Of this mixer, in chunks of `length` tokens (fewer where the sequence is shorter).
Chunks chunks_of(const Mixer& a, const Shard& s, double length);

/// `count` products of m x n x k in every chunk, of activations with each other.
void add_chunk_product(std::string_view name, const Chunks& c, double count,
                       const std::array<double, 3>& mnk, std::vector<Operation>& ops);

/// Scores of a chunk's tokens for each other and what they sum of its values; the state that the
/// chunk adds to, and what its tokens read of the state before it. Queries, keys and values are
/// kept.
void add_chunked_core(const Chunks& c, const Shard& s, std::vector<Operation>& ops);

/// The recurrent form itself: per head, N P products into the state and as many out of it.
double state_flops(const Mixer& a);
/// State and the convolution's last inputs, of `channels` channels.
MixerState recurrent_state(const Mixer& a, double channels);
/// The state of a rank's heads, in FP32, for all sequences of the micro-batch.
Bytes hands_on_state(const Mixer& a, const Shard& s);

}  // namespace millwright
