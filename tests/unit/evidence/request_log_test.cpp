// Logs of requests: times by one clock, settings beside them, and every fault with its line.
#include "millwright/evidence/request_log.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/evidence/log_deployment.h"

namespace millwright {
namespace TEST_FILE {

constexpr const char* settings = R"({"vllm_version": "0.19.0",
 "engine_kwargs": {"model": "meta-llama/Llama-3.1-8B", "tensor_parallel_size": 2,
                   "data_parallel_size": 1, "max_num_seqs": 256, "max_num_batched_tokens": 2048,
                   "dtype": "bfloat16", "kv_cache_dtype": "auto", "enforce_eager": true},
 "kv_cache": {"block_size": 16, "gpu_memory_utilization": 0.9, "num_gpu_blocks": 2588,
              "enable_prefix_caching": true},
 "hardware": {"device_name": "NVIDIA GeForce RTX 4090"}})";

constexpr const char* two_clocks =
    R"({"request_id": "b", "input_toks": 20, "output_toks": 3, "arrival_time": 1787267981.5,)"
    R"( "queued_ts": 101.5, "scheduled_ts": 101.6, "first_token_ts": 102, "last_token_ts": 102.2})"
    "\n"
    R"({"request_id": "a", "input_toks": 10, "output_toks": 1, "arrival_time": 1787267980.0,)"
    R"( "queued_ts": 100, "scheduled_ts": 100, "first_token_ts": 100.5, "last_token_ts": 100.5})"
    "\n";

RequestLog log_of(std::string_view text, std::string_view with = settings) {
    auto log = read_request_log(text, "r.jsonl", with, "r.meta.json");
    EXPECT_TRUE(log) << to_text(log.error());
    return log ? *log : RequestLog{};
}

std::string faults_of(std::string_view text, std::string_view with = settings) {
    const auto log = read_request_log(text, "r.jsonl", with, "r.meta.json");
    return log ? "none" : to_text(log.error());
}

TEST(RequestLog, RequestsComeInTheOrderOfTheirArrival) {
    const RequestLog log = log_of(two_clocks);
    ASSERT_EQ(log.requests.size(), 2U);
    EXPECT_EQ(log.requests[0].id, "a");
    EXPECT_EQ(log.requests[0].arrival.si(), 0);
    EXPECT_NEAR(log.requests[1].arrival.si(), 1.5, 1e-6);
    EXPECT_EQ(log.requests[1].prompt, 20);
    EXPECT_NEAR(first_token_time(log.requests[1]).si(), 0.5, 1e-9);
    EXPECT_NEAR(request_time(log.requests[1]).si(), 0.7, 1e-9);
    EXPECT_NEAR(time_per_token(log.requests[1])->si(), 0.1, 1e-9);
    EXPECT_FALSE(time_per_token(log.requests[0]));
    EXPECT_NEAR(makespan(log).si(), 2.2, 1e-9);
}

TEST(RequestLog, WithoutAQueueWaitsCountFromArrivals) {
    const RequestLog log = log_of(
        "request_id,input_toks,output_toks,arrival_time,first_token_ts,last_token_ts\n"
        "a,10,2,5000.0,5000.5,5001\n"
        "b,10,2,5001.0,5002,5003\n");
    EXPECT_FALSE(log.requests[0].queued);
    EXPECT_NEAR(first_token_time(log.requests[0]).si(), 0.5, 1e-9);
    EXPECT_NEAR(request_time(log.requests[1]).si(), 2, 1e-9);
    EXPECT_NEAR(makespan(log).si(), 3, 1e-9);
}

TEST(RequestLog, MixedClocksAreRefused) {
    const std::string before = faults_of(
        "input_toks,output_toks,arrival_time,first_token_ts,last_token_ts\n"
        "10,2,1787267980,27537,27538\n");
    EXPECT_TRUE(contains(before, "r.jsonl:2")) << before;
    EXPECT_TRUE(contains(before, "different clocks"));
    EXPECT_TRUE(contains(faults_of("input_toks,output_toks,arrival_time,first_token_ts,"
                                   "last_token_ts\n10,2,0.5,1787267980,1787267981\n"),
                         "different clocks"));
    EXPECT_TRUE(contains(faults_of("input_toks,output_toks,arrival_time,queued_ts,first_token_ts,"
                                   "last_token_ts\n10,2,1,1,2,3\n10,2,2,,3,4\n"),
                         "some requests lack 'queued_ts'"));
}

TEST(RequestLog, FaultsNameTheirLine) {
    const std::string head =
        "input_toks,output_toks,arrival_time,queued_ts,first_token_ts,last_token_ts\n";
    const auto fault = [&](const std::string& rows) { return faults_of(head + rows); };
    EXPECT_TRUE(contains(fault("10,2,1,1,2,3\n0,2,1,1,2,3\n"), "r.jsonl:3"));
    EXPECT_TRUE(contains(fault("0,2,1,1,2,3\n"), "'input_toks' is 0"));
    EXPECT_TRUE(contains(fault("10,-1,1,1,2,3\n"), "'output_toks' is -1"));
    EXPECT_TRUE(contains(fault("10,1.5,1,1,2,3\n"), "'output_toks' is 1.5"));
    EXPECT_TRUE(contains(fault("10,2,1,1,nan,3\n"), "'first_token_ts' is no number"));
    EXPECT_TRUE(contains(fault("10,2,1,1,3,2\n"), "'last_token_ts' is before"));
    EXPECT_TRUE(contains(fault("10,2,1,5,3,6\n"), "'first_token_ts' is before"));
    EXPECT_TRUE(contains(fault("10,2,,1,2,3\n"), "lacks 'arrival_time'"));
    EXPECT_TRUE(contains(fault(""), "has no requests"));
    EXPECT_TRUE(contains(faults_of("input_toks,output_toks\n1,1\n"), "lacks the column"));
    EXPECT_TRUE(contains(faults_of("{\"input_toks\": 1\n"), "is no object of JSON"));
    EXPECT_TRUE(contains(faults_of("{\"input_toks\": \"x\"}\n"), "'input_toks' is no number"));
}

TEST(RequestLog, SettingsAreTheEnginesOwnWords) {
    const RequestLog log = log_of(two_clocks);
    EXPECT_EQ(log.engine, "vllm 0.19.0");
    EXPECT_EQ(log.layout.tensor, 2);
    EXPECT_EQ(log.settings.max_sequences, 256);
    EXPECT_EQ(log.settings.max_batched_tokens, 2048);
    EXPECT_EQ(log.settings.block_size, 16);
    EXPECT_EQ(log.settings.memory_share, 0.9);
    EXPECT_EQ(log.settings.prefix_cache, true);
    EXPECT_EQ(log.settings.graphs, false);
    EXPECT_EQ(log.cache_blocks, 2588);
    EXPECT_TRUE(contains(faults_of(two_clocks, "[]"), "r.meta.json"));
    EXPECT_TRUE(contains(faults_of(two_clocks, "{}"), "lacks 'engine_kwargs'"));
}

TEST(RequestLog, ExpertsAndRequestsMayBeSharedOut) {
    const RequestLog log =
        log_of(two_clocks,
               R"({"engine_kwargs": {"model": "Qwen/Qwen3-30B-A3B", "tensor_parallel_size": 2,
            "data_parallel_size": 4, "enable_expert_parallel": true}})");
    EXPECT_EQ(log.layout.expert, 8);
    EXPECT_EQ(log.layout.chips, 8);
}

TEST(RequestLog, ItsDeploymentIsOfTheCatalog) {
    const ServingRow row = deployment_of(log_of(two_clocks), built_in_catalog());
    ASSERT_EQ(row.skipped, "");
    EXPECT_EQ(row.chip->id, "rtx-4090");
    EXPECT_EQ(row.model.id, "llama-3.1-8b");
    EXPECT_EQ(row.engine->id, "vllm-0.14");
    EXPECT_EQ(row.forms.dense, WeightForm::bf16);
    EXPECT_EQ(row.forms.cache_bytes, 2);
    EXPECT_EQ(row.whole.layout.chips, 2);
    RequestLog other = log_of(two_clocks);
    other.chip = "nothing";
    EXPECT_EQ(deployment_of(other, built_in_catalog()).skipped, "chip 'nothing' is not known");
}

TEST(RequestLog, SettingsLieBesideIt) {
    const std::vector<std::string> paths = settings_paths("a.b/run_requests.jsonl");
    ASSERT_EQ(paths.size(), 2U);
    EXPECT_EQ(paths[0], "a.b/run.meta.json");
    EXPECT_EQ(paths[1], "a.b/run_meta.json");
    EXPECT_EQ(settings_paths("x.csv")[0], "x.meta.json");
}

}  // namespace TEST_FILE
}  // namespace millwright
