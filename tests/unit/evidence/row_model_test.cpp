// Models of rows: sizes that the printed weights tell, slices, and what cannot be.
#include <gtest/gtest.h>

#include <map>

#include "millwright/base/text.h"
#include "millwright/compute/weights.h"
#include "millwright/evidence/row_flops.h"
#include "millwright/evidence/training_row.h"

namespace millwright {
namespace TEST_FILE {

using Row = std::map<std::string, std::string>;

/// Rows of 64 H100 with other or further cells each.
CsvTable table_of(const std::vector<Row>& rows) {
    const Row usual{{"id", "r"},          {"source", "own"}, {"system", "H100-80GB SXM"},
                    {"chips", "64"},      {"model", "mine"}, {"seq", "4096"},
                    {"metric", "step_s"}, {"value", "9.5"},  {"global_batch", "256"},
                    {"micro_batch", "1"}, {"year", "2024"}};
    Row columns = usual;
    for (const Row& row : rows) columns.insert(row.begin(), row.end());
    CsvTable table{.file = "t.csv"};
    for (const auto& [name, text] : columns) table.columns.push_back(name);
    for (const Row& row : rows) {
        table.rows.emplace_back();
        table.lines.push_back(static_cast<int>(table.lines.size()) + 2);
        for (const std::string& name : table.columns) {
            const auto own = row.find(name), other = usual.find(name);
            table.rows.back().push_back(own != row.end()       ? own->second
                                        : other != usual.end() ? other->second
                                                               : "");
        }
    }
    return table;
}

TrainingRow read(const Row& cells) {
    return resolve_training_row(table_of({cells}), 0, built_in_catalog());
}

Row mixture(const Row& more) {
    Row row{{"layers", "40"},    {"hidden", "3072"}, {"heads", "24"}, {"kv_heads", "4"},
            {"vocab", "100000"}, {"experts", "96"},  {"topk", "4"},   {"ep", "8"}};
    for (const auto& [name, text] : more) row[name] = text;
    return row;
}

TEST(RowModels, TheWidthOfExpertsIsSolvedFromTheWeights) {
    const TrainingRow row = read(mixture({{"params_b", "25.0"}}));
    EXPECT_EQ(row.skipped, "");
    // a layer: 22.0e6 of attention and 0.3e6 of the router; 614e6 of embeddings; the rest of 25e9
    // over 40 x 96 x 3 x 3072 is 664, which a print of one decimal tells from 640
    EXPECT_NEAR(static_cast<double>(row.context.model.expert_ffn.value), 664, 1);
    EXPECT_NEAR(parameters(row.context.model) / 25e9, 1, 0.001);
    EXPECT_TRUE(contains(read(mixture({})).skipped, "no width of experts"));
    EXPECT_TRUE(contains(read(mixture({{"params_b", "0.5"}})).skipped, "no width of experts"));
}

TEST(RowModels, AWideMlpHasNoGateWhereNoWeightsSayOtherwise) {
    const Row gpt{{"layers", "48"},   {"hidden", "7168"}, {"heads", "56"},
                  {"vocab", "51200"}, {"tp", "8"},        {"pp", "2"}};
    const auto with = [&](const Row& more) {
        Row row = gpt;
        row.insert(more.begin(), more.end());
        return read(row);
    };
    EXPECT_FALSE(with({{"ffn", "28672"}}).context.model.gated);
    EXPECT_TRUE(with({{"ffn", "19456"}}).context.model.gated);
    EXPECT_FALSE(with({{"ffn", "28672"}, {"params_b", "30.0"}}).context.model.gated);
    EXPECT_TRUE(contains(with({{"ffn", "28672"}, {"params_b", "90"}}).skipped, "are printed"));
}

TEST(RowModels, ASliceKeepsItsDenseLayersInProportion) {
    const Row slice{{"model", "deepseek-v3"}, {"layers", "6"}, {"ep", "8"}};
    EXPECT_EQ(read({{"model", "deepseek-v3"}, {"ep", "8"}}).context.model.dense_layers.value, 3);
    EXPECT_EQ(read(slice).context.model.dense_layers.value, 1);
    EXPECT_EQ(read(slice).context.model.mtp_layers.value, 0);
    Row more = slice;
    more["flags"] = "MTP depth 1";
    EXPECT_EQ(read(more).context.model.mtp_layers.value, 1);
    EXPECT_EQ(read({{"model", "deepseek-v3"}, {"ep", "8"}}).context.model.mtp_layers.value, 1);
    Row told = slice;
    told["flags"] = "2 dense layers; no MTP";
    EXPECT_EQ(read(told).context.model.dense_layers.value, 2);
    EXPECT_EQ(read(told).context.model.mtp_layers.value, 0);
}

TEST(RowLayouts, WhatCannotBeRunIsSkippedOrTakesTheNextWholeBatch) {
    const Row model{{"model", "llama-2-7b"}};
    const auto with = [&](const Row& more) {
        Row row = model;
        row.insert(more.begin(), more.end());
        return read(row);
    };
    EXPECT_EQ(with({{"global_batch", "16"}, {"tp", "1"}}).skipped,
              "not usable: 16 sequences on 64 replicas");
    const TrainingRow odd = with({{"global_batch", "100"}});
    EXPECT_EQ(odd.plan.global_batch, 128);
    EXPECT_EQ(odd.batch, 100);
    EXPECT_EQ(with({{"micro_batch", "8"}, {"global_batch", "128"}}).plan.micro_batch, 2);
    const Row pipeline{{"global_batch", ""}, {"pp", "4"}, {"metric", "mfu"}, {"value", "0.42"}};
    EXPECT_EQ(with(pipeline).skipped, "not usable: a pipeline without a global batch");
    Row memory = pipeline;
    memory["metric"] = "memory_gb";
    memory["value"] = "60";
    EXPECT_EQ(with(memory).skipped, "");
}

TEST(RowLayouts, ARowWithoutAnyIsGivenTheBestThatFits) {
    const TrainingRow row = read({{"model", "llama-2-7b"}, {"micro_batch", ""}});
    EXPECT_EQ(row.skipped, "");
    EXPECT_EQ(chips_used(row.plan), 64);
    EXPECT_TRUE(evaluate(row.context, row.plan).fits);
    ASSERT_FALSE(row.defaults.empty());
    EXPECT_TRUE(contains(row.defaults.back(), "the best layout, as none is printed"));
}

TEST(RowLayouts, Fsdp2CountsDataRanksAndStaysGatheredBesideAPipeline) {
    Row row{{"model", "llama-2-7b"},
            {"source", "pytorch/torchtitan"},
            {"zero_fsdp", "FSDP2 8"},
            {"cp", "8"},
            {"global_batch", "8"}};
    EXPECT_EQ(read(row).plan.shard_group, 0);  // 8 x 8 are all
    row["zero_fsdp"] = "FSDP2 4";
    EXPECT_EQ(read(row).plan.shard_group, 32);
    row["cp"] = "1";
    row["global_batch"] = "64";
    EXPECT_EQ(read(row).plan.shard_group, 4);
    EXPECT_EQ(read(row).plan.sharding, Sharding::zero_3);
    row["pp"] = "8";
    EXPECT_EQ(read(row).plan.sharding, Sharding::zero_1);
    row["source"] = "own";
    EXPECT_EQ(read(row).plan.sharding, Sharding::zero_3);
}

/// Two prints of one run say how FLOPs were counted, whatever the source's words mean.
TEST(RowFlops, APairOfPrintsFixesTheConvention) {
    const Row run{{"model", "llama-2-7b"}, {"seq", "32768"}, {"cp", "4"}, {"global_batch", "16"}};
    Row flops = run, step = run;
    const TrainingRow alone = read(flops);
    const double causal = flops_per_token(alone, FlopConvention::causal_attention);
    flops["metric"] = "tflops_per_gpu";
    // 16 x 32,768 tokens in 10 s on 64 chips
    flops["value"] = std::to_string(16 * 32768.0 / 10 / 64 * causal / 1e12);
    step["value"] = "10.0";
    const CsvTable table = table_of({flops, step});
    EXPECT_EQ(resolve_training_row(table, 0, built_in_catalog()).convention,
              FlopConvention::causal_attention);
    EXPECT_EQ(resolve_training_row(table_of({flops}), 0, built_in_catalog()).convention,
              FlopConvention::full_attention);
    Row other = step;
    other["tp"] = "2";  // another run
    EXPECT_EQ(resolve_training_row(table_of({flops, other}), 0, built_in_catalog()).convention,
              FlopConvention::full_attention);
}

TEST(Metrics, WallTimeIsAStepAndHoursAreTokens) {
    Step step;
    step.likelier.total = Seconds::from_si(2);
    const auto of = [&](const char* metric) {
        return predict(read({{"model", "llama-2-7b"}, {"metric", metric}}), step);
    };
    EXPECT_EQ(of("step_s_wall"), 2);
    // 256 x 4096 tokens in 2 s on 64 chips
    EXPECT_DOUBLE_EQ(of("gpu_hours_per_T_tokens"), 1e12 / (256 * 4096.0 / 2 / 64) / 3600);
    EXPECT_EQ(
        read(
            {{"model", "llama-2-7b"}, {"metric", "step_s_wall"}, {"flags", "including evaluation"}})
            .skipped,
        "the metric includes evaluation or convergence");
}

}  // namespace TEST_FILE
}  // namespace millwright
