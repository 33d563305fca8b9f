// Manifests for Kubernetes. tests/cli/test_deploy.py parses them.
#include "millwright/api/manifest.h"

#include <sstream>

#include <gtest/gtest.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.threads = 1};

ServeAnswer served(const std::string& engine, const std::string& server, LayoutPins pins,
                   std::int64_t chips) {
    ServeQuestion q{.model = "llama-3.1-405b", .server = server, .engine = engine, .chips = chips};
    q.layout = pins;
    q.precision = WeightForm::fp8;
    q.load.rate = 1;
    q.load.requests = 4;
    q.load.output = FixedLength{4};
    const auto answer = serve(q, setting);
    if (!answer) ADD_FAILURE() << to_text(answer.error());
    return answer.value();
}

ManifestsMade made_of(const ServeAnswer& answer) {
    const Catalog& catalog = setting.catalog;
    return manifests_of(catalog, part_named(catalog.engines, answer.engine), answer);
}

std::string text_of(const ManifestsMade& made, const std::string& name) {
    for (const Manifest& one : made.files) {
        if (one.name == name) return one.text;
    }
    return "";
}

/// Blanks come in twos, a list's dash counts as two of them, and no line goes deeper than one level
/// below the one before it.
void expect_indented(const std::string& text) {
    std::istringstream in(text);
    std::size_t before = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("#") || line == "---") continue;
        ASSERT_FALSE(contains(line, "\t"));
        const std::size_t blanks = line.find_first_not_of(' ');
        EXPECT_EQ(blanks % 2, 0U) << line;
        EXPECT_LE(blanks, before + 4) << line;
        before = blanks;
    }
}

TEST(Manifest, ReplicasOnOneServerAreADeployment) {
    const ServeAnswer answer = served("vllm-0.14", "hgx-h200", {.tensor = 8}, 16);
    const ManifestsMade made = made_of(answer);
    ASSERT_EQ(made.files.size(), 3U);
    EXPECT_TRUE(made.notes.empty());
    for (const Manifest& one : made.files) expect_indented(one.text);
    const std::string dynamo = text_of(made, "dynamo.yaml");
    EXPECT_TRUE(contains(dynamo, "apiVersion: \"nvidia.com/v1beta1\"\n"));
    EXPECT_TRUE(contains(dynamo, "kind: \"DynamoGraphDeployment\"\n"));
    EXPECT_TRUE(contains(dynamo, "- \"dynamo.vllm\"\n"));
    EXPECT_TRUE(contains(dynamo, "replicas: 2\n"));
    EXPECT_TRUE(contains(dynamo, "nvidia.com/gpu: \"8\"\n"));
    EXPECT_FALSE(contains(dynamo, "multinode"));
    const std::string llm_d = text_of(made, "llm-d.yaml");
    EXPECT_TRUE(contains(llm_d, "kind: \"Deployment\"\n"));
    EXPECT_TRUE(contains(llm_d, "- \"--tensor-parallel-size\"\n"));
    EXPECT_TRUE(contains(text_of(made, "llm-d-router.yaml"), "llm-d.ai/guide:"));
}

TEST(Manifest, ReplicasOnSeveralServersAreSets) {
    const ServeAnswer answer = served("vllm-0.14", "hgx-h200", {.tensor = 8, .pipeline = 2}, 16);
    const ManifestsMade made = made_of(answer);
    const std::string dynamo = text_of(made, "dynamo.yaml");
    EXPECT_TRUE(contains(dynamo, "multinode:\n        nodeCount: 2\n")) << dynamo;
    const std::string llm_d = text_of(made, "llm-d.yaml");
    EXPECT_TRUE(contains(llm_d, "kind: \"LeaderWorkerSet\"\n"));
    EXPECT_TRUE(contains(llm_d, "size: 2\n"));
    EXPECT_TRUE(contains(llm_d, "LWS_LEADER_ADDRESS"));
    EXPECT_TRUE(contains(llm_d, "--headless"));
    for (const Manifest& one : made.files) expect_indented(one.text);
    const ServeAnswer rack = served("vllm-0.14", "gb200-nvl72", {.tensor = 8}, 72);
    EXPECT_TRUE(contains(text_of(made_of(rack), "dynamo.yaml"), "nvidia.com/gpu: \"4\"\n"));
}

TEST(Manifest, OptionsOfAFileAreAConfigMap) {
    const ServeAnswer answer = served("tensorrt-llm-1.2", "hgx-h200", {.tensor = 8}, 8);
    const ManifestsMade made = made_of(answer);
    const std::string dynamo = text_of(made, "dynamo.yaml");
    EXPECT_TRUE(contains(dynamo, "kind: \"ConfigMap\"\n"));
    EXPECT_TRUE(contains(dynamo, "options.yaml: |\n    kv_cache_config:\n"));
    EXPECT_TRUE(contains(dynamo, "- \"--extra-engine-args\"\n"));
    EXPECT_TRUE(contains(dynamo, "- \"/etc/engine/options.yaml\"\n"));
    EXPECT_TRUE(contains(dynamo, "- \"--max-num-tokens\"\n"));
    EXPECT_FALSE(contains(dynamo, "_" + std::string("size\"\n")));
    ASSERT_EQ(made.notes.size(), 1U);
    EXPECT_TRUE(contains(made.notes[0], "no llm-d.yaml")) << made.notes[0];
}

TEST(Manifest, WhatNoStackRunsIsTold) {
    const ManifestsMade old = made_of(served("vllm-0.8", "hgx-h200", {.tensor = 8}, 8));
    EXPECT_TRUE(old.files.empty());
    EXPECT_EQ(old.notes.size(), 2U);
    const ManifestsMade amd = made_of(served("vllm-0.14", "mi300x-8", {.tensor = 8}, 8));
    EXPECT_TRUE(amd.files.empty());
    EXPECT_EQ(amd.notes.size(), 2U);
}

TEST(Manifest, NamesAreNoCodeAndNoPath) {
    ServeAnswer answer = served("vllm-0.14", "hgx-h200", {.tensor = 8}, 8);
    answer.asked.model = "../My Model\n---\nkind: \"Secret\" #$(reboot)";
    const ManifestsMade made = made_of(answer);
    for (const Manifest& one : made.files) {
        expect_indented(one.text);
        EXPECT_FALSE(contains(one.text, "\n---\n")) << one.text;
        EXPECT_FALSE(contains(one.text, "\nkind: \"Secret\"")) << one.text;
    }
    EXPECT_TRUE(contains(text_of(made, "dynamo.yaml"), "name: \"my-model-kind-secret-reboot\"\n"));
    answer.asked.model = "/5/";
    EXPECT_TRUE(contains(text_of(made_of(answer), "dynamo.yaml"), "name: \"model\"\n"));
}

}  // namespace TEST_FILE
}  // namespace millwright
