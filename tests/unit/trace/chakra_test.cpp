// Chakra traces as they come: posted sends, groups that must agree, JSON, and hostile numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/fabric/shape.h"
#include "millwright/intake/foreign.h"
#include "millwright/trace/trace_program.h"

namespace millwright {
namespace TEST_FILE {

FabricGraph star(std::uint32_t hosts) {
    return graph_of(
        {.kind = FabricKind::fat_tree, .endpoints = hosts, .routing = Routing::adaptive});
}

ChakraNode send(std::uint64_t id, std::uint32_t to, double bytes,
                std::vector<std::uint64_t> after = {}) {
    return {.id = id,
            .name = "send",
            .type = ChakraType::send,
            .after = std::move(after),
            .size = Bytes::from_si(bytes),
            .destination = to};
}

ChakraNode receive(std::uint64_t id, std::uint32_t from, double bytes,
                   std::vector<std::uint64_t> after = {}) {
    return {.id = id,
            .name = "receive",
            .type = ChakraType::receive,
            .after = std::move(after),
            .size = Bytes::from_si(bytes),
            .source = from};
}

ChakraNode collective(std::uint64_t id, const char* group, double bytes,
                      std::vector<std::uint64_t> after = {},
                      ChakraCollective what = ChakraCollective::all_reduce) {
    return {.id = id,
            .name = "reduce",
            .type = ChakraType::collective,
            .after = std::move(after),
            .collective = what,
            .size = Bytes::from_si(bytes),
            .group = group};
}

std::string faults_of(const ChakraTrace& trace, const TraceOptions& options = {}) {
    const auto ranks = static_cast<std::uint32_t>(trace.ranks.size());
    const FabricGraph graph = star(ranks);
    const auto program = program_of(trace, graph, options);
    if (!program) return to_text(program.error());
    const Stall stall = execute(graph, *program).stall;
    if (stall.chain.empty()) return "";
    return to_text(stall_fault(stall, {{&trace, ranks}}, "trace"));
}

// Both ranks send before they receive, whatever the size; both receiving first is a circle.
TEST(ChakraMessages, RanksMaySendFirst) {
    for (const double bytes : {1.0, 1e6, 1e9}) {
        ChakraTrace trace;
        trace.ranks = {{send(0, 1, bytes), receive(1, 1, bytes, {0})},
                       {send(0, 0, bytes), receive(1, 0, bytes, {0})}};
        EXPECT_EQ(faults_of(trace), "");
        EXPECT_EQ(faults_of(trace, {.eager = Bytes{}}), "");
    }
}

TEST(ChakraMessages, ACircleIsNamedNodeByNode) {
    ChakraTrace trace;
    trace.ranks = {{receive(3, 1, 8), send(4, 1, 8, {3})}, {receive(5, 0, 8), send(6, 0, 8, {5})}};
    const std::string text = faults_of(trace);
    EXPECT_TRUE(contains(text,
                         "4 nodes never start: rank 0 node 3 (receive) waits for rank 1 node 6 "
                         "(send), which waits for rank 1 node 5 (receive), which waits for "
                         "rank 0 node 4 (send), which waits for rank 0 node 3 (receive)"))
        << text;
    EXPECT_TRUE(contains(text, "in a circle")) << text;
}

// 4 GB at 50 GB/s: eager it is there when the receiver comes after a second, else it is 80 ms late.
TEST(ChakraMessages, EagerBytesLeaveBeforeTheReceiver) {
    ChakraTrace trace;
    ChakraNode busy{.id = 1, .name = "work", .type = ChakraType::compute, .duration = 1 * unit::s};
    trace.ranks = {{send(1, 1, 4e9)}, {busy, receive(2, 0, 4e9, {1})}};
    const FabricGraph graph = star(2);
    const auto seconds = [&](Bytes eager) {
        return execute(graph, program_of(trace, graph, {.eager = eager}).value()).total.si();
    };
    EXPECT_NEAR(seconds(4e9 * unit::B), 1, 1e-6);
    EXPECT_NEAR(seconds(Bytes{}), 1.08, 1e-4);
}

TEST(ChakraMessages, EveryMessageHasBothEndsAndOneSize) {
    ChakraTrace trace;
    trace.ranks = {{send(1, 1, 8), send(2, 1, 8)}, {receive(1, 0, 8)}};
    EXPECT_TRUE(contains(faults_of(trace), "node 2 (send): is never received by rank 1"));
    trace.ranks = {{send(1, 1, 8)}, {receive(1, 0, 16)}};
    EXPECT_TRUE(contains(faults_of(trace), "takes 16 bytes, and node 1 (send) of rank 0 sends 8"));
    trace.ranks = {{send(1, 1, 8)}, {receive(1, 0, 8), receive(2, 0, 8)}};
    EXPECT_TRUE(contains(faults_of(trace), "node 2 (receive): is never sent by rank 0"));
}

// Groups "a" and "b" have the same ranks; rank 1 comes to them in the other order.
TEST(ChakraGroups, GroupsOfLikeRanksAreTwo) {
    ChakraTrace trace;
    trace.groups = {{"a", {0, 1}}, {"b", {0, 1}}};
    trace.ranks = {{collective(1, "a", 8), collective(2, "b", 8, {1})},
                   {collective(1, "b", 8), collective(2, "a", 8, {1})}};
    const std::string text = faults_of(trace);
    EXPECT_TRUE(contains(text, "rank 0 node 1 (reduce) waits for rank 1 node 2 (reduce)")) << text;
    EXPECT_TRUE(contains(text, "in a circle")) << text;
    trace.ranks[1] = trace.ranks[0];
    EXPECT_EQ(faults_of(trace), "");
}

TEST(ChakraGroups, CollectivesMatchInKindSizeAndNumber) {
    ChakraTrace trace;
    trace.groups = {{"a", {0, 1}}};
    trace.ranks = {{collective(1, "a", 8)}, {collective(7, "a", 9)}};
    EXPECT_TRUE(contains(faults_of(trace),
                         "rank 1: error: node 7 (reduce): has 9 bytes, and node 1 (reduce) of rank "
                         "0 has 8"))
        << faults_of(trace);
    trace.ranks[1] = {collective(7, "a", 8, {}, ChakraCollective::all_gather)};
    EXPECT_TRUE(contains(faults_of(trace), "meets a collective of another kind"));
    trace.ranks[1] = {};
    EXPECT_TRUE(contains(faults_of(trace), "waits for rank 1, which has 0 of the 1 collectives"));
    // exchanges of all with all may be uneven
    trace.ranks = {{collective(1, "a", 8, {}, ChakraCollective::all_to_all)},
                   {collective(7, "a", 9, {}, ChakraCollective::all_to_all)}};
    EXPECT_EQ(faults_of(trace), "");
}

// Rank 1's file has the second collective first; both come to them in one order all the same.
TEST(ChakraGroups, FilesMayBeOutOfOrder) {
    ChakraTrace trace;
    trace.groups = {{"a", {0, 1}}};
    trace.ranks = {{collective(1, "a", 8), collective(2, "a", 9, {1})},
                   {collective(2, "a", 9, {1}), collective(1, "a", 8)}};
    const auto read = parse_chakra(chakra_files(trace, "t"), "t");
    ASSERT_TRUE(read) << to_text(read.error());
    EXPECT_EQ(read->ranks[1].front().id, 1U);
    EXPECT_EQ(faults_of(*read), "");
    // a circle within a rank stays one, and is told
    trace.ranks = {{collective(1, "a", 8, {2}), collective(2, "a", 9, {1})},
                   {collective(1, "a", 8), collective(2, "a", 9)}};
    const auto circle = parse_chakra(chakra_files(trace, "t"), "t");
    EXPECT_TRUE(contains(faults_of(*circle), "rank 0 node 1 (reduce) waits for rank 0 node 2"));
}

TEST(ChakraGroups, RanksAreNotNarrowed) {
    const auto read = [](const std::string& groups) {
        const ChakraTrace trace{"0.0.4", {{send(1, 0, 1)}}, {}};
        std::vector<ChakraFile> files = chakra_files(trace, "t");
        files.push_back({"comm_group.json", groups});
        const auto parsed = parse_chakra(files, "t");
        return parsed ? std::string() : to_text(parsed.error());
    };
    EXPECT_EQ(read(R"({"0": [0, 1]})"), "");
    for (const char* rank : {"4294967297", "-1", "1.5", "18446744073709551617", "\"1\"", "null"}) {
        const std::string text = read(std::string(R"({"0": [0, )") + rank + "]}");
        EXPECT_TRUE(contains(text, "which is no rank")) << rank << text;
    }
    EXPECT_TRUE(contains(read(R"({"0": [0, 0]})"), "has rank 0 twice"));
    EXPECT_TRUE(contains(read("[[[["), "not a JSON object"));
}

/// The faults of a rank that is written as JSON with this attribute.
std::string with_attribute(const std::string& name, const std::string& value) {
    const std::string text = R"({"version":"0.0.4"}{"id":"7","name":"n","type":"COMM_COLL_NODE",)"
                             R"("attr":[{"name":")" +
                             name + "\"," + value + "}]}";
    const auto read = parse_chakra_rank(text, "t.0.json");
    return read ? "" : to_text(read.error());
}

TEST(ChakraNumbers, AreFiniteAndWithinPhysics) {
    for (const char* name :
         {"comm_size", "num_ops", "tensor_size", "comm_type", "comm_src", "comm_dst", "comm_tag"}) {
        for (const char* value :
             {R"("doubleVal":"Infinity")", R"("doubleVal":"NaN")", R"("doubleVal":-1)",
              R"("doubleVal":1e300)", R"("int64Val":"-9223372036854775808")"}) {
            const std::string text = with_attribute(name, value);
            EXPECT_TRUE(contains(text, std::string("'") + name + "' is out of range"))
                << name << " " << value << text;
            EXPECT_TRUE(contains(text, "t.0.json")) << text;
            EXPECT_TRUE(contains(text, "node 7 (n)")) << text;
        }
        EXPECT_EQ(with_attribute(name, R"("int64Val":"3")"), "") << name;
    }
    for (const char* name : {"comm_type", "comm_src", "comm_tag"}) {
        EXPECT_NE(with_attribute(name, R"("doubleVal":1.5)"), "") << name;
        EXPECT_NE(with_attribute(name, R"("int64Val":"4294967297")"), "") << name;
    }
    const auto text = R"({"version":"0.0.4"}{"id":"7","type":"COMP_NODE",)"
                      R"("durationMicros":"18446744073709551615"})";
    EXPECT_TRUE(contains(to_text(parse_chakra_rank(text, "t").error()), "'duration_micros'"));
    for (const char* type : {"257", "-255", "8", "0"}) {
        const std::string node = std::string(R"({"version":"0.0.4"}{"type":)") + type + "}";
        EXPECT_FALSE(parse_chakra_rank(node, "t")) << type;
    }
}

TEST(ChakraNumbers, AScaleOfWorkIsANumber) {
    ChakraTrace trace;
    trace.ranks = {{{.id = 1, .name = "w", .type = ChakraType::compute, .duration = 1 * unit::s}}};
    for (const double scale : {std::nan(""), std::numeric_limits<double>::infinity(), -1.0, 1e7}) {
        EXPECT_TRUE(contains(faults_of(trace, {.work_scale = scale}), "--work-scale")) << scale;
    }
}

// chakra_jsonizer: objects one after another, on several lines each; also one a line, or a list.
TEST(ChakraJson, IsReadAsProtobufIs) {
    const std::string metadata = R"({"version":"0.0.4"})";
    const std::string first = R"({
  "id": "1", "name": "forward", "type": "COMP_NODE", "durationMicros": "250",
  "attr": [{"name": "is_cpu_op", "boolVal": false}, {"name": "num_ops", "int64Val": "12"}]
})";
    const std::string second =
        R"({"id":2,"name":"r","type":7,"data_deps":["1"],"ctrlDeps":[1],"attr":[)"
        R"({"name":"comm_size","uint64_val":80},{"name":"pg_name","stringVal":"a"},)"
        R"({"name":"involved_dim","boolList":{"values":[true,false]}}]})";
    for (const std::string& text :
         {metadata + "\n" + first + "\n" + second, metadata + first + second,
          "[" + metadata + "," + first + "," + second + "]"}) {
        const auto read = parse_chakra_rank(text, "t.0.json");
        ASSERT_TRUE(read) << to_text(read.error());
        EXPECT_EQ(read->version, "0.0.4");
        ASSERT_EQ(read->nodes.size(), 2U);
        EXPECT_DOUBLE_EQ(read->nodes[0].duration.in(unit::us), 250);
        EXPECT_DOUBLE_EQ(read->nodes[0].operations.si(), 12);
        EXPECT_EQ(read->nodes[1].type, ChakraType::collective);
        EXPECT_EQ(read->nodes[1].after, std::vector<std::uint64_t>{1});
        EXPECT_EQ(read->nodes[1].group, "a");
        EXPECT_EQ(read->nodes[1].dimensions, (std::vector<bool>{true, false}));
        EXPECT_DOUBLE_EQ(read->nodes[1].size.si(), 80);
    }
}

TEST(ChakraJson, WhatIsWrongIsTold) {
    const auto fault = [](const std::string& text) {
        const auto read = parse_chakra_rank(text, "t.0.json");
        return read ? std::string() : to_text(read.error());
    };
    EXPECT_TRUE(contains(fault("{\"version\":\"0\"}\n{\"id\": [}"), "t.0.json:2"));
    EXPECT_TRUE(contains(fault(R"({"version":"0"}{"id":"x","type":4})"), "'id' is not what"));
    EXPECT_TRUE(contains(fault(R"({"version":"0"}{"type":"SOME_NODE"})"), "'type' is not what"));
    EXPECT_TRUE(contains(fault("[1, 2]"), "object 1 is no node"));
    const std::string deep(200'000, '[');
    EXPECT_NE(fault(deep + "1"), "");
}

TEST(ForeignFiles, AreNamed) {
    const auto known = [](const char* text) {
        const auto fault = foreign_file(text, "f");
        return fault ? fault->message : std::string();
    };
    EXPECT_TRUE(
        contains(known("# nThread 1 nGpus 8\n#  size count type redop root time algbw busbw "
                       "#wrong out-of-place in-place\n"),
                 "nccl-tests"));
    EXPECT_TRUE(contains(known("<system version=\"1\">\n <cpu numaid=\"0\">"), "NCCL"));
    EXPECT_TRUE(contains(known("topology: [ Ring, Switch ]\nnpus_count: [ 4, 2 ]\n"), "ASTRA-sim"));
    EXPECT_TRUE(contains(known(R"({"schemaVersion":1,"traceEvents":[]})"), "Kineto"));
    EXPECT_TRUE(contains(known(R"({"schema":"1.1.0","nodes":[{"id":1,"inputs":{}}]})"), "PyTorch"));
    EXPECT_EQ(known("\x07\n\x05"
                    "0.0.4"),
              "");
}

// A node with neither operations nor bytes keeps its duration on any chip.
TEST(ChakraWork, DurationsStandWhereNothingElseDoes) {
    ChakraTrace trace;
    ChakraNode node{.id = 1, .name = "w", .type = ChakraType::compute, .duration = 2 * unit::s};
    ChakraNode counted = node;
    counted.id = 2;
    counted.operations = 3 * unit::PFLOP;
    trace.ranks = {{node, counted}};
    TraceOptions options;
    options.work = [](const ChakraNode& n) { return n.operations / (1 * unit::PFLOP / unit::s); };
    const FabricGraph graph = star(2);
    EXPECT_DOUBLE_EQ(execute(graph, program_of(trace, graph, options).value()).total.si(), 5);
}

}  // namespace TEST_FILE
}  // namespace millwright
