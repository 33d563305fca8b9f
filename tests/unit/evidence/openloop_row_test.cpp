// A made-up stage of an open-loop run.
#include "millwright/evidence/openloop_row.h"

#include <gtest/gtest.h>

#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright {
namespace TEST_FILE {

using serving_tests::Cell;
using serving_tests::table_of;

OpenLoopRow read(const Cell& changed) {
    Cell cells{{"id", "s"},
               {"chip", "H100-SXM-80GB"},
               {"chips", "2"},
               {"tp", "2"},
               {"engine", "vLLM (release not recorded, Feb 2026)"},
               {"max_num_batched_tokens", "2048"},
               {"max_num_seqs", "128"},
               {"max_model_len", "4096"},
               {"kv_settings", "vLLM defaults: bf16 cache, 0.9 of memory, prefix caching on"},
               {"precision", "w=bf16 (checkpoint default, not recorded)"},
               {"model", "meta-llama/Llama-2-7b-hf"},
               {"arrival", "constant"},
               {"rate_per_s", "5"},
               {"duration_s", "600"},
               {"requests", "3000"},
               {"prompt_tokens_mean", "590"},
               {"prompt_system_shared", "100"},
               {"prompt_question", "466"},
               {"prompt_join", "24"},
               {"prefix_groups", "11"},
               {"users_per_group", "4"},
               {"output_tokens", "247"},
               {"ttft_mean_ms", "25.04"},
               {"ttft_p90_ms", "28.37"},
               {"tpot_true_mean_ms", "7.257"},
               {"e2e_mean_s", "1.81"},
               {"e2e_p99_s", ""},
               {"saturated", "no"},
               {"notes", "stage 2 of 2 in one server run; multi-turn flag on"}};
    for (const auto& [name, text] : changed) cells[name] = text;
    const CsvTable table = table_of(cells, columns_of(TableKind::openloop));
    return read_openloop_row(Cells{table, 0}, built_in_catalog());
}

TEST(OpenLoopRow, SaysWhoAskedAndWhatTheyShare) {
    const OpenLoopRow row = read({});
    ASSERT_EQ(row.serving.skipped, "");
    EXPECT_EQ(row.serving.model.id, "llama-2-7b");
    EXPECT_EQ(row.serving.engine->id, "vllm-0.14");
    EXPECT_EQ(row.serving.whole.layout.tensor, 2);
    EXPECT_EQ(row.serving.load.form, LoadForm::open);
    EXPECT_EQ(row.serving.load.arrivals, ArrivalForm::constant);
    EXPECT_EQ(row.serving.load.rate, 5);
    EXPECT_EQ(row.serving.load.requests, 3000);
    EXPECT_EQ(row.serving.prompt.mean, 590);
    EXPECT_EQ(row.serving.output.mean, 247);
    EXPECT_EQ(row.prompt.system, 100);
    EXPECT_EQ(row.prompt.groups, 11);
    EXPECT_EQ(row.prompt.users_of_group, 4);
    EXPECT_TRUE(row.prompt.multi_turn);
    EXPECT_EQ(row.stage, 2);
    EXPECT_EQ(row.stages, 2);
    EXPECT_EQ(row.serving.settings.max_sequences, 128);
    EXPECT_EQ(row.serving.settings.max_batched_tokens, 2048);
    EXPECT_EQ(row.serving.settings.memory_share, 0.9);
    EXPECT_EQ(row.serving.settings.prefix_cache, true);
    EXPECT_EQ(row.serving.forms.cache_bytes, 2);
}

TEST(OpenLoopRow, HasAFigureForEachThatIsPrinted) {
    const OpenLoopRow row = read({});
    ASSERT_EQ(row.figures.size(), 4U);
    EXPECT_EQ(row.figures[0].name, "ttft_ms_mean");
    EXPECT_EQ(row.figures[1].name, "ttft_ms_p90");
    EXPECT_EQ(row.figures[1].metric.statistic, StatisticForm::p90);
    EXPECT_EQ(row.figures[2].name, "tpot_ms_mean");
    EXPECT_EQ(row.figures[3].name, "e2e_ms_mean");
    EXPECT_NEAR(row.figures[3].measured, 1810, 1e-9);
}

TEST(OpenLoopRow, LengthsFollowFromPartsAndAreNeeded) {
    EXPECT_EQ(read({{"prompt_tokens_mean", ""}}).serving.prompt.mean, 590);
    EXPECT_EQ(read({{"output_tokens", ""}}).serving.skipped, "no length of answers is stated");
    EXPECT_EQ(read({{"rate_per_s", "0"}}).serving.skipped, "no rate is stated");
    EXPECT_EQ(read({{"model", "nothing"}}).serving.skipped, "model 'nothing' is not known");
    EXPECT_EQ(read({{"chip", "nothing"}}).serving.skipped, "chip 'nothing' is not known");
}

}  // namespace TEST_FILE
}  // namespace millwright
