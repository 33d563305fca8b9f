// Every key that is asked for is marked as understood, whatever came of it, so that
// judge_unread() can tell what nobody read; keys that say nothing in a case are marked by hand.
// After a fault reading goes on with a harmless value, and checks that combine values ask first
// whether one of them is faulty.
#include "millwright/catalog/hugging_face.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/config_layers.h"
#include "millwright/catalog/config_reading.h"

namespace millwright {
namespace {

// A configuration becomes a model in five steps (read_model). No count is guessed: a missing one is
// a fault that names the keys it was looked for under. What many files leave out, and what follows
// from their family alone, is in the table of families.
//
// Names that families have for one thing:
const Keys expert_keys{"num_experts",     "n_routed_experts",          "num_local_experts",
                       "moe_num_experts", "num_moe_experts",           "num_routed_experts",
                       "n_experts",       "ffn_config.moe_num_experts"};
const Keys top_keys{"num_experts_per_tok",
                    "num_experts_per_token",
                    "experts_per_token",
                    "moe_topk",
                    "moe_k",
                    "top_k_experts",
                    "moe_top_k",
                    "num_selected_experts",
                    "ffn_config.moe_top_k"};
const Keys width_keys{"moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size",
                      "expert_intermediate_size", "moe_expert_intermediate_size"};
const Keys shared_keys{"n_shared_experts", "num_shared_experts", "num_shared_expert",
                       "moe_num_shared_experts"};
const Keys shared_width_keys{"shared_expert_intermediate_size",
                             "moe_shared_expert_intermediate_size", "shared_intermediate_size",
                             "share_expert_dim"};
const Keys ffn_keys{"intermediate_size", "ffn_hidden_size",           "n_inner", "ffn_dim", "d_ff",
                    "mlp_hidden_size",   "ffn_config.ffn_hidden_size"};

void read_key_value_heads(ConfigReading& r, Model& m) {
    const bool one = flag_of(r, {"multi_query"}, false);
    const bool grouped = flag_of(r, {"new_decoder_architecture"}, !r.is(trait::old_falcon));
    const bool groups = flag_of(r, {"multi_query_attention"}, true);
    const Keys keys{"num_key_value_heads", "num_kv_heads", "n_head_kv", "attn_config.kv_n_heads",
                    "n_kv_heads"};
    const auto said = count_of(r, keys);
    const auto group_count = count_of(r, {"multi_query_group_num"});
    if (r.is(trait::old_falcon)) {
        m.kv_heads.value = grouped ? said.value_or(m.heads.value) : one ? 1 : m.heads.value;
    } else {
        m.kv_heads.value = said.value_or(groups && group_count ? *group_count
                                         : one                 ? 1
                                                               : m.heads.value);
    }
    // unless a fault of the numbers themselves says it already
    if (m.kv_heads.value > m.heads.value || m.kv_heads.value < 1 ||
        m.heads.value % m.kv_heads.value != 0) {
        if (!r.any_faulty(keys) &&
            !r.any_faulty({"num_attention_heads", "multi_query_group_num"})) {
            r.fault(keys.front(),
                    fmt::format("{} query heads cannot share {} key-value heads", m.heads.value,
                                m.kv_heads.value),
                    "as many query heads fall to each key-value head");
        }
        m.kv_heads.value = 1;
    }
}

void read_heads(ConfigReading& r, Model& m) {
    if (r.is(trait::mamba)) {  // no attention: any head will do
        m.heads.value = m.kv_heads.value = 1;
        m.head_dim.value = m.hidden.value;
        return;
    }
    m.heads.value = needed_count(r, {"num_attention_heads", "n_head", "n_heads", "num_heads"},
                                 "number of heads");
    read_key_value_heads(r, m);
    const Keys keys{"head_dim", "kv_channels", "attention_head_dim"};
    if (count_of(r, keys)) {
        m.head_dim.value = needed_count(r, keys, "width of a head");
        return;
    }
    if (m.kv_lora.value > 0) return;
    m.head_dim.value = std::max<std::int64_t>(1, m.hidden.value / m.heads.value);
    const bool faulty =
        r.any_faulty(keys) || r.any_faulty({"hidden_size", "num_attention_heads", "kv_lora_rank"});
    if (m.hidden.value % m.heads.value != 0 && !faulty) {
        r.fault("hidden_size",
                fmt::format("{} heads do not divide a hidden size of {}", m.heads.value,
                            m.hidden.value),
                "give head_dim");
    }
}

/// The width that dense layers have; zero if none is given.
std::int64_t dense_width(ConfigReading& r, const Model& m) {
    const auto ratio = count_of(r, {"mlp_ratio", "expansion_ratio"});
    const auto width = count_of(r, ffn_keys);
    if (width.value_or(0) > 0) {
        if (!r.is(trait::both_halves)) return *width;
        if (*width % 2 != 0) {
            r.fault(ffn_keys.front(), "the two halves of the MLP are not alike",
                    "this family counts gate and up together: an even number");
        }
        return *width / 2;
    }
    return ratio ? *ratio * m.hidden.value : 0;
}

void read_embeddings(ConfigReading& r, Model& m) {
    const auto padded = count_of(r, {"padded_vocab_size"});  // what the matrices really have
    if (padded) r.understood.insert("vocab_size");
    m.vocab.value = padded.value_or(0) > 0
                        ? *padded
                        : needed_count(r, {"vocab_size", "padded_vocab_size"}, "vocabulary size");
    const bool said = value_of(r, {"tie_word_embeddings"}) != nullptr;
    m.tied_embeddings = flag_of(r, {"tie_word_embeddings"}, false);
    if (!said) {
        r.caveats.push_back("'tie_word_embeddings' is not given: two matrices are taken");
    }
    const bool alibi = flag_of(r, {"attn_config.alibi"}, false);
    const bool learnt = r.type == "mpt" && !alibi && flag_of(r, {"learned_pos_emb"}, true);
    if (r.is(trait::learnt)) {
        m.positions.value = needed_count(r, {"n_positions", "max_position_embeddings"},
                                         "number of learnt positions");
    } else if (learnt) {
        m.positions.value = needed_count(r, {"max_seq_len"}, "number of learnt positions");
    }
    const auto inner = count_of(r, {"word_embed_proj_dim"});
    if (inner && *inner != m.hidden.value && !r.any_faulty({"hidden_size"})) {
        r.fault("word_embed_proj_dim",
                "embeddings of another width than the layers are not "
                "understood",
                "write the model as one of a catalog folder, see docs/catalog.md");
    }
}

void read_latent(ConfigReading& r, Model& m) {
    if (!flag_of(r, {"use_mla"}, true)) return;
    m.kv_lora.value = count_of(r, {"kv_lora_rank"}).value_or(0);
    const auto query = count_of(r, {"q_lora_rank"});
    if (m.kv_lora.value == 0) {
        if (query.value_or(0) > 0 && !r.any_faulty({"kv_lora_rank", "use_mla"})) {
            r.fault("q_lora_rank", "'q_lora_rank' without 'kv_lora_rank' is not understood",
                    "multi-latent attention compresses keys and values too");
        }
        return;
    }
    m.q_lora.value = query.value_or(0);
    m.rope_dim.value = needed_count(r, {"qk_rope_head_dim"}, "rotary width of a head");
    m.nope_dim.value = needed_count(r, {"qk_nope_head_dim"}, "non-rotary width of a head");
    m.v_dim.value = needed_count(r, {"v_head_dim"}, "value width of a head");
    count_of(r, {"qk_head_dim"});  // the sum of the two
}

void read_shared(ConfigReading& r, Model& m) {
    const auto width = count_of(r, shared_width_keys);
    m.shared_experts.value = count_of(r, shared_keys).value_or(width.value_or(0) > 0 ? 1 : 0);
    m.shared_ffn.value = width.value_or(0) > 0 ? *width : m.expert_ffn.value;
    if (!r.is(trait::parallel_mlp | trait::twin)) return;
    m.shared_experts.value = 1;
    m.shared_ffn.value = m.ffn.value;
}

/// The width of an expert, which may be that of the MLP where the family says so.
/// Known families say it by a key of its own; unknown ones are given that of the MLP, with a note.
std::int64_t expert_width(ConfigReading& r, const Model& m) {
    if (const auto width = count_of(r, width_keys); width.value_or(0) > 0) return *width;
    if (r.family_known && !r.is(trait::plain_width)) {
        return needed_count(r, width_keys, "width of an expert");
    }
    if (!r.is(trait::plain_width)) r.caveats.push_back("experts are taken to be as wide as an MLP");
    if (m.ffn.value > 0 || r.any_faulty(ffn_keys)) return m.ffn.value;
    return needed_count(r, width_keys, "width of an expert");
}

void read_experts(ConfigReading& r, Model& m) {
    const bool block = flag_of(r, {"enable_moe_block"}, true);
    const auto experts = count_of(r, expert_keys);
    m.experts.value = block ? experts.value_or(0) : 0;
    if (m.experts.value <= 1) {
        m.experts.value = 0;
        if (!experts && block) return;  // keys of experts without experts are left to be told
        for (const Keys& keys : {top_keys, width_keys, shared_keys, shared_width_keys}) {
            r.understood.insert(keys.begin(), keys.end());
        }
        return;
    }
    m.top_k.value = needed_count(r, top_keys, "number of experts a token uses");
    if (m.top_k.value > m.experts.value && !r.any_faulty(expert_keys)) {
        r.fault(top_keys.front(),
                fmt::format("a token uses {} of {} experts", m.top_k.value, m.experts.value),
                "at most as many as there are");
    }
    m.expert_ffn.value = expert_width(r, m);
    const auto dense = count_of(r, {"intermediate_size_mlp", "dense_intermediate_size"});
    if (dense) m.ffn.value = *dense;
    read_shared(r, m);
    m.idle_experts = count_of(r, {"zero_expert_num"}).value_or(0);
    m.groups.value = count_of(r, {"n_group", "num_expert_group"}).value_or(0);
    m.top_groups.value = count_of(r, {"topk_group"}).value_or(0);
}

/// Patterns are read layer by layer (config_layers.cpp), and say nothing where no window is used.
void read_window(ConfigReading& r, Model& m) {
    for (const char* key : {"sliding_window_pattern", "_sliding_window_pattern",
                            "global_attn_every_n_layers", "hybrid_layer_pattern", "layer_switch"}) {
        r.understood.insert(key);
    }
    const bool used = flag_of(r, {"use_sliding_window"}, true);
    const Keys keys = r.is(trait::own_chunks) ? Keys{"attention_chunk_size"}
                                              : Keys{"sliding_window", "sliding_window_size",
                                                     "attn_config.sliding_window_size"};
    const nlohmann::json* value = value_of(r, keys);
    if (!used || value == nullptr || *value == -1) return;
    m.window.value = count_of(r, keys).value_or(0);
}

void read_predictions(ConfigReading& r, Model& m) {
    const bool predicts = flag_of(r, {"use_mtp"}, true);
    const Keys keys{"num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules",
                    "num_mtp_layers", "mtp_num_layers"};
    const auto blocks = count_of(r, keys);
    m.mtp_layers.value = predicts ? blocks.value_or(0) : 0;
    if (m.mtp_layers.value <= most_layers) return;
    r.fault(keys.front(), "too many prediction blocks", fmt::format("at most {}", most_layers));
    m.mtp_layers.value = 0;
}

Model read_widths(ConfigReading& r) {
    Model m;
    // num_hidden_layers counts each twice, and so does the model: two attentions and MLPs
    const bool twin = r.is(trait::twin);
    if (twin) r.understood.insert("num_hidden_layers");
    m.layers.value = needed_count(
        r,
        twin ? Keys{"num_layers"} : Keys{"num_hidden_layers", "n_layer", "num_layers", "n_layers"},
        "number of layers");
    if (m.layers.value > most_layers) {
        r.fault("num_hidden_layers",
                fmt::format("{} layers are more than {}", m.layers.value, most_layers),
                fmt::format("write 1 to {}", most_layers));
        // what is read layer by layer goes on with few
        m.layers.value = 1;
    }
    if (twin) m.layers.value = std::min(2 * m.layers.value, most_layers);
    read_predictions(r, m);
    const bool known = !r.any_faulty({"num_hidden_layers", "num_layers"});
    r.layers = known ? m.layers.value : 0;
    r.extra = m.mtp_layers.value;
    m.hidden.value =
        needed_count(r, {"hidden_size", "n_embd", "n_embed", "d_model"}, "hidden size");
    read_latent(r, m);
    read_heads(r, m);
    if (m.kv_lora.value > 0) {
        m.kv_heads.value = m.heads.value;
        m.head_dim.value = m.rope_dim.value + m.nope_dim.value;
    }
    m.ffn.value = dense_width(r, m);
    m.gated = is_gated(r);
    m.biases = r.is(trait::biases);
    read_embeddings(r, m);
    read_experts(r, m);
    read_window(r, m);
    return m;
}

/// Embeddings of each layer are refused. The class of Gemma 4 has them unless the file says zero,
/// but no published mixture of experts of that family does: there absence is taken for none.
void read_layer_embeddings(ConfigReading& r) {
    const std::string key = "hidden_size_per_layer_input";
    if (!r.given.contains(key) && flag_of(r, {"enable_moe_block"}, false)) {
        r.caveats.push_back(fmt::format(
            "'{}' is not given: no embeddings of each layer are taken beside experts", key));
        return;
    }
    const auto inputs = count_of(r, {key});
    if (inputs.value_or(0) == 0) return;
    r.fault(key, fmt::format("embeddings of each layer of width {} are not understood", *inputs),
            "a class default counts where the key is absent; 0 says that there are none");
}

/// Widths that belong to some layers only.
void read_layer_widths(ConfigReading& r, Model& m, std::vector<Layer>& layers) {
    const auto heads = counts_of(r, {"num_key_value_heads_per_layer"}, m.layers.value);
    for (std::size_t i = 0; i < heads.size(); ++i) {
        layers[i].mixer.kv_heads = std::clamp<std::int64_t>(heads[i], 1, m.heads.value);
    }
    const auto width = count_of(r, {"global_head_dim"});
    const auto global = count_of(r, {"num_global_key_value_heads"});
    const bool own = global.value_or(0) > 0;  // heads that only such layers have
    const bool shared = flag_of(r, {"attention_k_eq_v"}, own);
    if (own && !r.given.contains("attention_k_eq_v")) {
        r.caveats.push_back(
            "'attention_k_eq_v' is not given: it is taken to be true, as "
            "'num_global_key_value_heads' is given");
    }
    for (Layer& layer : layers) {
        if (layer.mixer.window > 0) continue;
        layer.mixer.shared_values = shared;
        if (width) layer.mixer.head_dim = *width;
        if (shared && own) layer.mixer.kv_heads = *global;
    }
    read_layer_embeddings(r);
    const bool dense = std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
        return layer.channel == ChannelKind::dense && layer.ffn == 0;
    });
    if (dense && !r.unsure()) needed_count(r, ffn_keys, "MLP width");
    if (m.ffn.value == 0) m.ffn.value = m.expert_ffn.value;  // no layer has an MLP of another kind
    for (Layer& layer : layers) {
        if (layer.channel != ChannelKind::dense) layer.ffn = 0;
    }
}

/// Widths, layers, mixers, order, and keys that nobody read: each step needs those before it.
Model read_model(ConfigReading& r) {
    Model m = read_widths(r);
    std::vector<Layer> layers = read_layers(r, m);
    read_layer_widths(r, m, layers);
    read_mixers(r, m, layers);
    set_order(layers, m);
    judge_unread(r);
    return m;
}

}  // namespace

Result<Model> model_from_config(std::string_view text, const std::string& file) {
    auto reading = parse_config(text, file);
    if (!reading) return tl::unexpected<Faults>(reading.error());
    ConfigReading& r = *reading;
    if (!r.family.refused.empty()) {
        r.fault("model_type",
                fmt::format("a model of type '{}' cannot be read: {}", r.type, r.family.refused),
                "write its widths as a model of a catalog folder, see docs/catalog.md");
        return failure(std::move(r.faults));
    }
    if (flag_of(r, {"is_encoder_decoder"}, false)) {
        r.fault("is_encoder_decoder", "a model with an encoder cannot be read",
                "only decoders are understood");
    }
    if (!r.family_known) {
        r.caveats.push_back(
            fmt::format("the family '{}' is not known: read by its keys alone", r.type));
    }
    Model model = read_model(r);
    if (!r.faults.empty()) return failure(std::move(r.faults));
    model.caveats = std::move(r.caveats);
    model.name = word_of(r, {"_name_or_path"});
    if (model.name.empty()) model.name = r.type.empty() ? "model" : r.type;
    return model;
}

Source config_source(const std::string& id, const std::string& file) {
    Source source;
    source.id = id + "/config";
    source.title = "model configuration " + file;
    source.publisher = "the user";
    source.grade = Grade::vendor;
    return source;
}

void cite(Model& model, SourceId source) {
    for_each_field<Model>([&](const auto& field) {
        if constexpr (requires { (model.*field.member).source; }) {
            (model.*field.member).source = source;
        }
    });
}

}  // namespace millwright
