// The widths of each kind of mixer, under the names that their makers give them. They are read once
// a kind, and only where a layer has it: a width that is missing is then a fault, as is zero.
#include <algorithm>
#include <array>
#include <optional>

#include "millwright/base/whole.h"
#include "millwright/catalog/config_layers.h"

namespace millwright {
namespace {

/// Attention of the model; what it has beside heads is said by keys of its own: an output gate, or
/// an index (DeepSeek-V3.2).
Mixer attention(ConfigReading& r, const Model& m) {
    Mixer mixer = attention_of(m);
    mixer.gated_output = flag_of(r, {"attn_output_gate"}, r.is(trait::gated_output));
    const Keys keys{"index_n_heads"};
    const auto heads = count_of(r, keys);
    if (!heads) return mixer;
    mixer.index_dim = needed_count(r, {"index_head_dim"}, "width of an index head");
    mixer.index_keys = needed_count(r, {"index_topk"}, "number of keys that the index keeps");
    mixer.index_heads = *heads;
    if (mixer.kind == MixerKind::latent) {
        mixer.kind = MixerKind::sparse;
    } else if (!r.any_faulty({"kv_lora_rank", "use_mla"})) {
        r.fault(keys.front(), "an index of keys without latent attention is not understood",
                "give kv_lora_rank");
    }
    return mixer;
}

/// Mamba by itself may name its inner width; beside attention that key is the MLP's.
Mixer mamba(ConfigReading& r, const Model& m) {
    Mixer mixer{.kind = MixerKind::mamba, .head_dim = 1, .kv_heads = 1};
    const auto said = r.is(trait::mamba) ? count_of(r, {"intermediate_size", "d_inner"})
                                         : std::optional<std::int64_t>();
    mixer.heads =
        said ? *said
             : m.hidden.value * needed_count(r, {"mamba_expand", "expand"}, "expansion of Mamba");
    if (said) count_of(r, {"expand"});
    mixer.state =
        needed_count(r, {"mamba_d_state", "state_size", "ssm_state_size"}, "state size of Mamba");
    mixer.convolution = needed_count(r, {"mamba_d_conv", "conv_kernel"}, "convolution of Mamba");
    // a sixteenth of the hidden size, rounded up, unless said
    mixer.rank =
        count_of(r, {"mamba_dt_rank", "time_step_rank"}).value_or((m.hidden.value + 15) / 16);
    return mixer;
}

Mixer mamba2(ConfigReading& r, const Model&) {
    Mixer mixer{.kind = MixerKind::mamba2};
    const bool alone = r.is(trait::mamba);  // without attention, whose heads have these names
    mixer.heads =
        needed_count(r, alone ? Keys{"num_heads"} : Keys{"mamba_num_heads", "mamba_n_heads"},
                     "number of Mamba-2 heads");
    mixer.head_dim =
        needed_count(r, alone ? Keys{"head_dim"} : Keys{"mamba_head_dim", "mamba_d_head"},
                     "width of a Mamba-2 head");
    mixer.kv_heads = needed_count(r, {"n_groups", "mamba_n_groups"}, "number of Mamba-2 groups");
    mixer.state =
        needed_count(r, {"ssm_state_size", "mamba_d_state", "state_size"}, "state size of Mamba-2");
    mixer.convolution = needed_count(r, {"conv_kernel", "mamba_d_conv"}, "convolution of Mamba-2");
    count_of(r, {"expand", "mamba_expand"});  // the heads say it
    return mixer;
}

Mixer delta(ConfigReading& r, const Model&) {
    Mixer mixer{.kind = MixerKind::delta};
    mixer.kv_heads = needed_count(r, {"linear_num_key_heads"}, "key heads of linear attention");
    mixer.state = needed_count(r, {"linear_key_head_dim"}, "key head of linear attention");
    mixer.heads = needed_count(r, {"linear_num_value_heads"}, "value heads of linear attention");
    mixer.head_dim = needed_count(r, {"linear_value_head_dim"}, "value head of linear attention");
    mixer.convolution =
        needed_count(r, {"linear_conv_kernel_dim"}, "convolution of linear attention");
    return mixer;
}

/// Its gates are of the rank of a head.
Mixer kimi_delta(ConfigReading& r, const Model&) {
    Mixer mixer{.kind = MixerKind::kimi_delta};
    mixer.heads = mixer.kv_heads =
        needed_count(r, {"linear_attn_config.num_heads"}, "heads of linear attention");
    mixer.head_dim = mixer.state = mixer.rank =
        needed_count(r, {"linear_attn_config.head_dim"}, "head of linear attention");
    mixer.convolution = needed_count(r, {"linear_attn_config.short_conv_kernel_size"},
                                     "convolution of linear attention");
    return mixer;
}

Mixer lightning(ConfigReading&, const Model& m) {
    return {.kind = MixerKind::lightning,
            .heads = m.heads.value,
            .head_dim = m.head_dim.value,
            .kv_heads = m.heads.value,
            .state = m.head_dim.value};
}

Mixer short_conv(ConfigReading& r, const Model& m) {
    Mixer mixer{.kind = MixerKind::short_conv, .heads = m.hidden.value, .head_dim = 1};
    mixer.convolution = needed_count(r, {"conv_L_cache"}, "length of the short convolution");
    return mixer;
}

Mixer no_mixer(ConfigReading&, const Model&) { return {}; }
Mixer matrix(ConfigReading&, const Model&) { return {.kind = MixerKind::linear}; }

/// By the kind that a layer was read as; latent and sparse attention are read as attention.
struct Reader {
    MixerKind kind;
    Mixer (*read)(ConfigReading&, const Model&);
};
constexpr Reader readers[] = {
    {MixerKind::none, no_mixer},       {MixerKind::linear, matrix},
    {MixerKind::attention, attention}, {MixerKind::latent, attention},
    {MixerKind::mamba, mamba},         {MixerKind::mamba2, mamba2},
    {MixerKind::delta, delta},         {MixerKind::kimi_delta, kimi_delta},
    {MixerKind::lightning, lightning}, {MixerKind::short_conv, short_conv},
};

/// Attention keeps what its layer was given of its own.
void take_widths(const Mixer& read, Mixer& mixer) {
    const Mixer own = mixer;
    mixer = read;
    if (own.kind != MixerKind::attention && own.kind != MixerKind::latent) return;
    mixer.window = own.window;
    mixer.kv_heads = own.kv_heads;
    mixer.head_dim = own.head_dim;
    mixer.shared_values = own.shared_values;
}

}  // namespace

void read_mixers(ConfigReading& r, const Model& m, std::vector<Layer>& layers) {
    for (const auto& [kind, read] : readers) {
        const auto has = [kind = kind](const Layer& layer) { return layer.mixer.kind == kind; };
        if (std::none_of(layers.begin(), layers.end(), has)) continue;
        const Mixer mixer = read(r, m);
        std::vector<Layer*> taking;
        for (Layer& layer : layers) {
            if (has(layer)) taking.push_back(&layer);
        }
        for (Layer* layer : taking) take_widths(mixer, layer->mixer);
    }
}

}  // namespace millwright
