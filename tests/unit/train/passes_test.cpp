// Passes of a micro-batch: what recompute and prediction blocks add, what passes beside each other
// hide, and where data communication stands among slots.
#include "millwright/train/passes.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

constexpr std::size_t schedules = EnumNames<Schedule>::names.size();

/// Seconds told apart by their size, so that a sum shows what went into it.
LayerCost layer_of(double scale) {
    LayerCost cost;
    Pass& f = cost.passes.forward;
    f.compute = f.blocks[0] = scale * 1 * unit::s;
    f.host = scale * 10 * unit::s;
    f.tensor.exposed = scale * 100 * unit::s;
    f.expert.exposed = scale * 1000 * unit::s;
    f.calls.dispatches = scale;
    cost.passes.backward.compute = cost.passes.backward.blocks[0] = scale * 2 * unit::s;
    cost.repeated_forward = scale * 0.25 * unit::s;
    return cost;
}

struct Costs {
    TrainContext context = tiny_context();
    ShardCosts costs;
    Stage stage{.layers = {2, 1}};

    Costs() {
        costs.layers = {layer_of(1), layer_of(3)};
        costs.embedding.passes.forward.compute = 0.125 * unit::s;
        costs.head.passes.forward.compute = 0.5 * unit::s;
        context.assume.repeated = repeats::norm;
    }
    Passes of(Recompute recompute) const { return passes_of(context, costs, stage, recompute); }
};

TEST(Passes, OfAStageAreThoseOfItsLayersAndEnds) {
    Costs c;
    EXPECT_DOUBLE_EQ(c.of(Recompute::none).forward.compute.si(), 2 * 1 + 3);
    EXPECT_DOUBLE_EQ(c.of(Recompute::none).backward.compute.si(), 2 * (2 * 1 + 3));
    c.stage.first = true;
    EXPECT_DOUBLE_EQ(c.of(Recompute::none).forward.compute.si(), 5.125);
    c.stage.last = true;
    c.context.model.mtp_layers.value = 2;  // each predicts with the head too
    EXPECT_DOUBLE_EQ(c.of(Recompute::none).forward.compute.si(), 5.125 + 3 * 0.5);
}

TEST(Passes, FullRecomputeMakesTheForwardPassAgainExchangesToo) {
    Costs c;
    const Pass none = c.of(Recompute::none).backward;
    Pass full = c.of(Recompute::full).backward;
    EXPECT_EQ(full.compute, none.compute);  // what is repeated is no useful work
    EXPECT_EQ(full.blocks, none.blocks);
    EXPECT_DOUBLE_EQ(full.repeated.si(), 5);
    EXPECT_DOUBLE_EQ(full.host.si(), 50);
    EXPECT_DOUBLE_EQ(full.tensor.exposed.si(), 500);
    EXPECT_DOUBLE_EQ(full.expert.exposed.si(), 5000);
    EXPECT_DOUBLE_EQ(full.calls.dispatches, 5);
    c.context.assume.repeated_share = 0.5;
    full = c.of(Recompute::full).backward;
    EXPECT_DOUBLE_EQ(full.repeated.si(), 2.5);
    EXPECT_DOUBLE_EQ(full.expert.exposed.si(), 2500);
}

TEST(Passes, SelectiveRecomputeDispatchesAgainOnlyWhereExpertsAreRepeated) {
    Costs c;
    Pass p = c.of(Recompute::selective).backward;
    EXPECT_DOUBLE_EQ(p.repeated.si(), 5 * 0.25);
    EXPECT_EQ(p.exposed(), Seconds{});
    EXPECT_EQ(p.calls.dispatches, 0);
    c.context.assume.repeated |= repeats::experts;
    p = c.of(Recompute::selective).backward;
    EXPECT_DOUBLE_EQ(p.expert.exposed.si(), 5000);
    EXPECT_EQ(p.tensor.exposed, Seconds{});
    EXPECT_EQ(p.calls.dispatches, 5);
}

// Up to the whole exchange hides behind the other pass's work, which it slows by the processors
// that it takes.
TEST(Passes, BesideEachOtherHideExchangesWithExperts) {
    TrainAssumptions assume;
    Pass pass;
    pass.expert = {4 * unit::s, 2 * unit::s};
    Pass other;
    for (const auto& [work, taken, exposed] :
         {std::tuple{10.0, 0.0, 0.0}, {4.0, 0.0, 2.0}, {10.0, 0.25, 1.5}, {0.0, 0.25, 6.0}}) {
        other.compute = work * unit::s;
        assume.processors_taken = taken;
        const Pass hidden = beside(assume, pass, other);
        EXPECT_DOUBLE_EQ(hidden.expert.exposed.si(), exposed);
        EXPECT_DOUBLE_EQ(hidden.expert.wire().si(), 6);
    }
}

TEST(Passes, OfATurnAreSharesOfTheirStages) {
    const TrainAssumptions assume;
    std::vector<Passes> stages(2);
    for (std::size_t i = 0; i < 2; ++i) {
        const double scale = i == 0 ? 1 : 100;
        stages[i].forward.compute = scale * 3 * unit::s;
        stages[i].backward.compute = scale * 6 * unit::s;
        stages[i].weight_gradient = scale * 2 * unit::s;
    }
    Plan plan{.pipeline = 2, .virtual_stages = 3, .schedule = Schedule::interleaved};
    const auto compute = [&](std::int64_t rank, const std::vector<Slot>& turn) {
        return turn_pass(assume, plan, stages, rank, turn).compute.si();
    };
    EXPECT_DOUBLE_EQ(compute(0, {{TaskKind::forward}}), 1);
    EXPECT_DOUBLE_EQ(compute(1, {{TaskKind::backward, 0, 2}}), 200);
    plan = {.pipeline = 2, .schedule = Schedule::zero_bubble};
    EXPECT_DOUBLE_EQ(compute(0, {{TaskKind::backward, 0, 0, true}}), 4);
    EXPECT_DOUBLE_EQ(compute(0, {{TaskKind::weight_gradient}}), 2);
    plan.schedule = Schedule::dualpipe;  // chunk 1 of rank 0 is the stage at the other end
    EXPECT_DOUBLE_EQ(compute(0, {{TaskKind::forward, 0, 1}}), 300);
    EXPECT_DOUBLE_EQ(compute(0, {{TaskKind::forward}, {TaskKind::backward, 1, 1, false, true}}),
                     3 + 600);
}

std::vector<Plan> some_plans() {
    std::vector<Plan> plans;
    for (std::size_t s = 0; s < schedules; ++s) {
        for (std::size_t z = 0; z < EnumNames<Sharding>::names.size(); ++z) {
            for (const std::int64_t stages : {1, 2, 4}) {
                Plan plan{.pipeline = stages, .schedule = static_cast<Schedule>(s)};
                plan.virtual_stages = row_of(plan).virtual_stages ? 2 : 1;
                plan.sharding = static_cast<Sharding>(z);
                plan.global_batch = 8;
                if (has_stages(plan) && fills_rounds(plan)) plans.push_back(plan);
            }
        }
    }
    return plans;
}

TEST(DataTurns, AreOnceAStepOrOnceAMicroBatch) {
    Plan plan{.global_batch = 6};
    for (const auto& [sharding, gathers, reductions] : {std::tuple{Sharding::none, 0, 1},
                                                        {Sharding::zero_1, 1, 1},
                                                        {Sharding::zero_2, 1, 6},
                                                        {Sharding::zero_3, 12, 6}}) {
        plan.sharding = sharding;
        EXPECT_EQ(data_turns(plan).gathers, gathers) << name_of(sharding);
        EXPECT_EQ(data_turns(plan).reductions, reductions) << name_of(sharding);
    }
    // each micro-batch goes through one of a rank's two stages, half of what it holds
    plan = {.pipeline = 2, .schedule = Schedule::dualpipe, .sharding = Sharding::zero_3};
    plan.global_batch = 8;
    EXPECT_EQ(data_turns(plan).gathers, 8);
    EXPECT_EQ(data_turns(plan).reductions, 4);
}

TEST(DataTurns, OfAllSlotsAreThoseOfTheStep) {
    for (const Plan& plan : some_plans()) {
        for (std::int64_t rank = 0; rank < plan.pipeline; ++rank) {
            const std::vector<Slot> order = schedule_order(plan, rank);
            const DataPlan data = data_plan(plan, order);
            const DataTurns sum = data_of_turn(data, 0, order.size());
            EXPECT_NEAR(sum.gathers, data_turns(plan).gathers, 1e-9);
            EXPECT_NEAR(sum.reductions, data_turns(plan).reductions, 1e-9);
            EXPECT_EQ(data.spread, plan.pipeline == 1);
            for (std::size_t i = 0; i < order.size(); ++i) {
                if (order[i].kind == TaskKind::weight_gradient) {
                    EXPECT_EQ(data.of_slot[i].gathers + data.of_slot[i].reductions, 0);
                }
                if (order[i].kind == TaskKind::forward) {
                    EXPECT_EQ(data.of_slot[i].reductions, 0);
                }
            }
        }
    }
}

// Gradients that are reduced once are whole only when the last micro-batch comes back, so the
// reduction begins with that one's first backward pass.
TEST(DataTurns, AreReducedOnceBesideTheLastMicroBatch) {
    for (const Plan& plan : some_plans()) {
        if (plan.sharding > Sharding::zero_1) continue;
        const std::vector<Slot> order = schedule_order(plan, 0);
        const DataPlan data = data_plan(plan, order);
        std::int64_t backwards = 0;
        for (std::size_t i = order.size(); i-- > 0;) {
            if (order[i].kind == TaskKind::backward) ++backwards;
            const bool there = order[i].kind == TaskKind::backward && backwards == chunks_of(plan);
            EXPECT_EQ(data.of_slot[i].reductions, there ? 1 : 0);
            EXPECT_EQ(data.of_slot[i].gathers, i == 0 ? data_turns(plan).gathers : 0);
        }
    }
}

TEST(RankStages, PairEachStageWithItsMirror) {
    Model m = tiny_experts();
    m.layers.value = 9;
    Plan plan{.pipeline = 4, .schedule = Schedule::dualpipe};
    const Stages all = each_stage(m, 4);
    const Stages ranks = rank_stages(plan, stages_of(m, 4));
    ASSERT_EQ(ranks.size(), 2U);
    for (std::size_t r = 0; r < 2; ++r) {
        EXPECT_EQ(ranks[r].count, all[r].count + all[3 - r].count);
        for (std::size_t k = 0; k < all[r].layers.size(); ++k) {
            EXPECT_EQ(ranks[r].layers[k], all[r].layers[k] + all[3 - r].layers[k]);
        }
        EXPECT_EQ(ranks[r].copies, 2);
        EXPECT_EQ(ranks[r].index, static_cast<std::int64_t>(r));
        EXPECT_EQ(ranks[r].first && ranks[r].last, r == 0);
    }
    plan.schedule = Schedule::one_f_one_b;
    EXPECT_EQ(rank_stages(plan, stages_of(m, 4)).size(), stages_of(m, 4).size());
}

}  // namespace TEST_FILE
}  // namespace millwright
