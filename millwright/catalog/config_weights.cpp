// Mixers other than attention, and parts of attention that no operation describes, are counted by
// the layers that their makers publish: projections, convolutions, states and gates. h is the
// hidden size. A model with any of them is counted and not timed, and `untimed` says why.
#include "millwright/catalog/config_weights.h"
#include "millwright/base/whole.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace millwright {
namespace {

/// Widths that only these layers have; one that is missing is a fault, as is zero.
struct Widths {
    ConfigReading& r;
    double need(const Keys& keys, std::string_view doc) const {
        return real(needed_count(r, keys, doc));
    }
};

/// Mamba (Gu and Dao 2023): input and gate (2 h inner) and output (h inner); a convolution with
/// bias for each channel; a projection to step, B and C and one from the step's rank; A and D.
double mamba(const Widths& w, const Model& m) {
    const double h = real(m.hidden.value);
    // Mamba by itself may name its inner width; beside attention that key is the MLP's
    const auto said_inner = w.r.is(trait::mamba) ? count_of(w.r, {"intermediate_size", "d_inner"})
                                                 : std::optional<std::int64_t>();
    const auto expand = said_inner
                            ? count_of(w.r, {"expand"}).value_or(0)
                            : needed_count(w.r, {"mamba_expand", "expand"}, "expansion of Mamba");
    const double inner = said_inner ? real(*said_inner) : h * real(expand);
    const double state =
        w.need({"mamba_d_state", "state_size", "ssm_state_size"}, "state size of Mamba");
    const double kernel = w.need({"mamba_d_conv", "conv_kernel"}, "convolution of Mamba");
    const auto said = count_of(w.r, {"mamba_dt_rank", "time_step_rank"});
    // a sixteenth of the hidden size, rounded up, unless said
    const double rank = real(said.value_or((m.hidden.value + 15) / 16));
    return 3 * h * inner + inner * (kernel + 1) + inner * (rank + 2 * state) + (rank + 1) * inner +
           inner * (state + 1);
}

/// Mamba-2 (Dao and Gu 2024): one projection to gate, input, B and C of the groups and a step for
/// each head; a convolution over input, B and C; the output; A, D and the step's bias of each head;
/// a norm.
double mamba2(const Widths& w, const Model& m) {
    const double h = real(m.hidden.value);
    const bool alone = w.r.is(trait::mamba);  // without attention, whose heads have these names
    const double heads =
        w.need(alone ? Keys{"num_heads"} : Keys{"mamba_num_heads", "mamba_n_heads"},
               "number of Mamba-2 heads");
    const double inner =
        heads * w.need(alone ? Keys{"head_dim"} : Keys{"mamba_head_dim", "mamba_d_head"},
                       "width of a Mamba-2 head");
    const double shared =
        2 * w.need({"n_groups", "mamba_n_groups"}, "number of Mamba-2 groups") *
        w.need({"ssm_state_size", "mamba_d_state", "state_size"}, "state size of Mamba-2");
    const double kernel = w.need({"conv_kernel", "mamba_d_conv"}, "convolution of Mamba-2");
    count_of(w.r, {"expand", "mamba_expand"});  // the heads say it
    return h * (2 * inner + shared + heads) + (inner + shared) * (kernel + 1) + inner * h +
           3 * heads + inner;
}

/// Gated delta net (Yang 2024) as in Qwen3-Next: one projection to query, key, value and gate, one
/// to the rate and decay of each value head; a convolution over query, key and value; the output;
/// two numbers a head; a norm as wide as a head.
double delta(const Widths& w, const Model& m) {
    const double h = real(m.hidden.value);
    const double keys = w.need({"linear_num_key_heads"}, "key heads of linear attention") *
                        w.need({"linear_key_head_dim"}, "key head of linear attention");
    const double heads = w.need({"linear_num_value_heads"}, "value heads of linear attention");
    const double width = w.need({"linear_value_head_dim"}, "value head of linear attention");
    const double values = heads * width;
    const double kernel = w.need({"linear_conv_kernel_dim"}, "convolution of linear attention");
    return h * (2 * keys + 2 * values + 2 * heads) + (2 * keys + values) * kernel + values * h +
           2 * heads + width;
}

/// Kimi delta attention: query, key, value and output as wide as all heads; a convolution over the
/// first three; two gates of low rank; a rate for each head; two vectors as wide as all heads.
double kimi_delta(const Widths& w, const Model& m) {
    const double h = real(m.hidden.value);
    const double heads = w.need({"linear_attn_config.num_heads"}, "heads of linear attention");
    const double dim = w.need({"linear_attn_config.head_dim"}, "head of linear attention");
    const double kernel =
        w.need({"linear_attn_config.short_conv_kernel_size"}, "convolution of linear attention");
    const double inner = heads * dim;
    return 4 * h * inner + 3 * inner * kernel + 2 * (h * dim + dim * inner) + h * heads + 2 * inner;
}

/// Weights of a mixer other than attention, by the published layers of its makers.
double mixer_weights(ConfigReading& r, Mixer mixer, const Model& m) {
    const double h = real(m.hidden.value);
    const Widths w{r};
    switch (mixer) {
        case Mixer::none:
        case Mixer::attention: return 0;
        case Mixer::linear: return h * h;
        case Mixer::mamba: return mamba(w, m);
        case Mixer::mamba2: return mamba2(w, m);
        case Mixer::delta: return delta(w, m);
        case Mixer::kimi_delta: return kimi_delta(w, m);
        // query, key, value, gate and output
        case Mixer::lightning: return 5 * h * real(m.heads.value) * real(m.head_dim.value);
        // one projection to three streams, one back, and a convolution without bias between them
        case Mixer::short_conv:
            return 4 * h * h + h * w.need({"conv_L_cache"}, "length of the short convolution");
    }
    return 0;
}

/// Parts of an attention layer that no operation describes, as weights.
/// An output gate as wide as the query; an index (DeepSeek-V3.2): queries of its heads from the
/// latent if there is one, one key, a weight for each head, a norm with bias.
double attention_extras(ConfigReading& r, const Model& m) {
    double extra = 0;
    const bool gated = flag_of(r, {"attn_output_gate"}, r.is(trait::gated_output));
    if (gated) {
        extra += real(m.hidden.value) * real(m.heads.value) * real(m.head_dim.value);
        r.untimed.push_back("attention whose output has a gate");
    }
    const auto heads = count_of(r, {"index_n_heads"});
    if (!heads) return extra;
    const double h = real(m.hidden.value);
    const double width = real(needed_count(r, {"index_head_dim"}, "width of an index head"));
    needed_count(r, {"index_topk"}, "number of keys that the index keeps");
    const double from = m.q_lora.value > 0 ? real(m.q_lora.value) : h;
    r.untimed.push_back("attention to keys that an index chooses");
    return extra + from * real(*heads) * width + h * width + h * real(*heads) + 2 * width;
}

/// The weights layer by layer; `token` asks for those that a token meets.
/// As parts/model.cpp counts, with widths of each layer: check_counts() holds the two together.
struct Counter {
    const Model& model;
    // of one layer, by Mixer; zero for mixers that no layer has
    std::array<double, EnumNames<Mixer>::names.size()> mixers{};
    double attention_extra = 0, used_experts = 0;
    double attentions = 1;  // in each layer, and as many dense MLPs

    // the formula of the model, with the heads of this layer
    double attention(const LayerPlan& layer) const {
        Model own = model;
        own.kv_heads.value = layer.kv_heads;
        own.head_dim.value = layer.head_dim;
        return attention_parameters(own) + attention_extra;
    }

    double channel(const LayerPlan& layer, bool token) const {
        const double dense = mlp_parameters(model, layer.ffn);
        switch (layer.channel) {
            case Mlps::none: return 0;
            case Mlps::dense: return attentions * dense;
            case Mlps::experts: break;
        }
        const double used = token ? used_experts : real(model.experts.value);
        // of a twin layer two dense MLPs stand beside the experts
        return experts_parameters(model, used) + (attentions - 1) * 2 * dense;
    }

    /// A norm before each mixer and each MLP.
    double layer(const LayerPlan& l, bool token) const {
        const double mixer = l.mixer == Mixer::attention
                                 ? attentions * attention(l)
                                 : mixers[static_cast<std::size_t>(l.mixer)];
        const double norms = (l.mixer == Mixer::none ? 0 : 1) + (l.channel == Mlps::none ? 0 : 1);
        return mixer + channel(l, token) + norms * attentions * real(model.hidden.value);
    }

    double sum(const std::vector<LayerPlan>& layers, bool token) const {
        const double h = real(model.hidden.value);
        double total = h * real(model.vocab.value) * (model.tied_embeddings ? 1 : 2) +
                       h * real(model.positions.value) + h;
        for (const LayerPlan& l : layers) total += layer(l, token);
        return total;
    }

    /// A block is one more attention layer, whatever mixes the last one; see parts/model.cpp.
    double prediction(const std::vector<LayerPlan>& layers, bool token) const {
        const double h = real(model.hidden.value);
        LayerPlan last = layers.back();
        last.mixer = Mixer::attention;
        if (last.channel == Mlps::none) {
            last.channel = is_moe(model) ? Mlps::experts : Mlps::dense;
        }
        return real(model.mtp_layers.value) * (layer(last, token) + 2 * h * h + 3 * h);
    }
};

}  // namespace

WeightCount count_layers(ConfigReading& r, const Model& m, const std::vector<LayerPlan>& layers) {
    Counter counter{.model = m};
    for (std::size_t i = 0; i < counter.mixers.size(); ++i) {
        const auto mixer = static_cast<Mixer>(i);
        const auto uses = [&](const LayerPlan& layer) { return layer.mixer == mixer; };
        const auto count = std::count_if(layers.begin(), layers.end(), uses);
        if (count == 0) continue;
        counter.mixers[i] = mixer_weights(r, mixer, m);
        if (mixer == Mixer::attention) continue;
        r.untimed.push_back(
            fmt::format("{} in {} of {} layers", name_of(mixer), count, layers.size()));
    }
    counter.attention_extra = attention_extras(r, m);
    counter.used_experts = real(m.top_k.value);
    if (const auto zero = count_of(r, {"zero_expert_num"}); zero && is_moe(m)) {
        // a token's choices fall evenly on all, and those that do nothing have no weights
        counter.used_experts *= real(m.experts.value) / real(m.experts.value + *zero);
        if (*zero > 0) r.untimed.push_back("experts that do nothing");
    }
    if (r.is(trait::twin)) {
        counter.attentions = 2;
        r.untimed.push_back("two attentions, two MLPs and experts in a layer");
    }
    return {.total = counter.sum(layers, false),
            .active = counter.sum(layers, true),
            .extra = counter.prediction(layers, false),
            .active_extra = counter.prediction(layers, true)};
}

}  // namespace millwright
