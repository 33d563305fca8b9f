// A transformer as its configuration file gives it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// Weights of a model; `active` are those that a token meets, `extra` the multi-token-prediction
/// blocks, which the other two leave out.
/// `total` and `active` include embeddings.
struct WeightCount {
    double total = 0, active = 0, extra = 0, active_extra = 0;
};

/// Decoder-only transformer. Counts are exact; zero means "has none".
/// Widths are of the whole model: tensor parallelism divides them later. What a configuration gave
/// is cited by it as a whole; `counted` and the lists at the end are its reader's alone.
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

    // layers in no regular order, one entry each; empty where the counts above say it all
    std::vector<bool> expert_layers, windowed_layers;
    // what no operation describes: such a model is counted, in `counted`, and never timed
    std::vector<std::string> untimed;
    WeightCount counted;
    std::vector<std::string> caveats;  // what its reader took for granted or passed over
};

// Counts are whole: their type says so, the range only how large they are.
inline constexpr Range count_range{0, 1e9};
inline constexpr Range some_range{1, 1e9};
inline constexpr std::int64_t most_layers = 10'000;

template <>
struct Fields<Model> {
    static constexpr auto table = std::tuple{
        Field{"name", &Model::name, "name in full", Need::required},
        Field{"aliases", &Model::aliases, "other names in use"},
        Field{"note", &Model::note, "what to know about it"},
        Field{"layers", &Model::layers, "transformer layers", Need::required,
              Range{1, most_layers}},
        Field{"hidden", &Model::hidden, "width of the residual stream", Need::required, some_range},
        Field{"ffn", &Model::ffn, "inner width of the dense MLP", Need::required, count_range},
        Field{"heads", &Model::heads, "query heads", Need::required, some_range},
        Field{"kv_heads", &Model::kv_heads, "key-value heads", Need::required, some_range},
        Field{"head_dim", &Model::head_dim, "width of a head", Need::required, some_range},
        Field{"vocab", &Model::vocab, "vocabulary entries", Need::required, some_range},
        Field{"gated", &Model::gated, "gated MLP of three matrices"},
        Field{"tied_embeddings", &Model::tied_embeddings, "one matrix for both embeddings"},
        Field{"biases", &Model::biases, "linear layers have biases"},
        Field{"positions", &Model::positions, "learnt absolute positions", Need::optional,
              count_range},
        Field{"mla.q_lora", &Model::q_lora, "rank of the compressed query", Need::optional,
              count_range},
        Field{"mla.kv_lora", &Model::kv_lora, "rank of the compressed key-value", Need::optional,
              count_range},
        Field{"mla.rope_dim", &Model::rope_dim, "rotary part of a head", Need::optional,
              count_range},
        Field{"mla.nope_dim", &Model::nope_dim, "other part of a head", Need::optional,
              count_range},
        Field{"mla.v_dim", &Model::v_dim, "value width of a head", Need::optional, count_range},
        Field{"window.tokens", &Model::window, "sliding-window length", Need::optional,
              count_range},
        Field{"window.full_every", &Model::full_every, "every n-th layer attends in full",
              Need::optional, count_range},
        Field{"moe.experts", &Model::experts, "routed experts of a layer", Need::optional,
              count_range},
        Field{"moe.top_k", &Model::top_k, "experts per token", Need::optional, count_range},
        Field{"moe.expert_ffn", &Model::expert_ffn, "inner width of an expert", Need::optional,
              count_range},
        Field{"moe.shared_experts", &Model::shared_experts, "experts every token uses",
              Need::optional, count_range},
        Field{"moe.shared_ffn", &Model::shared_ffn, "inner width of a shared expert",
              Need::optional, count_range},
        Field{"moe.dense_layers", &Model::dense_layers, "leading layers without experts",
              Need::optional, count_range},
        Field{"moe.every", &Model::moe_every, "every n-th layer has experts", Need::optional,
              count_range},
        Field{"moe.capacity_factor", &Model::capacity_factor, "0 for dropless routing"},
        Field{"moe.groups", &Model::groups, "groups that experts are split into", Need::optional,
              count_range},
        Field{"moe.top_groups", &Model::top_groups, "groups a token may use", Need::optional,
              count_range},
        Field{"mtp_layers", &Model::mtp_layers, "multi-token-prediction blocks", Need::optional,
              count_range},
    };
};

/// Whether keys and values come from a latent, and whether any layer has experts.
inline bool is_mla(const Model& model) { return model.kv_lora.value > 0; }
inline bool is_moe(const Model& model) { return model.experts.value > 0; }

/// True if layer `index` (from 0) routes to experts.
bool has_experts(const Model& model, std::int64_t index);
/// True if layer `index` attends to the sliding window only.
bool is_windowed(const Model& model, std::int64_t index);
/// How many layers route to experts.
std::int64_t moe_layers(const Model& model);

/// Weights of the attention block of one layer: projections, biases, norms of latents.
double attention_parameters(const Model& model);
/// Weights of a dense MLP of inner width `ffn`.
double mlp_parameters(const Model& model, std::int64_t ffn);
/// Weights of a layer of experts if `used` routed ones count: shared ones and the router's row of
/// every expert are included whatever `used` is.
double experts_parameters(const Model& model, double used);
/// Every weight: as `counted`, else by the formulas of each layer.
WeightCount weights_of(const Model& model);
/// All weights, embeddings included, multi-token-prediction blocks left out.
double parameters(const Model& model);
/// Weights a token meets: routed experts count `top_k` of `experts`; embeddings included.
double active_parameters(const Model& model);
/// Weights of the multi-token-prediction blocks, which share embedding and head with the model.
double extra_parameters(const Model& model);
/// "671.0 billion weights and 11.61 billion for multi-token prediction, 37.55 billion met by a
/// token".
std::string weights_text(const Model& model);

}  // namespace millwright
