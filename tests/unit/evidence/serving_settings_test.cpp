// Command lines and notes: an example of each setting, and what is said of speculation.
#include <gtest/gtest.h>

#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace TEST_FILE {

EngineOverrides settings(const char* text) { return flags_in(text).settings; }

TEST(ServingFlags, AreReadOfEveryEngine) {
    EXPECT_EQ(settings("--max-num-batched-tokens 4096").max_batched_tokens, 4096);
    EXPECT_EQ(settings("--max_num_tokens=16384").max_batched_tokens, 16384);
    EXPECT_EQ(settings("gpu_batch=512 max_num_tokens=4608 x").max_batched_tokens, 4608);
    EXPECT_EQ(settings("--chunked-prefill-size 8192").max_batched_tokens, 8192);
    EXPECT_EQ(settings("gpu_batch=512 max_num_tokens=4608").max_sequences, 512);
    EXPECT_EQ(settings("--max-num-seqs 128").max_sequences, 128);
    EXPECT_EQ(settings("max_num_seqs=256 max_num_batched_tokens=2048").max_sequences, 256);
    EXPECT_EQ(settings("--max_batch_size 64").max_sequences, 64);
    EXPECT_EQ(settings("--max-running-requests 32").max_sequences, 32);
    EXPECT_EQ(settings("--block-size 64").block_size, 64);
    EXPECT_EQ(settings("--page-size 1").block_size, 1);
    EXPECT_EQ(settings("--tokens_per_block 32").block_size, 32);
    EXPECT_EQ(settings("--cuda-graph-max-bs 8").largest_graph, 8);
    EXPECT_EQ(settings("--gpu-memory-utilization 0.95").memory_share, 0.95);
    EXPECT_EQ(settings("--mem-fraction-static 0.8").memory_share, 0.8);
    EXPECT_EQ(settings("kv fraction 0.90-0.95").memory_share, 0.9);
}

TEST(ServingFlags, TurnThingsOnAndOff) {
    EXPECT_EQ(settings("--enable_chunked_prefill").chunked, true);
    EXPECT_EQ(settings("--no-enable-chunked-prefill").chunked, false);
    EXPECT_EQ(settings("--chunked-prefill-size -1").chunked, false);
    EXPECT_EQ(settings("--enable-prefix-caching").prefix_cache, true);
    EXPECT_EQ(settings("--no-enable-prefix-caching").prefix_cache, false);
    EXPECT_EQ(settings("--disable-radix-cache").prefix_cache, false);
    EXPECT_EQ(settings("--async-scheduling").plans_ahead, true);
    EXPECT_EQ(settings("--no-async-scheduling").plans_ahead, false);
    EXPECT_EQ(settings("--disable-overlap-schedule").plans_ahead, false);
    EXPECT_EQ(settings("--enforce-eager").graphs, false);
    EXPECT_EQ(settings("--disable-cuda-graph").graphs, false);
    EXPECT_EQ(settings("CUDA graphs with padding").graphs, true);
}

TEST(ServingFlags, NothingIsSaidByDefaultAndTheFirstCounts) {
    const EngineOverrides none = settings("static batching; output tokens only");
    EXPECT_FALSE(none.max_batched_tokens || none.max_sequences || none.memory_share ||
                 none.chunked || none.prefix_cache || none.plans_ahead || none.graphs);
    EXPECT_EQ(settings("--max-num-batched-tokens 8192; label: --max-num-batched-tokens 4096")
                  .max_batched_tokens,
              8192);
}

TEST(ServingFlags, HaveWaysOfParallelism) {
    const SaidFlags flags = flags_in("x -tp 8 --pp-size 2 --data-parallel-size 4 -ep 16");
    EXPECT_EQ(flags.tensor, 8);
    EXPECT_EQ(flags.pipeline, 2);
    EXPECT_EQ(flags.data, 4);
    EXPECT_EQ(flags.expert, 16);
    EXPECT_EQ(flags_in("--tensor-parallel-size=4").tensor, 4);
    EXPECT_EQ(flags_in("serve --tp-size 8").tensor, 8);
    EXPECT_TRUE(flags_in("--enable-expert-parallel").expert_parallel);
    EXPECT_TRUE(flags_in("attention DP; layout normalised").attention_data);
    EXPECT_TRUE(flags_in("--enable-dp-attention").attention_data);
    EXPECT_FALSE(flags_in("attention_dp=no").attention_data);
}

TEST(Speculation, IsOnOffOrOpen) {
    EXPECT_EQ(speculation_in("spec=off (matched)").depth, 0);
    EXPECT_EQ(speculation_in("spec=not stated (assumed off)").depth, 0);
    EXPECT_EQ(speculation_in("no MTP, before kernel work").depth, 0);
    EXPECT_FALSE(speculation_in("spec=off").unresolved);
    EXPECT_TRUE(speculation_in("spec=unresolved").unresolved);
    EXPECT_EQ(speculation_in("spec=MTP (rule 3)").depth, 3);
    EXPECT_EQ(speculation_in("MTP=1").depth, 1);
    EXPECT_EQ(speculation_in("num_speculative_tokens=5").depth, 5);
    EXPECT_EQ(speculation_in("--speculative-num-steps 2").depth, 2);
    EXPECT_EQ(speculation_in("EAGLE3, draft depth 4").depth, 4);
    EXPECT_EQ(speculation_in("").depth, 0);
}

TEST(Speculation, HasAShareOrTokensThatAreKept) {
    EXPECT_EQ(speculation_in("MTP=2, acceptance 0.7").acceptance, 0.7);
    EXPECT_EQ(speculation_in("MTP is SIMULATED (60% acceptance assumed)").acceptance, 0.6);
    EXPECT_EQ(speculation_in("draft depth 3, accepted length 2.44").kept, 2.44);
    EXPECT_EQ(speculation_in("MTP=1").acceptance, 0);
}

}  // namespace TEST_FILE
}  // namespace millwright
