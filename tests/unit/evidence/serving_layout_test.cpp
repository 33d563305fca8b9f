// Layouts of serving rows: instances, data ways of attention, workers apart.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/evidence/serving_parts.h"
#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright {
namespace TEST_FILE {

using serving_tests::Cell;
using serving_tests::row_with;
using serving_tests::table_of;

ServingRow row_of(const Cell& cells, const char* model) {
    const CsvTable table = table_of(row_with(cells));
    const Cells read{table, 0};
    ServingRow row;
    row.model = part_named(built_in_catalog().models, model);
    row.chips = read.number("chips").value_or(0);
    read_layout(read, flags_in(read.text("notes")), row);
    return row;
}

/// "2 x t4 p1 d1 e2/2, 4 chips" with "a" behind the data ways where attention has them.
std::string text_of(const RowWorkers& workers) {
    const RowLayout& l = workers.layout;
    return fmt::format("{} x t{} p{} d{}{} e{}/{}, {} chips", workers.count, l.tensor, l.pipeline,
                       l.data, l.attention_data ? "a" : "", l.expert, l.expert_tensor, l.chips);
}

std::string whole(const Cell& cells, const char* model = "llama-3.1-8b") {
    return text_of(row_of(cells, model).whole);
}

constexpr const char* moe = "qwen3-235b-a22b";

TEST(ServingLayout, ChipsBeyondAnInstanceAreMoreOfThem) {
    EXPECT_EQ(whole({{"chips", "8"}, {"tp", "8"}}), "1 x t8 p1 d1 e1/1, 8 chips");
    EXPECT_EQ(whole({{"chips", "8"}, {"tp", "2"}}), "4 x t2 p1 d1 e1/1, 2 chips");
    EXPECT_EQ(whole({{"chips", "4"}, {"tp", "2"}, {"dp", "2"}}), "2 x t2 p1 d1 e1/1, 2 chips");
    EXPECT_EQ(whole({{"chips", "2"}, {"tp", "1"}, {"pp", "2"}}), "1 x t1 p2 d1 e1/1, 2 chips");
    EXPECT_EQ(whole({{"chips", ""}, {"tp", "4"}}), "1 x t4 p1 d1 e1/1, 4 chips");
    // fewer chips than the layout has
    EXPECT_EQ(row_of({{"chips", "2"}, {"tp", "8"}}, "llama-3.1-8b").chips, 8);
}

TEST(ServingLayout, ExpertsLieOnAllChipsOfAnInstance) {
    EXPECT_EQ(whole({{"chips", "8"}, {"tp", "8"}}, moe), "1 x t8 p1 d1 e1/8, 8 chips");
    EXPECT_EQ(whole({{"chips", "8"}, {"tp", "8"}, {"ep", "4"}}, moe), "1 x t8 p1 d1 e4/2, 8 chips");
    EXPECT_EQ(whole({{"chips", "4"}, {"tp", "4"}, {"ep", "tp-sized"}}, moe),
              "1 x t4 p1 d1 e4/1, 4 chips");
    EXPECT_EQ(whole({{"chips", "4"}, {"tp", "4"}, {"notes", "--enable-expert-parallel"}}, moe),
              "1 x t4 p1 d1 e4/1, 4 chips");
    EXPECT_EQ(whole({{"chips", "8"}, {"tp", "1"}, {"dp", "8"}, {"ep", "8"}}, moe),
              "1 x t1 p1 d8a e8/1, 8 chips");
    EXPECT_EQ(whole({{"chips", "16"}, {"tp", "1"}, {"dp", "8"}, {"ep", "8"}}, moe),
              "2 x t1 p1 d8a e8/1, 8 chips");
}

TEST(ServingLayout, AttentionMaySharedOutRequestsWhereTensorsAreCounted) {
    const Cell cells{{"chips", "8"}, {"tp", "8"}, {"ep", "8"}, {"notes", "attention_dp=yes (x)"}};
    EXPECT_EQ(whole(cells, moe), "1 x t1 p1 d8a e8/1, 8 chips");
    EXPECT_EQ(whole(cells), "1 x t8 p1 d1 e1/1, 8 chips");
    EXPECT_EQ(whole({{"notes", "MoE: attention DP enabled in the options file"}}, moe),
              "1 x t1 p1 d1 e1/1, 1 chips");
}

std::string apart(const std::string& disagg, const char* chips = "", const char* model = moe) {
    const ServingRow row =
        row_of({{"disagg", disagg}, {"tp", ""}, {"pp", ""}, {"chips", chips}}, model);
    if (!row.skipped.empty()) return row.skipped;
    return fmt::format("{}; {}; {}", text_of(*row.prefill), text_of(*row.decode), row.chips);
}

TEST(ServingLayout, WorkersForPromptsAndForTokens) {
    EXPECT_EQ(apart("yes: 1 prefill x (tp1 dp4 moe_tp1 ep4); 2 decode x (tp1 dp8 moe_tp1 ep8)"),
              "1 x t1 p1 d4a e4/1, 4 chips; 2 x t1 p1 d8a e8/1, 8 chips; 20");
    EXPECT_EQ(apart("yes: 1 prefill x (tp1 dp8 moe_tp8 ep1); 6 decode x (tp8 dp1 moe_tp8 ep1)"),
              "1 x t1 p1 d8a e1/8, 8 chips; 6 x t8 p1 d1 e1/8, 8 chips; 56");
    EXPECT_EQ(apart("yes: 8 prefill x (tp1 dp1 moe_tp1 ep1); 2 decode x (tp4 dp1 moe_tp1 ep1)", "",
                    "qwen3-32b"),
              "8 x t1 p1 d1 e1/1, 1 chips; 2 x t4 p1 d1 e1/1, 4 chips; 16");
    // sizes without ways are to be planned
    EXPECT_EQ(apart("yes: prefill 4 nodes, decode 9 nodes"),
              "1 x t0 p1 d1 e1/1, 32 chips; 1 x t0 p1 d1 e1/1, 72 chips; 104");
    EXPECT_EQ(apart("prefill DEP8 x 2, decode DEP16"),
              "2 x t1 p1 d8a e8/1, 8 chips; 1 x t1 p1 d16a e16/1, 16 chips; 32");
    EXPECT_EQ(apart("3P1D"), "3 x t0 p1 d1 e1/1, 0 chips; 1 x t0 p1 d1 e1/1, 0 chips; 0");
    EXPECT_EQ(apart("yes"), "the disaggregated layout cannot be read");
}

TEST(ServingLayout, OneSideAloneIsOnePhase) {
    const Cell side{{"chips", "32"}, {"tp", "1"}, {"dp", "32"}, {"ep", "32"}};
    const auto of = [&](const char* disagg) {
        Cell cells = side;
        cells["disagg"] = disagg;
        return row_of(cells, "deepseek-v3");
    };
    EXPECT_EQ(of("yes (prefill side only, 4 nodes)").load.form, LoadForm::prefill);
    EXPECT_EQ(of("yes (decode side only, 9 nodes)").load.form, LoadForm::decode);
    const ServingRow both = of("yes: prefill 16 GPUs, decode 32 GPUs");
    EXPECT_EQ(both.load.form, LoadForm::decode);
    EXPECT_FALSE(both.prefill || both.decode);
    EXPECT_EQ(text_of(both.whole), "1 x t1 p1 d32a e32/1, 32 chips");
}

}  // namespace TEST_FILE
}  // namespace millwright
