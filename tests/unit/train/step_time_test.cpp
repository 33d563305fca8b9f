// Parts of a step's time by hand: exchange of gradients and weights, messages, host memory
// and what all ranks wait for.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "millwright/train/step_ends.h"
#include "millwright/train/timeline.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

constexpr double wire = 1e9, across = 1e8;  // tests/tiny.h
constexpr double layer = 976, table = 128;
constexpr double whole = 4 * layer + 2 * table;

DataTime data_of(const TrainContext& c, const Plan& plan) { return step_parts(c, plan).data; }

// n ranks reduce or gather a buffer with (n - 1) / n of it sent by each, and all-reduce with twice
// that.
TEST(DataTime, IsTheBytesOfAllWeights) {
    const TrainContext c = tiny_context();
    for (const double n : {2.0, 4.0, 8.0}) {
        Plan plan{.data = static_cast<std::int64_t>(n), .global_batch = 8};
        const double part = (n - 1) / n / wire;
        plan.sharding = Sharding::none;
        EXPECT_NEAR(data_of(c, plan).reduce.si(), 2 * 4 * whole * part, 1e-15);
        EXPECT_EQ(data_of(c, plan).gather, Seconds{});
        for (const Sharding s : {Sharding::zero_1, Sharding::zero_2, Sharding::zero_3}) {
            plan.sharding = s;
            EXPECT_NEAR(data_of(c, plan).reduce.si(), 4 * whole * part, 1e-15);
            EXPECT_NEAR(data_of(c, plan).gather.si(), 2 * whole * part, 1e-15);
        }
    }
    EXPECT_EQ(data_of(c, {.global_batch = 1}).reduce, Seconds{});
}

// Beyond a domain of eight chips all go at the pace between domains, which a ring of all ranks
// crosses on eight rails at once.
TEST(DataTime, CrossesDomainsOnAllRails) {
    const TrainContext c = tiny_context();
    const Plan plan{.data = 16, .sharding = Sharding::zero_1, .global_batch = 16};
    EXPECT_NEAR(data_of(c, plan).gather.si(), 2 * whole * 15 / 16 / (8 * across), 1e-15);
}

TEST(DataTime, OfExpertsIsOfTheRanksThatHoldThem) {
    const TrainContext c = tiny_context(tiny_experts());
    const Plan plan{.data = 8, .expert = 4, .sharding = Sharding::zero_1, .global_batch = 8};
    const double dense = layer + 3 * (192 + 16 + 384 + 32) + 2 * table;
    const double routed = 3 * 384;
    EXPECT_NEAR(data_of(c, plan).reduce.si(), 4 * (dense * 7 / 8 + routed / 2) / wire, 1e-15);
}

// HSDP: reduced within a group of four, then each rank's fourth is all-reduced with its like in
// the other group; the four of a group are in one domain here, the others in the next.
TEST(DataTime, OfSharingGroupsApartAddsTheirAllReduce) {
    TrainContext c = tiny_context();
    c.network = plain_network(64, 4);
    Plan plan{.data = 8, .sharding = Sharding::zero_3, .shard_group = 4, .global_batch = 8};
    const double within = 4 * whole * 3 / 4 / wire;
    const double between = 4 * whole / 4 * 2 / 2 / across;
    EXPECT_NEAR(data_of(c, plan).reduce.si(), within + between, 1e-12);
    EXPECT_NEAR(data_of(c, plan).gather.si(), 2 * whole * 3 / 4 / wire, 1e-12);
    c.assume.factors.data = 1.5;
    EXPECT_NEAR(data_of(c, plan).reduce.si(), 1.5 * (within + between), 1e-12);
}

// Two ways of experts in groups of four of eight ranks: an expert is on two ranks of a group, each
// of which owns half of its gradients and adds them up with one rank of the other group.
TEST(DataTime, OfSharingGroupsApartReducesExpertsByTheirOwn) {
    TrainContext c = tiny_context(tiny_experts());
    c.network = plain_network(64, 4);
    Plan plan{.data = 8, .expert = 2, .sharding = Sharding::zero_3, .shard_group = 4};
    plan.global_batch = 8;
    const double dense = layer + 3 * (192 + 16 + 384 + 32) + 2 * table;
    const double routed = 3 * 2 * 384;
    const double within = 4 * (dense * 3 / 4 + routed / 2) / wire;
    const double between = 4 * (dense / 4 + routed / 2) * 2 / 2 / across;
    EXPECT_NEAR(data_of(c, plan).reduce.si(), within + between, 1e-12);
}

// Adapters leave no gradients of weights, but sharded weights are gathered for each pass all the
// same.
TEST(DataTime, OfFrozenWeightsIsTheirGathering) {
    TrainContext c = tiny_context();
    c.frozen_weights = true;
    Plan plan{.data = 4, .global_batch = 8};
    for (const Sharding s : {Sharding::none, Sharding::zero_1, Sharding::zero_2}) {
        plan.sharding = s;
        EXPECT_EQ(data_of(c, plan).reduce, Seconds{});
        EXPECT_EQ(data_of(c, plan).gather, Seconds{});
        EXPECT_EQ(evaluate(c, plan).times.optimizer, Seconds{});
    }
    plan.sharding = Sharding::zero_3;
    const double gather = 2 * whole * 3 / 4 / wire;
    EXPECT_EQ(data_of(c, plan).reduce, Seconds{});
    EXPECT_NEAR(data_of(c, plan).gather.si(), gather, 1e-15);
    EXPECT_NEAR(evaluate(c, plan).times.data.si(), 2 * 2 * gather, 1e-12);  // two micro-batches
}

TEST(StepTime, ExposesDataAsOftenAsItsTurns) {
    const TrainContext c = tiny_context();
    Plan plan{.data = 4, .global_batch = 12};  // three micro-batches
    const double scatter = 4 * whole * 3 / 4 / wire, gather = scatter / 2;
    for (const auto& [sharding, exposed] : {std::tuple{Sharding::none, 2 * scatter},
                                            {Sharding::zero_1, scatter + gather},
                                            {Sharding::zero_2, 3 * scatter + gather},
                                            {Sharding::zero_3, 3 * (scatter + 2 * gather)}}) {
        plan.sharding = sharding;
        EXPECT_NEAR(evaluate(c, plan).times.data.si(), exposed, 1e-12) << name_of(sharding);
    }
}

// What may hide does, up to the compute that hides nothing else, of which two thirds are the
// backward pass: all of it here, all but attention where a ring hides there.
TEST(StepTime, HidesDataBehindTheRestOfCompute) {
    TrainContext c = tiny_context();
    c.chip.dense.fill(1e-3 * unit::TFLOPS);
    Plan plan{.data = 4, .sharding = Sharding::zero_1, .global_batch = 4};
    const Pass slowest = step_parts(c, plan).pipeline.slowest;
    const double window = slowest.blocks[static_cast<std::size_t>(Block::mlp)].si() +
                          slowest.blocks[static_cast<std::size_t>(Block::vocabulary)].si();
    const double scatter = 4 * whole * 3 / 4 / wire, gather = scatter / 2;
    ASSERT_GT(window, 3 * scatter);
    c.assume.data_overlap = 0.6;
    EXPECT_NEAR(evaluate(c, plan).times.data.si(), 0.4 * (scatter + gather), 1e-12);
    c.assume.processors_taken = 0.5;
    EXPECT_NEAR(evaluate(c, plan).times.data.si(), 0.7 * (scatter + gather), 1e-12);
    c = tiny_context();
    c.assume.data_overlap = 1;  // but there is little to hide behind
    c.network.inner.per_chip = 1e-3 * unit::GBps;
    const double rest = step_parts(c, plan).pipeline.slowest.compute.si();
    EXPECT_NEAR(evaluate(c, plan).times.data.si(), 1e3 * (scatter + gather) - rest, 1e-9);
    Plan ring = plan;
    ring.data = ring.context = 2;
    ring.global_batch = 2;
    const Pass beside = step_parts(c, ring).pipeline.slowest;
    const double left = (beside.compute - beside.blocks[0]).si();
    EXPECT_NEAR(evaluate(c, ring).times.data.si(), 1e3 * (scatter + gather) - left, 1e-9);
    // states that all keep have an overlap of their own
    plan.sharding = Sharding::none;
    c.assume.replicated_overlap = 0;
    EXPECT_NEAR(evaluate(c, plan).times.data.si(), 1e3 * 2 * scatter, 1e-9);
}

TEST(StepTime, UpdatesWhatARankOwns) {
    TrainContext c = tiny_context(tiny_experts());
    c.chip.memory_bandwidth = unit::GBps;
    const double dense = layer + 3 * (192 + 16 + 384 + 32) + 2 * table;
    Plan plan{.data = 8, .expert = 4, .sharding = Sharding::none, .global_batch = 8};
    EXPECT_NEAR(evaluate(c, plan).times.optimizer.si(), 30 * (dense + 3 * 384) / 1e9, 1e-12);
    plan.sharding = Sharding::zero_1;
    EXPECT_NEAR(evaluate(c, plan).times.optimizer.si(), 30 * (dense / 8 + 3 * 384 / 2.0) / 1e9,
                1e-12);
}

// Each pass but those that hide sends a message of 32 x 8 x 2 bytes to the next stage, and the
// first has to go all the way and the last all the way back.
TEST(StepTime, SendsAMessageAPass) {
    TrainContext c = tiny_context();
    Plan plan{.pipeline = 4, .global_batch = 12};
    const double message = 512 / wire;
    EXPECT_NEAR(evaluate(c, plan).times.pipeline.si(), (2 * 12 + 2 * 3) * message, 1e-15);
    c.assume.pipeline_overlap = 0.75;
    c.assume.factors.pipeline = 2;
    EXPECT_NEAR(evaluate(c, plan).times.pipeline.si(), 2 * (6 + 6) * message, 1e-15);
    EXPECT_DOUBLE_EQ(steady_messages_of(c.assume, plan), 6);
    plan.schedule = Schedule::interleaved;
    plan.virtual_stages = 2;
    EXPECT_DOUBLE_EQ(exposed_messages_of(c.assume, plan), 12 + 6);
    plan = {.pipeline = 4, .schedule = Schedule::dualpipe, .global_batch = 12};
    // 3 x 4 - 2 passes have none beside them; each way is two stages shorter at both ends
    EXPECT_DOUBLE_EQ(exposed_messages_of(c.assume, plan), 10 * 0.25 + 3);
    plan.pipeline = 1;
    plan.schedule = Schedule::one_f_one_b;
    EXPECT_EQ(evaluate(c, plan).times.pipeline, Seconds{});
}

TEST(StepTime, CopiesActivationsBehindPassesBothWays) {
    TrainContext c = tiny_context();
    c.host = {unit::GBps, unit::GB, unit::GBps};
    Plan plan{.global_batch = 5};
    plan.offload = Offload::activations;
    const StepParts parts = step_parts(c, plan);
    const double copy = 4.0 * 32 * 2 * 152 / 1e9;  // 152 values a token and layer
    const double forward = parts.pipeline.slowest.compute.si() / 3;
    const double waits = std::max(copy - forward, 0.0) + std::max(copy - 2 * forward, 0.0);
    ASSERT_GT(waits, 0);
    EXPECT_NEAR(parts.times.offload.si(), 5 * waits, 1e-12);
}

// Gradients go down as far as they are not hidden, then weights come up while the host updates.
TEST(StepTime, UpdatesOnTheHostWhileWeightsComeUp) {
    TrainContext c = tiny_context();
    Plan plan{.global_batch = 1};
    plan.offload = Offload::optimizer;
    const double copy = 2 * whole / 1e9;
    for (const auto& [bandwidth, update] : {std::pair{1e9, 30 * whole / 1e9}, {1e12, copy}}) {
        c.host = {unit::GBps, unit::GB, Bandwidth::from_si(bandwidth)};
        const StepTimes t = evaluate(c, plan).times;
        EXPECT_EQ(t.optimizer, Seconds{});
        EXPECT_NEAR(t.offload.si(), copy + update, 1e-12);
    }
}

TEST(StepTime, WaitsForTheSlowestChipAndTheHost) {
    TrainContext c = tiny_context();
    const Plan plan{.data = 8, .global_batch = 16};
    const StepTimes plain = evaluate(c, plan).times;
    const Seconds busy = plain.total - plain.data - plain.optimizer;
    c.assume.jitter = 0.01;
    c.assume.host_step = 2 * unit::ms;
    const StepTimes t = evaluate(c, plan).times;
    EXPECT_NEAR(t.jitter / busy, 0.01 * std::sqrt(2 * std::log(8.0)), 1e-9);
    EXPECT_EQ(t.host, 2 * unit::ms);
    EXPECT_NEAR((t.total - plain.total - t.jitter).si(), 2e-3, 1e-12);
    // an allocator that stalls beyond its share of memory slows the whole step
    c.assume.pressure_stall = 1.25;
    c.assume.memory_pressure = 0.5;
    c.chip.memory_capacity = 1.99 * evaluate(c, plan).memory.total;
    EXPECT_NEAR(evaluate(c, plan).times.total / t.total, 1.25, 1e-12);
    c.chip.memory_capacity = 2.01 * evaluate(c, plan).memory.total;
    EXPECT_EQ(evaluate(c, plan).times.total, t.total);
}

// All but the waits of a step stand beside its passes in the engines that run them.
TEST(StepEnds, AccountForTheWholeStep) {
    TrainContext c = tiny_context();
    c.assume.jitter = 0.02;
    c.assume.host_step = 1 * unit::ms;
    c.assume.data_overlap = 0.5;
    for (const std::int64_t pipeline : {1, 2, 4}) {
        const Plan plan{.pipeline = pipeline, .data = 2, .global_batch = 16};
        const StepParts p = step_parts(c, plan);
        EXPECT_NEAR(p.ends.waits.si(), (p.times.jitter + 1 * unit::ms).si(), 1e-12);
        EXPECT_EQ(p.ends.message > Seconds{}, pipeline > 1);
        const DataTurns all = data_turns(plan);
        const Seconds data = all.reductions * p.data.reduce + all.gathers * p.data.gather;
        EXPECT_NEAR((p.ends.exposed_data * data).si(), p.times.data.si(), 1e-15);
        Seconds sum = time_ledger(p.times).value;
        EXPECT_NEAR(sum.si(), p.times.total.si(), 1e-12);
    }
}

// By turns half of a message shows anyway: less exposure sends a share that is waited for, more
// stands in line.
TEST(StepEnds, SplitMessagesByWhatTheScheduleExposes) {
    TrainContext c = tiny_context();
    Plan plan{.pipeline = 4, .global_batch = 16};
    for (const auto& [overlap, share, in_line_of] :
         {std::tuple{1.0, 0.0, 0.0}, {0.75, 0.5, 0.0}, {0.5, 1.0, 0.0}, {0.25, 1.0, 0.25}}) {
        c.assume.pipeline_overlap = overlap;
        const StepEnds ends = step_parts(c, plan).ends;
        const MessageWaits waits = message_waits(c, plan, ends, ends.message);
        EXPECT_NEAR(waits.share, share, 1e-12);
        EXPECT_NEAR(waits.in_line / ends.message, in_line_of, 1e-12);
        const std::vector<Slot> pair(2);
        EXPECT_EQ(in_line(waits, pair), 2.0 * waits.in_line);
        const std::vector<Slot> gradient{{TaskKind::weight_gradient}};
        EXPECT_EQ(in_line(waits, gradient), Seconds{});
    }
    plan.schedule = Schedule::zero_bubble;  // has slack: what is exposed stands in line
    const StepEnds ends = step_parts(c, plan).ends;
    EXPECT_NEAR(message_waits(c, plan, ends, ends.message).in_line / ends.message, 0.75, 1e-12);
    plan.pipeline = 1;
    EXPECT_EQ(message_waits(c, plan, {}, Seconds{}).in_line, Seconds{});
}

TEST(Timeline, IsShortenedToWholeRoundsOrNotAtAll) {
    Plan plan{.pipeline = 4, .data = 2, .micro_batch = 2, .global_batch = 4 * 64};
    EXPECT_EQ(shortened(plan, 3 * 4 * 64), plan);  // just fits
    EXPECT_EQ(micro_batches(shortened(plan, 3 * 4 * 63)), 60);
    EXPECT_EQ(micro_batches(shortened(plan, 3 * 4 * 4)), 4);
    EXPECT_EQ(shortened(plan, 3 * 4 * 4 - 1), plan);  // not a round
    plan.schedule = Schedule::dualpipe;
    EXPECT_EQ(shortened(plan, 3 * 4 * 7), plan);  // eight at least
}

// What is drawn of a layer is what it costs, factors of the framework included.
TEST(Timeline, OfALayerIsItsForwardPass) {
    TrainContext c = tiny_context(tiny_experts());
    c.assume.factors.compute = 1.5;
    c.assume.routing_skew = 2;
    c.assume.grouped_share = 0.5;
    const Plan plan{.tensor = 2, .data = 4, .context = 2, .expert = 4, .global_batch = 4};
    for (const bool frozen : {false, true}) {
        c.frozen_weights = frozen;
        const ShardCosts costs = shard_costs(c, plan);
        const std::vector<LayerTask> tasks = layer_timeline(c, plan);
        Seconds wanted, drawn;
        for (const LayerCost& cost : costs.layers) wanted += cost.passes.forward.time();
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            drawn += tasks[i].duration;
            const bool next = i > 0 && tasks[i].layer == tasks[i - 1].layer;
            const Seconds before = next ? tasks[i - 1].start + tasks[i - 1].duration : Seconds{};
            EXPECT_EQ(tasks[i].start, before) << tasks[i].name;
        }
        EXPECT_NEAR(drawn.si(), wanted.si(), 1e-12 * wanted.si());
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
