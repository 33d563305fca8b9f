// Traces of one to six ranks, their clocks worked by hand. Ranks hang on one switch: ports of 50
// GB/s each way and 1 us from rank to rank.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/fabric/shape.h"
#include "millwright/trace/trace_collectives.h"
#include "millwright/trace/trace_exchanges.h"
#include "millwright/trace/trace_program.h"

namespace millwright {
namespace TEST_FILE {

using Ids = std::vector<std::uint64_t>;

constexpr double hop = 1e-6;

FabricGraph star(std::uint32_t hosts) {
    return graph_of(
        {.kind = FabricKind::fat_tree, .endpoints = hosts, .routing = Routing::adaptive});
}

ChakraNode work(std::uint64_t id, double seconds, Ids after = {}) {
    return {.id = id,
            .name = "w",
            .type = ChakraType::compute,
            .after = std::move(after),
            .duration = Seconds::from_si(seconds)};
}

ChakraNode host(std::uint64_t id, double seconds, Ids after = {}) {
    ChakraNode node = work(id, seconds, std::move(after));
    node.on_host = true;
    return node;
}

ChakraNode send(std::uint64_t id, std::uint32_t to, double gb, Ids after = {},
                std::uint32_t tag = 0) {
    return {.id = id,
            .name = "s",
            .type = ChakraType::send,
            .after = std::move(after),
            .size = gb * unit::GB,
            .destination = to,
            .tag = tag};
}

ChakraNode receive(std::uint64_t id, std::uint32_t from, double gb, Ids after = {},
                   std::uint32_t tag = 0) {
    return {.id = id,
            .name = "r",
            .type = ChakraType::receive,
            .after = std::move(after),
            .size = gb * unit::GB,
            .source = from,
            .tag = tag};
}

ChakraNode collective(std::uint64_t id, ChakraCollective what, double gb, const char* group = "",
                      Ids after = {}) {
    return {.id = id,
            .name = "c",
            .type = ChakraType::collective,
            .after = std::move(after),
            .collective = what,
            .size = gb * unit::GB,
            .group = group};
}

using Ranks = std::vector<std::vector<ChakraNode>>;

ProgramOutcome replayed(const ChakraTrace& trace, const TraceOptions& options = {},
                        std::uint32_t hosts = 0) {
    const FabricGraph graph = star(hosts > 0 ? hosts : ranks_of(trace, options));
    const auto program = program_of(trace, graph, options);
    EXPECT_TRUE(program) << to_text(program.error());
    if (!program) return {};
    ProgramOutcome outcome = execute(graph, *program);
    EXPECT_TRUE(outcome.stall.chain.empty());
    // one flow a class or every flow by itself: the same clock
    EXPECT_NEAR(execute(graph, *program, Symmetry::off).total.si(), outcome.total.si(), 1e-9);
    return outcome;
}

double seconds(Ranks ranks, std::map<std::string, std::vector<std::uint32_t>> groups = {}) {
    return replayed({"", std::move(ranks), std::move(groups)}).total.si();
}

// The compute lane takes one node at a time, the host's lane another beside it.
TEST(ReplayClock, WorkOfALaneGoesOneAfterAnother) {
    EXPECT_NEAR(seconds({{work(1, 2), work(2, 3)}}), 5, 1e-12);
    EXPECT_NEAR(seconds({{work(1, 2), host(2, 3)}}), 3, 1e-12);
    EXPECT_NEAR(seconds({{work(1, 2), host(2, 3), work(3, 1, {2})}}), 4, 1e-12);
    EXPECT_NEAR(seconds({{work(1, 2), host(2, 3, {1}), work(3, 4, {1})}}), 6, 1e-12);
    EXPECT_NEAR(seconds({{}}), 0, 1e-12);
    ChakraNode told{.id = 7, .name = "m", .type = ChakraType::metadata, .duration = 9 * unit::s};
    EXPECT_NEAR(seconds({{told, work(1, 2, {7})}}), 2, 1e-12);  // takes no time
}

// What is ready first starts first; of two that are ready the one that stands first in the file.
TEST(ReplayClock, ReadyWorkIsTakenInTheFilesOrder) {
    // node 1 is ready after a second, when node 3 has begun and runs to 2 s
    EXPECT_NEAR(seconds({{host(2, 1), work(1, 5, {2}), work(3, 2), work(4, 1, {3})}}), 8, 1e-12);
    // at 1 s both 2 and 3 are ready; 2 goes first, so what hangs on 3 ends at 1 + 4 + 1 + 3
    EXPECT_NEAR(seconds({{work(1, 1), work(2, 4, {1}), work(3, 1, {1}), host(4, 3, {3})}}), 9,
                1e-12);
}

// 50 GB take a second on the wire. Rank 1 may pass them on when all have come.
TEST(ReplayClock, AChainOfMessages) {
    const Ranks ranks{{work(1, 1), send(2, 1, 50, {1})},
                      {receive(1, 0, 50), send(2, 2, 50, {1})},
                      {receive(1, 1, 50), work(2, 0.5, {1})}};
    EXPECT_NEAR(seconds(ranks), 1 + 1 + hop + 1 + hop + 0.5, 1e-9);
}

// Two into one port get 25 GB/s each; when 25 GB have come of both the longer has the port alone.
TEST(ReplayClock, MessagesShareAPort) {
    const Ranks ranks{{send(1, 2, 25)}, {send(1, 2, 50)}, {receive(1, 0, 25), receive(2, 1, 50)}};
    const ProgramOutcome o = replayed({"", ranks, {}});
    EXPECT_NEAR(o.total.si(), 1.5 + hop, 1e-6);
    std::vector<double> ends;
    for (const ExchangeRecord& e : o.exchanges) ends.push_back(e.end.si());
    std::ranges::sort(ends);
    EXPECT_NEAR(ends[0], 1 + hop, 1e-6);
    // a port carries as much each way
    EXPECT_NEAR(seconds({{send(1, 1, 50), receive(2, 1, 50)}, {send(1, 0, 50), receive(2, 0, 50)}}),
                1 + hop, 1e-6);
}

// Messages of one tag meet in order, those of two tags as they come: 1 s for 50 GB each.
TEST(ReplayClock, TagsPartMessages) {
    // both ends have the large one first: it ends after 1 s, the small one after it
    const Ranks in_order{{send(1, 1, 50), send(2, 1, 5)}, {receive(1, 0, 50), receive(2, 0, 5)}};
    EXPECT_NEAR(seconds(in_order), 1.1 + 2 * hop, 1e-6);
    // by two tags they share the wire: 5 GB at 25 GB/s, and all 55 GB after 1.1 s
    const Ranks tagged{{send(1, 1, 50, {}, 1), send(2, 1, 5, {}, 2)},
                       {receive(1, 0, 50, {}, 1), receive(2, 0, 5, {}, 2), work(3, 3, {2})}};
    EXPECT_NEAR(seconds(tagged), 0.2 + hop + 3, 1e-6);
}

struct Timed {
    ChakraCollective what;
    std::uint32_t ranks;
    double gb, wire;  // comm_size and seconds of the fullest port
};

// Bytes of the fullest port over 50 GB/s. An all-reduce of S among n moves 2 S (n - 1) / n through
// each port; a chain passes all of S on; a root's port carries the parts of all others.
TEST(ReplayClock, CollectivesFillTheirFullestPort) {
    using C = ChakraCollective;
    for (const Timed& t : {Timed{C::all_reduce, 2, 50, 1},
                           {C::all_reduce, 4, 200, 6},
                           {C::all_reduce, 3, 150, 4},
                           {C::all_gather, 4, 50, 3},  // of one rank's part
                           {C::all_gather, 5, 50, 4},
                           {C::reduce_scatter, 4, 200, 3},
                           {C::reduce_scatter_block, 4, 200, 3},
                           {C::all_to_all, 4, 200, 3},
                           {C::all_to_all, 6, 300, 5},
                           {C::broadcast, 3, 50, 1},
                           {C::broadcast, 6, 50, 1},
                           {C::reduce, 4, 50, 1},
                           {C::scatter, 4, 200, 3},
                           {C::gather, 5, 250, 4},
                           {C::barrier, 4, 0, 0},
                           {C::all_reduce, 1, 50, 0},
                           {C::broadcast, 1, 50, 0}}) {
        Ranks ranks(t.ranks, {collective(1, t.what, t.gb)});
        EXPECT_NEAR(seconds(ranks), t.wire, 1e-4) << static_cast<int>(t.what) << " " << t.ranks;
    }
}

// A chain of three passes pieces on: the wire once, and a hop for each of two levels.
TEST(ReplayClock, AChainWaitsAHopALevel) {
    const Ranks ranks(3, {collective(1, ChakraCollective::broadcast, 50)});
    EXPECT_NEAR(seconds(ranks), 1 + 2 * hop, 1e-9);
}

// Groups of two pairs do not meet; two collectives of one group go one after another, and begin
// when the last of its ranks has come.
TEST(ReplayClock, GroupsRunBesideEachOther) {
    const auto all_reduce = ChakraCollective::all_reduce;
    const std::map<std::string, std::vector<std::uint32_t>> pairs{{"a", {0, 1}}, {"b", {2, 3}}};
    const Ranks beside{{collective(1, all_reduce, 50, "a")},
                       {collective(1, all_reduce, 50, "a")},
                       {work(1, 1), collective(2, all_reduce, 100, "b", {1})},
                       {collective(2, all_reduce, 100, "b")}};
    EXPECT_NEAR(seconds(beside, pairs), 1 + 2, 1e-4);
    const Ranks twice(2, {collective(1, all_reduce, 50, "a"), collective(2, all_reduce, 100, "a")});
    EXPECT_NEAR(seconds(twice, {{"a", {0, 1}}}), 3, 1e-4);
    // under two names the same ranks share their ports: 50 GB of both by 2 s, the rest by 3 s
    const Ranks shared(2,
                       {collective(1, all_reduce, 50, "a"), collective(2, all_reduce, 100, "b")});
    EXPECT_NEAR(seconds(shared, {{"a", {0, 1}}, {"b", {1, 0}}}), 3, 1e-4);
}

TEST(ReplayClock, AMemberOfNoGroupIsFree) {
    const Ranks ranks{{collective(1, ChakraCollective::all_reduce, 50, "a")},
                      {work(1, 7)},
                      {collective(1, ChakraCollective::all_reduce, 50, "a"), work(2, 1, {1})}};
    const ProgramOutcome o = replayed({"", ranks, {{"a", {0, 2}}}});
    EXPECT_NEAR(o.ended[0].si(), 1, 1e-4);
    EXPECT_NEAR(o.ended[1].si(), 7, 1e-12);
    EXPECT_NEAR(o.ended[2].si(), 2, 1e-4);
    EXPECT_NEAR(o.worked[2].si(), 1, 1e-12);
}

TEST(ReplayClock, WorkIsScaledAndTimedByAChip) {
    const ChakraTrace trace{"", {{work(1, 2), host(2, 6)}}, {}};
    EXPECT_NEAR(replayed(trace, {.work_scale = 0.5}).total.si(), 3, 1e-12);
    EXPECT_NEAR(replayed(trace, {.work_scale = 0}).total.si(), 0, 1e-12);
    ChakraNode counted = work(1, 2);
    counted.tensor = 30 * unit::GB;
    TraceOptions options;
    options.work = [](const ChakraNode& n) { return n.tensor / (10 * unit::GBps); };
    options.work_scale = 2;
    EXPECT_NEAR(replayed({"", {{counted, work(2, 1)}}, {}}, options).total.si(), 2 * (3 + 1),
                1e-12);
}

// Ranks 0 and 1 stand on endpoints 3 and 5.
TEST(ReplayClock, RanksArePlacedByFirstAndStep) {
    const ChakraTrace trace{"", {{send(1, 1, 50)}, {receive(1, 0, 50)}}, {}};
    const FabricGraph graph = star(8);
    const auto program = program_of(trace, graph, {.first = 3, .step = 2});
    ASSERT_TRUE(program);
    const ProgramOutcome o = execute(graph, *program);
    std::vector<std::string> loaded;
    for (LinkId l = 0; l < graph.capacity.size(); ++l) {
        if (o.link_bytes[l] > Bytes{}) loaded.push_back(graph.name(l));
    }
    EXPECT_EQ(loaded, (std::vector<std::string>{"host 3 up", "host 5 down"}));
}

// Two ranks' trace on six: rank r does what rank r mod 2 does, 1 s or 2 s of work and then all six.
TEST(ReplayClock, ARescaledTraceRepeatsItsRanks) {
    const auto all_reduce = ChakraCollective::all_reduce;
    const ChakraTrace trace{"",
                            {{work(1, 1), collective(2, all_reduce, 60, "", {1})},
                             {work(1, 2), collective(2, all_reduce, 60, "", {1})}},
                            {}};
    const ProgramOutcome o = replayed(trace, {.ranks = 6});
    EXPECT_EQ(o.ended.size(), 6U);
    EXPECT_NEAR(o.total.si(), 2 + 2 * 60 * 5 / 6.0 / 50, 1e-4);
    EXPECT_NEAR(o.worked[4].si(), 1, 1e-12);
    EXPECT_NEAR(o.worked[5].si(), 2, 1e-12);
}

std::string fault_of(const ChakraTrace& trace, const TraceOptions& options = {}) {
    const auto program = program_of(trace, star(ranks_of(trace, options)), options);
    return program ? "" : to_text(program.error());
}

TEST(ReplayFaults, NameRankAndNode) {
    using T = ChakraTrace;
    EXPECT_TRUE(contains(fault_of(T{"", {{work(1, 1, {9})}}, {}}),
                         "rank 0: error: node 1 (w): waits for node 9, which is not there"));
    EXPECT_TRUE(contains(fault_of(T{"", {{}, {work(4, 1), work(4, 1)}}, {}}),
                         "rank 1: error: node 4 (w): a second node of that id"));
    EXPECT_TRUE(contains(fault_of(T{"", {{send(1, 0, 1)}}, {}}),
                         "node 1 (s): goes from rank 0 to 0\n  hint: ranks are 0 to 0"));
    EXPECT_TRUE(contains(fault_of(T{"", {{send(1, 7, 1)}, {}}, {}}), "goes from rank 0 to 7"));
    EXPECT_TRUE(contains(fault_of(T{"", {{receive(1, 5, 1)}, {}}, {}}), "goes from rank 5 to 0"));
    ChakraNode free = work(3, 0);
    free.operations = 1 * unit::PFLOP;
    EXPECT_TRUE(contains(fault_of(T{"", {{free}}, {}}),
                         "has operations or bytes, and no duration\n  hint: give --chip"));
    ChakraNode odd = work(3, 1);
    odd.type = ChakraType::invalid;
    EXPECT_TRUE(contains(fault_of(T{"", {{odd}}, {}}), "a type that the schema does not know"));
}

TEST(ReplayFaults, GroupsListTheirRanks) {
    const auto of = [](std::vector<std::uint32_t> ranks) {
        const ChakraNode node = collective(1, ChakraCollective::all_reduce, 1, "g");
        return fault_of(ChakraTrace{"", {{node}, {node}}, {{"g", std::move(ranks)}}});
    };
    EXPECT_EQ(of({0, 1}), "");
    EXPECT_EQ(of({1, 0}), "");
    EXPECT_TRUE(contains(of({1}), "rank 0: error: node 1 (c): process group 'g' does not fit"));
    EXPECT_TRUE(contains(of({0}), "rank 1: error: node 1 (c): process group 'g' does not fit"));
    EXPECT_TRUE(contains(of({0, 1, 2}), "it must list rank 0 and no rank beyond 1"));
    EXPECT_TRUE(contains(of({}), "does not fit this rank"));
}

TEST(ReplayFaults, TwentyAreEnough) {
    std::vector<ChakraNode> nodes;
    for (std::uint64_t i = 0; i < 50; ++i) nodes.push_back(send(i, 0, 1));
    const auto program = program_of({"", {nodes}, {}}, star(1), {});
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().size(), 20U);
}

TEST(ReplayFaults, MoreNodesThanMemoryHoldsAreRefused) {
    const ChakraTrace trace{"", {{work(1, 1), work(2, 1)}}, {}};
    EXPECT_EQ(fault_of(trace, {.ranks = 4}), "");
    const auto program = program_of(trace, star(1), {.ranks = 4'000'000'000});
    ASSERT_FALSE(program);
    EXPECT_TRUE(contains(to_text(program.error()), "--ranks: error: 8e+09 nodes"));
    EXPECT_FALSE(program_of({"", {{}}, {}}, star(1), {.ranks = 4'000'000'000}));
}

// Fifteen nodes in a circle: twelve are told, then how many more, then where it closes.
TEST(ReplayFaults, ALongCircleIsCutShort) {
    std::vector<ChakraNode> nodes;
    for (std::uint64_t i = 0; i < 15; ++i) nodes.push_back(work(i, 1, {(i + 1) % 15}));
    const ChakraTrace trace{"", {nodes}, {}};
    const FabricGraph graph = star(2);
    const Stall stall = execute(graph, program_of(trace, graph, {}).value()).stall;
    const Fault fault = stall_fault(stall, {{&trace, 1}}, "folder");
    EXPECT_EQ(fault.at.file, "folder");
    EXPECT_TRUE(fault.message.starts_with(
        "15 nodes never start: rank 0 node 0 (w) waits for rank 0 node 1 (w), which waits for "))
        << fault.message;
    EXPECT_TRUE(
        fault.message.ends_with("rank 0 node 11 (w), and so on over 3 more, which waits "
                                "for rank 0 node 0 (w)"))
        << fault.message;
}

// Ranks of a second job are counted from 0 again, and named with their job.
TEST(ReplayFaults, AStallNamesTheJob) {
    const ChakraTrace fine{"", {{work(1, 1)}, {work(1, 1)}}, {}};
    const ChakraTrace stuck{"", {{work(1, 1)}, {work(5, 1, {5})}}, {}};
    const FabricGraph graph = star(4);
    Program all = program_of(fine, graph, {}).value();
    append(all, program_of(stuck, graph, {.first = 2}).value());
    const Stall stall = execute(graph, all).stall;
    EXPECT_EQ(stall_fault(stall, {{&fine, 2}, {&stuck, 2}}, "f").message,
              "1 node never starts: job 1 rank 1 node 5 (w) waits for job 1 rank 1 node 5 (w)");
}

// Of eight ranks a stage, groups of two, four apart: {0, 4} to {3, 7}, then {8, 12} and so on.
TEST(TraceGroupsByHand, InterleaveByTheirStride) {
    const TraceGroups groups{"dp", {.size = 2, .stride = 4, .count = 4}};
    EXPECT_TRUE(groups.any());
    std::string ids;
    for (std::uint32_t rank = 0; rank < 8; ++rank) ids += std::to_string(groups.group_of(rank));
    EXPECT_EQ(ids, "01230123");
    EXPECT_EQ(groups.name(8, 0, 6), "dp-2");
    EXPECT_EQ(groups.name(8, 3, 6), "dp-14");
    const Plan plan{.tensor = 1, .pipeline = 2, .data = 8};
    ChakraTrace trace;
    groups.list(plan, trace);
    EXPECT_EQ(trace.groups.size(), 8U);
    EXPECT_EQ(trace.groups.at("dp-3"), (std::vector<std::uint32_t>{3, 7}));
    EXPECT_EQ(trace.groups.at("dp-4"), (std::vector<std::uint32_t>{8, 12}));
    trace.groups.clear();
    TraceGroups{"tp", {.size = 1, .stride = 1, .count = 8}}.list(plan, trace);
    EXPECT_TRUE(trace.groups.empty());  // of one rank there is nothing to exchange
}

}  // namespace TEST_FILE
}  // namespace millwright
