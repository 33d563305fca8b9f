// Published configurations against published counts, and what becomes of spoilt ones.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/catalog/families.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/compute/weights.h"
#include "millwright/factory/resolve.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

/// tests/configs/models.json: a compact configuration each, what its makers say of it, and the
/// catalog's model of the same shape.
const Json& published() {
    static const Json models = [] {
        std::ifstream file(repository_root() + "/tests/configs/models.json");
        return Json::parse(file);
    }();
    return models;
}

Result<Model> read(const Json& config) { return model_from_config(config.dump(), "config.json"); }

/// Everything that a reading says, but for its caveats.
std::string said(const Model& m) {
    std::string text;
    for_each_field<Model>([&](const auto& field) {
        if constexpr (requires { (m.*field.member).source; }) {
            text += fmt::format("{}={} ", field.key, (m.*field.member).value);
        } else if constexpr (std::is_same_v<std::decay_t<decltype(m.*field.member)>, bool>) {
            text += fmt::format("{}={} ", field.key, m.*field.member);
        }
    });
    text += mixers_text(m) + " ";
    for (const std::size_t kind : pattern_of(m).order) text += std::to_string(kind);
    const WeightCount w = weights_of(m);
    return text + fmt::format("{} {} {} {}", w.total, w.active, w.extra, w.active_extra);
}

TEST(Configurations, HaveTheWeightsTheirMakersState) {
    std::set<std::string> families;
    for (const Json& row : published()) {
        const std::string name = row["name"];
        const auto model = read(row["config"]);
        ASSERT_TRUE(model) << name << ": " << to_text(model.error());
        const double total = row["total"], active = row["active"], within = row["within"];
        EXPECT_NEAR(parameters(*model) / 1e9, total, 0.011 * total) << name;
        EXPECT_NEAR(active_parameters(*model) / 1e9, active, 0.01 * within * active) << name;
        if (row.contains("extra")) {
            EXPECT_NEAR(extra_parameters(*model) / 1e9, row["extra"], 0.3) << name;
        }
        families.insert(row["config"].value("model_type", ""));
    }
    EXPECT_GE(families.size(), 60U);
}

TEST(Configurations, AgreeWithTheCatalog) {
    const Catalog& catalog = built_in_catalog();
    std::set<std::string> compared;
    for (const Json& row : published()) {
        if (!row.contains("catalog")) continue;
        const std::string id = row["catalog"];
        const Model& known = part_named(catalog.models, id);
        const auto model = read(row["config"]);
        ASSERT_TRUE(model) << id;
        compared.insert(id);
        EXPECT_NEAR(parameters(*model) / parameters(known), 1, 0.01) << id;
        EXPECT_NEAR(active_parameters(*model) / active_parameters(known), 1, 0.01) << id;
        EXPECT_EQ(model->layers.value, known.layers.value) << id;
        EXPECT_EQ(model->heads.value * model->head_dim.value,
                  known.heads.value * known.head_dim.value)
            << id;
        EXPECT_EQ(model->kv_heads.value, known.kv_heads.value) << id;
        EXPECT_EQ(model->window.value, known.window.value) << id;
        EXPECT_EQ(model->top_k.value, known.top_k.value) << id;
        EXPECT_EQ(moe_layers(*model), moe_layers(known)) << id;
        for (std::int64_t i = 0; i < known.layers.value; ++i) {
            ASSERT_EQ(counted_layer(*model, i).mixer.window, counted_layer(known, i).mixer.window)
                << id << " layer " << i;
        }
        EXPECT_EQ(find_part(catalog.models, std::string(row["name"])), &known) << row["name"];
    }
    EXPECT_GE(compared.size(), 65U);
}

TEST(Configurations, NoNameMeansTwoModels) {
    for (const Model& model : built_in_catalog().models) {
        for (const std::string& alias : model.aliases) {
            const Model* found = find_part(built_in_catalog().models, alias);
            ASSERT_NE(found, nullptr);
            EXPECT_EQ(found->id, model.id) << alias;
        }
    }
}

// --- spoilt configurations ---------------------------------------------------------------------

/// Visits every key of the language model's configuration, with the object that holds it.
void each_key(Json& object, const std::function<void(Json&, const std::string&)>& visit) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    for (const std::string& key : keys) {
        visit(object, key);
        if (object[key].is_object() && key != "vision_config") each_key(object[key], visit);
    }
}

/// Applies `spoil` to every key of every configuration in turn; `judge` gets both readings.
using Spoil = std::function<bool(Json& object, const std::string& key)>;
using Judge = std::function<void(const std::string& what, const Model& before,
                                 const Result<Model>& after, bool matters)>;

void spoil_each(const Spoil& spoil, const Judge& judge) {
    for (const Json& row : published()) {
        Json config = row["config"];
        const auto before = read(config);
        ASSERT_TRUE(before) << row["name"];
        each_key(config, [&](Json& object, const std::string& key) {
            const Json kept = object;
            object.erase(key);
            const auto without = read(config);
            const bool matters = !without || said(*without) != said(*before);
            object = kept;
            if (spoil(object, key)) {
                judge(fmt::format("{}: {}", std::string(row["name"]), key), *before, read(config),
                      matters);
            }
            object = kept;
        });
    }
}

/// Told: a fault, or a caveat that was not there before.
bool told(const Model& before, const Result<Model>& after) {
    return !after || after->caveats != before.caveats;
}

TEST(SpoiltConfigurations, AMisspeltKeyIsTold) {
    spoil_each(
        [](Json& object, const std::string& key) {
            if (object[key].is_object()) return false;
            object[key + "z"] = object[key];
            object.erase(key);
            return true;
        },
        [](const std::string& what, const Model& before, const Result<Model>& after, bool matters) {
            if (matters) {
                EXPECT_TRUE(told(before, after)) << what;
            }
        });
}

// Keys whose absence is a statement of its own, in the formats as published.
constexpr std::string_view meaningful_absence =
    " num_key_value_heads num_kv_heads head_dim attention_head_dim kv_channels "
    "sliding_window use_sliding_window use_mtp q_lora_rank multi_query_group_num "
    "zero_expert_num n_group topk_group num_nextn_predict_layers num_mtp_modules "
    "first_k_dense_replace moe_layer_freq moe_layer_interval interleave_moe_layer_step "
    "decoder_sparse_step n_shared_experts num_shared_experts num_shared_expert "
    "moe_num_shared_experts hidden_act kv_n_heads attn_config num_expert_group "
    "num_global_key_value_heads attention_k_eq_v mtp_num_hidden_layers "
    "shared_intermediate_size intermediate_size ";  // of layers that all have experts

TEST(SpoiltConfigurations, AMissingKeyIsToldUnlessItsAbsenceSaysSomething) {
    spoil_each(
        [](Json& object, const std::string& key) {
            object.erase(key);
            return true;
        },
        [](const std::string& what, const Model& before, const Result<Model>& after, bool matters) {
            const std::string key = what.substr(what.rfind(' ') + 1);
            if (!matters || contains(meaningful_absence, " " + key + " ")) return;
            EXPECT_TRUE(told(before, after)) << what;
        });
}

TEST(SpoiltConfigurations, AListOfAnotherLengthIsAFault) {
    spoil_each(
        [](Json& object, const std::string& key) {
            Json& value = object[key];
            if (key == "hybrid_override_pattern") {
                value = value.get<std::string>().substr(1);
                return true;
            }
            const bool counted = value.is_array() && value.size() > 20 && key != "moe_layers" &&
                                 key != "kda_layers" && key != "full_attn_layers";
            if (counted) value.erase(value.size() - 1);
            return counted;
        },
        [](const std::string& what, const Model&, const Result<Model>& after, bool matters) {
            // lists of equal numbers are one number, whatever their length
            if (matters && !what.ends_with("moe_intermediate_size") &&
                !what.ends_with("moe_topk") && !what.ends_with("num_shared_expert")) {
                EXPECT_FALSE(after) << what;
            }
        });
}

TEST(SpoiltConfigurations, ANumberThatIsNoCountIsAFault) {
    for (const Json& bad :
         {Json(1.5), Json(-7), Json(true), Json("12"), Json(2e18), Json(4096.0)}) {
        spoil_each(
            [&](Json& object, const std::string& key) {
                if (!object[key].is_number_integer()) return false;
                object[key] = bad;
                return true;
            },
            [&](const std::string& what, const Model& before, const Result<Model>& after,
                bool matters) {
                if (matters) {
                    EXPECT_TRUE(told(before, after)) << what << " = " << bad.dump();
                }
            });
    }
}

TEST(SpoiltConfigurations, ATwiceWrittenOrContradictedKeyIsAFault) {
    const std::string head = R"({"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64,
        "intermediate_size": 128, "num_attention_heads": 4, "tie_word_embeddings": true,)";
    EXPECT_TRUE(model_from_config(head + R"("vocab_size": 100})", "c.json"));
    const auto twice = model_from_config(head + R"("vocab_size": 100,
        "vocab_size": 200})",
                                         "c.json");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error()[0].at.line, 3);
    EXPECT_FALSE(model_from_config(head + R"("vocab_size": 100, "n_layer": 3})", "c.json"));
    const auto odd = model_from_config(head + R"("vocab_size": 100,
        "num_expertz": 8})",
                                       "c.json");
    ASSERT_FALSE(odd);
    EXPECT_NE(to_text(odd.error()).find("c.json:3:9: error: 'num_expertz' = 8 is not understood"),
              std::string::npos)
        << to_text(odd.error());
}

TEST(SpoiltConfigurations, PythonNumbersStandOnlyWhereNothingIsRead) {
    const std::string head = R"({"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64,
        "intermediate_size": 128, "num_attention_heads": 4, "tie_word_embeddings": true,)";
    EXPECT_TRUE(model_from_config(
        head + R"("vocab_size": 100, "time_step_limit": [0.0, Infinity, -Infinity, NaN]})",
        "c.json"));
    for (const char* token : {"Infinity", "-Infinity", "NaN"}) {
        const auto model = model_from_config(head + R"("vocab_size": )" + token + "}", "c.json");
        ASSERT_FALSE(model) << token;
        EXPECT_NE(to_text(model.error()).find("vocab_size"), std::string::npos);
    }
    const auto name = model_from_config(
        head + R"("vocab_size": 100, "_name_or_path": "NaN \" Infinity"})", "c.json");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->name, "NaN \" Infinity");
}

TEST(SpoiltConfigurations, DepthAndNumberOfKeysAreBounded) {
    const std::string deep(1'000'000, '[');
    const std::string closed = R"({"a": )" + deep + std::string(1'000'000, ']') + "}";
    const auto nested = model_from_config(closed, "c.json");
    ASSERT_FALSE(nested);
    EXPECT_NE(nested.error()[0].message.find("too deeply"), std::string::npos);
    std::string many = R"({"model_type": "llama")";
    for (int i = 0; i < 50'000; ++i) many += fmt::format(", \"layer_{}\": 7", i);
    const auto keys = model_from_config(many + "}", "c.json");
    ASSERT_FALSE(keys);
    EXPECT_LT(keys.error().size(), 40U);
}

// --- meanings of families ----------------------------------------------------------------------

TEST(Families, DefaultsAreJsonAndTypesAreUnique) {
    std::set<std::string> types;
    for (const Family& family : families()) {
        EXPECT_TRUE(Json::parse(family.defaults).is_object()) << family.types;
        std::istringstream words{std::string(family.types)};
        for (std::string type; words >> type;) EXPECT_TRUE(types.insert(type).second) << type;
    }
    EXPECT_GE(types.size(), 80U);
}

Json small(const std::string& type) {
    return {{"model_type", type},         {"num_hidden_layers", 4},   {"hidden_size", 64},
            {"intermediate_size", 96},    {"num_attention_heads", 4}, {"vocab_size", 100},
            {"tie_word_embeddings", true}};
}

TEST(Families, TheGateIsOfTheFamilyElseOfTheActivation) {
    const auto gated = [](const std::string& type, const std::string& activation) {
        Json config = small(type);
        config["hidden_act"] = activation;
        const auto model = read(config);
        EXPECT_TRUE(model) << type;
        return model && model->gated;
    };
    EXPECT_TRUE(gated("llama", "gelu"));
    EXPECT_FALSE(gated("nemotron", "relu2"));
    EXPECT_FALSE(gated("apertus", "xielu"));
    EXPECT_TRUE(gated("a-new-one", "silu"));
    EXPECT_TRUE(gated("a-new-one", "geglu"));
    for (const char* plain : {"relu2", "xielu", "gelu", "gelu_new", "relu"}) {
        EXPECT_FALSE(gated("a-new-one", plain)) << plain;
    }
    const auto unknown = read(small("a-new-one"));
    ASSERT_TRUE(unknown);
    EXPECT_NE(unknown->caveats.front().find("'a-new-one' is not known"), std::string::npos);
}

TEST(Families, LayersInAnyOrderAreKept) {
    Json config = small("mistral");
    config["num_key_value_heads"] = 2;
    config["sliding_window"] = 16;
    config["layer_types"] = {"full_attention", "sliding_attention", "sliding_attention",
                             "full_attention"};
    const auto model = read(config);
    ASSERT_TRUE(model) << to_text(model.error());
    EXPECT_EQ(pattern_of(*model).order, (std::vector<std::size_t>{0, 1, 1, 0}));
    config = small("llama4_text");
    config["num_key_value_heads"] = 4;
    config["head_dim"] = 16;
    config["moe_layers"] = {0, 3};
    const auto mixed = read(config);
    ASSERT_TRUE(mixed) << to_text(mixed.error());
    std::string experts;
    for (const Layer& layer : mixed->own_layers) {
        experts += layer.channel == ChannelKind::experts ? 'E' : '-';
    }
    EXPECT_EQ(experts, "E--E");
    EXPECT_EQ(moe_layers(*mixed), 2);
    config["moe_layers"] = {0, 4};
    EXPECT_FALSE(read(config));
}

TEST(Families, BlocksOfTheirOwnAreKept) {
    Json config = small("nemotron-nas");
    config.erase("intermediate_size");
    const Json block = {{"attention", {{"n_heads_in_group", 2}, {"no_op", false}}},
                        {"ffn", {{"ffn_mult", 6.0}, {"no_op", false}}}};
    Json idle = block;
    idle["attention"] = {{"no_op", true}};
    config["block_configs"] = {block, block, idle, block};
    const auto model = read(config);
    ASSERT_TRUE(model) << to_text(model.error());
    // 64 x 100 embedding and final norm; MLP of 2 * 6 * 64 / 3 = 256; attention of 2 key-value
    // heads
    const double mlp = 3 * 64 * 256 + 64, attention = 2 * 64 * 64 + 2 * 64 * 32 + 64;
    EXPECT_DOUBLE_EQ(parameters(*model), 64 * 100 + 64 + 4 * mlp + 3 * attention);
    EXPECT_EQ(mixers_text(*model), "1 of no token mixer, 3 of attention");
    config["block_configs"].erase(3);
    EXPECT_FALSE(read(config));
}

TEST(Families, UnlikeLayersNeedTheirOrder) {
    for (const char* type : {"nemotron_h", "bamba", "lfm2", "kimi_linear", "minimax_text_01"}) {
        const auto model = read(small(type));
        ASSERT_FALSE(model) << type;
        EXPECT_NE(to_text(model.error()).find("order"), std::string::npos) << type;
    }
}

TEST(Families, WhatCannotBeReadIsRefusedByName) {
    for (const char* type : {"zamba2", "gemma3n", "deepseek_v4", "rwkv6", "arctic"}) {
        const auto model = read(small(type));
        ASSERT_FALSE(model) << type;
        EXPECT_NE(model.error()[0].message.find(type), std::string::npos);
        EXPECT_FALSE(model.error()[0].hint.empty());
    }
    for (const auto& [key, value] :
         std::map<std::string, Json>{{"o_lora_rank", 64},
                                     {"q_lora_rank", 64},
                                     {"moe_intermediate_size", 32},
                                     {"layer_types", {"a", "b", "c", "d"}},
                                     {"mtp_expansion_dims", Json(nullptr)}}) {
        Json config = small("llama");
        config[key] = value;
        EXPECT_EQ(read(config).has_value(), value.is_null()) << key;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
