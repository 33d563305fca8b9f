// Plans whose coordinates are pinned: read, refused with a reason, and evaluated as given.
#include <gtest/gtest.h>

#include "millwright/search/search.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

PlanPins pins_of(const PinTexts& texts) {
    const auto pins = read_pins(texts);
    EXPECT_TRUE(pins) << (pins ? "" : to_text(pins.error()));
    return pins.value_or(PlanPins{});
}

/// Texts that pin every coordinate of a plan.
PinTexts texts_of(const Plan& plan) {
    PinTexts texts;
    for_each_pinnable([&](const auto& field, auto) {
        const auto value = plan.*field.member;
        if constexpr (std::is_enum_v<decltype(value)>) {
            texts.emplace(field.key, name_of(value));
        } else {
            texts.emplace(field.key, std::to_string(value));
        }
    });
    return texts;
}

TEST(Pins, AreAValueAListOrARange) {
    const PlanPins pins = pins_of({{"tensor", "8"}, {"pipeline", "4,1,2,2"}, {"data", "1..8"}});
    EXPECT_EQ(pins.tensor.values, std::vector<std::int64_t>{8});
    EXPECT_EQ(pins.pipeline.values, (std::vector<std::int64_t>{1, 2, 4}));
    EXPECT_EQ(pins.data.from, 1);
    EXPECT_EQ(pins.data.to, 8);
    EXPECT_FALSE(pins.context.given());
    EXPECT_TRUE(any(pins));
    EXPECT_FALSE(any(pins_of({})));
}

TEST(Pins, ThatCannotBeReadAreAllTold) {
    for (const char* text : {"0", "-1", "1.5", "x", "1,,2", "1,", "8..1", "1..", "..8", "1e9",
                             "nan", "1..2..3", "99999999999999999999"}) {
        EXPECT_FALSE(read_pins({{"tensor", text}})) << text;
    }
    const auto pins =
        read_pins({{"tensor", "no"}, {"schedule", "gpipe"}, {"sharding", "zero-1,zero-9"}});
    ASSERT_FALSE(pins);
    ASSERT_EQ(pins.error().size(), 3U);
    EXPECT_EQ(pins.error()[1].at.file, "--schedule");
    EXPECT_NE(pins.error()[1].hint.find("interleaved"), std::string::npos);
}

TEST(Pins, OfNoCoordinateAreFaults) {
    const auto pins = read_pins({{"micro_batch", "2"}, {"microbatch", "2"}, {"global_batch", "8"}});
    ASSERT_FALSE(pins);
    ASSERT_EQ(pins.error().size(), 2U);
    EXPECT_EQ(pins.error()[0].at.file, "--global-batch");
    EXPECT_EQ(pins.error()[1].at.file, "--microbatch");
    EXPECT_NE(pins.error()[1].hint.find("micro_batch"), std::string::npos);
}

TEST(Pins, OfOnePlanEvaluateItEvenWhereItDoesNotFit) {
    const TrainContext c = context_on("llama-3.1-70b", "hgx-h100", 64);
    PinTexts texts = texts_of({.tensor = 1, .data = 64, .sharding = Sharding::none});
    const SpaceLimits limits{64, 64, 64, pins_of(texts)};
    ASSERT_TRUE(pin_faults(c, limits).empty());
    const SearchResult found = search_pinned(c, limits);
    ASSERT_EQ(found.pareto.size(), 1U);
    EXPECT_FALSE(found.feasible);
    EXPECT_FALSE(found.pareto[0].fits);
    EXPECT_EQ(found.in_space, 1U);
    EXPECT_EQ(found.too_large, 1U);
    const Step step = evaluate(c, found.pareto[0].plan);
    EXPECT_EQ(found.pareto[0].step.si(), step.times.total.si());
    EXPECT_GT(found.pareto[0].memory, step.usable);
}

TEST(Pins, TakeWholeLayersAndAnySchedule) {
    TrainContext c = context_on("llama-3.1-70b", "hgx-h100", 1024);
    c.assume.has_schedule = {true, false, false};
    c.assume.stages = StageDivision::one;  // pinned, it is taken all the same
    const PlanPins pins = pins_of({{"tensor", "8"},
                                   {"pipeline", "16"},
                                   {"context", "1"},
                                   {"virtual_stages", "5"},
                                   {"micro_batch", "1"},
                                   {"schedule", "interleaved"}});
    const SpaceLimits limits{1024, 1024, 1024, pins};
    EXPECT_TRUE(pin_faults(c, limits).empty());
    const SearchResult found = search_pinned(c, limits);
    ASSERT_FALSE(found.pareto.empty());
    for (const Candidate& candidate : found.pareto) {
        EXPECT_EQ(candidate.plan.virtual_stages, 5);
        EXPECT_EQ(candidate.plan.pipeline, 16);
        EXPECT_EQ(candidate.plan.tensor, 8);
    }
}

TEST(Pins, ThatCannotBeAreToldWithTheReason) {
    const TrainContext c = context_on("llama-3.1-70b", "hgx-h100", 64);
    const auto message = [&](const PinTexts& texts) {
        const Faults faults = pin_faults(c, {64, 64, 64, pins_of(texts)});
        return faults.empty() ? "" : to_text(faults);
    };
    EXPECT_NE(message({{"tensor", "7"}}).find("64 attention heads do not divide into 7"),
              std::string::npos);
    EXPECT_NE(message({{"expert", "2"}}).find("--expert"), std::string::npos);
    EXPECT_NE(message({{"tensor", "3..3"}}).find("anything of 3 to 3"), std::string::npos);
    EXPECT_NE(message({{"pipeline", "81"}}).find("80 layers are fewer than 81"), std::string::npos);
    EXPECT_NE(message({{"tensor", "8"}, {"pipeline", "16"}}).find("128 chips are needed"),
              std::string::npos);
    EXPECT_NE(message({{"pipeline", "8"}, {"virtual_stages", "4"}}).find("whole layers"),
              std::string::npos);
    EXPECT_NE(message({{"virtual_stages", "2"}, {"schedule", "1f1b"}}).find("interleaved"),
              std::string::npos);
    EXPECT_NE(message({{"pipeline", "4"}, {"sharding", "zero-3"}}).find("without pipeline"),
              std::string::npos);
    EXPECT_NE(message({{"pipeline", "1"}, {"schedule", "zero-bubble"}}).find("2 stages or more"),
              std::string::npos);
    EXPECT_NE(message({{"offload", "both"}}).find("host memory"), std::string::npos);
    EXPECT_NE(message({{"data", "3"}, {"micro_batch", "5"}}).find("--micro-batch"),
              std::string::npos);
    EXPECT_NE(message({{"data", "3"}, {"micro_batch", "5"}}).find("--data"), std::string::npos);
}

TEST(Pins, ThatMultiplyBeyondAnyWholeNumberNeedTooManyChips) {
    TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 64);
    c.model.heads.value = c.model.kv_heads.value = 1 << 14;
    c.sequence = 1 << 23;
    for (const char* data : {"4194304", "8388608"}) {  // 2^63 chips and 2^64
        const PlanPins pins = pins_of({{"tensor", "16384"},
                                       {"context", "8388608"},
                                       {"pipeline", "16"},
                                       {"data", data},
                                       {"micro_batch", "1"}});
        const Faults faults = pin_faults(c, {64, 1 << 23, 1 << 23, pins});
        ASSERT_EQ(faults.size(), 1U);
        EXPECT_NE(faults[0].message.find("chips are needed, 64 are there"), std::string::npos)
            << faults[0].message;
    }
}

TEST(Pins, ThatDoNotSplitTheLayersSayWhatDoes) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 64);  // 32 layers
    const Faults faults = pin_faults(
        c, {64, 64, 64,
            pins_of({{"pipeline", "5"}, {"virtual_stages", "2"}, {"schedule", "interleaved"}})});
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_NE(faults[0].message.find("32 layers do not split into 5 x 2 chunks"),
              std::string::npos);
    EXPECT_NE(faults[0].hint.find("pipeline can be 2, 4, 6, 8"), std::string::npos)
        << faults[0].hint;
    // those that the hint names and that divide the chips do
    for (const char* ways : {"2", "4", "8", "16"}) {
        EXPECT_TRUE(
            pin_faults(c, {64, 64, 64, pins_of({{"pipeline", ways}, {"virtual_stages", "2"}})})
                .empty())
            << ways;
    }
}

TEST(Pins, ThatCannotBeAreAllToldAtOnce) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 64);
    const PlanPins pins = pins_of({{"tensor", "7"},
                                   {"pipeline", "5"},
                                   {"expert", "8"},
                                   {"virtual_stages", "2"},
                                   {"schedule", "interleaved"}});
    const std::string told = to_text(pin_faults(c, {64, 64, 64, pins}));
    EXPECT_NE(told.find("32 attention heads do not divide into 7"), std::string::npos) << told;
    EXPECT_NE(told.find("the model has no experts"), std::string::npos) << told;
    EXPECT_NE(told.find("5 x 2 chunks"), std::string::npos) << told;
    EXPECT_TRUE(pin_faults(c, {64, 64, 64, pins_of({{"expert", "1"}})}).empty());
    EXPECT_FALSE(pin_faults(c, {64, 64, 64, pins_of({{"expert", "2..8"}})}).empty());
}

TEST(Pins, OfARangeAreThoseThatCanBe) {
    const TrainContext c = context_on("llama-3.1-70b", "hgx-h100", 64);
    const PlanPins pins = pins_of({{"tensor", "3..9"},
                                   {"pipeline", "1..2"},
                                   {"context", "1"},
                                   {"micro_batch", "1"},
                                   {"schedule", "1f1b"},
                                   {"recompute", "full"},
                                   {"sharding", "zero-1"}});
    const SpaceLimits limits{64, 64, 64, pins};
    const PlanSpace space = plan_space(c, limits);
    EXPECT_EQ(space.tensor, (std::vector<std::int64_t>{4, 8}));
    std::uint64_t count = 0;
    for (std::uint64_t n = 0; n < space.numbers(); ++n) count += can_run(space, plan_at(space, n));
    const SearchResult found = search_pinned(c, limits);
    EXPECT_EQ(found.in_space, count);
    EXPECT_EQ(found.pareto.size(), count);
    for (std::size_t i = 1; i < found.pareto.size(); ++i) {
        EXPECT_GE(found.pareto[i - 1].fits, found.pareto[i].fits);
    }
}

TEST(Pins, OnTheBestPlanGiveTheBestPlan) {
    for (const auto& [model, server] :
         {std::pair{"llama-3.1-8b", "hgx-h100"}, std::pair{"deepseek-v3", "gb200-nvl72"}}) {
        const TrainContext c = context_on(model, server, 576);
        const SearchResult best = search(c, {576, 576, 576});
        ASSERT_TRUE(best.feasible);
        const SpaceLimits limits{576, 576, 576, pins_of(texts_of(best.best.plan))};
        ASSERT_TRUE(pin_faults(c, limits).empty());
        const SearchResult pinned = search_pinned(c, limits);
        EXPECT_EQ(pinned.in_space, 1U);
        EXPECT_TRUE(pinned.feasible);
        EXPECT_EQ(pinned.best.plan, best.best.plan);
        EXPECT_EQ(pinned.best.step.si(), best.best.step.si());
        EXPECT_EQ(pinned.best.memory.si(), best.best.memory.si());
    }
}

TEST(Pins, OfManyPlansThatDoNotFitShowThemAll) {
    const TrainContext c = context_on("llama-3.1-405b", "hgx-h100", 8);
    const SearchResult found = search_pinned(c, {8, 64, 64, pins_of({{"tensor", "1..8"}})});
    EXPECT_FALSE(found.feasible);
    ASSERT_FALSE(found.pareto.empty());
    for (const Candidate& candidate : found.pareto) EXPECT_FALSE(candidate.fits);
}

}  // namespace TEST_FILE
}  // namespace millwright
