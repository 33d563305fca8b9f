// Rows of serving runs, made up: what each kind of cell says, and why rows are not usable.
#include "millwright/evidence/serving_row.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright {
namespace TEST_FILE {

using serving_tests::Cell;
using serving_tests::row_with;
using serving_tests::table_of;

ServingRow read(const Cell& cells) {
    const CsvTable table = table_of(row_with(cells));
    return read_serving_row(Cells{table, 0}, built_in_catalog());
}

TEST(ServingRow, APlainRowSaysWhatItSays) {
    const ServingRow row = read({});
    ASSERT_EQ(row.skipped, "");
    EXPECT_EQ(row.chip->id, "h100-sxm");
    EXPECT_EQ(row.chips, 1);
    EXPECT_EQ(row.engine->id, "vllm-0.14");
    EXPECT_EQ(row.model.id, "llama-3.1-8b");
    EXPECT_EQ(row.prompt.mean, 1024);
    EXPECT_EQ(row.output.high, 128);
    EXPECT_EQ(row.load.form, LoadForm::closed);
    EXPECT_EQ(row.load.concurrency, 8);
    EXPECT_EQ(row.metric.form, MetricForm::ttft);
    EXPECT_EQ(row.measured, 123.4);
    EXPECT_EQ(row.whole.layout.tensor, 1);
    EXPECT_EQ(row.forms.dense, WeightForm::bf16);
    EXPECT_FALSE(row.prefill || row.decode);
}

TEST(ServingRow, IsSkippedForATrueReasonAlone) {
    EXPECT_EQ(read({{"value", ""}}).skipped, "no measured value");
    EXPECT_EQ(read({{"value", "7"}}).skipped, "fewer than two significant digits");
    EXPECT_EQ(read({{"metric", "usd_per_mtoken"}}).skipped,
              "nothing predicts 'usd_per_mtoken': docs/reference/tables.md has the metrics");
    EXPECT_EQ(read({{"chip", "Xyzzy-9"}}).skipped, "chip 'Xyzzy-9' is not known");
    EXPECT_EQ(read({{"chip", "H200-SXM-141GB+MI350X-288GB"}}).skipped, "chips of two kinds");
    EXPECT_EQ(read({{"model", "MoE all-to-all kernel"}}).skipped,
              "model 'MoE all-to-all kernel' is not known");
    EXPECT_EQ(read({{"isl", "dataset"}}).skipped, "no length of prompts is stated");
    EXPECT_EQ(read({{"osl", ""}}).skipped, "no length of answers is stated");
    EXPECT_EQ(read({{"load", "closed loop, concurrency=None"}}).skipped,
              "no load is stated in 'closed loop, concurrency=None', such as concurrency=32");
    EXPECT_EQ(read({{"notes", "spec=unresolved (two configurations fit)"}}).skipped,
              "it is open whether the run speculates");
    EXPECT_EQ(read({{"disagg", "yes"}, {"tp", ""}}).skipped,
              "the disaggregated layout cannot be read");
}

TEST(ServingRow, ABlankLayoutIsToBePlanned) {
    const ServingRow row = read({{"tp", ""}, {"chips", "8"}});
    ASSERT_EQ(row.skipped, "");
    EXPECT_EQ(row.whole.layout.tensor, 0);
    EXPECT_EQ(row.whole.layout.chips, 8);
    EXPECT_EQ(row.defaults.front(), "a cache of 2 bytes a number");
    EXPECT_EQ(row.defaults.back(), "no layout is stated");
}

TEST(ServingRow, FlagsOfItsNotesAreSettings) {
    const ServingRow row = read({{"notes",
                                  "flags: Qwen/Qwen3-8B -tp 2 --async-scheduling "
                                  "--max-num-batched-tokens 4096; MaxQ power-limited run"},
                                 {"chips", "2"},
                                 {"tp", ""}});
    EXPECT_EQ(row.settings.max_batched_tokens, 4096);
    EXPECT_EQ(row.settings.plans_ahead, true);
    EXPECT_EQ(row.whole.layout.tensor, 2);
}

TEST(ServingRow, ADraftOfAModelWithoutPredictionBlocksIsTold) {
    const ServingRow row = read({{"notes", "spec=EAGLE3, draft depth 3"}});
    EXPECT_EQ(row.speculation.depth, 3);
    EXPECT_EQ(row.defaults.back(), "drafts by a model of its own");
}

TEST(ServedChip, IsFoundBehindMakersBrandsAndFormFactors) {
    const auto chip = [](const char* printed) {
        const Chip* found = served_chip(built_in_catalog(), printed);
        return found == nullptr ? "none" : found->id;
    };
    EXPECT_EQ(chip("NVIDIA GeForce RTX 4090"), "rtx-4090");
    EXPECT_EQ(chip("NVIDIA H100 80GB HBM3"), "h100-sxm");
    EXPECT_EQ(chip("H200-SXM-141GB(CTS custom thermal)"), "h200-sxm");
    EXPECT_EQ(chip("B300-SXM-270GB"), "b300-sxm");
    EXPECT_EQ(chip("GB200-NVL72-186GB"), "gb200");
    EXPECT_EQ(chip("Ascend-910B (Atlas 800T A2)"), "ascend-910b2");
    EXPECT_EQ(chip("RTX-PRO-6000-Blackwell-SE"), "rtx-pro-6000");
    EXPECT_EQ(chip("Arc-Pro-B70"), "none");
    EXPECT_EQ(chip("RTX-PRO-4500-Blackwell-32GB"), "none");
    EXPECT_EQ(chip("MI350P-144GB"), "none");
}

}  // namespace TEST_FILE
}  // namespace millwright
