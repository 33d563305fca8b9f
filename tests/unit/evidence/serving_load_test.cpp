// Loads, metrics and lengths as tables print them: an example of each saying.
#include "millwright/evidence/serving_load.h"

#include <gtest/gtest.h>

#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright {
namespace TEST_FILE {

using serving_tests::Cell;
using serving_tests::row_with;
using serving_tests::table_of;

RowLoad load(const std::string& cell, const std::string& notes = "") {
    const auto read = load_in(cell, notes);
    EXPECT_TRUE(read) << cell;
    return read.value_or(RowLoad{});
}

void expect_load(const std::string& cell, LoadForm form, double concurrency, double requests,
                 double rate) {
    const RowLoad read = load(cell);
    EXPECT_EQ(read.form, form) << cell;
    EXPECT_EQ(read.concurrency, concurrency) << cell;
    EXPECT_EQ(read.requests, requests) << cell;
    EXPECT_EQ(read.rate, rate) << cell;
}

TEST(ServingLoad, IsReadInAllItsWords) {
    expect_load("closed loop, concurrency=64", LoadForm::closed, 64, 0, 0);
    expect_load("closed loop concurrency=4, 100 requests", LoadForm::closed, 4, 100, 0);
    expect_load("max concurrency 32", LoadForm::closed, 32, 0, 0);
    expect_load("16 concurrent users", LoadForm::closed, 16, 0, 0);
    expect_load("20 users", LoadForm::closed, 20, 0, 0);
    expect_load("single request", LoadForm::closed, 1, 0, 0);
    expect_load("closed loop max load, 3000 requests queued at once", LoadForm::at_once, 0, 3000,
                0);
    expect_load("all 1000 requests at once (peak concurrent 998)", LoadForm::at_once, 0, 1000, 0);
    expect_load("batch=64 (static batch, offline)", LoadForm::batch, 64, 0, 0);
    expect_load("batch=8 static", LoadForm::batch, 8, 0, 0);
    expect_load("BS=1", LoadForm::batch, 1, 0, 0);
    expect_load("MLPerf Offline", LoadForm::offline, 0, 0, 0);
    expect_load("saturation", LoadForm::offline, 0, 0, 0);
    expect_load("open loop, constant 5 req/s, 300 requests (peak concurrency 40)", LoadForm::open,
                0, 300, 5);
    expect_load("open loop, request rate 2.5", LoadForm::open, 0, 0, 2.5);
    expect_load("Poisson 4 rps", LoadForm::open, 0, 0, 4);
    expect_load("open loop, 10 sessions/s, 300 requests (trace replay)", LoadForm::open, 0, 300,
                10);
}

TEST(ServingLoad, AServedBenchmarkHasRateAndLimits) {
    const RowLoad read =
        load("MLPerf Server Poisson target_qps=3.8; SLO p99 TTFT<=2000ms TPOT<=80ms");
    EXPECT_EQ(read.form, LoadForm::open);
    EXPECT_EQ(read.arrivals, ArrivalForm::poisson);
    EXPECT_EQ(read.rate, 3.8);
    EXPECT_NEAR(read.ttft_limit.si(), 2, 1e-9);
    EXPECT_NEAR(read.tpot_limit.si(), 0.08, 1e-9);
    EXPECT_EQ(load("constant rate 7 req/s").arrivals, ArrivalForm::constant);
    EXPECT_EQ(load("open loop, 10 sessions/s").arrivals, ArrivalForm::sessions);
}

TEST(ServingLoad, OnePhaseAloneHasItsTokensOrSequences) {
    const RowLoad prefill = load("prefill-only saturation, 16384 tokens per GPU per pass");
    EXPECT_EQ(prefill.form, LoadForm::prefill);
    EXPECT_EQ(prefill.tokens, 16384);
    const RowLoad decode = load("decode-only, 128 sequences per GPU");
    EXPECT_EQ(decode.form, LoadForm::decode);
    EXPECT_EQ(decode.concurrency, 128);
    EXPECT_TRUE(decode.each_chip);
}

TEST(ServingLoad, NotesSayHowManyRequestsThereWere) {
    EXPECT_EQ(load("offline, all at once", "200 sampled ShareGPT prompts").requests, 200);
    EXPECT_EQ(load("concurrency=16", "InferenceX continuous benchmark row").requests, 160);
    EXPECT_EQ(load("concurrency=16").requests, 0);
}

TEST(ServingLoad, OneWithoutANumberIsNone) {
    EXPECT_FALSE(load_in("closed loop, concurrency=None", ""));
    EXPECT_FALSE(load_in("", ""));
    EXPECT_FALSE(load_in("kernel", ""));
}

TEST(ServingMetric, IsReadFromItsName) {
    const auto metric = [](const char* name) {
        const auto read = metric_named(name);
        EXPECT_TRUE(read) << name;
        return read.value_or(RowMetric{});
    };
    EXPECT_EQ(metric("ttft_ms").form, MetricForm::ttft);
    EXPECT_EQ(metric("ttft_ms").scale, 1e-3);
    EXPECT_EQ(metric("ttft_ms_p99").statistic, StatisticForm::p99);
    EXPECT_EQ(metric("tpot_ms_p50").form, MetricForm::tpot);
    EXPECT_EQ(metric("tpot_ms_p50").statistic, StatisticForm::p50);
    EXPECT_EQ(metric("itl_ms_mean").form, MetricForm::itl);
    EXPECT_EQ(metric("request_latency_ms").form, MetricForm::latency);
    EXPECT_EQ(metric("e2e_ms_p99").form, MetricForm::latency);
    EXPECT_EQ(metric("e2e_s_mean").scale, 1);
    EXPECT_EQ(metric("output_tokens_per_s").of, RateOf::system);
    EXPECT_EQ(metric("tokens_per_s_per_gpu").of, RateOf::chip);
    EXPECT_EQ(metric("tokens_per_s_per_gpu").form, MetricForm::output_rate);
    EXPECT_EQ(metric("input_tokens_per_s_per_node").form, MetricForm::input_rate);
    EXPECT_EQ(metric("input_tokens_per_s_per_node").of, RateOf::node);
    EXPECT_EQ(metric("output_tokens_per_s_per_user").of, RateOf::user);
    EXPECT_EQ(metric("total_tokens_per_s_per_gpu").form, MetricForm::total_rate);
    EXPECT_EQ(metric("requests_per_s").form, MetricForm::request_rate);
    EXPECT_FALSE(metric_named("kernel_latency_us"));
    EXPECT_FALSE(metric_named("relative_capacity_gain_percent"));
    EXPECT_FALSE(metric_named(""));
}

TEST(ServingLengths, AreNumbersWithRemarks) {
    const auto mean = [](const char* cell) { return span_in(cell).value_or(TokenSpan{}).mean; };
    EXPECT_EQ(mean("1024"), 1024);
    EXPECT_EQ(mean("217.4"), 217.4);
    EXPECT_EQ(mean("144.84 (mean, mixed)"), 144.84);
    EXPECT_EQ(mean("8k"), 8192);
    EXPECT_EQ(mean("512-1024"), 768);
    EXPECT_EQ(span_in("512-1024")->low, 512);
    EXPECT_FALSE(span_in("dataset"));
    EXPECT_FALSE(span_in("ShareGPT (200 prompts)"));
    EXPECT_FALSE(span_in(""));
    EXPECT_FALSE(span_in("0"));
}

ServingRow lengths(const Cell& cells, const char* model) {
    const CsvTable table = table_of(row_with(cells));
    ServingRow row;
    row.model = part_named(built_in_catalog().models, model);
    read_lengths(Cells{table, 0}, built_in_catalog(), row);
    return row;
}

TEST(ServingLengths, ABenchmarkThatDrawsThemIsBelowTheNominal) {
    const ServingRow row =
        lengths({{"notes", "ISL/OSL drawn around the nominal value by the serving benchmark"}},
                "llama-3.1-8b");
    EXPECT_NEAR(row.prompt.mean, 0.9 * 1024, 1e-9);
    EXPECT_NEAR(row.prompt.low, 0.8 * 1024, 1e-9);
    EXPECT_EQ(row.prompt.high, 1024);
    EXPECT_NEAR(row.output.mean, 0.9 * 128, 1e-9);
}

TEST(ServingLengths, OfAPublicSetAreItsMeans) {
    const ServingRow named =
        lengths({{"isl", "ShareGPT (200 prompts)"}, {"osl", "ShareGPT"}}, "llama-3.1-8b");
    EXPECT_NEAR(named.prompt.mean, 161.31, 1e-9);
    EXPECT_NEAR(named.output.mean, 337.99, 1e-9);
    EXPECT_GT(named.prompt.spread, 0);
    // the suite is the source's, the set its model's
    const Cell suite{{"isl", "dataset"},
                     {"osl", "294.45"},
                     {"source", "mlcommons/inference_results_v4.1 closed/x"}};
    EXPECT_EQ(lengths(suite, "llama-2-70b").defaults.front(),
              "prompts of 290 tokens, the mean of OpenOrca of MLPerf");
    EXPECT_EQ(lengths(suite, "llama-2-70b").output.mean, 294.45);
    EXPECT_NE(lengths(suite, "qwen3-8b").skipped, "");
}

TEST(ServingLengths, MeansOfARunAreSpreadUnlessTokensWereRandom) {
    EXPECT_GT(lengths({{"notes", "isl/osl are means of the run"}}, "qwen3-8b").prompt.spread, 0);
    EXPECT_EQ(lengths({{"notes", "isl/osl are means of the run; block label: random 4K input"}},
                      "qwen3-8b")
                  .prompt.spread,
              0);
}

}  // namespace TEST_FILE
}  // namespace millwright
