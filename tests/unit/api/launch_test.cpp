// Commands that start deployments, written and read again.
#include "millwright/api/launch.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

const Setting setting{.threads = 1};

ServeAnswer served(const std::string& engine, const std::string& model, LayoutPins pins) {
    ServeQuestion q{.model = model, .server = "hgx-h200", .engine = engine, .chips = 8};
    q.layout = pins;
    q.replicas = 1;
    q.cache = CacheForm::fp8;
    q.limits.max_batched_tokens = 4096;
    q.limits.max_sequences = 96;
    q.limits.prefix_cache = false;
    q.load.rate = 1;
    q.load.requests = 4;
    q.load.output = FixedLength{4};
    const auto answer = serve(q, setting);
    if (!answer) ADD_FAILURE() << to_text(answer.error());
    return answer.value();
}

LaunchRead read_of(const std::string& text) {
    const auto read = read_launch(setting.catalog, text, "");
    if (!read) ADD_FAILURE() << to_text(read.error());
    return read.value();
}

TEST(Launch, WhatIsWrittenIsReadAgain) {
    const LayoutPins spread{.tensor = 2, .pipeline = 1, .expert = 8, .attention_data = 4};
    const Catalog& catalog = setting.catalog;
    for (const Engine& engine : catalog.engines) {
        if (engine.launch.command.empty()) continue;
        const LaunchText text =
            launch_text(setting.catalog, served(engine.id, "qwen3-235b-a22b", spread), 1);
        ASSERT_FALSE(text.command.empty()) << engine.id;
        const auto read = read_launch(setting.catalog, text.command, engine.id);
        ASSERT_TRUE(read) << to_text(read.error());
        EXPECT_EQ(read->engine, engine.id);
        EXPECT_EQ(read->model, "Qwen/Qwen3-235B-A22B");
        EXPECT_EQ(read->limits.max_batched_tokens, 4096) << text.command;
        EXPECT_EQ(read->limits.max_sequences, 96);
        const bool by_file = !text.options.empty();  // the rest stands there
        EXPECT_EQ(read->layout.tensor * read->layout.attention_data, 8) << text.command;
        EXPECT_EQ(read->layout.expert, 8) << text.command;
        if (by_file) continue;
        EXPECT_EQ(read->layout.tensor, 2) << text.command;
        EXPECT_EQ(read->cache, CacheForm::fp8);
        EXPECT_EQ(read->limits.prefix_cache, false);
    }
}

TEST(Launch, OptionsOfAFileAreLinesOfItsTables) {
    const LaunchText text =
        launch_text(setting.catalog, served("tensorrt-llm-1.2", "llama-3.1-8b", {.tensor = 2}), 1);
    EXPECT_TRUE(contains(text.command, "--extra_llm_api_options options.yaml")) << text.command;
    const std::vector<std::string> lines{"kv_cache_config:", "  dtype: fp8",
                                         "  enable_block_reuse: false"};
    EXPECT_EQ(text.options, lines);
    EXPECT_TRUE(contains(text.benchmark, "--request-rate 1 ")) << text.benchmark;
}

TEST(Launch, WeightsAreCastWhereNoneIsPublishedNarrow) {
    const LaunchText cast =
        launch_text(setting.catalog, served("vllm-0.14", "llama-3.1-8b", {}), 1);
    EXPECT_TRUE(contains(cast.command, "--quantization fp8")) << cast.command;
    EXPECT_EQ(read_of(cast.command).weights, WeightForm::fp8);
    const LaunchText kept = launch_text(setting.catalog, served("vllm-0.14", "gpt-oss-20b", {}), 1);
    EXPECT_FALSE(contains(kept.command, "--quantization")) << kept.command;
}

TEST(Launch, NamesAreNoCommands) {
    ServeAnswer answer = served("vllm-0.14", "llama-3.1-8b", {});
    answer.asked.model = "my model/$(reboot)'s";
    const std::string command = launch_text(setting.catalog, answer, 1).command;
    EXPECT_TRUE(contains(command, "vllm serve 'my model/$(reboot)'\\''s' --")) << command;
}

TEST(Launch, PeoplesSpellingsAreRead) {
    const LaunchRead read = read_of(
        "vllm serve meta-llama/Llama-3.1-8B --tensor-parallel-size=2 \\\n  --max-num-seqs 64 "
        "--port 8000 --trust-remote-code --gpu-memory-utilization 0.85");
    EXPECT_EQ(read.model, "meta-llama/Llama-3.1-8B");
    EXPECT_EQ(read.engine, "vllm-0.14");  // the newest
    EXPECT_EQ(read.layout.tensor, 2);
    EXPECT_EQ(read.layout.pipeline, 1);
    EXPECT_EQ(read.limits.max_sequences, 64);
    EXPECT_EQ(read.limits.memory_share, 0.85);
    EXPECT_FALSE(read.limits.max_batched_tokens);
    const LaunchRead experts =
        read_of("vllm serve x/y --data-parallel-size 4 --enable-expert-parallel");
    EXPECT_EQ(experts.layout.attention_data, 4);
    EXPECT_EQ(experts.layout.expert, 4);
}

TEST(Launch, WhatIsNoOptionIsAFault) {
    for (const char* text :
         {"", "vllm", "vllm serve", "rm -rf x", "vllm serve m --tensor",
          "vllm serve m --tensor-parallel-size", "vllm serve m --tensor-parallel-size many",
          "vllm serve m --tensor-parallel-size -2", "vllm serve m extra",
          "trtllm-serve m --tensor-parallel-size 2"}) {
        EXPECT_FALSE(read_launch(setting.catalog, text, "")) << text;
    }
    const auto two = read_launch(setting.catalog, "vllm serve m --one --two", "");
    ASSERT_FALSE(two);
    EXPECT_EQ(two.error().size(), 2U);
    EXPECT_FALSE(read_launch(setting.catalog, "vllm serve m", "sglang-0.5"));
}

}  // namespace
}  // namespace millwright
