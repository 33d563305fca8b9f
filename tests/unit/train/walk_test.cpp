// When passes begin and end, against times found by going over all orders until nothing moves; and
// what every rank holds of micro-batches.
#include "millwright/train/walk.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>
#include <random>
#include <tuple>

namespace millwright {
namespace TEST_FILE {

constexpr std::size_t schedules = EnumNames<Schedule>::names.size();
using Key = std::tuple<std::int64_t, std::int64_t, TaskKind, std::int64_t>;  // rank, chunk, -, mb

/// Ends of all passes, or none if they are stuck: each turn as early as the turn before it on its
/// rank and the inputs of its passes allow, found by relaxation, without events.
std::map<Key, double> ends_of(const Plan& plan, const TurnLength& length) {
    std::map<Key, double> ends;
    std::vector<std::vector<Slot>> orders;
    std::vector<std::size_t> at(static_cast<std::size_t>(plan.pipeline), 0);
    std::vector<double> free(at.size(), 0);
    for (std::int64_t r = 0; r < plan.pipeline; ++r) orders.push_back(schedule_order(plan, r));
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t r = 0; r < at.size(); ++r) {
            if (at[r] >= orders[r].size()) continue;
            const auto rank = static_cast<std::int64_t>(r);
            const std::span<const Slot> turn = turn_at(orders[r], at[r]);
            double start = free[r];
            bool all_there = true;
            for (const Slot& slot : turn) {
                const auto from = source_of(plan, rank, slot);
                if (!from) continue;
                const auto made = ends.find({from->rank, from->chunk, slot.kind, slot.micro_batch});
                all_there = all_there && made != ends.end();
                if (made != ends.end()) start = std::max(start, made->second);
            }
            if (!all_there) continue;
            free[r] = start + length(rank, turn).si();
            for (const Slot& s : turn) ends[{rank, s.chunk, s.kind, s.micro_batch}] = free[r];
            at[r] += turn.size();
            moved = true;
        }
    }
    for (std::size_t r = 0; r < at.size(); ++r) EXPECT_EQ(at[r], orders[r].size());
    return ends;
}

Plan plan_of(Schedule schedule, std::int64_t stages, std::int64_t micro_batches) {
    Plan plan{.pipeline = stages, .schedule = schedule, .global_batch = micro_batches};
    plan.virtual_stages = row_of(schedule).virtual_stages ? 3 : 1;
    return plan;
}

Plan any_plan() {
    const auto schedule = static_cast<Schedule>(*rc::gen::inRange<std::size_t>(0, schedules));
    Plan plan = plan_of(schedule, *rc::gen::inRange(1, 7), 1);
    RC_PRE(has_stages(plan));
    plan.global_batch = whole_rounds(plan, 1) + plan.pipeline * *rc::gen::inRange(0, 3);
    RC_PRE(fills_rounds(plan));
    return plan;
}

TEST(Walk, EndsEachPassWhenItsInputsAndItsRankAllow) {
    EXPECT_TRUE(rc::check([] {
        const Plan plan = any_plan();
        const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
        // of a turn by itself: nothing but rank and slots says how long it takes
        const TurnLength length = [seed](std::int64_t rank, std::span<const Slot> turn) {
            const Slot& s = turn.front();
            std::mt19937_64 random(seed + 1000 * static_cast<std::uint64_t>(rank) +
                                   static_cast<std::uint64_t>(s.kind) * 17 +
                                   static_cast<std::uint64_t>(s.micro_batch * 5 + s.chunk));
            return static_cast<double>(1 + random() % 9) * unit::s;
        };
        const auto wanted = ends_of(plan, length);
        std::size_t slots = 0;
        const auto walked = walk(plan, length);
        for (std::size_t r = 0; r < walked.size(); ++r) {
            for (const WalkedSlot& w : walked[r]) {
                const Key key{static_cast<std::int64_t>(r), w.slot.chunk, w.slot.kind,
                              w.slot.micro_batch};
                RC_ASSERT(wanted.at(key) == w.end.si());
                ++slots;
            }
        }
        RC_ASSERT(slots == wanted.size());
    }));
}

StagePasses like_stages(std::int64_t count, double forward, double backward, double gradient) {
    return StagePasses(std::vector<StagePass>(
        static_cast<std::size_t>(count),
        {forward * unit::s, backward * unit::s, gradient * unit::s, {}, {}, {}, {}}));
}

// Textbook spans of like stages: (M + p - 1)(F + B), with the bubble over v where stages
// interleave, and (p - 1)(F + B - 2 W) where weight gradients fill it.
TEST(Walk, OfLikeStagesTakesTheTextbooksTime) {
    const double f = 1, b = 2, w = 0.75;
    for (const std::int64_t p : {2, 3, 4, 8}) {
        for (const std::int64_t m : {p, 2 * p, 5 * p}) {
            const StagePasses stages = like_stages(p, f, b, w);
            const auto bubble = [&](Schedule schedule) {
                const Plan plan = plan_of(schedule, p, m);
                const double work = static_cast<double>(m) * (f + b);
                const double formula = row_of(plan).span(plan, stages).si() - work;
                EXPECT_NEAR(walked_span(plan, stages).si() - work, formula, 1e-9)
                    << name_of(schedule) << ", " << p << " stages, " << m;
                return formula;
            };
            const double ways = static_cast<double>(p) - 1;
            EXPECT_NEAR(bubble(Schedule::one_f_one_b), ways * (f + b), 1e-9);
            EXPECT_NEAR(bubble(Schedule::interleaved), ways * (f + b) / 3, 1e-9);
            EXPECT_NEAR(bubble(Schedule::zero_bubble), ways * (f + b - 2 * w), 1e-9);
        }
    }
}

TEST(Walk, OfOneMicroBatchIsTheWayThereAndBack) {
    std::vector<StagePass> each;
    for (const double t : {1.0, 5.0, 2.0}) each.push_back({t * unit::s, 3 * t * unit::s, {}});
    const StagePasses stages(each);
    const Plan plan = plan_of(Schedule::one_f_one_b, 3, 1);
    EXPECT_DOUBLE_EQ(walked_span(plan, stages).si(), 8 + 24);
    EXPECT_DOUBLE_EQ(row_of(plan).span(plan, stages).si(), 8 + 24);
}

TEST(StagePasses, KnowTheSlowestUpToEach) {
    const StagePasses stages(
        {{2 * unit::s, 3 * unit::s}, {1 * unit::s, 7 * unit::s}, {4 * unit::s, 5 * unit::s}});
    EXPECT_DOUBLE_EQ(stages.all_forward.si(), 7);
    EXPECT_DOUBLE_EQ(stages.all_backward.si(), 15);
    EXPECT_EQ(stages.each[1].slowest_forward, 2 * unit::s);
    EXPECT_EQ(stages.each[2].slowest_forward, 4 * unit::s);
    EXPECT_EQ(stages.each[0].slowest_backward, 3 * unit::s);
    EXPECT_EQ(stages.each[2].slowest_backward, 7 * unit::s);
}

/// Micro-batches at once on a rank by its order: a forward pass keeps, a backward pass lets go, and
/// of a deferred one the weight gradient does.
double held_by_order(const Plan& plan, std::int64_t rank) {
    double held = 0, most = 0;
    for (const Slot& slot : schedule_order(plan, rank)) {
        if (slot.kind == TaskKind::forward) most = std::max(most, ++held);
        const bool lets_go =
            slot.kind == TaskKind::backward ? !slot.defers : slot.kind != TaskKind::forward;
        if (lets_go) --held;
    }
    EXPECT_EQ(held, 0);
    return most / static_cast<double>(plan.virtual_stages);
}

// Any number of micro-batches that can be run, not whole rounds alone.
TEST(InFlight, IsWhatTheOrderOfEachRankHolds) {
    for (const Schedule schedule : {Schedule::one_f_one_b, Schedule::interleaved}) {
        for (const std::int64_t p : {2, 3, 4, 8}) {
            for (const std::int64_t m : {1L, 2L, p, p + 1, 2 * p - 1, 2 * p, 3 * p + 1, 6 * p}) {
                for (const std::int64_t v : {2, 3, 5}) {
                    Plan plan = plan_of(schedule, p, m);
                    if (plan.virtual_stages > 1) plan.virtual_stages = v;
                    for (std::int64_t r = 0; r < p; ++r) {
                        EXPECT_NEAR(row_of(plan).in_flight(plan, r), held_by_order(plan, r), 1e-9)
                            << name_of(schedule) << ": rank " << r << " of " << p << " x " << v
                            << ", " << m;
                    }
                }
            }
        }
    }
}

TEST(InFlight, OfLateWeightGradientsIsNoMoreThanIsCounted) {
    for (const std::int64_t p : {2, 4, 8}) {
        for (const std::int64_t m : {p, 3 * p}) {
            const Plan plan = plan_of(Schedule::zero_bubble, p, m);
            for (std::int64_t r = 0; r < p; ++r) {
                EXPECT_EQ(held_by_order(plan, r), row_of(plan).in_flight(plan, r)) << r;
            }
        }
    }
}

TEST(Rounds, AreFilledBySettledPlansToo) {
    for (std::size_t s = 0; s < schedules; ++s) {
        for (const std::int64_t p : {2, 4, 6}) {
            for (std::int64_t wanted = 1; wanted <= 5 * p; ++wanted) {
                Plan plan = plan_of(static_cast<Schedule>(s), p, 1);
                plan.data = 3;
                plan.micro_batch = 2;
                const std::int64_t whole = whole_rounds(plan, wanted);
                EXPECT_GE(whole, wanted);
                plan.global_batch = whole * 6;
                EXPECT_TRUE(fills_rounds(plan)) << rounds_lacking(plan);
                const Plan seen = settled(plan);
                EXPECT_EQ(chips_used(seen), p);
                EXPECT_LE(micro_batches(seen), whole);
                EXPECT_TRUE(fills_rounds(seen));
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
