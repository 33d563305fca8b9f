// Commands that start deployments, written and read again.
#include "millwright/api/launch.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.threads = 1};

ServeAnswer served(const std::string& engine, const std::string& model, LayoutPins pins,
                   std::int64_t chips = 8) {
    ServeQuestion q{.model = model, .server = "hgx-h200", .engine = engine, .chips = chips};
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

TEST(Launch, SpellingsOfTheDocumentationAreRead) {
    const LaunchRead vllm = read_of("vllm serve m -tp 4 -pp=2");
    EXPECT_EQ(vllm.layout.tensor, 4);
    EXPECT_EQ(vllm.layout.pipeline, 2);
    const LaunchRead sglang = read_of(
        "python -m sglang.launch_server --tp 8 --enable-dp-attention --dp 4 --model-path 'a/b'");
    EXPECT_EQ(sglang.model, "a/b");
    EXPECT_EQ(sglang.layout.tensor, 2);
    EXPECT_EQ(sglang.layout.attention_data, 4);
}

TEST(Launch, AReplicaOnSeveralServersHasACommandForEach) {
    const LayoutPins deep{.tensor = 8, .pipeline = 2};
    const Catalog& catalog = setting.catalog;
    for (const Engine& engine : catalog.engines) {
        if (engine.launch.command.empty()) continue;
        const LaunchText text =
            launch_text(setting.catalog, served(engine.id, "llama-3.1-405b", deep, 16), 1);
        EXPECT_EQ(text.servers, 2) << engine.id;
        ASSERT_FALSE(text.commands.empty()) << engine.id;
        EXPECT_EQ(text.command, text.commands.front());
        const bool one_for_all = !engine.launch.node_all.empty();
        EXPECT_EQ(text.commands.size(), one_for_all ? 1U : 2U) << engine.id;
        EXPECT_EQ(contains(text.command, "HEAD_ADDRESS"),
                  !one_for_all && engine.launch.node_first.empty())
            << text.command;
        const auto read = read_launch(setting.catalog, text.command, engine.id);
        ASSERT_TRUE(read) << to_text(read.error());
        EXPECT_EQ(read->layout.tensor, 8) << text.command;
        EXPECT_EQ(read->layout.pipeline, 2) << text.command;
    }
}

TEST(Launch, DraftsAreWrittenAndRead) {
    for (const char* engine : {"vllm-0.14", "sglang-0.5"}) {
        ServeAnswer answer = served(engine, "deepseek-v3", {.tensor = 8});
        answer.pools.front().fleet.replica.engine.speculation = {3, 0.8};
        const LaunchText text = launch_text(setting.catalog, answer, 1);
        const auto read = read_launch(setting.catalog, text.command, engine);
        ASSERT_TRUE(read) << to_text(read.error());
        EXPECT_EQ(read->drafted, 3) << text.command;
    }
    ServeAnswer plain = served("vllm-0.14", "llama-3.1-8b", {});
    plain.pools.front().fleet.replica.engine.speculation = {3, 0.8};
    const LaunchText text = launch_text(setting.catalog, plain, 1);
    EXPECT_FALSE(contains(text.command, "--speculative-config")) << text.command;
    EXPECT_TRUE(contains(join(text.notes, " "), "drafts no tokens"));
    const LaunchRead tree = read_of(
        "python3 -m sglang.launch_server --model-path m --speculative-algorithm EAGLE "
        "--speculative-num-draft-tokens 16 --speculative-num-steps 3");
    EXPECT_EQ(tree.drafted, 3);
    const LaunchRead keys = read_of(
        "vllm serve m --speculative-config '{\"num_speculative_tokens\": 2, \"model\": \"x/y\"}'");
    EXPECT_EQ(keys.drafted, 2);
}

TEST(Launch, TellsWhatFiguresAreWithAndTheCommandDoesNotSay) {
    ServeAnswer answer = served("vllm-0.14", "deepseek-v3", {.tensor = 8});
    const auto notes = [&] { return join(launch_text(setting.catalog, answer, 1).notes, " "); };
    EXPECT_FALSE(contains(notes(), "copies of experts")) << notes();
    answer.pools.front().fleet.replica.engine.redundant_experts = 32;
    answer.pools.front().fleet.replica.ways.expert = 8;
    EXPECT_FALSE(contains(notes(), "copies of experts")) << notes();
    answer.engine = "tensorrt-llm-1.2";
    EXPECT_TRUE(contains(notes(), "32 further places and two-batch overlap off")) << notes();
    EXPECT_FALSE(contains(notes(), "INT8")) << notes();
    answer.forms = "int8";
    EXPECT_TRUE(contains(notes(), "a model that was converted")) << notes();
}

/// The faults of a command line, in one text.
std::string faults_of(const std::string& text) {
    const auto read = read_launch(setting.catalog, text, "");
    EXPECT_FALSE(read) << text;
    return read ? "" : to_text(read.error());
}

TEST(Launch, FaultsSayWhatIsMeant) {
    const auto says = [](const char* command, const char* word) {
        const std::string faults = faults_of(command);
        EXPECT_TRUE(contains(faults, word)) << command << "\n" << faults;
    };
    says("vllm serve m --tensor-parallel-sise 2", "did you mean '--tensor-parallel-size'");
    says("vllm serve m --tensor-parallel-size", "has no value");
    says("vllm serve m --max-num-seqs --port 1", "'--max-num-seqs' has no value");
    says("vllm serve m -tp 2 --tensor-parallel-size 2", "given twice");
    says("vllm serve --port 8000", "names no model");
    says("vllm serve m --kv-cache-dtype int3", "'--kv-cache-dtype int3'");
    says("vllm serve m --speculative-config '{\"method\":\"ngram\"}'", "is no value");
    says("vllm serve m --speculative-config 'no json'", "is no value");
    says("python3 -m sglang.launch_server --model-path m --dp 2",
         "'--enable-dp-attention' is missing");
    EXPECT_FALSE(contains(faults_of("vllm serve m --fast 3"), "'3'"));  // its value
}

TEST(Launch, WhatChangesNothingIsPassedOver) {
    const LaunchRead read = read_of(
        "vllm serve m --max-model-len 4096 --kv-cache-dtype auto --nnodes 2 --node-rank 0 "
        "--master-addr 10.0.0.1");
    EXPECT_EQ(read.max_length, 4096);
    EXPECT_EQ(read.cache, CacheForm::bf16);
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

ServeAnswer with_roles(const std::string& engine) {
    ServeAnswer answer = served(engine, "qwen3-235b-a22b", {.tensor = 4, .expert = 1});
    answer.pools.front().role = "prompts";
    ServePool answers = answer.pools.front();
    answers.role = "answers";
    answers.fleet.replica.ways = {.tensor = 8, .pipeline = 1};
    answer.pools.push_back(answers);
    return answer;
}

/// The replicas of each pool have their own ways and say which they are; what starts one of them
/// alone is no deployment.
TEST(Launch, PoolsApartHaveCommandsEach) {
    for (const char* engine : {"vllm-0.14", "sglang-0.5"}) {
        const LaunchText text = launch_text(setting.catalog, with_roles(engine), 1);
        const EngineLaunch& launch = part_named(built_in_catalog().engines, engine).launch;
        ASSERT_FALSE(text.command.empty()) << engine;
        ASSERT_FALSE(text.answers.command.empty()) << engine;
        EXPECT_TRUE(contains(text.command, launch.prompts_role)) << text.command;
        EXPECT_TRUE(contains(text.answers.command, launch.answers_role)) << text.answers.command;
        EXPECT_EQ(text.door, launch.pools_router);
        EXPECT_TRUE(contains(text.door, "{prompts}") && contains(text.door, "{answers}"));
        EXPECT_TRUE(read_of(text.command).apart) << text.command;
        EXPECT_EQ(read_of(text.answers.command).layout.tensor, 8);
        EXPECT_EQ(read_of(text.command).layout.tensor, 4);
        EXPECT_TRUE(text.manifests.empty());
    }
    const LaunchText none = launch_text(setting.catalog, with_roles("tensorrt-llm-1.2"), 1);
    EXPECT_TRUE(none.command.empty());
    ASSERT_FALSE(none.notes.empty());
    EXPECT_TRUE(contains(none.notes.front(), "no options for pools")) << none.notes.front();
}

/// Copies of experts, overlap and adapters are said where the release has options for them, read
/// back, and off in a command that does not say them.
TEST(Launch, CopiesOfExpertsOverlapAndAdaptersAreReadAgain) {
    ServeAnswer answer = served("sglang-0.5", "qwen3-235b-a22b",
                                {.tensor = 2, .pipeline = 1, .expert = 8, .attention_data = 4});
    EngineSettings& e = answer.pools.front().fleet.replica.engine;
    e.redundant_experts = 16;
    e.two_batch_overlap = true;
    e.adapters = {12, 32};
    for (const char* engine : {"sglang-0.5", "vllm-0.14", "vllm-0.11"}) {
        answer.engine = engine;
        const LaunchText text = launch_text(setting.catalog, answer, 1);
        const LaunchRead read = read_of(text.command);
        EXPECT_EQ(read.limits.redundant_experts, 16) << text.command;
        EXPECT_EQ(read.limits.two_batch_overlap, true) << text.command;
        EXPECT_EQ(read.limits.adapters.count, 12) << text.command;
        EXPECT_EQ(read.limits.adapters.rank, 32) << text.command;
        EXPECT_FALSE(read.apart);
    }
    const LaunchRead plain = read_of("vllm serve x --tensor-parallel-size 2");
    EXPECT_EQ(plain.limits.redundant_experts, 0);
    EXPECT_EQ(plain.limits.two_batch_overlap, false);
    EXPECT_EQ(plain.limits.adapters.count, 0);
    answer.engine = "tensorrt-llm-1.2";
    const std::string notes = join(launch_text(setting.catalog, answer, 1).notes, "; ");
    EXPECT_TRUE(contains(notes, "cannot say all of copies of experts")) << notes;
    EXPECT_TRUE(contains(notes, "no option for adapters")) << notes;
}

}  // namespace TEST_FILE
}  // namespace millwright
