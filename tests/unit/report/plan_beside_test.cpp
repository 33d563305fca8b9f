// A pinned plan beside the best of all: a sentence, a table, and the law that none is better.
#include "millwright/report/plan_beside.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/plan_text.h"

namespace millwright {
namespace TEST_FILE {

PlanAnswer answered(const PlanPins& pins, const std::string& model = "llama-3.2-1b") {
    PlanQuestion q{
        .model = model, .server = "hgx-h100", .chips = 8, .global_batch = 64, .sequence = 4096};
    q.pins = pins;
    return plan(q, {}).value();
}

TEST(PlanBeside, ASlowerPlanIsExplainedPartByPart) {
    PlanPins pins;
    pins.tensor.values = {8};
    pins.recompute = {Recompute::full};
    const PlanAnswer answer = answered(pins);
    const std::string text = plan_answer_text(answer, 3, 0);
    EXPECT_TRUE(contains(text, "\nthe best of all: ")) << text;
    EXPECT_TRUE(contains(text, " times as fast as this plan\n")) << text;
    EXPECT_TRUE(contains(text, "exposed communication: tensor")) << text;
    const auto json = plan_answer_json(answer, 0)["best_of_all"];
    EXPECT_EQ(json["plan"]["tensor"], answer.of_all->found.plan.tensor);
    EXPECT_LT(answer.of_all->figures.step.value, answer.figures.front().step.value);
    EXPECT_FALSE(contains(text, "it does not fit"));
}

// By cost another number of chips is best: days and dollars tell it, and not parts of a step.
TEST(PlanBeside, ByCostDaysAndDollarsStandBesideEachOther) {
    PlanQuestion q{.model = "llama-3.2-1b",
                   .server = "hgx-h100",
                   .chips = 64,
                   .global_batch = 64,
                   .sequence = 4096};
    q.pins.data.values = {64};
    q.by_cost = true;
    q.tokens = 1e12 * unit::token;
    q.deadline = 4000 * unit::day;
    const PlanAnswer answer = plan(q, {}).value();
    const std::string text = beside_best_text(answer);
    ASSERT_TRUE(answer.of_all);
    EXPECT_LT(chips_used(answer.of_all->found.plan), 64) << text;
    EXPECT_TRUE(contains(text, "USD a million")) << text;
    EXPECT_FALSE(contains(text, "times as fast")) << text;
}

TEST(PlanBeside, TheBestHasNothingBesideIt) {
    const PlanAnswer free = answered({});
    EXPECT_FALSE(free.of_all);
    EXPECT_EQ(beside_best_text(free), "");
    EXPECT_TRUE(plan_answer_json(free, 0)["best_of_all"].is_null());
    const Plan& best = free.found.best.plan;
    PlanPins pins;
    pins.tensor.values = {best.tensor};
    pins.data.values = {best.data};
    pins.micro_batch.values = {best.micro_batch};
    const PlanAnswer pinned = answered(pins);
    EXPECT_TRUE(contains(beside_best_text(pinned), "no plan of all is better"));
}

TEST(PlanBeside, WhatIsTooLargeSaysByHowMuch) {
    PlanPins pins;
    pins.tensor.values = {1};
    pins.pipeline.values = {1};
    pins.sharding = {Sharding::none};
    pins.micro_batch.values = {1};
    pins.recompute = {Recompute::full};
    const PlanAnswer answer = answered(pins, "llama-3.1-8b");
    ASSERT_FALSE(answer.figures.front().fits);
    const std::string text = plan_answer_text(answer, 3, 0);
    EXPECT_TRUE(contains(text, "it does not fit: ")) << text;
    EXPECT_TRUE(contains(text, " over the ")) << text;
    EXPECT_TRUE(contains(text, "optimizer states alone are ")) << text;
}

RC_GTEST_PROP(PlanBesideLaws, NoPinnedPlanThatFitsIsFasterThanTheBestOfAll, ()) {
    PlanPins pins;
    pins.tensor.values = {std::int64_t{1} << *rc::gen::inRange(0, 4)};
    if (*rc::gen::arbitrary<bool>()) pins.recompute = {Recompute::selective};
    if (*rc::gen::arbitrary<bool>()) pins.micro_batch.values = {*rc::gen::element(1, 2, 4)};
    const PlanAnswer answer = answered(pins);
    RC_PRE(answer.found.feasible);
    RC_ASSERT(answer.of_all);
    RC_ASSERT(answer.of_all->figures.step.value <= answer.figures.front().step.value * (1 + 1e-9));
}

}  // namespace TEST_FILE
}  // namespace millwright
