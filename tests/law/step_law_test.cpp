// A step told by formula, as a timeline, by flows and as a trace is one step: laws over random
// plans. Seeds are fixed, so a failure can be run again.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include <fmt/format.h>

#include "millwright/collective/program.h"
#include "millwright/search/search.h"
#include "millwright/study/flow_check.h"
#include "millwright/trace/step_trace.h"
#include "millwright/trace/trace_program.h"
#include "millwright/train/timeline.h"
#include "millwright/train/walk.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

using Choices = std::vector<std::int64_t>;

/// Random plans of random models on random servers.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    struct Case {
        std::string model, server;
        Plan plan;
        TrainContext context;
        FabricShape shape;
    };

    /// At most so many chips.
    Case next(std::int64_t most_chips) {
        for (;;) {
            Case c{.model = std::string(models[random_() % models.size()]),
                   .server = std::string(servers[random_() % servers.size()]),
                   .plan = plan()};
            const std::int64_t chips = chips_used(c.plan);
            if (chips > most_chips) continue;
            // whole servers of eight
            const double held = static_cast<double>((chips + 7) / 8 * 8);
            c.context = context_on(c.model.c_str(), c.server.c_str(), held);
            if (!fits(c)) continue;
            c.shape = shape_on(c.server.c_str(), held);
            return c;
        }
    }

private:
    static constexpr std::array<std::string_view, 6> models{"llama-3.1-8b", "llama-3.1-70b",
                                                            "deepseek-v3",  "gpt-3-175b",
                                                            "mixtral-8x7b", "gpt-oss-20b"};
    static constexpr std::array<std::string_view, 7> servers{
        "gb200-nvl72", "cloudmatrix-384", "hgx-h100", "hgx-a100",
        "hgx-b200",    "mi300x-8",        "hgx-h20"};

    std::int64_t pick(const Choices& from) { return from[random_() % from.size()]; }

    // any plan by numbers alone; the batch is set twice, as rounds hang on the micro-batches that
    // it gives
    Plan plan() {
        Plan p;
        p.tensor = pick({1, 2, 4, 8});
        p.pipeline = pick({1, 2, 3, 4, 5, 6, 7, 8, 12, 16});
        p.context = pick({1, 1, 1, 2});
        p.data = pick({1, 2, 3, 4, 5, 8, 16});
        p.expert = pick({1, 1, 2, 4, 8, 16});
        p.schedule = static_cast<Schedule>(random_() % EnumNames<Schedule>::names.size());
        if (!has_stages(p)) p.schedule = Schedule::one_f_one_b;
        p.recompute = static_cast<Recompute>(random_() % 3);
        p.sharding = static_cast<Sharding>(random_() % 4);
        p.virtual_stages = row_of(p).virtual_stages ? pick({2, 3, 4}) : 1;
        p.micro_batch = pick({1, 2});
        const std::int64_t rounds = p.pipeline * pick({1, 2, 4});
        std::int64_t m = pick({1, 2, 5, 8, 24});
        p.global_batch = m * p.data * p.micro_batch;
        if (!fills_rounds(p)) m = whole_rounds(p, rounds);
        p.global_batch = m * p.data * p.micro_batch;
        return p;
    }

    static bool fits(const Case& c) {
        const Plan& p = c.plan;
        const Model& m = c.context.model;
        if (p.virtual_stages * p.pipeline > m.layers.value) return false;
        const std::int64_t width = p.tensor * p.context * p.data;
        if (p.expert > 1 && (!is_moe(m) || m.experts.value % p.expert != 0)) return false;
        return width % p.expert == 0;
    }

    std::mt19937_64 random_;
};

std::string told(const Draw::Case& c) {
    const Plan& p = c.plan;
    return fmt::format("{} on {}: tp {} pp {} cp {} dp {} ep {} v {} M {} mb {} {} {} {}", c.model,
                       c.server, p.tensor, p.pipeline, p.context, p.data, p.expert,
                       p.virtual_stages, micro_batches(p), p.micro_batch, name_of(p.schedule),
                       name_of(p.recompute), name_of(p.sharding));
}

Seconds end_of(const std::vector<Task>& tasks) {
    Seconds end;
    for (const Task& task : tasks) end = max(end, task.start + task.duration);
    return end;
}

// The formula sums over stages, the timeline walks every slot; it is not shorter than the formula
// by more than a thousandth.
TEST(StepLaw, TheTimelineEndsWhenTheFormulaSays) {
    Draw draw(11);
    for (int i = 0; i < 600; ++i) {
        const Draw::Case c = draw.next(1024);
        const double ratio =
            end_of(timeline(c.context, c.plan)) / evaluate(c.context, c.plan).times.total;
        EXPECT_NEAR(ratio, 1, 0.01) << told(c);
        EXPECT_GT(ratio, 1 - 1e-3) << told(c);
    }
}

// Adapters are no exception: formula and timeline take frozen weights alike. Weight gradients are
// next to nothing then, which leaves pipelines that defer them nothing to fill bubbles with.
TEST(StepLaw, AStepOfAdaptersIsOneStepToo) {
    Draw draw(17);
    for (int i = 0; i < 200; ++i) {
        Draw::Case c = draw.next(1024);
        c.context.frozen_weights = true;
        c.context.low_rank = {.rank = std::int64_t{1} << (i % 8)};
        if (i % 3 == 0) c.context.low_rank.base = BaseForm::nf4;
        const double ratio =
            end_of(timeline(c.context, c.plan)) / evaluate(c.context, c.plan).times.total;
        EXPECT_NEAR(ratio, 1, 0.01) << told(c);
        EXPECT_GT(ratio, 1 - 1e-3) << told(c);
    }
}

/// Spans are never too long, and rarely too short, also where stages are as unlike as can be.
TEST(StepLaw, SpansAreThoseOfTheOrder) {
    std::mt19937_64 random(15);
    int beyond = 0, drawn = 0;
    for (const char* model : {"gpt-3-175b", "llama-3.1-70b", "deepseek-v3", "gpt-oss-20b"}) {
        TrainContext context = context_on(model, "hgx-h100", 1024);
        for (int i = 0; i < 1000; ++i) {
            Plan p{.tensor = std::int64_t{1} << (random() % 4),
                   .pipeline = static_cast<std::int64_t>(2 + random() % 20),
                   .micro_batch = 1,
                   .schedule = static_cast<Schedule>(random() % EnumNames<Schedule>::names.size())};
            p.recompute = static_cast<Recompute>(random() % 3);
            p.virtual_stages =
                row_of(p).virtual_stages ? static_cast<std::int64_t>(2 + random() % 5) : 1;
            p.global_batch = static_cast<std::int64_t>(1 + random() % 60);
            context.balance = random() % 3 == 0 ? balance_by_flops(context.model) : StageBalance{};
            if (p.pipeline * p.virtual_stages > context.model.layers.value) continue;
            if (!has_stages(p)) continue;
            if (!fills_rounds(p)) p.global_batch = whole_rounds(p, p.global_batch);
            const PipelineTime times =
                pipeline_time(context, shard_costs(context, p),
                              stages_of(context.model, p.pipeline, context.balance), p);
            const double ratio = walked_span(p, times.passes) / row_of(p).span(p, times.passes);
            ++drawn;
            beyond += ratio > 1.01 ? 1 : 0;
            EXPECT_GT(ratio, 1 - 1e-9) << model << " " << describe(p);
            EXPECT_LT(ratio, 1.05) << model << " " << describe(p);
        }
    }
    EXPECT_GT(drawn, 2000);
    EXPECT_LE(beyond, drawn / 100);
}

/// One micro-batch of each way there and back on a rank, by its turns. Where both ends are fed
/// these are two micro-batches, in pairs of a forward and a backward pass.
Seconds by_turns(const Draw::Case& c, const std::vector<Passes>& stages, std::int64_t rank) {
    Seconds sum;
    const auto add = [&](std::vector<Slot> turn) {
        sum += turn_pass(c.context.assume, c.plan, stages, rank, turn).time();
    };
    const std::int64_t chunks = chunks_of(c.plan);
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        const Slot forward{TaskKind::forward, 0, chunk};
        Slot backward{TaskKind::backward, 0, chunks - 1 - chunk};
        backward.beside = copies_of(c.plan) > 1;
        if (backward.beside) {
            add({forward, backward});
        } else {
            add({forward});
            add({backward});
        }
    }
    return sum;
}

/// The turns of the slowest rank are what the closed form sums over it.
TEST(StepLaw, TurnsAddUpToTheFormulasSlowestRank) {
    Draw draw(12);
    for (int i = 0; i < 200; ++i) {
        const Draw::Case c = draw.next(1024);
        const ShardCosts costs = shard_costs(c.context, c.plan);
        const Stages stages = each_stage(c.context.model, c.plan.pipeline, c.context.balance);
        const Seconds formula = pipeline_time(c.context, costs, stages, c.plan).slowest.time();
        const std::vector<Passes> passes = all_passes(c.context, c.plan, costs);
        Seconds slowest;
        for (std::int64_t rank = 0; rank < c.plan.pipeline; ++rank) {
            slowest = max(slowest, by_turns(c, passes, rank));
        }
        EXPECT_NEAR(slowest / formula / static_cast<double>(copies_of(c.plan)), 1, 1e-9) << told(c);
    }
}

/// No plan is stuck, and what groups take from each other never makes a step shorter.
TEST(StepLaw, EveryPlanRunsByFlowsToItsEnd) {
    Draw draw(13);
    for (int i = 0; i < 40; ++i) {
        const Draw::Case c = draw.next(i < 36 ? 128 : 1024);
        SCOPED_TRACE(told(c));
        FlowCheck check;
        ASSERT_NO_THROW(check = flow_check(c.context, c.plan, c.shape));
        ASSERT_TRUE(check.done) << check.why_not;
        EXPECT_GE(check.sharing(), -1e-9);
        EXPECT_NEAR(check.timeline_over_formula(), 0, 0.06);
        for (const TrafficCheck& t : check.traffic) EXPECT_GE(t.shared / t.alone, 1 - 1e-9);
    }
}

/// As few micro-batches as fill a pipeline of any depth go whole rounds.
TEST(StepLaw, AFillingGoesWholeRounds) {
    for (std::int64_t p = 1; p <= 20; ++p) {
        Plan plan{.pipeline = p, .data = 3, .micro_batch = 2, .global_batch = 6 * 60 * p};
        const std::int64_t m = micro_batches(filling(plan));
        EXPECT_EQ(m % p, 0);
        EXPECT_GE(m, std::max<std::int64_t>(p, 4));
    }
}

/// Any number of micro-batches goes through any interleaved pipeline.
TEST(StepLaw, InterleavedStagesTakeAnyNumberOfMicroBatches) {
    TrainContext context = context_on("llama-3.1-70b", "hgx-h100", 64);
    for (const std::int64_t p : {2, 3, 4, 7}) {
        for (std::int64_t m = 1; m <= 3 * p + 1; ++m) {
            const Plan plan{.pipeline = p,
                            .virtual_stages = 3,
                            .micro_batch = 1,
                            .schedule = Schedule::interleaved,
                            .global_batch = m};
            ASSERT_NO_THROW(timeline(context, plan)) << p << " stages, " << m;
        }
    }
}

/// Total of the trace, through the bytes of its files, replayed on `graph`; `told` is the fabric
/// that it is made for.
Seconds replayed(const Draw::Case& c, const FabricGraph& told, const FabricGraph& graph,
                 const Channels& channels = {}) {
    const ChakraTrace trace = step_trace(c.context, c.plan, told, channels);
    const auto read = parse_chakra(chakra_files(trace, "step"), "trace");
    EXPECT_TRUE(read) << to_text(read.error());
    if (!read) return {};
    auto program = program_of(*read, graph, {.channels = channels});
    EXPECT_TRUE(program) << to_text(program.error());
    if (!program) return {};
    program->channels = channels;
    const ProgramOutcome outcome = execute(graph, *program);
    EXPECT_TRUE(outcome.stall.chain.empty());
    return outcome.total;
}

/// Where a trace is made for no fabric, all that is waited for stands in it as time: on a fabric
/// that is in nobody's way it takes the plan's time, whatever the plan.
TEST(StepLaw, AnExportedTraceTakesThePlansTimeOnAQuietFabric) {
    Draw draw(16);
    for (int i = 0; i < 120; ++i) {
        Draw::Case c = draw.next(64);
        FabricShape shape = c.shape;
        shape.endpoints = static_cast<std::uint32_t>(chips_used(c.plan));
        FabricGraph graph = graph_of(shape);
        // with adapters in place of weights by turns
        if (i % 4 == 0) {
            c.context.frozen_weights = true;
            c.context.low_rank.rank = 16;
        }
        // links so fast that exchanges take no time
        for (Bandwidth& capacity : graph.capacity) capacity = 1e6 * capacity;
        std::ranges::fill(graph.latency, Seconds{});
        graph.message = Seconds{};
        const double ratio = replayed(c, {}, graph) / evaluate(c.context, c.plan).times.total;
        EXPECT_NEAR(ratio, 1, 0.03) << told(c);
    }
}

/// A trace of a plan's step takes the plan's time on the plan's own fabric, but for what its own
/// groups take from each other; it is never shorter. Longer it may be, without limit, where
/// exchanges take longer on the links than by formula, as a part of a mesh or of unevenly filled
/// domains does: what should hide behind work then lasts longer than the work. An export says so.
void expect_the_plans_time(const Draw::Case& c, const Channels& channels, double of_sharing,
                           int& slower) {
    SCOPED_TRACE(told(c));
    FabricShape shape = c.shape;
    shape.endpoints = static_cast<std::uint32_t>(chips_used(c.plan));
    shape.routing = Routing::adaptive;
    const FabricGraph graph = graph_of(shape);
    const double ratio =
        replayed(c, graph, graph, channels) / evaluate(c.context, c.plan).times.total;
    EXPECT_GT(ratio, 0.97);
    if (slower_on_links(c.context, c.plan, graph, channels).empty()) {
        EXPECT_LT(ratio, 1.03 + of_sharing * flow_check(c.context, c.plan, c.shape).sharing());
    } else {
        ++slower;
    }
}

TEST(StepLaw, AnExportedTraceTakesThePlansTime) {
    Draw draw(14);
    int slower = 0, drawn = 0;
    for (; drawn < 40; ++drawn) expect_the_plans_time(draw.next(64), {}, 1, slower);
    EXPECT_LT(slower, drawn / 2);
}

/// So does a plain replay: links have the measured shares of their rates, down to half, where
/// groups take the more from each other.
TEST(StepLaw, AnExportedTraceTakesThePlansTimeAtMeasuredRates) {
    Draw draw(14);
    int slower = 0, drawn = 0;
    for (; drawn < 60; ++drawn) {
        const Draw::Case c = draw.next(64);
        expect_the_plans_time(c, channels_of(c.context.network), 2, slower);
    }
    // else too few plans were compared with the formula alone
    EXPECT_LT(slower, drawn / 2);
}

}  // namespace TEST_FILE
}  // namespace millwright
