// The catalog as it is shipped: every name leads somewhere, models have their makers' weights,
// configurations and parts of one's own are read or refused in words.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/catalog/catalog.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/compute/weights.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

TEST(Catalog, IsAsBroadAsPromised) {
    EXPECT_GE(catalog().chips.size(), 60U);
    EXPECT_GE(catalog().links.size() + catalog().switches.size(), 40U);
    EXPECT_GE(catalog().servers.size(), 14U);
    EXPECT_GE(catalog().models.size(), 24U);
    EXPECT_GE(catalog().sites.size(), 50U);
}

TEST(Catalog, EveryReferenceLeadsSomewhere) {
    for (const Chip& chip : catalog().chips) {
        EXPECT_NE(find_part(catalog().kernels, chip.generation), nullptr) << chip.id;
        for (const std::string& link : {chip.scale_up_link, chip.host_link}) {
            EXPECT_EQ(link.empty(), find_part(catalog().links, link) == nullptr) << chip.id;
        }
    }
    for (const Link& link : catalog().links) {
        EXPECT_NE(find_part(catalog().collectives, link.efficiency), nullptr) << link.id;
    }
    for (const Switch& box : catalog().switches) {
        EXPECT_NE(find_part(catalog().links, box.link), nullptr) << box.id;
    }
    for (const Server& server : catalog().servers) {
        EXPECT_NE(find_part(catalog().chips, server.chip), nullptr) << server.id;
        EXPECT_NE(find_part(catalog().links, server.nic), nullptr) << server.id;
        if (server.scale_up_switch.empty()) continue;
        EXPECT_NE(find_part(catalog().switches, server.scale_up_switch), nullptr) << server.id;
    }
}

TEST(Catalog, SourcesHaveTitles) {
    for (const Source& source : catalog().sources) {
        EXPECT_FALSE(source.title.empty()) << source.id;
        EXPECT_FALSE(source.publisher.empty()) << source.id;
    }
}

TEST(Catalog, ServerPowerCoversItsChips) {
    for (const Server& server : catalog().servers) {
        const Chip& chip = part_named(catalog().chips, server.chip);
        const Watts chips = chip.power.value * server.chips.value;
        EXPECT_GE(server.power.value, 0.8 * chips) << server.id;
    }
}

TEST(Catalog, FindsPartsByIdNameAndAlias) {
    EXPECT_EQ(find_part(catalog().chips, "h100-sxm")->id, "h100-sxm");
    EXPECT_EQ(find_part(catalog().chips, "H100 SXM5")->id, "h100-sxm");
    EXPECT_EQ(find_part(catalog().chips, "H100-80GB SXM")->id, "h100-sxm");
    EXPECT_EQ(find_part(catalog().chips, "nothing"), nullptr);
    EXPECT_EQ(find_part(catalog().chips, ""), nullptr);
}

// Weights as the makers state them, in billions.
struct Size {
    const char* model;
    double total, active;
};

TEST(Models, HaveTheWeightsTheirMakersState) {
    const Size sizes[] = {{"llama-2-7b", 6.74, 6.74},    {"llama-3.1-8b", 8.03, 8.03},
                          {"llama-3.1-70b", 70.6, 70.6}, {"llama-3.1-405b", 405.9, 405.9},
                          {"gpt-3-175b", 175, 175},      {"mixtral-8x7b", 46.7, 12.9},
                          {"mixtral-8x22b", 141, 39},    {"qwen2.5-72b", 72.7, 72.7},
                          {"qwen3-30b-a3b", 30.5, 3.3},  {"qwen3-235b-a22b", 235, 22},
                          {"bloom-176b", 176, 176},      {"gpt-neox-20b", 20.6, 20.6},
                          {"nemotron-4-340b", 341, 341}, {"gpt-oss-120b", 117, 5.7},
                          {"gpt-oss-20b", 20.9, 4.2},    {"deepseek-v2", 236, 21}};
    for (const Size& size : sizes) {
        const Model& model = part_named(catalog().models, size.model);
        EXPECT_NEAR(parameters(model) / 1e9, size.total, 0.02 * size.total) << size.model;
        EXPECT_NEAR(active_parameters(model) / 1e9, size.active, 0.08 * size.active) << size.model;
    }
}

/// Prediction blocks aside, as the numbers on the hub leave them out or in.
TEST(Models, OfLaterYearsHaveTheirMakersWeightsWithinOnePerCent) {
    const std::pair<const char*, double> sizes[] = {
        {"glm-5", 744},         {"glm-4.5", 355},         {"glm-4.5-air", 106},
        {"deepseek-v3.2", 671}, {"mistral-large-3", 673}, {"minimax-m2", 230}};
    for (const auto& [name, billions] : sizes) {
        const Model& model = part_named(catalog().models, name);
        EXPECT_NEAR(parameters(model) / 1e9, billions, 0.01 * billions) << name;
    }
}

TEST(Models, DeepSeekCountsItsPredictionBlockApart) {
    Model model = part_named(catalog().models, "deepseek-v3");
    EXPECT_EQ(moe_layers(model), 58);
    EXPECT_NEAR(parameters(model) / 1e9, 671, 2);
    EXPECT_NEAR(active_parameters(model) / 1e9, 37.5, 0.6);
    EXPECT_NEAR(extra_parameters(model) / 1e9, 11.5, 0.15);
    const WeightCount with = weights_of(model);
    model.mtp_layers.value = 0;
    EXPECT_EQ(parameters(model), with.total);
    EXPECT_EQ(extra_parameters(model), 0);
}

constexpr const char* mixtral_config = R"({
  "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_act": "silu",
  "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
  "num_experts_per_tok": 2, "num_hidden_layers": 32, "num_key_value_heads": 8,
  "num_local_experts": 8, "sliding_window": null, "tie_word_embeddings": false,
  "vocab_size": 32000, "torch_dtype": "bfloat16"})";

TEST(HuggingFace, ReadsAConfigurationAsItIs) {
    const auto model = model_from_config(mixtral_config, "config.json");
    ASSERT_TRUE(model) << to_text(model.error());
    EXPECT_DOUBLE_EQ(parameters(*model), parameters(part_named(catalog().models, "mixtral-8x7b")));
}

constexpr const char* glm_5_config = R"({
  "model_type": "glm_moe_dsa", "vocab_size": 154880, "hidden_size": 6144,
  "intermediate_size": 12288, "moe_intermediate_size": 2048, "num_hidden_layers": 78,
  "num_attention_heads": 64, "num_key_value_heads": 64, "n_shared_experts": 1,
  "n_routed_experts": 256, "num_experts_per_tok": 8, "first_k_dense_replace": 3,
  "kv_lora_rank": 512, "q_lora_rank": 2048, "qk_rope_head_dim": 64, "qk_nope_head_dim": 192,
  "v_head_dim": 256, "index_topk": 2048, "index_head_dim": 128, "index_n_heads": 32,
  "num_nextn_predict_layers": 1, "hidden_act": "silu", "tie_word_embeddings": false})";

/// An index of keys is said by counts as well as by a configuration: the layers are the same.
TEST(HuggingFace, ReadsAnIndexAsCountsSayIt) {
    const auto read = model_from_config(glm_5_config, "config.json");
    ASSERT_TRUE(read) << to_text(read.error());
    const Model& counted = part_named(catalog().models, "glm-5");
    EXPECT_TRUE(counted.own_layers.empty());
    const Pattern a = pattern_of(*read), b = pattern_of(counted);
    EXPECT_EQ(a.kinds, b.kinds);
    EXPECT_EQ(a.order, b.order);
    EXPECT_DOUBLE_EQ(parameters(*read), parameters(counted));
    EXPECT_EQ(mixers_text(counted), "78 of attention to keys that an index chooses");
    EXPECT_EQ(mixers_text(*read), mixers_text(counted));
}

TEST(HuggingFace, NamesEveryMissingField) {
    const auto model =
        model_from_config(R"({"model_type": "llama", "hidden_size": 4096})", "c.json");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().size(), 3U);  // layers, heads, vocabulary: widths are of layers
    const auto vast = model_from_config(R"({"num_hidden_layers": 1e991})", "c.json");
    ASSERT_FALSE(vast);
    EXPECT_NE(vast.error()[0].message.find("out of range"), std::string::npos);
    const auto broken = model_from_config("{\n  \"a\": }", "c.json");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error()[0].at.line, 2);
}

TEST(Parts, FaultsHavePlaceAndHint) {
    Catalog mine = catalog();
    const Faults faults = add_part(mine, "chips", "x",
                                   "name = \"X\"\nvendr = \"V\"\n"
                                   "[memory]\ncapacity = { is = \"80 GB/s\", from = \"d\" }\n"
                                   "bandwidth = \"3 TB/s\"\n[sources.d]\ntitle = \"t\"\n"
                                   "publisher = \"p\"\ngrade = \"gossip\"\n",
                                   "x.toml");
    const std::string text = to_text(faults);
    EXPECT_NE(text.find("x.toml:2:1: error: unknown key 'vendr'\n  hint: did you mean 'vendor'?"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("x.toml:4:19: error: 'memory.capacity': '80 GB/s' has the wrong unit"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("'memory.bandwidth' needs a value with its source"), std::string::npos);
    EXPECT_NE(text.find("'grade' cannot be 'gossip'"), std::string::npos);
    EXPECT_NE(text.find("the file lacks 'vendor'"), std::string::npos);
    EXPECT_EQ(mine.chips.size(), catalog().chips.size());
}

TEST(Factories, AJobStaysInTheLargestCompound) {
    const Server& server = part_named(catalog().servers, "hgx-h200");
    const Fabric& fabric = part_named(catalog().fabrics, "rail-fat-tree");
    const auto job_chips = [&](const std::vector<std::int64_t>& compounds) {
        return resolve_factory(catalog(), server, fabric, 115000, compounds).job_chips;
    };
    EXPECT_EQ(job_chips({}), 115000);
    EXPECT_EQ(job_chips({80500, 34500}), 80500);
    EXPECT_EQ(job_chips({34500, 80500}), 80500);
    EXPECT_EQ(job_chips({115000, 34500}), 115000);
    EXPECT_EQ(job_chips({200000}), 115000);
}

TEST(Factories, LessPowerPerFlopMeansASlowerClock) {
    const auto clock = [&](const char* chip) {
        return resolve_rates(catalog(), part_named(catalog().chips, chip)).sustained;
    };
    EXPECT_NEAR(clock("h100-96gb-sxm") / clock("h100-sxm"), std::sqrt(500.0 / 700), 1e-9);
    EXPECT_DOUBLE_EQ(clock("h20"), 1);  // as much power for a seventh of the FLOPs
    EXPECT_LT(clock("h100-pcie"), clock("h100-sxm"));
}

TEST(Factories, EveryServerResolves) {
    for (const Server& server : catalog().servers) {
        const Fabric& fabric = part_named(catalog().fabrics, "rail-fat-tree");
        const Factory factory = resolve_factory(catalog(), server, fabric, 1024, {});
        EXPECT_TRUE(factory.cannot.empty()) << server.id << ": " << factory.cannot;
        EXPECT_GT(factory.rates.rate(Precision::bf16), FlopRate{}) << server.id;
        EXPECT_GT(factory.network.outer.per_chip, Bandwidth{}) << server.id;
        EXPECT_GT(factory.rates.attention.peak_share, 0) << server.id;
        EXPECT_GT(factory.rates.memory_share, 0) << server.id;
        EXPECT_GE(factory.rates.processors, 1) << server.id;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
