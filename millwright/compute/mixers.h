// What is known of each kind of mixer, a row each: weights, operations, useful work, and what it
// keeps of the tokens before. Training, serving and the count of weights ask the rows, and nothing
// else asks for a mixer by name. A row stands in the source of its mixer (mixer_*.cpp).
#pragma once

#include <string>
#include <utility>

#include "millwright/compute/operations.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// Of a number that a recurrence carries: FP32, as published kernels keep it.
inline constexpr double state_bytes = fp32_bytes;

/// What a sequence of some length leaves in one layer, in numbers of the whole layer.
struct MixerState {
    double kept = 0;     // cached for tokens to come
    double met = 0;      // of these, what the next token reads
    double carried = 0;  // of fixed size, read and written with each token
};

struct MixerRow {
    double (*parameters)(const Model&, const Mixer&);
    /// What stands between the norm before the mixer and the sum behind it.
    void (*operations)(const Model&, const Mixer&, const Shard&, std::vector<Operation>&);
    /// Useful FLOPs, forward, of a token of a sequence, beyond two a weight.
    double (*core_flops)(const Mixer&, double sequence);
    MixerState (*state)(const Mixer&, double tokens);
    /// What a rank hands on in one turn round its context group.
    Bytes (*handed_on)(const Mixer&, const Shard&);
    /// Whether kernels of it were measured for the catalog; else its operations are timed as plain
    /// products of their sizes.
    bool measured = false;
};

inline constexpr auto mixer_rows = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{&MixerRowOf<static_cast<MixerKind>(I)>::row...};
}(std::make_index_sequence<mixer_count>());

inline const MixerRow& mixer_row(MixerKind kind) {
    return *mixer_rows[static_cast<std::size_t>(kind)];
}

/// What to know of the times of a model whose mixers were not all measured; else empty.
std::string unmeasured_text(const Model& model);

}  // namespace millwright
