// The space of plans and its search, on systems small enough to try every plan.
#include <gtest/gtest.h>

#include "millwright/search/search.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

TEST(Space, EveryPlanHasANumber) {
    const TrainContext c = context_on("mixtral-8x7b", "hgx-h100", 64);
    const PlanSpace space = plan_space(c, {64, 128, 256});
    ASSERT_GT(space.numbers(), 1000U);
    for (std::uint64_t n = 0; n < space.numbers(); n += 1 + space.numbers() / 997) {
        EXPECT_EQ(number_of(space, plan_at(space, n)), n);
    }
    EXPECT_THROW(number_of(space, Plan{.tensor = 3, .global_batch = 128}), BrokenContract);
}

TEST(Space, SaysWhyAPlanCannotRun) {
    const TrainContext c = context_on("mixtral-8x7b", "hgx-h100", 64);
    const PlanSpace space = plan_space(c, {64, 128, 128});
    Plan plan{.tensor = 8, .pipeline = 4, .data = 2, .expert = 8, .global_batch = 128};
    EXPECT_TRUE(can_run(space, plan)) << why_not(space, plan);
    plan.data = 4;
    EXPECT_NE(why_not(space, plan).find("128 chips are needed, 64 are there"), std::string::npos);
    plan.data = 1;
    plan.expert = 16;
    EXPECT_NE(why_not(space, plan).find("expert ways"), std::string::npos);
    plan.expert = 8;
    plan.schedule = Schedule::interleaved;
    plan.virtual_stages = 12;
    EXPECT_NE(why_not(space, plan).find("chunks of whole layers"), std::string::npos);
}

/// Best score over all numbers, the slow way.
double best_by_enumeration(const TrainContext& c, const PlanSpace& space) {
    double best = 1e300;
    for (std::uint64_t n = 0; n < space.numbers(); ++n) {
        const Plan plan = plan_at(space, n);
        if (!can_run(space, plan)) continue;
        const Step step = evaluate(c, plan);
        if (step.fits) best = std::min(best, step.times.total.si());
    }
    return best;
}

TEST(Search, FindsWhatEnumerationFinds) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 16);
    const SpaceLimits limits{16, 32, 32};
    const SearchResult found = search(c, limits);
    ASSERT_TRUE(found.feasible);
    EXPECT_DOUBLE_EQ(found.best.step.si(), best_by_enumeration(c, plan_space(c, limits)));
    EXPECT_EQ(found.in_space, found.evaluated + found.pruned);
    EXPECT_LT(found.evaluated, found.in_space);
}

TEST(Search, ExhaustiveTimesEveryPlanThatFits) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 16);
    const SearchResult all = search(c, {16, 32, 32}, {.exhaustive = true});
    const SearchResult usual = search(c, {16, 32, 32});
    EXPECT_EQ(all.in_space, usual.in_space);
    EXPECT_GT(all.evaluated, usual.evaluated);
    EXPECT_EQ(all.best.plan, usual.best.plan);
}

TEST(Search, NoPlanOfTheFrontBeatsAnother) {
    for (const bool by_cost : {false, true}) {
        const SearchResult found = search(context_on("llama-3.1-70b", "hgx-h100", 256),
                                          {256, 512, 512}, {.by_cost = by_cost});
        ASSERT_GT(found.pareto.size(), 2U);
        for (const Candidate& a : found.pareto) {
            for (const Candidate& b : found.pareto) {
                // at least as good in all three: as no two of a front are alike, better in one
                const bool beats = &a != &b && a.score <= b.score && a.memory <= b.memory &&
                                   chips_used(a.plan) <= chips_used(b.plan);
                EXPECT_FALSE(beats) << describe(a.plan) << " and " << describe(b.plan);
            }
        }
    }
}

TEST(Search, TellsWhatALargeModelLacks) {
    const SearchResult found = search(context_on("llama-3.1-405b", "hgx-h100", 8), {8, 8, 8});
    EXPECT_FALSE(found.feasible);
    EXPECT_GT(found.smallest.memory, 80 * unit::GB);
    ASSERT_FALSE(found.reasons.empty());
    EXPECT_NE(found.reasons[0].example.find("needs"), std::string::npos);
}

TEST(Search, LetsTheBatchGrowIfAllowed) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 512);
    const SearchResult fixed = search(c, {512, 64, 64});
    const SearchResult grown = search(c, {512, 64, 512});
    EXPECT_EQ(fixed.best.plan.global_batch, 64);
    EXPECT_GT(grown.best.plan.global_batch, 64);
    EXPECT_LT(grown.best.score, fixed.best.score);
}

// Chips are paid by the second, and a step on more of them has more to wait for.
TEST(Search, CostPrefersFewerChips) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 1024);
    const SearchResult time = search(c, {1024, 1024, 1024});
    const SearchResult cost = search(c, {1024, 1024, 1024}, {.by_cost = true});
    EXPECT_LT(chips_used(cost.best.plan), chips_used(time.best.plan));
}

TEST(Search, BestOnlyFindsTheSameBest) {
    for (const auto& [model, server] :
         {std::pair{"llama-3.1-70b", "hgx-h100"}, std::pair{"deepseek-v3", "gb200-nvl72"}}) {
        const TrainContext c = context_on(model, server, 1024);
        const SearchResult whole = search(c, {1024, 1024, 1024});
        const SearchResult best = search(c, {1024, 1024, 1024}, {.best_only = true});
        EXPECT_EQ(best.best.plan, whole.best.plan);
        EXPECT_EQ(best.best.step.si(), whole.best.step.si());
        EXPECT_EQ(best.in_space, whole.in_space);
        EXPECT_LT(best.evaluated, whole.evaluated);
        EXPECT_TRUE(best.pareto.empty());
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
