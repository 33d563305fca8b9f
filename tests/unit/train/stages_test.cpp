// Layers of pipeline stages: worked divisions, what may be split, and that nothing is lost.
#include "millwright/train/stages.h"

#include <gtest/gtest.h>

#include <numeric>

#include "millwright/compute/weights.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

using Counts = std::vector<std::int64_t>;

TEST(Stages, LayersAreDividedAsWorked) {
    EXPECT_EQ(stage_layers(8, 1), (Counts{8}));
    EXPECT_EQ(stage_layers(8, 4), (Counts{2, 2, 2, 2}));
    EXPECT_EQ(stage_layers(9, 4), (Counts{2, 3, 2, 2}));   // the rest to the middle
    EXPECT_EQ(stage_layers(10, 4), (Counts{2, 3, 3, 2}));  // both ends without
    EXPECT_EQ(stage_layers(11, 4), (Counts{3, 3, 3, 2}));  // only the last without
    EXPECT_EQ(stage_layers(3, 2), (Counts{2, 1}));
    EXPECT_EQ(stage_layers(2, 4), (Counts{0, 1, 1, 0}));
    EXPECT_EQ(stage_layers(0, 3), (Counts{0, 0, 0}));
}

TEST(Stages, EmbeddingAndHeadCountAsLayersWhereTheyAreBalanced) {
    const auto layers = [](std::size_t count, std::int64_t stages, double first, double last) {
        return balanced_layers(std::vector<double>(count, 1), stages, first, last);
    };
    EXPECT_EQ(layers(32, 4, 0, 4), (Counts{9, 9, 9, 5}));  // shares of 9
    EXPECT_EQ(layers(32, 4, 1, 3), (Counts{8, 9, 9, 6}));
    EXPECT_EQ(layers(126, 16, 1, 1),
              (Counts{7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7}));  // Llama 3.1 405B
    EXPECT_EQ(layers(32, 2, 0, 4), (Counts{18, 14}));
    EXPECT_EQ(layers(8, 2, 0, 100), (Counts{8, 0}));  // never fewer than none
    EXPECT_EQ(layers(32, 1, 0, 4), (Counts{32}));
    EXPECT_EQ(layers(3, 3, 0, 0), (Counts{1, 1, 1}));
    // two light layers weigh as much as a heavy one
    EXPECT_EQ(balanced_layers({1, 1, 1, 1, 2, 2}, 4, 0, 0), (Counts{2, 2, 1, 1}));
}

/// What the heaviest of the best division into `stages` weighs, by trying all last stages.
double lightest_heaviest(std::vector<double> units, std::int64_t stages) {
    double sum = std::accumulate(units.begin(), units.end(), 0.0);
    if (stages == 1) return sum;
    double best = sum, last = 0;
    while (units.size() >= static_cast<std::size_t>(stages)) {
        last += units.back();
        units.pop_back();
        best = std::min(best, std::max(last, lightest_heaviest(units, stages - 1)));
    }
    return best;
}

TEST(Stages, NoDivisionHasALighterHeaviestStage) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        unsigned state = seed;
        const auto drawn = [&] { return (state = state * 1'664'525U + 1'013'904'223U) >> 29U; };
        std::vector<double> weights;
        for (unsigned i = 0; i < 4 + seed % 5; ++i) weights.push_back(0.5 + drawn());
        const double first = drawn() / 4.0, last = drawn();
        std::vector<double> units{first};
        units.insert(units.end(), weights.begin(), weights.end());
        units.push_back(last);
        for (std::int64_t stages = 1; stages <= 4; ++stages) {
            const Counts counts = balanced_layers(weights, stages, first, last);
            EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::size_t{0}),
                      weights.size());
            double heaviest = 0;
            std::size_t at = 0;
            for (std::size_t i = 0; i < counts.size(); ++i) {
                double sum = (i == 0 ? first : 0) + (i + 1 == counts.size() ? last : 0);
                for (std::int64_t n = 0; n < counts[i]; ++n) sum += weights[at++];
                heaviest = std::max(heaviest, sum);
            }
            EXPECT_NEAR(heaviest, lightest_heaviest(units, stages), 1e-9) << "seed " << seed;
        }
    }
}

// Shares of 7.9, 16 and 4.5: a stage has the layer that passes its share, and a heavy head leaves
// the last stages without layers.
TEST(Stages, LayersGoToAStageUntilItsRunningCostPassesItsShare) {
    const auto running = [](std::int64_t layers, std::int64_t stages, double head) {
        return running_layers(std::vector<double>(static_cast<std::size_t>(layers), 1), stages, 0,
                              head);
    };
    EXPECT_EQ(running(28, 4, 3.6), (Counts{8, 8, 8, 4}));
    EXPECT_EQ(running(28, 2, 4), (Counts{17, 11}));
    EXPECT_EQ(running(16, 8, 4), (Counts{3, 3, 2, 3, 2, 3, 0, 0}));
    EXPECT_EQ(running(8, 1, 4), (Counts{8}));
    for (std::int64_t stages = 2; stages <= 12; ++stages) {
        const Counts counts = running(24, stages, 2.5);
        const double share = 26.5 / static_cast<double>(stages);
        double cost = 0;
        for (std::size_t i = 0; i + 1 < counts.size(); ++i) {
            cost += static_cast<double>(counts[i]);
            if (cost >= 24) break;
            EXPECT_GT(cost, share * static_cast<double>(i + 1)) << stages << " " << i;
            EXPECT_LE(cost - 1, share * static_cast<double>(i + 1)) << stages << " " << i;
        }
        EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}), 24) << stages;
    }
}

TEST(Stages, AnyDivisionIsOfAllLayersAndNearlyEven) {
    for (std::int64_t layers = 0; layers <= 24; ++layers) {
        for (std::int64_t stages = 1; stages <= 12; ++stages) {
            const Counts even = stage_layers(layers, stages);
            EXPECT_EQ(std::accumulate(even.begin(), even.end(), std::int64_t{0}), layers);
            const auto [least, most] = std::minmax_element(even.begin(), even.end());
            EXPECT_LE(*most - *least, 1);
            if (stages > 1) {
                EXPECT_EQ(even.back(), layers / stages) << layers << " over " << stages;
            }
        }
    }
}

struct Split {
    std::int64_t layers, pipeline, virtual_stages;
    bool layout, ends, even;
};

TEST(Stages, ChunksHaveWholeLayersByTheRuleOfTheRelease) {
    for (const Split& s : {
             Split{32, 1, 1, true, true, true},
             {32, 1, 2, false, false, false},  // nobody to take turns with
             {32, 4, 1, true, true, true},     // 8 each
             {32, 4, 4, true, true, true},     // 2 a chunk
             {32, 4, 3, false, false, false},  // 12 chunks
             {31, 4, 1, true, true, false},    // one fewer at an end: 32 with the head
             {30, 4, 1, true, true, false},    // with embedding and head
             {29, 4, 1, true, false, false},   // 8, 7, 7, 7 by layout alone
             {31, 2, 2, true, true, false},    // the fullest has 16 of two chunks
             {30, 2, 1, true, true, true},     // 15 each
             {126, 16, 4, true, true, false},  // Llama 3.1 405B: 8 in the middle, two a chunk
             {61, 16, 1, true, false, false},  // DeepSeek-V3
             {61, 8, 2, true, false, false},   // 8 in the fullest, of two chunks of four
             {4, 6, 1, true, true, false},     // two stages of embedding and head alone
             {4, 7, 1, false, false, false},   // three without a layer
             {6, 4, 2, true, true, false},     // 8 chunks: 6 of a layer, and both ends
             {5, 3, 2, true, true, false},     // 6 chunks with the head
         }) {
        const auto can = [&](StageDivision division) {
            return can_split(division, s.layers, s.pipeline, s.virtual_stages);
        };
        SCOPED_TRACE(testing::Message()
                     << s.layers << " over " << s.pipeline << " x " << s.virtual_stages);
        EXPECT_EQ(can(StageDivision::layout), s.layout);
        EXPECT_EQ(can(StageDivision::ends), s.ends);
        EXPECT_EQ(can(StageDivision::even), s.even);
        EXPECT_EQ(can(StageDivision::one), s.pipeline == 1 && s.virtual_stages == 1);
    }
}

// Stricter releases split nothing that a layout by hand could not.
TEST(Stages, EachRuleAllowsWhatAStricterOneDoes) {
    for (std::int64_t layers = 1; layers <= 40; ++layers) {
        for (std::int64_t pipeline = 1; pipeline <= 12; ++pipeline) {
            for (std::int64_t v = 1; v <= 6; ++v) {
                const auto can = [&](StageDivision d) { return can_split(d, layers, pipeline, v); };
                EXPECT_LE(can(StageDivision::one), can(StageDivision::even));
                EXPECT_LE(can(StageDivision::even), can(StageDivision::ends));
                EXPECT_LE(can(StageDivision::ends), can(StageDivision::layout))
                    << layers << " over " << pipeline << " x " << v;
            }
        }
    }
}

/// Layers by kind: two of full attention among eight windowed ones, dense first, then experts.
Model mixed_model() {
    Model m = tiny_experts();
    m.layers.value = 10;
    m.window.value = 16;
    m.full_every.value = 4;
    m.mtp_layers.value = 2;
    return m;
}

TEST(Stages, EveryStageHasTheLayersThatStandThere) {
    const Model m = mixed_model();
    const Pattern pattern = pattern_of(m);
    const std::vector<double> ones(10, 1);
    for (const StageBalance& balance : {StageBalance{}, StageBalance{0, 2}}) {
        for (std::int64_t pipeline = 1; pipeline <= 10; ++pipeline) {
            const Stages all = each_stage(m, pipeline, balance);
            const Counts counts = balance.head > 0 ? balanced_layers(ones, pipeline, 0, 2)
                                                   : stage_layers(10, pipeline);
            ASSERT_EQ(all.size(), counts.size());
            std::size_t at = 0;
            for (std::size_t i = 0; i < all.size(); ++i) {
                LayerCounts wanted(pattern.kinds.size());
                for (std::int64_t n = 0; n < counts[i]; ++n) ++wanted[pattern.order[at++]];
                if (i + 1 == all.size()) wanted[pattern.prediction] += 2;
                EXPECT_EQ(all[i].layers, wanted) << "stage " << i << " of " << pipeline;
                EXPECT_EQ(all[i].count, counts[i]);
                EXPECT_EQ(all[i].first, i == 0);
                EXPECT_EQ(all[i].last, i + 1 == all.size());
            }
        }
    }
}

TEST(Stages, ClassesAreOfLikeStagesAndHoldEachOnce) {
    const Model m = mixed_model();
    for (std::int64_t pipeline = 1; pipeline <= 10; ++pipeline) {
        const Stages all = each_stage(m, pipeline);
        const Stages classes = stages_of(m, pipeline);
        std::vector<int> seen(all.size(), 0);
        for (const Stage& c : classes) {
            EXPECT_EQ(c.index, c.all.front());
            EXPECT_EQ(c.copies, static_cast<std::int64_t>(c.all.size()));
            for (const std::int64_t i : c.all) {
                const Stage& one = all[static_cast<std::size_t>(i)];
                ++seen[static_cast<std::size_t>(i)];
                EXPECT_EQ(one.layers, c.layers);
                EXPECT_EQ(one.first, c.first);
                EXPECT_EQ(one.last, c.last);
                EXPECT_GE(i, c.index);
            }
        }
        EXPECT_EQ(seen, std::vector<int>(all.size(), 1));
        EXPECT_TRUE(classes.back().last);
    }
    EXPECT_EQ(stages_of(tiny_model(), 4).size(), 3U);  // first, two alike, last
}

// On one rank all stages hold what the model has, but for what no stage is charged with: the last
// norm, and of each prediction block its projection of two states to one and its three norms. Tied
// embeddings are one matrix on one rank, else one at each end.
TEST(Stages, WeightsOfAllStagesAreTheModels) {
    for (const bool tied : {false, true}) {
        for (const std::int64_t predicted : {0, 2}) {
            Model m = mixed_model();
            m.tied_embeddings = tied;
            m.mtp_layers.value = predicted;
            const TrainContext c = tiny_context(m);
            const ShardCosts costs = shard_costs(c, {.global_batch = 1});
            const WeightCount count = weights_of(m);
            const double left_out = 8 + static_cast<double>(predicted) * (2 * 8 * 8 + 3 * 8);
            for (const std::int64_t pipeline : {1, 2, 3, 5, 10}) {
                Weights sum;
                for (const Stage& stage : each_stage(m, pipeline)) {
                    const Weights own = stage_weights(c, costs, stage);
                    sum.shared += own.shared;
                    sum.routed += own.routed;
                }
                const double second = tied && pipeline > 1 ? 16 * 8 : 0;
                EXPECT_DOUBLE_EQ(sum.shared + sum.routed,
                                 count.total + count.extra - left_out + second);
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
