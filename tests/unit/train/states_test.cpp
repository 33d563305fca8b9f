// States of a cluster and hosts that are late, by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/train/step_ends.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

/// Half a second a neighbour, a tenth more with each doubling of domains; a job of four domains is
/// as likely stalled for its size as not, and one in ten is whatever its size.
TrainContext stalling() {
    TrainContext c = tiny_context();
    c.network = plain_network(1024, 8);
    c.assume.states.wait = 0.5 * unit::s;
    c.assume.states.growth = 1.1;
    c.assume.states.background = 0.1;
    c.assume.states.half = 4;
    return c;
}

/// Four micro-batches on so many chips.
Plan piped(std::int64_t pipeline, std::int64_t chips) {
    const std::int64_t data = chips / pipeline;
    return {.pipeline = pipeline, .data = data, .global_batch = 4 * data};
}

// Eight domains are three doublings and twice the four of even odds: odds of 2^5 to 1.
TEST(States, WaitsAndOddsAreAsWorked) {
    TrainContext c = stalling();
    const StalledState eight = stalled_state(c, piped(4, 64));
    EXPECT_NEAR(eight.wait.si(), 0.5 * 1.331 * (2 * 4 + 0.5 * 2), 1e-12);
    EXPECT_NEAR(eight.odds, 1 - 0.9 / 33, 1e-12);
    EXPECT_TRUE(eight.likelier());
    Plan two = piped(4, 16);
    EXPECT_NEAR(stalled_state(c, two).odds, 1 - 0.9 * 32 / 33, 1e-12);
    EXPECT_FALSE(stalled_state(c, two).likelier());
    // of two stages each has one neighbour, and none stands between
    EXPECT_NEAR(stalled_state(c, piped(2, 64)).wait.si(), 0.5 * 1.331 * 4, 1e-12);
    EXPECT_EQ(stalled_state(c, piped(4, 8)).wait, Seconds{});   // one domain
    EXPECT_EQ(stalled_state(c, piped(1, 64)).wait, Seconds{});  // no pipeline
    EXPECT_EQ(stalled_state(tiny_context(), piped(4, 64)).wait, Seconds{});
    c.assume.states.replicated = 0.7;
    two.sharding = Sharding::none;
    EXPECT_NEAR(stalled_state(c, two).odds, 1 - 0.9 * 32 / 33, 1e-12);  // every other one leaves
    two = piped(2, 16);
    two.sharding = Sharding::none;
    EXPECT_NEAR(stalled_state(c, two).odds, 1 - 0.3 * 32 / 33, 1e-12);  // all leave
}

TEST(States, WideTensorGroupsAlwaysStall) {
    TrainContext c = stalling();
    Plan plan = piped(2, 32);
    plan.tensor = 16;
    plan.data = 1;
    EXPECT_LT(stalled_state(c, plan).odds, 1);
    c.assume.states.tensor_domains = 2;
    EXPECT_LT(stalled_state(c, plan).odds, 1);
    c.assume.states.tensor_domains = 1;
    EXPECT_EQ(stalled_state(c, plan).odds, 1);
}

// The step is of the likelier state, the other is the wait away.
TEST(States, BothAreFound) {
    const TrainContext c = stalling();
    for (const std::int64_t chips : {16, 64, 256}) {
        const Plan plan = piped(4, chips);
        const Seconds usual = evaluate(tiny_context(), plan).times.total;
        const Step step = evaluate(c, plan);
        const Seconds stalled = usual + step.stalled.wait;
        const bool likelier = chips > 16;
        EXPECT_NEAR(step.times.total.si(), (likelier ? stalled : usual).si(), 1e-9) << chips;
        EXPECT_NEAR(step.other.total.si(), (likelier ? usual : stalled).si(), 1e-9) << chips;
        EXPECT_EQ(step.likelier.total, step.times.total);
    }
    const Step alone = evaluate(tiny_context(), piped(4, 64));
    EXPECT_EQ(alone.other.total, alone.times.total);
}

// What is queued is there while there is room, but where the chip waits for its host: in a stalled
// job, and where two stages take turns with a host that is late.
TEST(States, NothingIsQueuedWhereTheChipWaits) {
    TrainContext c = stalling();
    c.assume.queued_bytes = 100;
    Plan plan{.tensor = 2, .pipeline = 4, .data = 8, .global_batch = 32};
    const Step stalls = evaluate(c, plan);
    ASSERT_TRUE(stalls.stalled.likelier());
    EXPECT_GT(stalls.memory.queued, Bytes{});
    EXPECT_EQ(stalls.likelier.resident, stalls.memory.total);
    EXPECT_EQ(stalls.other.resident, stalls.memory.total + stalls.memory.queued);
    c.chip.memory_capacity = stalls.memory.total + 0.25 * stalls.memory.queued;
    EXPECT_EQ(evaluate(c, plan).other.resident, c.chip.memory_capacity);
    c.chip.memory_capacity = 1 * unit::GB;
    c.assume.states = {};
    plan.pipeline = 2;
    const Bytes whole = evaluate(c, plan).memory.total + evaluate(c, plan).memory.queued;
    EXPECT_EQ(evaluate(c, plan).likelier.resident, whole);
    c.assume.tensor_stall = 1 * unit::s;
    EXPECT_EQ(evaluate(c, plan).likelier.resident, evaluate(c, plan).memory.total);
    plan.pipeline = 4;
    EXPECT_GT(evaluate(c, plan).likelier.resident, evaluate(c, plan).memory.total);
}

// Two tensor ranks of a second each: a stage of one layer takes two seconds of the host there and
// back, in its own passes and in the bubble; the chip's own time hides in them.
TEST(LateHost, TakesTheLongerOfHostAndChip) {
    TrainContext c = tiny_context();
    c.network = plain_network(1024, 8);
    Plan plan{.tensor = 2, .pipeline = 4, .data = 2, .global_batch = 8};
    const StepParts parts = step_parts(c, plan);
    const double slowest = parts.pipeline.slowest.time().si();
    const double busy = 4 * slowest + parts.times.bubble.si();
    c.assume.tensor_stall = 1 * unit::s;
    const Step step = evaluate(c, plan);
    EXPECT_NEAR(step.times.host.si() / ((2 / slowest - 1) * busy), 1, 1e-6);
    EXPECT_NEAR((step.times.total - parts.times.total - step.times.host).si(), 0, 1e-6);
    c.assume.tensor_stall = 0.1 * slowest * unit::s;  // shorter than the chip's own time
    EXPECT_EQ(evaluate(c, plan).times.total, parts.times.total);
    c.assume.tensor_stall = 1 * unit::s;
    plan.data = 1;  // eight chips are one domain
    plan.global_batch = 4;
    EXPECT_EQ(evaluate(c, plan).times.host, Seconds{});
}

// Nothing hides the host's own part of a message.
TEST(LateHost, MessagesTakeTheHostTime) {
    TrainContext c = tiny_context();
    const Plan plan{.pipeline = 4, .global_batch = 4};
    const Seconds before = evaluate(c, plan).times.pipeline;
    c.assume.host_message = 2 * unit::ms;
    const double messages = exposed_messages_of(c.assume, plan);
    EXPECT_NEAR((evaluate(c, plan).times.pipeline - before).si(), messages * 2e-3, 1e-12);
}

}  // namespace TEST_FILE
}  // namespace millwright
