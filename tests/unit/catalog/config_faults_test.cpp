// What is said of a spoilt configuration: each fault of its own, with a hint, and no more.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/catalog/hugging_face.h"
#include "millwright/compute/weights.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

const Json& published() {
    static const Json models = [] {
        std::ifstream file(repository_root() + "/tests/configs/models.json");
        return Json::parse(file);
    }();
    return models;
}

Faults faults_of(const std::string& text) {
    const auto model = model_from_config(text, "c.json");
    return model ? Faults{} : model.error();
}

void each_key(Json& object, const std::function<void(Json& value, const std::string& key)>& visit) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    for (const std::string& key : keys) {
        visit(object[key], key);
        if (object[key].is_object() && key != "vision_config") each_key(object[key], visit);
    }
}

/// The configuration's text with one value replaced; `bad` need not be JSON.
std::string spoilt(const Json& config, Json& value, const std::string& bad) {
    const Json kept = value;
    value = "@bad@";
    std::string text = config.dump();
    value = kept;
    const std::string mark = "\"@bad@\"";
    return text.replace(text.find(mark), mark.size(), bad);
}

bool names(const Fault& fault, const std::string& key) {
    return contains(fault.message, key) || contains(fault.hint, key);
}

constexpr std::string_view bad_values[] = {"-4096",
                                           "Infinity",
                                           "-Infinity",
                                           "NaN",
                                           "0",
                                           "1.5",
                                           "true",
                                           "\"what\"",
                                           "[32]",
                                           "[]",
                                           "[1, 2]",
                                           "{}",
                                           "\"\"",
                                           "1e300",
                                           "[Infinity]",
                                           "999999999",
                                           "{\"a\": {\"b\": {\"c\": {\"d\": 1}}}}"};

TEST(FaultsOfConfigurations, HaveHintsAndNoFaultFollowsFromAnother) {
    std::size_t seen = 0;
    for (const Json& row : published()) {
        Json config = row["config"];
        each_key(config, [&](Json& value, const std::string& key) {
            if (value.is_object()) return;
            for (const std::string_view bad : bad_values) {
                const std::string text = spoilt(config, value, std::string(bad));
                const Faults faults = faults_of(text);
                std::string what = fmt::format("{}: {} = {}", std::string(row["name"]), key, bad);
                for (const Fault& fault : faults) {
                    EXPECT_FALSE(fault.hint.empty()) << what << "\n" << to_text(fault);
                    EXPECT_EQ(fault.message.find("??"), std::string::npos) << to_text(fault);
                }
                seen += faults.empty() ? 0 : 1;
                // a value that cannot be read is one fault; one that can may meet others
                const bool unreadable = bad[0] == '-' || bad == "Infinity" || bad == "NaN" ||
                                        bad == "1e300" || bad == "1.5";
                if (!unreadable || faults.empty()) continue;
                EXPECT_EQ(faults.size(), 1U) << what << "\n" << to_text(faults);
                EXPECT_TRUE(names(faults.front(), key)) << what << "\n" << to_text(faults);
            }
        });
    }
    EXPECT_GT(seen, 5000U);
}

const std::string head = R"({"model_type": "llama", "num_attention_heads": 32,
    "num_key_value_heads": 8, "vocab_size": 32000, "tie_word_embeddings": false,)";

TEST(FaultsOfConfigurations, PlaceholdersAreNotJudged) {
    for (const char* bad : {"-4096", "Infinity"}) {
        const Faults faults = faults_of(
            head + R"("num_hidden_layers": 32, "intermediate_size": 128, "hidden_size": )" + bad +
            "}");
        ASSERT_EQ(faults.size(), 1U) << to_text(faults);
        EXPECT_TRUE(contains(faults[0].message, fmt::format("'hidden_size' is {}", bad)))
            << faults[0].message;
    }
    const Faults two = faults_of(
        head + R"("num_hidden_layers": 0, "intermediate_size": NaN, "hidden_size": 4096})");
    EXPECT_EQ(two.size(), 2U) << to_text(two);
}

TEST(FaultsOfConfigurations, AListByLayerHasOneEntryALayerOrOneForAll) {
    const auto with = [](const std::string& more) {
        return head + R"("num_hidden_layers": 4, "hidden_size": 4096,)" + more + "}";
    };
    EXPECT_TRUE(faults_of(with(R"("intermediate_size": [128, 128, 128, 128])")).empty());
    EXPECT_TRUE(faults_of(with(R"("intermediate_size": [128])")).empty());
    const Faults three = faults_of(with(R"("intermediate_size": [128, 128, 128])"));
    ASSERT_EQ(three.size(), 1U);
    EXPECT_TRUE(contains(three[0].message, "3 entries for 4 layers"));
    const std::string windows = R"("intermediate_size": 128, "sliding_window": 16, )";
    EXPECT_TRUE(faults_of(with(windows + R"("layer_types": "full_attention")")).empty());
    EXPECT_TRUE(faults_of(with(windows + R"("layer_types": ["full_attention"])")).empty());
    const Faults kind = faults_of(with(windows + R"("layer_types": "half")"));
    ASSERT_EQ(kind.size(), 1U) << to_text(kind);
    EXPECT_TRUE(contains(kind[0].message, "'half'"));
    EXPECT_EQ(faults_of(with(windows + R"("layer_types": ["full", "full", "full"])")).size(), 1U);
}

TEST(FaultsOfConfigurations, AZeroWidthOfAHeadIsNotAbsence) {
    const Faults faults =
        faults_of(head + R"("num_hidden_layers": 4, "hidden_size": 4096, "intermediate_size": 128,
        "head_dim": 0})");
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_TRUE(contains(faults[0].message, "the width of a head is zero"));
}

TEST(FaultsOfConfigurations, AnActivationThatNobodyKnowsIsTold) {
    const auto notes = [](const std::string& activation) {
        const auto model = model_from_config(
            head + R"("num_hidden_layers": 4, "hidden_size": 4096, "intermediate_size": 128,
            "hidden_act": ")" +
                activation + "\"}",
            "c.json");
        EXPECT_TRUE(model);
        return join(model->caveats, "\n");
    };
    EXPECT_TRUE(contains(notes("swiglu_weird"), "the activation 'swiglu_weird' is not known"));
    EXPECT_FALSE(contains(notes("silu"), "activation"));
}

TEST(FaultsOfConfigurations, AMixtureOfGemmaNeedsNotSayThatItLacksEmbeddingsOfEachLayer) {
    for (const Json& row : published()) {
        if (row["name"] != "google/gemma-4-26B-A4B") continue;
        Json config = row["config"];
        config["text_config"].erase("hidden_size_per_layer_input");
        config["text_config"].erase("attention_k_eq_v");
        const auto model = model_from_config(config.dump(), "c.json");
        ASSERT_TRUE(model) << to_text(model.error());
        EXPECT_NEAR(parameters(*model) / 1e9, 25.2, 0.252);
        EXPECT_NEAR(active_parameters(*model) / 1e9, 3.8, 0.076);
        EXPECT_TRUE(contains(join(model->caveats, "\n"), "no embeddings of each layer"));
        config["text_config"]["enable_moe_block"] = false;  // then the class's own default counts
        EXPECT_FALSE(faults_of(config.dump()).empty());
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
