// A layer of a model: what mixes its tokens, and the channel that follows.
//
// Adding a mixer touches four files: its name and widths here, a source of compute/ that defines
// its row, the reader of configurations (catalog/config_mixers.cpp), and a test. The build fails to
// link while a named mixer has no row.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"

namespace millwright {

/// What lets tokens see each other; none where a layer is a channel alone.
enum class MixerKind {
    none,
    linear,
    attention,
    latent,
    sparse,
    mamba,
    mamba2,
    delta,
    kimi_delta,
    lightning,
    short_conv
};
inline constexpr std::size_t mixer_count = 11;

template <>
struct EnumNames<MixerKind> {
    static constexpr std::array<std::string_view, mixer_count> names{
        "no token mixer",
        "a linear layer for attention",
        "attention",
        "latent attention",
        "attention to keys that an index chooses",
        "Mamba",
        "Mamba-2",
        "gated delta net",
        "Kimi delta attention",
        "lightning attention",
        "short convolution"};
};

/// A mixer with its own widths, of the whole model; what a kind does not have is zero.
struct Mixer {
    MixerKind kind = MixerKind::none;
    // Query heads, or heads of values of a recurrent mixer. Where each channel has a state of its
    // own (Mamba, convolutions) a channel is a head of width 1.
    std::int64_t heads = 0, head_dim = 0;
    std::int64_t kv_heads = 0;  // heads of keys: Mamba-2 calls them groups
    std::int64_t window = 0;    // keys that a query sees at most; 0 for all
    std::int64_t q_lora = 0, kv_lora = 0, rope_dim = 0, nope_dim = 0, v_dim = 0;  // latent
    std::int64_t index_heads = 0, index_dim = 0, index_keys = 0;  // sparse: keys kept of a query
    std::int64_t state = 0;        // recurrent: numbers kept for each channel, the width of a key
    std::int64_t convolution = 0;  // length of the causal convolution before it
    std::int64_t rank = 0;         // of the step's projection, or of a gate's
    bool gated_output = false;     // attention whose output has a gate as wide as its query
    bool shared_values = false;    // attention whose keys are its values too

    friend bool operator==(const Mixer&, const Mixer&) = default;
};

/// What follows the mixer in a layer.
enum class ChannelKind { none, dense, experts };

struct Layer {
    Mixer mixer;
    ChannelKind channel = ChannelKind::dense;
    std::int64_t ffn = 0;  // inner width of a dense MLP

    friend bool operator==(const Layer&, const Layer&) = default;
};

/// A model as its distinct layers and their order.
struct Pattern {
    std::vector<Layer> kinds;        // dense ones first, and of them those with a window last
    std::vector<std::size_t> order;  // the kind of each layer
    std::size_t prediction = 0;      // the kind of multi-token-prediction blocks, if there are any
};

/// What compute/ knows of each kind of mixer (compute/mixers.h); declared beside the names, so that
/// a row that is nowhere defined is missed.
struct MixerRow;
template <MixerKind>
struct MixerRowOf {
    static const MixerRow row;
};
template <>
const MixerRow MixerRowOf<MixerKind::none>::row;
template <>
const MixerRow MixerRowOf<MixerKind::linear>::row;
template <>
const MixerRow MixerRowOf<MixerKind::attention>::row;
template <>
const MixerRow MixerRowOf<MixerKind::latent>::row;
template <>
const MixerRow MixerRowOf<MixerKind::sparse>::row;
template <>
const MixerRow MixerRowOf<MixerKind::mamba>::row;
template <>
const MixerRow MixerRowOf<MixerKind::mamba2>::row;
template <>
const MixerRow MixerRowOf<MixerKind::delta>::row;
template <>
const MixerRow MixerRowOf<MixerKind::kimi_delta>::row;
template <>
const MixerRow MixerRowOf<MixerKind::lightning>::row;
template <>
const MixerRow MixerRowOf<MixerKind::short_conv>::row;

}  // namespace millwright
