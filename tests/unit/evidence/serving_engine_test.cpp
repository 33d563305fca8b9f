// Engines behind printed names and versions, and the day of a row.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/evidence/serving_parts.h"
#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright {
namespace TEST_FILE {

using serving_tests::Cell;
using serving_tests::row_with;
using serving_tests::table_of;

std::string engine(const char* printed, const Date& day = {}) {
    const Engine* found = engine_in(built_in_catalog(), printed, day);
    return found == nullptr ? "none" : found->id;
}

TEST(EngineIn, TheLatestReleaseThatIsNotAbove) {
    EXPECT_EQ(engine("vLLM 0.10.2"), "vllm-0.10");
    EXPECT_EQ(engine("vllm 0.12.0"), "vllm-0.12");
    EXPECT_EQ(engine("vllm 0.9.1"), "vllm-0.8");
    EXPECT_EQ(engine("vLLM 0.24.0"), "vllm-0.14");
    EXPECT_EQ(engine("vLLM v0.20.2rc1, Dynamo"), "vllm-0.14");
    EXPECT_EQ(engine("vLLM 0.11-era, wide EP, DBO"), "vllm-0.11");
    EXPECT_EQ(engine("TensorRT-LLM 0.7a"), "tensorrt-llm-0.5");
    EXPECT_EQ(engine("trtllm 1.1.0rc2.post2"), "tensorrt-llm-1.0");
    EXPECT_EQ(engine("TensorRT-LLM feat/1.2-mlpinf"), "tensorrt-llm-1.2");
    EXPECT_EQ(engine("SGLang 0.5.2 + patches"), "sglang-0.5");
    EXPECT_EQ(engine("sglang 0.4.6"), "sglang-0.4");
}

TEST(EngineIn, TheFirstNameCountsAndOfOneTheLonger) {
    EXPECT_EQ(engine("vLLM-Ascend 0.9.1"), "vllm-ascend");
    EXPECT_EQ(engine("NVIDIA NIM 1.8.0 (TensorRT-LLM)"), "nim");
    EXPECT_EQ(engine("TensorRT 10.14, TensorRT-LLM feat/1.2"), "tensorrt-mlperf");
    EXPECT_EQ(engine("MindIE 2.1RC1"), "mindie");
    EXPECT_EQ(engine("trtllm gpt-oss-dev", on(2026, 1, 28)), "tensorrt-llm-1.0");
    EXPECT_EQ(engine("DeepSeek in-house"), "none");
    EXPECT_EQ(engine("PyTorch 2.10"), "none");
}

TEST(EngineIn, TheDayDecidesWhereNoVersionOfItsOwnDoes) {
    EXPECT_EQ(engine("vllm", on(2025, 11, 2)), "vllm-0.11");
    EXPECT_EQ(engine("vllm", on(2025, 10, 1)), "vllm-0.10");
    EXPECT_EQ(engine("vllm"), "vllm-0.14");
    EXPECT_EQ(engine("sglang", on(2010, 1, 1)), "sglang-0.3");
    // the version of an image that carries it, not its own
    EXPECT_EQ(engine("trtllm 0.8.1.post1", on(2026, 1, 29)), "tensorrt-llm-1.2");
    EXPECT_EQ(engine("trtllm 0.8.1", on(2024, 5, 1)), "tensorrt-llm-0.5");
    EXPECT_EQ(engine("vLLM CentML v6.1", on(2025, 11, 2)), "vllm-0.11");
}

ServingRow row_of(const Cell& cells) {
    const CsvTable table = table_of(row_with(cells));
    ServingRow row;
    row.chip = &part_named(built_in_catalog().chips, "h100-sxm");
    read_engine(Cells{table, 0}, built_in_catalog(), row);
    return row;
}

std::string day(const Cell& cells) {
    const CsvTable table = table_of(row_with(cells));
    return to_text(day_of_row(Cells{table, 0}, built_in_catalog()));
}

TEST(DayOfRow, IsMeasuredNamedOrOfItsSource) {
    EXPECT_EQ(day({{"notes", "x; measured 2026-03-17; image a:0.9"}}), "2026-03-17");
    EXPECT_EQ(day({{"engine", "SGLang (May 2025, DeepEP)"}}), "2025-05-01");
    EXPECT_EQ(day({{"engine", "vLLM late-2024 CI"}}), "2024-11-01");
    EXPECT_EQ(day({{"engine", "TensorRT-LLM, GTC-2025 build"}}), "2025-03-01");
    EXPECT_EQ(day({{"engine", "sglang nightly-dev-20260216-d3bae71e"}}), "2026-02-16");
    EXPECT_EQ(day({{"engine", "vLLM nightly Aug 2026 + Dynamo"}}), "2026-08-01");
    EXPECT_EQ(
        day({{"engine", "TensorRT 10.11"}, {"source", "mlcommons/inference_results_v5.1 summary"}}),
        "2025-09-09");
    EXPECT_EQ(day({{"source", "blog/2025-05-05-large-scale-ep.md"}}), "2025-05-01");
    EXPECT_EQ(day({{"year", "2024"}}), "2024-07-01");
}

TEST(ReadEngine, ARowIsNotOlderThanItsRelease) {
    const ServingRow row = row_of({{"engine", "TensorRT-LLM 0.14.0"}, {"year", "2024"}});
    EXPECT_EQ(row.engine->id, "tensorrt-llm-0.14");
    EXPECT_EQ(to_text(row.release), "2024-11-01");
    EXPECT_TRUE(row.defaults.empty());
}

TEST(ReadEngine, OfNoNameTheMakersStandsInAndIsTold) {
    const ServingRow row = row_of({{"engine", "DeepSeek in-house"}});
    EXPECT_EQ(row.engine->id, "vllm-0.14");
    EXPECT_EQ(row.defaults.front(), "engine vllm-0.14");
}

}  // namespace TEST_FILE
}  // namespace millwright
