// A step as a program: known by its seconds, with each exchange as long as told on a quiet fabric.
#include "millwright/train/step_program.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "millwright/train/step_ends.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

FabricGraph quiet(const char* server, double chips) {
    FabricGraph graph = graph_of(shape_on(server, chips));
    std::ranges::fill(graph.latency, Seconds{});  // the closed form has the latencies
    return graph;
}

struct Case {
    const char* model;
    Plan plan;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"llama-3.1-8b", {.tensor = 2, .pipeline = 2, .data = 4, .context = 2, .global_batch = 16}},
        {"mixtral-8x7b", {.tensor = 2, .pipeline = 2, .data = 8, .expert = 8, .global_batch = 32}},
        {"llama-3.1-8b", {.data = 32, .sharding = Sharding::zero_3, .global_batch = 64}},
    };
    return all;
}

TrainContext context_of(const Case& c) { return context_on(c.model, "hgx-h100", 32); }

std::size_t place_of(Traffic traffic) { return static_cast<std::size_t>(traffic); }

/// Seconds of nodes by traffic, of one stage.
std::array<double, EnumNames<Traffic>::names.size()> seconds_of(const StepProgram& step,
                                                                std::size_t stage) {
    std::array<double, EnumNames<Traffic>::names.size()> sum{};
    for (const ProgramNode& node : step.program.actors.at(stage)) {
        if (node.kind != ProgramNode::Kind::exchange) continue;
        sum[place_of(step.traffic.at(node.exchange.index()))] += node.alone.si();
    }
    return sum;
}

// No size in bytes passes for a time: every exchange has its seconds and no bytes.
TEST(StepProgram, KnowsItsExchangesBySeconds) {
    for (const Case& c : cases()) {
        const TrainContext context = context_of(c);
        const FabricGraph graph = quiet("hgx-h100", 32);
        const StepProgram step =
            step_program(context, c.plan, graph, Placement::stages_apart, false);
        ASSERT_EQ(step.traffic.size(), step.program.exchanges.size());
        for (const auto& nodes : step.program.actors) {
            for (const ProgramNode& node : nodes) {
                EXPECT_EQ(node.size, Bytes{});
                const bool work = node.kind == ProgramNode::Kind::work;
                EXPECT_EQ(work ? node.alone : node.duration, Seconds{});
            }
        }
    }
}

// Each stage waits for and hides as many seconds of each kind as its passes and turns have.
TEST(StepProgram, HasTheSecondsOfItsPasses) {
    for (const Case& c : cases()) {
        const TrainContext context = context_of(c);
        const FabricGraph graph = quiet("hgx-h100", 32);
        const StepProgram step =
            step_program(context, c.plan, graph, Placement::stages_apart, true);
        const StepParts parts = step_parts(context, c.plan);
        const std::vector<Passes> passes = all_passes(context, c.plan, parts.costs);
        const double m = static_cast<double>(micro_batches(c.plan));
        const DataTurns turns = data_turns(c.plan);
        ASSERT_EQ(step.program.actors.size(), passes.size());
        for (std::size_t s = 0; s < passes.size(); ++s) {
            const auto sum = seconds_of(step, s);
            const auto expect = [&](Traffic traffic, double wanted) {
                EXPECT_NEAR(sum[place_of(traffic)], wanted, 1e-9 * (1 + wanted))
                    << c.model << ", " << name_of(traffic) << " of stage " << s;
            };
            const Pass &f = passes[s].forward, &b = passes[s].backward;
            expect(Traffic::tensor, m * (f.tensor.wire() + b.tensor.wire()).si());
            expect(Traffic::context, m * (f.context.wire() + b.context.wire()).si());
            expect(Traffic::expert, m * (f.expert.wire() + b.expert.wire()).si());
            // of two stages each sends and receives m messages
            expect(Traffic::pipeline, 2 * m * parts.data.message.si());
            // what hides of data communication that stands at the ends is in nobody's way
            const Seconds wire =
                turns.gathers * parts.data.gather + turns.reductions * parts.data.reduce;
            expect(Traffic::data, wire.si());
        }
    }
}

// With nothing else on the fabric flows take the seconds that the closed form says, so that one
// actor by itself ends when the timeline with exchanges alone does.
TEST(StepProgram, ExchangesTakeTheirOwnTimeOnAQuietFabric) {
    for (const Case& c : cases()) {
        const TrainContext context = context_of(c);
        const FabricGraph graph = quiet("hgx-h100", 32);
        for (const Placement placement : {Placement::stages_apart, Placement::stages_together}) {
            const StepProgram step = step_program(context, c.plan, graph, placement, false);
            for (std::uint32_t e = 0; e < step.program.exchanges.size(); ++e) {
                for (const double seconds : {0.25, 3.0}) {
                    Program one{.exchanges = {step.program.exchanges[e]}};
                    one.exchanges.front().parties = 1;
                    one.actors = {
                        {{.kind = ProgramNode::Kind::exchange, .alone = seconds * unit::s}}};
                    EXPECT_NEAR(execute(graph, one).total.si() / seconds, 1, 1e-9)
                        << c.model << ", " << step.program.exchanges[e].name;
                }
            }
        }
    }
}

// Nothing on a fabric is in the way of exchanges that have none of it: flows never end sooner.
TEST(StepProgram, FlowsNeverEndBeforeExchangesAlone) {
    for (const Case& c : cases()) {
        const TrainContext context = context_of(c);
        const FabricGraph graph = quiet("hgx-h100", 32);
        const auto total = [&](bool alone) {
            const StepProgram step =
                step_program(context, c.plan, graph, Placement::stages_apart, alone);
            const ProgramOutcome outcome = execute(graph, step.program);
            EXPECT_TRUE(outcome.stall.chain.empty());
            for (const ExchangeRecord& r : outcome.exchanges) {
                EXPECT_GE((r.end - r.start).si(), r.alone.si() * (1 - 1e-9));
                EXPECT_EQ(r.times(), r.alone.in(unit::s));
            }
            return outcome.total;
        };
        EXPECT_GE(total(false).si(), total(true).si() * (1 - 1e-9)) << c.model;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
