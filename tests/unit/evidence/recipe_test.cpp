// Rows of runs as recipes: what their cells mean for model, layout, recompute and flags, and what
// each metric makes of a step.
#include <gtest/gtest.h>

#include <map>

#include "millwright/base/text.h"
#include "millwright/compute/weights.h"
#include "millwright/evidence/row_recipe.h"
#include "millwright/evidence/rules.h"
#include "millwright/evidence/training_row.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

using Row = std::map<std::string, std::string>;

/// A row of 64 chips that can be predicted, with other or further cells.
TrainingRow read(const Row& cells, const std::string& framework = "nemo") {
    Row row{{"id", "r"},          {"source", "own"},       {"system", "H100-80GB SXM"},
            {"chips", "64"},      {"model", "llama-2-7b"}, {"seq", "4096"},
            {"metric", "step_s"}, {"value", "9.5"},        {"global_batch", "256"},
            {"micro_batch", "2"}};
    for (const auto& [name, text] : cells) row[name] = text;
    CsvTable table{.file = "t.csv"};
    table.rows.emplace_back();
    table.lines = {2};
    for (const auto& [name, text] : row) {
        table.columns.push_back(name);
        table.rows[0].push_back(text);
    }
    return resolve_training_row(table, 0, catalog(), framework);
}

bool says(const TrainingRow& row, std::string_view words) {
    return std::ranges::any_of(row.defaults, [&](const auto& d) { return contains(d, words); });
}

TEST(Layouts, DataWaysAreWhatTheOthersLeave) {
    const TrainingRow plain = read({{"tp", "4"}, {"pp", "2"}, {"cp", "2"}, {"ep", "8"}});
    EXPECT_EQ(plain.plan.data, 4);
    EXPECT_EQ(plain.plan.expert, 8);
    EXPECT_TRUE(says(plain, "data ways from the chips"));
    EXPECT_EQ(chips_used(plain.plan), 64);
    // what is printed is believed where it agrees
    EXPECT_FALSE(says(read({{"tp", "4"}, {"dp", "16"}}), "data ways"));
    const TrainingRow wrong = read({{"tp", "4"}, {"dp", "8"}});
    EXPECT_EQ(wrong.plan.data, 16);
    EXPECT_TRUE(says(wrong, "data ways from the chips"));
}

TEST(Layouts, BatchesThatAreNotPrintedAreTold) {
    const TrainingRow row = read({{"global_batch", ""}, {"metric", "tokens_per_s_per_gpu"}});
    EXPECT_EQ(row.plan.global_batch, 128);  // two of each of 64 data ways
    EXPECT_TRUE(says(row, "one micro-batch a step"));
    EXPECT_TRUE(says(read({{"micro_batch", ""}, {"tp", "1"}}), "micro-batch 1"));
    EXPECT_EQ(read({{"global_batch", ""}}).skipped, "not usable: no global batch");
    EXPECT_EQ(read({{"global_batch", ""}, {"micro_batch", ""}}).skipped,
              "not usable: neither global batch nor micro-batch");
}

TEST(Layouts, VirtualStagesInterleaveAPipelineAndNothingElse) {
    EXPECT_EQ(read({{"pp", "4"}, {"vp", "2"}}).plan.schedule, Schedule::interleaved);
    EXPECT_EQ(read({{"pp", "4"}}).plan.schedule, Schedule::one_f_one_b);
    const TrainingRow none = read({{"pp", "1"}, {"vp", "2"}});
    EXPECT_EQ(none.plan.virtual_stages, 1);
    EXPECT_EQ(none.plan.schedule, Schedule::one_f_one_b);
}

TEST(Layouts, ShardingHasManySpellings) {
    for (const auto& [text, sharding] :
         {std::pair("", Sharding::zero_1), std::pair("zero-1", Sharding::zero_1),
          std::pair("0", Sharding::none), std::pair("ZeRO-0", Sharding::none),
          std::pair("none", Sharding::none), std::pair("2", Sharding::zero_2),
          std::pair("FSDP shard_grad_op", Sharding::zero_2), std::pair("FSDP2", Sharding::zero_3),
          std::pair("ZeRO-3", Sharding::zero_3), std::pair("3", Sharding::zero_3)}) {
        EXPECT_EQ(read({{"zero_fsdp", text}}).plan.sharding, sharding) << text;
    }
    EXPECT_EQ(read({{"zero_fsdp", "HSDP, FSDP group 8"}}).plan.shard_group, 8);
    // what does not divide the ranks, or is all of them, is no group
    for (const char* text : {"FSDP group 7", "FSDP group 64", "FSDP group 0"}) {
        EXPECT_EQ(read({{"zero_fsdp", text}}).plan.shard_group, 0) << text;
    }
    EXPECT_TRUE(contains(read({{"zero_fsdp", "FSDP group 99999999999"}}).skipped, "is too large"));
}

TEST(RecomputeWords, MeanWhatIsRepeated) {
    const auto of = [](const char* text) { return read({{"recompute", text}, {"pp", "4"}}); };
    EXPECT_EQ(of("none").plan.recompute, Recompute::none);
    EXPECT_EQ(of("full").plan.recompute, Recompute::full);
    EXPECT_EQ(of("full").context.assume.repeated_share, 1);
    // Llama 2 7B has 32 layers, eight a stage
    EXPECT_EQ(of("2 layers/stage full").context.assume.repeated_share, 0.25);
    EXPECT_EQ(of("block 8").context.assume.repeated_share, 0.25);
    EXPECT_EQ(of("block 64").context.assume.repeated_share, 1);
    EXPECT_EQ(of("block 8").plan.recompute, Recompute::full);
    const TrainingRow listed = of("selective: moe+layernorm+core_attn");
    EXPECT_EQ(listed.plan.recompute, Recompute::selective);
    EXPECT_EQ(listed.context.assume.repeated, repeats::experts | repeats::norm | repeats::core);
    EXPECT_EQ(of("selective").context.assume.repeated, repeats::core);
    const TrainingRow half = of("selective AC");
    EXPECT_EQ(half.context.assume.repeated_products, 0.5);
    EXPECT_EQ(half.context.assume.repeated, repeats::norm | repeats::activation);
    EXPECT_EQ(of("minimal policy").context.assume.repeated, repeats::norm | repeats::activation);
    EXPECT_TRUE(contains(of("block 9999999999999").skipped, "is too large"));
}

TEST(Flags, ChangeTheSharesThatTheyName) {
    const TrainAssumptions own = read({}).context.assume;
    const auto of = [](const char* text) { return read({{"flags", text}}).context.assume; };
    EXPECT_EQ(of("TP comm overlap").tensor_overlap, 0.7);
    EXPECT_EQ(of("vanilla TP").tensor_overlap, 0);
    EXPECT_EQ(of("no async p2p").pipeline_overlap, 0);
    EXPECT_EQ(of("no grad-reduce overlap").data_overlap, 0);
    EXPECT_EQ(of("EP overlap on").expert_overlap, 0.8);
    EXPECT_TRUE(of("DeepEP").forwarded_dispatch);
    EXPECT_TRUE(own.forwarded_dispatch);
    EXPECT_FALSE(of("alltoall dispatcher").forwarded_dispatch);
    EXPECT_FALSE(read({{"year", "2024"}}).context.assume.forwarded_dispatch);
    EXPECT_EQ(of("full_iteration graph").host_layer, Seconds{});
    EXPECT_EQ(of("cuda graph attn").host_layer.si(), 0.5 * own.host_layer.si());
    EXPECT_EQ(of("natural routing").routing_skew, 1.3);
    EXPECT_EQ(of("no grouped GEMM").grouped_streams, 1);
    EXPECT_EQ(of("no grouped GEMM").routing_skew, 1.3);
    EXPECT_EQ(of("no grouped GEMM; forced balanced routing").routing_skew, 1);
    EXPECT_FALSE(of("plain tp").sequence_parallel);
    EXPECT_EQ(of("").tensor_overlap, own.tensor_overlap);
    EXPECT_TRUE(read({{"model", "llama-2-7b LoRA rank16"}}).context.frozen_weights);
    EXPECT_FALSE(read({}).context.frozen_weights);
}

TEST(Recipes, PrecisionsHaveManySpellings) {
    for (const auto& [text, precision] :
         {std::pair("bf16", Precision::bf16), std::pair("fp16", Precision::bf16),
          std::pair("", Precision::bf16), std::pair("FP8 delayed", Precision::fp8),
          std::pair("float8", Precision::fp8), std::pair("MXFP8", Precision::fp8_block),
          std::pair("fp8 blockwise", Precision::fp8_block), std::pair("NVFP4", Precision::fp4)}) {
        const TrainingRow row = read({{"precision", text}, {"system", "B200-180GB SXM"}});
        EXPECT_EQ(row.context.precision, precision) << text;
    }
    // the chip has no rate of FP4: BF16 stands in and is told
    const TrainingRow row = read({{"precision", "nvfp4"}});
    EXPECT_EQ(row.context.precision, Precision::bf16);
    EXPECT_TRUE(says(row, "bf16 in place of a format without a known rate"));
}

TEST(RowModels, AreOfTheCatalogOrOfPrintedDimensions) {
    EXPECT_EQ(read({{"layers", "16"}}).context.model.layers.value, 16);
    const TrainingRow own = read({{"model", "mine"}, {"layers", "4"}, {"hidden", "1024"}});
    EXPECT_EQ(own.skipped, "");
    EXPECT_EQ(own.context.model.ffn.value, 4096);
    EXPECT_EQ(own.context.model.heads.value, 8);
    EXPECT_TRUE(says(own, "heads of width 128"));
    EXPECT_TRUE(says(own, "vocabulary of 32,000"));
    // gated: 4 x (4 x 1024^2 + 3 x 1024 x 4096) and two embeddings; the printed size says neither
    const TrainingRow sized =
        read({{"model", "mine"}, {"layers", "4"}, {"hidden", "1024"}, {"params_b", "0.083"}});
    EXPECT_FALSE(sized.context.model.gated);
    EXPECT_TRUE(sized.context.model.tied_embeddings);
    EXPECT_NEAR(parameters(sized.context.model) / 1e9, 0.083, 0.001);
    EXPECT_EQ(read({{"model", "mine"}}).skipped, "model 'mine' is unknown and without dimensions");
    EXPECT_EQ(read({{"value", "0"}}).skipped, "the measured value is zero");
    EXPECT_EQ(read({{"metric", "loss"}}).skipped, "the metric includes evaluation or convergence");
}

/// A step of two seconds of 256 x 4096 tokens on 64 chips.
TEST(Metrics, AreOfTheStepByTheSourcesOwnDefinition) {
    Step step;
    step.likelier = {Seconds::from_si(2), 60.0 * unit::GB};
    const auto of = [&](const char* metric, const char* value = "9.5", const char* source = "own",
                        const char* recompute = "none") {
        return predict(read({{"metric", metric},
                             {"value", value},
                             {"source", source},
                             {"recompute", recompute}}),
                       step);
    };
    const double tokens = 256.0 * 4096 / 2;
    EXPECT_EQ(of("step_s"), 2);
    EXPECT_EQ(of("memory_gb"), 60);
    EXPECT_DOUBLE_EQ(of("tokens_per_s_total"), tokens);
    EXPECT_DOUBLE_EQ(of("tokens_per_s_per_gpu"), tokens / 64);
    const Model& model = part_named(catalog().models, "llama-2-7b");
    const double causal = model_flops_per_token(model, 4096).si();
    const double none = model_flops_per_token(model, 0).si();
    const double full = none + 2 * (causal - none);
    EXPECT_DOUBLE_EQ(of("tflops_per_gpu"), tokens / 64 * full / 1e12);
    EXPECT_DOUBLE_EQ(of("tflops_per_gpu", "9.5", "Megatron-Bridge"), tokens / 64 * causal / 1e12);
    EXPECT_NEAR(of("tflops_per_gpu", "9.5", "recomputed forward counted", "full"),
                tokens / 64 * full / 1e12 * 4 / 3, 1e-6);
    // in per cent where the print is above one
    EXPECT_DOUBLE_EQ(of("mfu", "40"), 100 * of("mfu", "0.40"));
}

TEST(Metrics, NoChipHasMoreMemoryThanItHas) {
    TrainingRow row = read({{"metric", "memory_gb"}});
    const double capacity = row.context.chip.memory_capacity.in(unit::GB);
    row.measured = 1.1 * capacity - 0.01;
    EXPECT_EQ(why_impossible(row, Step{}), "");
    row.measured = 1.1 * capacity + 0.01;
    EXPECT_TRUE(contains(why_impossible(row, Step{}), "of which the chip has 80"));
}

TEST(WorkedCases, AreCountedByTheirConfidence) {
    const std::string head =
        "id,chip,date,destination,tpp,area,dc_marketed,expected_class,expected_verdict,"
        "confidence\n";
    const auto judged = [&](const std::string& rows) {
        return validate_rules(parse_csv(head + rows, "w.csv").value(), catalog());
    };
    const auto v = judged(
        "a,x,2024-06-01,CN,5000,800,Y,3A090.a,no,high\n"
        "b,x,2024-06-01,CN,5000,800,Y,none,no,low\n"
        "c,x,2024-06-41,CN,5000,800,Y,none,no,low\n");
    ASSERT_TRUE(v) << to_text(v.error());
    EXPECT_EQ(v->summary.count, 2U);
    EXPECT_EQ(v->summary.skipped, 1U);
    ASSERT_EQ(v->groups.size(), 2U);
    EXPECT_EQ(v->groups[1].confidence, "low");
    EXPECT_EQ(v->groups[1].skipped, 1U);
    EXPECT_TRUE(v->rows[0].predicted.starts_with("3A090.a/")) << v->rows[0].predicted;
    EXPECT_EQ(v->rows[1].measured, "none/no");
    EXPECT_TRUE(contains(v->rows[2].skipped, "'2024-06-41' in date is no date"));
    EXPECT_FALSE(v->rows[2].right());
    const auto again = judged("a,x,2024-06-01,CN,5000,800,Y,3A090.a," +
                              v->rows[0].predicted.substr(8) + ",high\n");
    EXPECT_EQ(again->summary.right, 1U);
    EXPECT_FALSE(
        validate_rules(parse_csv("id,chip,date,destination\n", "w.csv").value(), catalog()));
}

}  // namespace TEST_FILE
}  // namespace millwright
