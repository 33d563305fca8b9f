// Host memory in plans: worked by hand, and laws of the space.
#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/search/search.h"
#include "millwright/trace/step_trace.h"
#include "millwright/trace/trace_program.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

TrainContext hosted(double link_GBps) {
    TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 8, 8192);
    c.host = {link_GBps * unit::GBps, 200 * unit::GB, 100 * unit::GBps};
    return c;
}

const Plan whole{.data = 8, .micro_batch = 1, .global_batch = 64};

// ZeRO-1 over 8 ranks: an eighth of 8.03 billion weights, 12 bytes each, moves to the host.
TEST(Offload, OptimizerStatesLeaveTheChip) {
    const TrainContext c = hosted(50);
    Plan moved = whole;
    moved.offload = Offload::optimizer;
    const Step here = evaluate(c, whole);
    const Step there = evaluate(c, moved);
    EXPECT_GT(here.memory.optimizer.in(unit::GB), 11);
    EXPECT_EQ(there.memory.optimizer, Bytes{});
    EXPECT_NEAR(there.memory.host.si(), here.memory.optimizer.si(), 1);
    EXPECT_EQ(here.memory.host, Bytes{});
    // 1.004 billion weights: 30 bytes each at 100 GB/s outlast 2 bytes each at 50 GB/s
    const double update = here.memory.optimizer.si() / 12 * 30 / 100e9;
    EXPECT_GE(there.times.offload.si(), update * (1 - 1e-9));
    EXPECT_LT(there.times.offload.si(), update + here.memory.optimizer.si() / 12 * 2 / 50e9);
    EXPECT_EQ(there.times.optimizer, Seconds{});
}

// 8 micro-batches; copies that are quicker than the passes are not seen, ten times slower ones are.
TEST(Offload, ActivationsHideBehindPassesWhereTheLinkIsFast) {
    Plan moved = whole;
    moved.offload = Offload::activations;
    const Step fast = evaluate(hosted(450), moved);
    const Step slow = evaluate(hosted(10), moved);
    EXPECT_EQ(fast.times.offload, Seconds{});
    EXPECT_GT(slow.times.offload, Seconds{});
    EXPECT_GT(slow.times.total, fast.times.total);
    EXPECT_LT(fast.memory.activations, evaluate(hosted(450), whole).memory.activations);
    EXPECT_GT(fast.memory.host, Bytes{});
}

TEST(Offload, HostsThatAreTooSmallDoNotFit) {
    TrainContext c = hosted(450);
    c.host.memory = 1 * unit::GB;
    Plan moved = whole;
    moved.offload = Offload::both;
    EXPECT_FALSE(evaluate(c, moved).fits);
}

// The space has each plan with and without the host; its best is never slower for having more.
TEST(OffloadLaw, ATierMoreIsNeverSlower) {
    TrainContext without = hosted(63);
    without.host = {};
    const SpaceLimits limits{8, 64, 64};
    const SearchResult plain = search(without, limits, {});
    const SearchResult slow = search(hosted(63), limits, {});
    const SearchResult fast = search(hosted(450), limits, {});
    ASSERT_TRUE(plain.feasible && slow.feasible && fast.feasible);
    EXPECT_LE(slow.best.step, plain.best.step);
    EXPECT_LE(fast.best.step, slow.best.step);
    EXPECT_EQ(slow.in_space, 4 * plain.in_space);
    const PlanSpace space = plan_space(hosted(63), limits);
    for (std::uint64_t n = 0; n < space.numbers(); n += 97) {
        EXPECT_EQ(number_of(space, plan_at(space, n)), n);
    }
}

// Our own trace: all ranks, groups that cover them, as many passes as the schedule has.
TEST(StepTrace, EveryRankHasItsPasses) {
    TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 32);
    Plan plan{.tensor = 2, .pipeline = 4, .data = 4, .micro_batch = 1, .global_batch = 32};
    const FabricGraph graph = graph_of(shape_on("hgx-h100", 32));
    const ChakraTrace trace = step_trace(c, plan, graph);
    ASSERT_EQ(trace.ranks.size(), 32U);
    EXPECT_EQ(trace.groups.size(), 16U + 8U);
    EXPECT_EQ(trace.groups.at("tp-5"), (std::vector<std::uint32_t>{10, 11}));
    EXPECT_EQ(trace.groups.at("dp-3"), (std::vector<std::uint32_t>{9, 11, 13, 15}));
    Seconds work;
    std::size_t sends = 0, receives = 0;
    for (const auto& rank : trace.ranks) {
        for (const ChakraNode& node : rank) {
            work += node.duration;
            sends += node.type == ChakraType::send ? 1 : 0;
            receives += node.type == ChakraType::receive ? 1 : 0;
        }
    }
    EXPECT_EQ(sends, receives);
    EXPECT_EQ(sends, 8U * 2 * 3 * 8);  // ranks of a stage, both ways, borders, micro-batches
    const ProgramOutcome o = execute(graph, program_of(trace, graph, {}).value());
    const Seconds step = evaluate(c, plan).times.total;
    EXPECT_NEAR(o.total / step, 1, 0.03);
}

}  // namespace TEST_FILE
}  // namespace millwright
