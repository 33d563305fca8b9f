// Pipeline schedules: what every row owes, and DualPipe against what was published of it.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "millwright/search/search.h"
#include "millwright/train/timeline.h"
#include "millwright/train/walk.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

constexpr std::size_t schedules = EnumNames<Schedule>::names.size();

Plan plan_of(Schedule schedule, std::int64_t stages, std::int64_t micro_batches) {
    return {.pipeline = stages,
            .virtual_stages = row_of(schedule).virtual_stages ? 3 : 1,
            .micro_batch = 1,
            .schedule = schedule,
            .global_batch = micro_batches};
}

/// A plan of every schedule that can be run.
std::vector<Plan> some_plans() {
    std::vector<Plan> plans;
    for (std::size_t s = 0; s < schedules; ++s) {
        for (const std::int64_t stages : {1, 2, 3, 4, 6, 8}) {
            for (const std::int64_t more : {0, 1, 2, 3}) {
                Plan plan = plan_of(static_cast<Schedule>(s), stages, 1);
                plan.global_batch = whole_rounds(plan, 1) + more * stages;
                if (has_stages(plan) && fills_rounds(plan)) plans.push_back(plan);
            }
        }
    }
    return plans;
}

TEST(Schedule, EveryRankDoesEveryPassOnceAndInOrder) {
    for (const Plan& plan : some_plans()) {
        SCOPED_TRACE(describe(plan));
        for (std::int64_t rank = 0; rank < plan.pipeline; ++rank) {
            std::map<std::pair<std::int64_t, std::int64_t>, TaskKind> done;
            std::set<std::pair<std::int64_t, std::int64_t>> owed;
            std::size_t passes = 0;
            const std::vector<Slot> order = schedule_order(plan, rank);
            for (std::size_t i = 0; i < order.size(); ++i) {
                const Slot& slot = order[i];
                const std::pair key{slot.micro_batch, slot.chunk};
                if (slot.beside) {
                    EXPECT_EQ(order[i - 1].kind, TaskKind::forward);
                    EXPECT_EQ(slot.kind, TaskKind::backward);
                    EXPECT_NE(order[i - 1].chunk, slot.chunk);
                }
                if (slot.kind == TaskKind::weight_gradient) {
                    EXPECT_EQ(owed.erase(key), 1U);
                    continue;
                }
                ++passes;
                EXPECT_EQ(done.contains(key), slot.kind == TaskKind::backward);
                if (slot.defers) owed.insert(key);
                done[key] = slot.kind;
            }
            EXPECT_TRUE(owed.empty());
            const std::int64_t each = micro_batches(plan) * plan.virtual_stages;
            EXPECT_EQ(passes, static_cast<std::size_t>(2 * each));
            EXPECT_EQ(done.size(), static_cast<std::size_t>(each));
        }
    }
}

/// Input of one pass is the output of another, all the way through the model and back.
TEST(Schedule, MicroBatchesGoThroughTheWholeModel) {
    for (const Plan& plan : some_plans()) {
        for (std::int64_t chunk = 0; chunk < chunks_of(plan); ++chunk) {
            for (std::int64_t rank = 0; rank < plan.pipeline; ++rank) {
                const auto from = [&](Station at) {
                    return source_of(plan, at.rank, {TaskKind::forward, 0, at.chunk});
                };
                const auto to = [&](Station at) {
                    return target_of(plan, at.rank, {TaskKind::forward, 0, at.chunk});
                };
                Station at{rank, chunk};
                if (from(at)) continue;
                std::int64_t stations = 1;
                EXPECT_EQ(stage_at(plan, at), 0);
                for (auto next = to(at); next; next = to(at)) {
                    EXPECT_EQ(from(*next), at);
                    EXPECT_EQ(stage_at(plan, *next), stations % plan.pipeline);
                    at = *next;
                    ++stations;
                }
                EXPECT_EQ(stations, plan.pipeline * plan.virtual_stages);
            }
        }
    }
}

/// On the first rank, which holds most; where both ends are fed all hold alike.
TEST(Schedule, TheFullestRankHoldsWhatIsCounted) {
    for (const Plan& plan : some_plans()) {
        SCOPED_TRACE(describe(plan));
        const bool all = copies_of(plan) > 1;
        double fullest = 0;
        for (std::int64_t rank = 0; rank < (all ? plan.pipeline : 1); ++rank) {
            double held = 0;
            for (const Slot& slot : schedule_order(plan, rank)) {
                if (slot.kind == TaskKind::forward) fullest = std::max(fullest, ++held);
                if (slot.kind == TaskKind::backward) --held;
            }
        }
        fullest /= static_cast<double>(plan.virtual_stages);
        const double counted = row_of(plan).in_flight(plan, 0);
        EXPECT_LE(fullest, counted + 1e-9);
        EXPECT_GE(fullest, all ? counted : 0.9 * counted - 1);
    }
}

StagePasses like_stages(std::int64_t count, double forward, double backward, double gradient,
                        double pair) {
    const Seconds f = forward * unit::s, b = backward * unit::s;
    return StagePasses(
        std::vector<StagePass>(static_cast<std::size_t>(count),
                               {f, b, gradient * unit::s, (pair - backward) * unit::s, b}));
}

Seconds busy_time(const Plan& plan, const StagePasses& stages, std::int64_t rank) {
    const std::vector<Slot> order = schedule_order(plan, rank);
    Seconds busy;
    for (std::size_t i = 0; i < order.size(); i += turn_at(order, i).size()) {
        busy += turn_length(plan, stages, rank, turn_at(order, i));
    }
    return busy;
}

/// Ranks in the middle are idle for (p/2 - 1)(F&B + B - 3W), with F&B the time of a pair, B of a
/// whole backward pass and W of its weight gradient; others do fewer passes in pairs, and where
/// pairs save nothing all wait alike.
TEST(DualPipe, LikeStagesWaitAsWasPublished) {
    const double b = 2, w = 1;
    for (const std::int64_t p : {2, 4, 8, 16}) {
        for (const std::int64_t m : {2 * p, 2 * p + 2, 6 * p}) {
            for (const double pair : {2.8, 3.0}) {
                const Plan plan = plan_of(Schedule::dualpipe, p, m);
                const StagePasses stages = like_stages(p, 1, b, w, pair);
                const double span = row_of(plan).span(plan, stages).si();
                double most = 0, least = span;
                for (std::int64_t rank = 0; rank < p; ++rank) {
                    const double idle = span - busy_time(plan, stages, rank).si();
                    most = std::max(most, idle);
                    least = std::min(least, idle);
                }
                const double published = (static_cast<double>(p) / 2 - 1) * (pair + b - 3 * w);
                EXPECT_NEAR(most, published, 1e-9) << p << " stages, " << m;
                if (pair == 3.0) {
                    EXPECT_NEAR(least, published, 1e-9) << p << " stages, " << m;
                }
            }
        }
    }
}

/// Further micro-batches take the slowest rank's time each, also of unlike stages.
TEST(DualPipe, SettlesSoonAfterItsPipelineIsFull) {
    for (const char* model : {"deepseek-v3", "gpt-oss-20b", "llama-3.1-70b"}) {
        const TrainContext context = context_on(model, "hgx-h100", 2048);
        for (const std::int64_t p : {2, 4, 6, 8, 10, 12, 16}) {
            Plan plan = plan_of(Schedule::dualpipe, p, 2 * p);
            plan.tensor = 2;
            const PipelineTime pipeline =
                pipeline_time(context, shard_costs(context, plan),
                              stages_of(context.model, p, context.balance), plan);
            for (const std::int64_t m : {2 * p, 2 * p + 2, 3 * p, 3 * p + 2, 8 * p}) {
                plan.global_batch = m;
                const Seconds told =
                    static_cast<double>(m) * pipeline.slowest.time() + bubble_time(plan, pipeline);
                EXPECT_NEAR(walked_span(plan, pipeline.passes) / told, 1, 2e-3)
                    << model << ", " << p << " stages, " << m;
            }
        }
    }
}

/// Exchanges with experts hide behind the other pass of a pair, however little the framework hides.
TEST(DualPipe, HidesExchangesWithExpertsBehindTheOtherPass) {
    TrainContext context = context_on("deepseek-v3", "hgx-h100", 1024);
    context.assume.expert_overlap = 0;
    Plan plan = plan_of(Schedule::one_f_one_b, 8, 64 * 32);
    plan.data = 32;
    plan.expert = 32;
    const Seconds one = evaluate(context, plan).times.expert;
    plan.schedule = Schedule::dualpipe;
    const Seconds other = evaluate(context, plan).times.expert;
    EXPECT_GT(other, Seconds{});
    EXPECT_LT(other, 0.5 * one);
}

/// Weights and gradients of two stages; the ranks of both copies share the optimizer's states.
TEST(DualPipe, HoldsTwoStages) {
    const TrainContext context = context_on("gpt-3-175b", "hgx-h100", 1024);
    Plan plan = plan_of(Schedule::one_f_one_b, 8, 64 * 4);
    plan.tensor = 8;
    plan.data = 4;
    const StepMemory one = evaluate(context, plan).memory;
    plan.schedule = Schedule::dualpipe;
    const StepMemory two = evaluate(context, plan).memory;
    EXPECT_NEAR(two.weights / one.weights, 2, 0.1);
    EXPECT_NEAR(two.gradients / one.gradients, 2, 0.1);
    EXPECT_NEAR(two.optimizer / one.optimizer, 1, 0.1);
    EXPECT_NEAR(two.activations / one.activations, 9.0 / 8, 0.1);
}

TEST(DualPipe, IsTakenOnlyWhereItIsPinned) {
    const TrainContext context = context_on("llama-3.1-8b", "hgx-h100", 32);
    SpaceLimits limits{32, 256, 256, {}};
    const PlanSpace free = plan_space(context, limits);
    for (const ScheduleChoice& choice : free.schedules) {
        EXPECT_NE(choice.schedule, Schedule::dualpipe);
    }
    limits.pins.schedule = {Schedule::dualpipe};
    const SearchResult found = search(context, limits, {.exhaustive = true});
    ASSERT_TRUE(found.feasible);
    EXPECT_EQ(found.best.plan.schedule, Schedule::dualpipe);
    EXPECT_EQ(found.best.step.si(), evaluate(context, found.best.plan).times.total.si());
    const SearchResult pruned = search(context, limits);
    EXPECT_EQ(pruned.best.number, found.best.number);
}

TEST(Schedule, SaysByItsRowWhatAPlanLacks) {
    const Plan odd{.pipeline = 3, .schedule = Schedule::dualpipe, .global_batch = 256};
    EXPECT_EQ(stages_lacking(odd), "dualpipe needs an even number of stages, not 3");
    const Plan lone{.pipeline = 1, .schedule = Schedule::zero_bubble, .global_batch = 8};
    EXPECT_EQ(stages_lacking(lone), "zero-bubble needs 2 stages or more, not 1");
    const Plan few{.pipeline = 8, .schedule = Schedule::dualpipe, .global_batch = 12};
    EXPECT_EQ(rounds_lacking(few),
              "12 micro-batches are fewer than the 16 that dualpipe needs with 8 stages");
    const Plan ragged{.pipeline = 8, .schedule = Schedule::interleaved, .global_batch = 9};
    EXPECT_EQ(rounds_lacking(ragged), "9 micro-batches do not divide into rounds of 8");
}

}  // namespace TEST_FILE
}  // namespace millwright
