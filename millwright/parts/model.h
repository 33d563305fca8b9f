// A transformer as its configuration file gives it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/mixer.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// Decoder-only model. Counts are exact; zero means "has none".
/// Widths are of the whole model: tensor parallelism divides them later. Files of the catalog give
/// the counts, of which layers follow (pattern_of); what stands at the end is said by published
/// configurations alone, which are cited as a whole.
struct Model {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string note;
    // kv_heads: as many as heads for multi-head attention, fewer where queries share them, 1 for
    // multi-query attention; ffn: 0 where every layer has experts
    Cited<std::int64_t> layers, hidden, ffn, heads, kv_heads, head_dim, vocab;
    bool gated = true;             // SwiGLU-like MLP of three matrices, else two
    bool tied_embeddings = false;  // input and output embedding share weights
    bool biases = false;
    Cited<std::int64_t> positions;  // learnt absolute positions; 0 for rotary or ALiBi

    // multi-latent attention (DeepSeek): ranks of the compressed query and key-value
    Cited<std::int64_t> q_lora, kv_lora, rope_dim, nope_dim, v_dim;
    // of its index (DeepSeek-V3.2), which keeps `index_keys` keys of a query; 0: it meets them all
    Cited<std::int64_t> index_heads, index_dim, index_keys;

    // sliding window: `window` tokens in all but every `full_every`-th layer (0: all windowed)
    // window 0: no layer is windowed
    Cited<std::int64_t> window, full_every;

    // mixture of experts; the first `dense_layers` layers are dense, then every `moe_every`-th
    // layer has experts of width `expert_ffn`
    Cited<std::int64_t> experts, top_k, expert_ffn, shared_experts, shared_ffn, dense_layers,
        moe_every;
    // above 1 it pads what is sent and computed
    Cited<double> capacity_factor;           // 0: dropless routing
    Cited<std::int64_t> groups, top_groups;  // experts in groups, a token stays in so many of them

    Cited<std::int64_t> mtp_layers;  // extra multi-token-prediction blocks

    // gated delta net (Qwen3-Next) in all but every `delta_full_every`-th layer; heads of values,
    // as many of keys or fewer, and their widths; 0: no layer has it
    Cited<std::int64_t> delta_heads, delta_key_heads, delta_width, delta_key_width,
        delta_convolution, delta_full_every;
    bool gated_output = false;  // attention has a gate as wide as its query

    // encoder of images (Dosovitskiy 2021) whose patches become tokens of the prompt; 0: it has
    // none, or takes text alone
    Cited<std::int64_t> vision_layers, vision_hidden, vision_ffn, vision_heads;
    Cited<std::int64_t> vision_patches, vision_tokens;  // of an image
    bool vision_gated = false;

    // how its maker publishes weights, and what "FP8" of it means
    WeightForm kept_attention = WeightForm::bf16, kept_dense = WeightForm::bf16,
               kept_experts = WeightForm::bf16, kept_fp8 = WeightForm::fp8;

    // Layers that the counts above cannot say, one by one; empty where they can.
    std::vector<Layer> own_layers;
    std::int64_t idle_experts = 0;     // choices of the router that do nothing (LongCat-Flash)
    std::vector<std::string> caveats;  // what its reader took for granted or passed over
};

// Counts are whole: their type says so, the range only how large they are.
inline constexpr Range count_range{0, 1e9};
inline constexpr Range some_range{1, 1e9};
inline constexpr std::int64_t most_layers = 10'000;

template <std::same_as<Model> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"note", &P::note, "what to know about it"},
        Field{"layers", &P::layers, "transformer layers", Need::required, Range{1, most_layers}},
        Field{"hidden", &P::hidden, "width of the residual stream", Need::required, some_range},
        Field{"ffn", &P::ffn, "inner width of the dense MLP", Need::required, count_range},
        Field{"heads", &P::heads, "query heads", Need::required, some_range},
        Field{"kv_heads", &P::kv_heads, "key-value heads", Need::required, some_range},
        Field{"head_dim", &P::head_dim, "width of a head", Need::required, some_range},
        Field{"vocab", &P::vocab, "vocabulary entries", Need::required, some_range},
        Field{"gated", &P::gated, "gated MLP of three matrices"},
        Field{"tied_embeddings", &P::tied_embeddings, "one matrix for both embeddings"},
        Field{"biases", &P::biases, "linear layers have biases"},
        Field{"positions", &P::positions, "learnt absolute positions", Need::optional, count_range},
        Field{"mla.q_lora", &P::q_lora, "rank of the compressed query", Need::optional,
              count_range},
        Field{"mla.kv_lora", &P::kv_lora, "rank of the compressed key-value", Need::optional,
              count_range},
        Field{"mla.rope_dim", &P::rope_dim, "rotary part of a head", Need::optional, count_range},
        Field{"mla.nope_dim", &P::nope_dim, "other part of a head", Need::optional, count_range},
        Field{"mla.v_dim", &P::v_dim, "value width of a head", Need::optional, count_range},
        Field{"mla.index_heads", &P::index_heads, "heads of the index that chooses keys",
              Need::optional, count_range},
        Field{"mla.index_dim", &P::index_dim, "width of a head of the index", Need::optional,
              count_range},
        Field{"mla.index_keys", &P::index_keys, "keys that the index keeps of a query",
              Need::optional, count_range},
        Field{"window.tokens", &P::window, "sliding-window length", Need::optional, count_range},
        Field{"window.full_every", &P::full_every, "every n-th layer attends in full",
              Need::optional, count_range},
        Field{"moe.experts", &P::experts, "routed experts of a layer", Need::optional, count_range},
        Field{"moe.top_k", &P::top_k, "experts per token", Need::optional, count_range},
        Field{"moe.expert_ffn", &P::expert_ffn, "inner width of an expert", Need::optional,
              count_range},
        Field{"moe.shared_experts", &P::shared_experts, "experts every token uses", Need::optional,
              count_range},
        Field{"moe.shared_ffn", &P::shared_ffn, "inner width of a shared expert", Need::optional,
              count_range},
        Field{"moe.dense_layers", &P::dense_layers, "leading layers without experts",
              Need::optional, count_range},
        Field{"moe.every", &P::moe_every, "every n-th layer has experts", Need::optional,
              count_range},
        Field{"moe.capacity_factor", &P::capacity_factor, "0 for dropless routing"},
        Field{"moe.groups", &P::groups, "groups that experts are split into", Need::optional,
              count_range},
        Field{"moe.top_groups", &P::top_groups, "groups a token may use", Need::optional,
              count_range},
        Field{"delta.heads", &P::delta_heads, "heads of values of gated delta nets", Need::optional,
              count_range},
        Field{"delta.key_heads", &P::delta_key_heads, "heads of keys of gated delta nets",
              Need::optional, count_range},
        Field{"delta.width", &P::delta_width, "width of a head of values of them", Need::optional,
              count_range},
        Field{"delta.key_width", &P::delta_key_width, "width of a head of keys of them",
              Need::optional, count_range},
        Field{"delta.convolution", &P::delta_convolution, "length of their convolution",
              Need::optional, count_range},
        Field{"delta.full_every", &P::delta_full_every,
              "every n-th layer attends, all others have a gated delta net", Need::optional,
              count_range},
        Field{"gated_output", &P::gated_output, "attention has a gate on its output"},
        Field{"vision.layers", &P::vision_layers, "layers of the encoder of images", Need::optional,
              count_range},
        Field{"vision.hidden", &P::vision_hidden, "width of its residual stream", Need::optional,
              count_range},
        Field{"vision.ffn", &P::vision_ffn, "inner width of its MLP", Need::optional, count_range},
        Field{"vision.heads", &P::vision_heads, "its heads", Need::optional, count_range},
        Field{"vision.patches", &P::vision_patches, "patches of an image", Need::optional,
              count_range},
        Field{"vision.tokens", &P::vision_tokens, "tokens of a prompt that an image becomes",
              Need::optional, count_range},
        Field{"vision.gated", &P::vision_gated, "its MLP is gated, of three matrices"},
        Field{"checkpoint.attention", &P::kept_attention,
              "form in which projections of attention are published: bf16, fp8, fp8-block, nvfp4, "
              "mxfp4, int4, int8"},
        Field{"checkpoint.dense", &P::kept_dense, "the same of dense and shared MLPs"},
        Field{"checkpoint.experts", &P::kept_experts, "the same of experts"},
        Field{"checkpoint.fp8", &P::kept_fp8,
              "what FP8 weights of it are: fp8, or fp8-block where scaled per tile"},
        Field{"mtp_layers", &P::mtp_layers, "multi-token-prediction blocks", Need::optional,
              count_range},
    };
};

inline bool is_moe(const Model& model) { return model.experts.value > 0; }
inline bool sees_images(const Model& model) { return model.vision_layers.value > 0; }

/// The attention of a layer by the model's counts, without a window.
Mixer attention_of(const Model& model);
/// Layer `index` (from 0) by the model's counts, whatever `own_layers` says.
Layer counted_layer(const Model& model, std::int64_t index);
/// All layers. A prediction block is one more of the last layer, with the model's full attention.
Pattern pattern_of(const Model& model);

/// How many layers route to experts.
std::int64_t moe_layers(const Model& model);
/// Experts with weights that a token meets in a layer: `top_k` less the share of idle choices.
double routed_experts(const Model& model);
/// Ways into which the heads of every mixer divide.
std::int64_t dividing_heads(const Model& model);
/// "23 of Mamba-2, 6 of attention, 23 of no token mixer" for layers of unlike mixers, else empty.
std::string mixers_text(const Model& model);

}  // namespace millwright
