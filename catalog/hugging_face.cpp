#include "catalog/hugging_face.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace millwright {
namespace {

using Json = nlohmann::json;
using Keys = std::vector<std::string>;

struct ConfigReading {
    const Json& root;
    std::string file;
    Faults faults;

    std::optional<std::int64_t> maybe(const Keys& keys) {
        for (const std::string& key : keys) {
            const auto found = root.find(key);
            if (found == root.end() || found->is_null()) continue;
            if (found->is_number_integer() && found->get<std::int64_t>() >= 0 &&
                found->get<std::int64_t>() <= 1'000'000'000) {
                return found->get<std::int64_t>();
            }
            if (found->is_number_integer() || found->is_string() || found->is_number()) {
                faults.push_back(
                    {{file, 1, 1}, fmt::format("'{}' is {}, not a count", key, found->dump()), ""});
                return 0;
            }
        }
        return std::nullopt;
    }

    std::int64_t need(const Keys& keys, std::string_view doc) {
        const auto value = maybe(keys);
        if (value && *value > 0) return *value;
        if (!value) {
            faults.push_back({{file, 1, 1},
                              fmt::format("the configuration lacks the {}", doc),
                              "looked for " + join(keys, ", ")});
        } else if (faults.empty()) {
            faults.push_back({{file, 1, 1}, fmt::format("the {} is zero", doc), ""});
        }
        return 1;
    }

    bool flag(const std::string& key, bool otherwise) {
        const auto found = root.find(key);
        return found != root.end() && found->is_boolean() ? found->get<bool>() : otherwise;
    }

    std::string text(const std::string& key) {
        const auto found = root.find(key);
        return found != root.end() && found->is_string() ? found->get<std::string>() : "";
    }
};

bool is_one_of(const std::string& type, const std::vector<std::string>& types) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

void read_shape(ConfigReading& r, const std::string& type, Model& m) {
    m.layers.value =
        r.need({"num_hidden_layers", "n_layer", "num_layers", "n_layers"}, "number of layers");
    if (m.layers.value > most_layers) {
        r.faults.push_back({{r.file, 1, 1},
                            fmt::format("{} layers are more than {}", m.layers.value, most_layers),
                            ""});
    }
    m.hidden.value = r.need({"hidden_size", "n_embd", "d_model"}, "hidden size");
    m.heads.value = r.need({"num_attention_heads", "n_head", "n_heads"}, "number of heads");
    m.vocab.value = r.need({"vocab_size", "padded_vocab_size"}, "vocabulary size");
    const bool one_key = r.flag("multi_query", false);
    m.kv_heads.value = r.maybe({"num_key_value_heads", "num_kv_heads", "multi_query_group_num"})
                           .value_or(one_key ? 1 : m.heads.value);
    m.head_dim.value = r.maybe({"head_dim", "kv_channels"}).value_or(0);
    if (m.head_dim.value == 0)
        m.head_dim.value = std::max<std::int64_t>(1, m.hidden.value / m.heads.value);
    const bool four = is_one_of(type, {"gpt2", "bloom", "mpt", "gpt_bigcode", "falcon"});
    const auto ffn = r.maybe({"intermediate_size", "n_inner", "ffn_hidden_size", "ffn_dim"});
    if (ffn.value_or(0) > 0) {
        m.ffn.value = *ffn;
    } else if (four) {
        m.ffn.value = 4 * m.hidden.value;
    } else if (!r.maybe({"moe_intermediate_size"})) {
        m.ffn.value = r.need({"intermediate_size", "ffn_dim", "n_inner"}, "MLP width");
    }
    m.gated = !is_one_of(type, {"gpt2", "gpt_neox", "bloom", "opt", "mpt", "falcon", "gptj",
                                "gpt_bigcode", "nemotron", "phi", "starcoder2"});
    m.biases = is_one_of(type, {"gpt2", "gpt_neox", "bloom", "opt", "gpt_bigcode", "phi"});
    m.tied_embeddings = r.flag("tie_word_embeddings", is_one_of(type, {"gpt2", "bloom", "opt"}));
    if (is_one_of(type, {"gpt2", "opt", "gpt_bigcode"})) {
        m.positions.value = r.maybe({"max_position_embeddings", "n_positions"}).value_or(0);
    }
}

void read_latent(ConfigReading& r, Model& m) {
    m.kv_lora.value = r.maybe({"kv_lora_rank"}).value_or(0);
    if (m.kv_lora.value == 0) return;
    m.q_lora.value = r.maybe({"q_lora_rank"}).value_or(0);
    m.rope_dim.value = r.need({"qk_rope_head_dim"}, "rotary width of a head");
    m.nope_dim.value = r.need({"qk_nope_head_dim"}, "non-rotary width of a head");
    m.v_dim.value = r.need({"v_head_dim"}, "value width of a head");
    m.head_dim.value = m.rope_dim.value + m.nope_dim.value;
}

void read_experts(ConfigReading& r, const std::string& type, Model& m) {
    m.experts.value = r.maybe({"n_routed_experts", "num_local_experts", "num_experts"}).value_or(0);
    if (m.experts.value <= 1) {
        m.experts.value = 0;
        return;
    }
    m.top_k.value = r.need({"num_experts_per_tok", "num_experts_per_token", "moe_topk"},
                           "number of experts a token uses");
    const auto width = r.maybe({"moe_intermediate_size"});
    m.expert_ffn.value = width.value_or(m.ffn.value);
    const auto shared_width = r.maybe({"shared_expert_intermediate_size"});
    m.shared_experts.value = r.maybe({"n_shared_experts", "num_shared_experts"})
                                 .value_or(shared_width.value_or(0) > 0 ? 1 : 0);
    m.shared_ffn.value = shared_width.value_or(m.expert_ffn.value);
    m.groups.value = r.maybe({"n_group"}).value_or(0);
    m.top_groups.value = r.maybe({"topk_group"}).value_or(0);
    m.dense_layers.value = r.maybe({"first_k_dense_replace"}).value_or(0);
    m.moe_every.value = std::max<std::int64_t>(
        1, r.maybe({"interleave_moe_layer_step", "decoder_sparse_step", "moe_layer_freq"})
               .value_or(1));
    if (m.ffn.value == 0 || type == "llama4_text") {
        m.ffn.value = r.maybe({"intermediate_size_mlp"}).value_or(m.expert_ffn.value);
    }
}

void read_window(ConfigReading& r, const std::string& type, Model& m) {
    const bool used = r.flag("use_sliding_window", true);
    const auto window = used ? r.maybe({"sliding_window"}) : std::nullopt;
    m.window.value = window.value_or(0);
    if (m.window.value == 0) return;
    const auto pattern = r.maybe({"sliding_window_pattern"});
    const bool alternates = is_one_of(type, {"gpt_oss", "gemma2"});
    m.full_every.value = pattern.value_or(alternates ? 2 : 0);
    const auto types = r.root.find("layer_types");
    if (types == r.root.end() || !types->is_array()) return;
    const auto full = std::count(types->begin(), types->end(), "full_attention");
    const auto count = static_cast<std::int64_t>(types->size());
    m.full_every.value = full > 0 ? count / full : 0;
    if (full == count) m.window.value = 0;
}

Fault parse_fault(const Json::parse_error& error, std::string_view text, const std::string& file) {
    Place place{file, 1, 1};
    for (std::size_t i = 0; i + 1 < error.byte && i < text.size(); ++i) {
        place.column = text[i] == '\n' ? 1 : place.column + 1;
        place.line += text[i] == '\n' ? 1 : 0;
    }
    return {place, "this is not valid JSON", "a Hugging Face config.json is expected"};
}

}  // namespace

Result<Model> model_from_config(std::string_view text, const std::string& file) {
    Json root;
    try {
        root = Json::parse(text);
    } catch (const Json::parse_error& error) {
        return failure(parse_fault(error, text, file));
    } catch (const Json::exception&) {  // a number beyond doubles
        return failure(
            {{file, 1, 1}, "a number in it is out of range", "counts are whole numbers"});
    }
    if (!root.is_object()) return failure({{file, 1, 1}, "a JSON object is expected", ""});
    if (root.contains("text_config") && root["text_config"].is_object()) {
        const Json inner = root["text_config"];
        root = inner;
    }
    ConfigReading r{root, file, {}};
    Model model;
    const std::string type = r.text("model_type");
    const std::string path = r.text("_name_or_path");
    model.name = path.empty() ? (type.empty() ? "model" : type) : path;
    read_shape(r, type, model);
    read_latent(r, model);
    read_experts(r, type, model);
    read_window(r, type, model);
    model.mtp_layers.value = r.maybe({"num_nextn_predict_layers"}).value_or(0);
    if (!r.faults.empty()) return failure(std::move(r.faults));
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
