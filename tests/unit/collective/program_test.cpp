// Programs of work and exchanges, Chakra traces, and training steps by flows.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/collective/program.h"
#include "millwright/fabric/shape.h"
#include "millwright/study/flow_check.h"
#include "millwright/trace/trace_program.h"
#include "tests/fixtures.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

namespace fs = std::filesystem;

FabricGraph fat_tree(std::uint32_t hosts) {
    return graph_of(
        {.kind = FabricKind::fat_tree, .endpoints = hosts, .routing = Routing::adaptive});
}

ProgramNode work(double seconds, std::vector<std::uint32_t> after = {}) {
    return {.duration = Seconds::from_si(seconds), .after = std::move(after)};
}

ProgramNode exchange(std::uint32_t which, double bytes, std::vector<std::uint32_t> after = {}) {
    return {.kind = ProgramNode::Kind::exchange,
            .exchange = ExchangeId(which),
            .size = Bytes::from_si(bytes),
            .after = std::move(after)};
}

// 50 GB from 0 to 1 at 50 GB/s: 1 s and two hops. The receiver is ready after 2 s of work, the
// sender after 1 s.
TEST(Program, AMessageWaitsForBothEnds) {
    Program p;
    p.exchanges = {{"message", {{.sends = {{0, 1, 1 * unit::B}}}}, 0, 2}};
    p.actors = {{work(1), exchange(0, 50e9, {0}), work(1, {1})},
                {work(2), exchange(0, 50e9, {0}), work(3, {1})}};
    const ProgramOutcome o = execute(fat_tree(2), p);
    EXPECT_NEAR(o.exchanges[0].met.si(), 1, 1e-12);
    EXPECT_NEAR(o.exchanges[0].start.si(), 2, 1e-12);
    EXPECT_NEAR(o.exchanges[0].end.si(), 3 + 1e-6, 1e-9);
    EXPECT_NEAR(o.total.si(), 6 + 1e-6, 1e-9);
    EXPECT_NEAR(o.worked[1].si(), 5, 1e-12);
    EXPECT_NEAR(o.link_bytes[0].in(unit::GB), 50, 1e-9);
}

// Two exchanges into one host share its link; on one channel they go one after another, and both
// take as long in the end.
TEST(Program, ExchangesShareLinksAndChannelsAreInOrder) {
    for (const std::uint32_t second_channel : {0U, 1U}) {
        Program p;
        p.exchanges = {{"a", {{.sends = {{0, 2, 1 * unit::B}}}}, 0, 1},
                       {"b", {{.sends = {{1, 2, 1 * unit::B}}}}, second_channel, 1}};
        p.actors = {{exchange(0, 50e9), exchange(1, 50e9)}};
        const ProgramOutcome o = execute(fat_tree(3), p);
        EXPECT_NEAR(o.total.si(), 2, 1e-5);
        EXPECT_NEAR(o.exchanges[0].end.si(), second_channel == 0 ? 1 : 2, 1e-5);
    }
}

TEST(Program, CirclesAndMissingPartiesAreTold) {
    Program circle;
    circle.actors = {{work(1, {1}), work(1, {0}), work(1)}};
    const Stall round = execute(fat_tree(2), circle).stall;
    EXPECT_TRUE(round.circle);
    EXPECT_EQ(round.unfinished, 2U);
    EXPECT_EQ(round.chain, (std::vector<NodeRef>{{0, 0}, {0, 1}}));
    Program alone;
    alone.exchanges = {{"message", {{.sends = {{0, 1, 1 * unit::B}}}}, 0, 2}};
    alone.actors = {{exchange(0, 1), work(1, {0})}, {}};
    const Stall lost = execute(fat_tree(2), alone).stall;
    EXPECT_FALSE(lost.circle);
    EXPECT_EQ(lost.chain, (std::vector<NodeRef>{{0, 0}}));
    EXPECT_EQ(lost.unfinished, 2U);
}

// Two ranks that meet on two channels in opposite order wait for each other, through the channels.
TEST(Program, ACircleThroughExchangesIsFollowed) {
    Program p;
    p.exchanges = {{"a", {{.sends = {{0, 1, 1 * unit::B}}}}, 0, 2},
                   {"b", {{.sends = {{0, 1, 1 * unit::B}}}}, 1, 2}};
    p.actors = {{exchange(0, 1), exchange(1, 1, {0})}, {exchange(1, 1), exchange(0, 1, {0})}};
    const Stall stall = execute(fat_tree(2), p).stall;
    EXPECT_TRUE(stall.circle);
    EXPECT_EQ(stall.chain, (std::vector<NodeRef>{{0, 0}, {1, 1}, {1, 0}, {0, 1}}));
}

// On one channel the n-th of each actor meet, whoever is ready first: actor 0 comes to its second
// exchange at once and to its first after a second.
TEST(Program, TheNthOfEachActorMeet) {
    Program p;
    p.exchanges = {{"a", {{.sends = {{0, 1, 1 * unit::B}}}}, 0, 2}};
    p.actors = {{work(1), exchange(0, 50e9, {0}), exchange(0, 100e9)},
                {exchange(0, 50e9), exchange(0, 100e9)}};
    const ProgramOutcome o = execute(fat_tree(2), p);
    ASSERT_TRUE(o.stall.chain.empty());
    EXPECT_NEAR(o.total.si(), 1 + 1 + 2, 1e-5);
}

// A posted send ends at once. Few bytes leave before the receiver has come; many wait for it.
TEST(Program, SendsArePosted) {
    for (const double eager : {50e9, 0.0}) {
        Program p;
        p.exchanges = {{.name = "message",
                        .phases = {{.sends = {{0, 1, 1 * unit::B}}}},
                        .parties = 2,
                        .eager = Bytes::from_si(eager)}};
        ProgramNode send = exchange(0, 50e9);
        send.posts = true;
        p.actors = {{send, work(0.25, {0})}, {work(3), exchange(0, 50e9, {0})}};
        const ProgramOutcome o = execute(fat_tree(2), p);
        EXPECT_NEAR(o.ended[0].si(), 0.25, 1e-9);
        EXPECT_NEAR(o.ended[1].si(), eager > 0 ? 3 : 4, 1e-5);
    }
}

// What an exchange takes at least holds where its flows are faster.
TEST(Program, AnExchangeTakesWhatItTakesAtLeast) {
    Program p;
    p.exchanges = {
        {.name = "a", .phases = {{.sends = {{0, 1, 1 * unit::B}}}}, .least = 1e-9 * unit::s}};
    p.actors = {{exchange(0, 5e9)}};
    EXPECT_NEAR(execute(fat_tree(2), p).total.si(), 5, 1e-9);
}

// Hundreds of thousands of nodes that end as soon as they start need no stack.
TEST(Program, LongChainsOfNothingRun) {
    Program p;
    p.exchanges = {{.name = "of one", .phases = {}},
                   {.name = "message",
                    .phases = {{.sends = {{0, 1, 1 * unit::B}}}},
                    .channel = 1,
                    .parties = 2,
                    .eager = 1 * unit::GB}};
    p.actors.resize(2);
    constexpr std::uint32_t many = 300'000;
    for (std::uint32_t i = 0; i < many; ++i) {
        ProgramNode node =
            exchange(i % 2, 1, i > 0 ? std::vector{i - 1} : std::vector<std::uint32_t>{});
        node.posts = i % 2 == 1;
        p.actors[0].push_back(node);
        if (i % 2 == 1) p.actors[1].push_back(exchange(1, 1));
    }
    EXPECT_TRUE(execute(fat_tree(2), p).stall.chain.empty());
}

/// A trace of `ranks` that compute 1 ms, reduce 80 MB together, and compute 2 ms.
ChakraTrace simple_trace(std::uint32_t ranks) {
    ChakraTrace trace;
    for (std::uint32_t r = 0; r < ranks; ++r) {
        ChakraNode first{
            .id = 1, .name = "forward", .type = ChakraType::compute, .duration = 1 * unit::ms};
        ChakraNode reduce{.id = 2,
                          .name = "gradients",
                          .type = ChakraType::collective,
                          .after = {1},
                          .size = 80 * unit::MB};
        ChakraNode last{.id = 3,
                        .name = "update",
                        .type = ChakraType::compute,
                        .after = {2},
                        .duration = 2 * unit::ms};
        trace.ranks.push_back({first, reduce, last});
    }
    return trace;
}

TEST(Chakra, WhatIsWrittenIsRead) {
    const TestFolder folder;
    ChakraTrace trace = simple_trace(12);
    trace.groups["pair"] = {0, 1};
    for (const std::uint32_t r : {0U, 1U}) {
        trace.ranks[r].push_back({.id = 4,
                                  .name = "pairs",
                                  .type = ChakraType::collective,
                                  .after = {3},
                                  .collective = ChakraCollective::all_to_all,
                                  .size = 1 * unit::MB,
                                  .group = "pair"});
        trace.ranks[r].push_back({.id = 5,
                                  .name = "message",
                                  .type = r == 0 ? ChakraType::send : ChakraType::receive,
                                  .after = {4},
                                  .size = 3 * unit::MB,
                                  .source = 0,
                                  .destination = 1,
                                  .tag = 7});
    }
    for (const ChakraFile& file : chakra_files(trace, "t")) {
        std::ofstream(folder.path / file.name, std::ios::binary) << file.bytes;
    }
    const ChakraTrace read = read_chakra(folder.path.string()).value();
    EXPECT_EQ(read.version, "0.0.4");
    ASSERT_EQ(read.ranks.size(), 12U);  // 10 and 11 after 9, not after 1
    EXPECT_EQ(read.groups.at("pair"), (std::vector<std::uint32_t>{0, 1}));
    const ChakraNode& message = read.ranks[1][4];
    EXPECT_EQ(message.type, ChakraType::receive);
    EXPECT_EQ(message.tag, 7U);
    EXPECT_EQ(message.after, std::vector<std::uint64_t>{4});
    EXPECT_DOUBLE_EQ(message.size.in(unit::MB), 3);
    EXPECT_EQ(read.ranks[0][3].collective, ChakraCollective::all_to_all);
    EXPECT_DOUBLE_EQ(read.ranks[3][0].duration.in(unit::ms), 1);
    const FabricGraph graph = fat_tree(12);
    const Program program = program_of(read, graph, {}).value();
    const ProgramOutcome o = execute(graph, program);
    EXPECT_GT(o.ended[0], o.ended[5]);
}

// The ring or exchange that the closed form would take, with the work around it.
TEST(Chakra, AReplayIsWorkAndCollective) {
    const std::uint32_t ranks = 8;
    const FabricGraph graph = fat_tree(ranks);
    const ChakraTrace trace = simple_trace(ranks);
    const ProgramOutcome o = execute(graph, program_of(trace, graph, {}).value());
    const CollectiveRequest request{Collective::all_reduce, 80 * unit::MB, {.size = ranks}, {}};
    const auto best = fastest(graph, request, closed_time);
    const Seconds reduce = closed_time(graph, request.team, phases_of(best, graph, request));
    EXPECT_NEAR(o.total.si(), (3 * unit::ms + reduce).si(), 0.01 * reduce.si());
    const ProgramOutcome off = execute(graph, program_of(trace, graph, {}).value(), Symmetry::off);
    EXPECT_NEAR(off.total.si(), o.total.si(), 1e-12);
    EXPECT_LT(o.classes, off.classes);
}

TEST(Chakra, TracesOfAllRanksCanBeRescaled) {
    const FabricGraph graph = fat_tree(64);
    const ChakraTrace trace = simple_trace(8);
    EXPECT_EQ(program_of(trace, graph, {.ranks = 64}).value().actors.size(), 64U);
    ChakraTrace grouped = trace;
    grouped.groups["all"] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (auto& rank : grouped.ranks) rank[1].group = "all";
    const auto refused = program_of(grouped, graph, {.ranks = 64});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(contains(to_text(refused.error()), "cannot be rescaled"));
}

// Eight ranks in two dimensions of 2 and 4: the second alone is four ranks two apart.
TEST(Chakra, InvolvedDimensionsPickRanks) {
    ChakraTrace trace = simple_trace(8);
    for (auto& rank : trace.ranks) rank[1].dimensions = {false, true};
    const FabricGraph graph = fat_tree(8);
    EXPECT_TRUE(contains(to_text(program_of(trace, graph, {}).error()), "--dimensions"));
    const Program p = program_of(trace, graph, {.dimensions = {2, 4}}).value();
    EXPECT_EQ(p.exchanges.size(), 2U);
    EXPECT_EQ(p.exchanges[0].parties, 4U);
}

TEST(Chakra, BrokenFilesAreToldWithTheirByte) {
    const TestFolder folder;
    EXPECT_TRUE(contains(to_text(read_chakra(folder.path.string()).error()), "no files"));
    std::ofstream(folder.path / "t.0.et") << "\x0a"
                                             "broken";
    const std::string text = to_text(read_chakra(folder.path.string()).error());
    EXPECT_TRUE(contains(text, "t.0.et")) << text;
    EXPECT_TRUE(contains(text, "no Chakra message at byte")) << text;
    ChakraTrace lost = simple_trace(2);
    lost.ranks[1][1].after = {9};
    lost.ranks[0][1].group = "nobody";
    const std::string faults = to_text(program_of(lost, fat_tree(2), {}).error());
    EXPECT_TRUE(contains(faults, "no process group 'nobody'")) << faults;
}

TrainContext llama_on(double chips) { return context_on("llama-3.1-8b", "hgx-h100", chips); }

// Alone, a step's timeline is the closed form but for its rounding of bubbles and messages.
TEST(FlowCheck, AloneTheTimelineIsTheFormula) {
    const FabricShape shape = shape_on("hgx-h100", 512);
    Plan plan{.tensor = 4, .pipeline = 4, .data = 32, .micro_batch = 1, .global_batch = 512};
    for (const Schedule schedule : {Schedule::one_f_one_b, Schedule::interleaved}) {
        plan.schedule = schedule;
        plan.virtual_stages = schedule == Schedule::interleaved ? 2 : 1;
        const FlowCheck check = flow_check(llama_on(512), plan, shape);
        ASSERT_TRUE(check.done) << check.why_not;
        EXPECT_NEAR(check.alone / check.closed, 1, 0.05);
        EXPECT_GE(check.sharing(), -1e-3);
        EXPECT_LT(check.sharing(), 0.1);
    }
}

// A port at a tenth of its rate holds the whole step up, and is named.
TEST(FlowCheck, ASlowPortIsSeen) {
    FabricShape shape = shape_on("hgx-h100", 1024);
    const Plan plan{
        .data = 1024, .micro_batch = 1, .sharding = Sharding::zero_3, .global_batch = 1024};
    const FlowCheck quiet = flow_check(llama_on(1024), plan, shape);
    shape.degraded = {{"plane 0 port 3 up", 0.1}};
    TrainContext context = llama_on(1024);
    context.network = network_of(shape, channels_of(context.network));
    const FlowCheck slow = flow_check(context, plan, shape);
    ASSERT_TRUE(quiet.done && slow.done);
    EXPECT_GT(slow.shared, 1.2 * quiet.shared);
    EXPECT_EQ(slow.hot[0].name, "plane 0 port 3 up");
}

TEST(FlowCheck, PlacementsCoverAllRanksOnce) {
    const Plan plan{.tensor = 2, .pipeline = 4, .data = 8, .context = 2};
    for (const Placement placement : {Placement::stages_apart, Placement::stages_together}) {
        std::vector<int> seen(128, 0);
        for (std::uint32_t stage = 0; stage < 4; ++stage) {
            for (std::uint32_t rank = 0; rank < 32; ++rank) {
                ++seen[endpoint_of_rank(plan, placement, stage, rank)];
            }
        }
        EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 128);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
