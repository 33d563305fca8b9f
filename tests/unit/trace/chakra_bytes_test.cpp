// Chakra files byte by byte: written here by the public numbers of the schema, not by its library.
#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/trace/chakra.h"

namespace millwright {
namespace TEST_FILE {

std::string varint(std::uint64_t n) {
    std::string out;
    for (; n >= 128; n /= 128) out += static_cast<char>(n % 128 + 128);
    return out + static_cast<char>(n);
}

std::string key(int field, int wire) {
    return varint(static_cast<std::uint64_t>(field * 8 + wire));
}
std::string number(int field, std::uint64_t n) { return key(field, 0) + varint(n); }
std::string bytes(int field, const std::string& text) {
    return key(field, 2) + varint(text.size()) + text;
}
template <class T>
std::string fixed(int field, T value) {
    std::string out(sizeof(T), '\0');
    std::memcpy(out.data(), &value, sizeof(T));
    return key(field, sizeof(T) == 8 ? 1 : 5) + out;
}
std::string message(const std::string& body) { return varint(body.size()) + body; }
std::string attribute(const std::string& name, const std::string& value) {
    return bytes(10, bytes(1, name) + value);
}

const std::string metadata = message(bytes(1, "0.0.4"));

/// The one node that is in a file.
ChakraNode node_in(const std::string& body) {
    const auto read = parse_chakra_rank(metadata + message(body), "t.0.et");
    EXPECT_TRUE(read) << to_text(read.error());
    return read && read->nodes.size() == 1 ? read->nodes[0] : ChakraNode{};
}

std::string fault_of(const std::string& text) {
    const auto read = parse_chakra_rank(text, "t.0.et");
    return read ? "" : to_text(read.error());
}

TEST(ChakraBytes, FieldsAreReadByTheirPublicNumbers) {
    const ChakraNode n =
        node_in(number(1, 300) + bytes(2, "mm") + number(3, 4) + number(4, 7) + number(4, 5) +
                number(5, 6) + number(6, 999) + number(7, 250) +
                attribute("num_ops", number(9, 12)) + attribute("tensor_size", number(13, 34)));
    EXPECT_EQ(n.id, 300U);
    EXPECT_EQ(n.name, "mm");
    EXPECT_EQ(n.type, ChakraType::compute);
    EXPECT_EQ(n.after, (std::vector<std::uint64_t>{5, 6, 7}));
    EXPECT_DOUBLE_EQ(n.duration.in(unit::us), 250);
    EXPECT_DOUBLE_EQ(n.operations.si(), 12);
    EXPECT_DOUBLE_EQ(n.tensor.si(), 34);
    EXPECT_FALSE(n.on_host);
}

// Writers of proto3 pack numbers that repeat; older ones do not. What is named twice counts once.
TEST(ChakraBytes, DependenciesArePackedOrNot) {
    const std::string packed = bytes(5, varint(3) + varint(300) + varint(3));
    const ChakraNode n = node_in(number(1, 1) + number(3, 4) + packed + number(4, 300));
    EXPECT_EQ(n.after, (std::vector<std::uint64_t>{3, 300}));
}

// An amount may stand as any of the types of numbers, or as text.
TEST(ChakraBytes, AttributesAreOfAnyType) {
    for (const std::string& value :
         {fixed(3, 12.0), fixed(5, 12.0F), number(7, 12), number(9, 12), number(11, 12),
          number(13, 12), number(15, 24) /* zigzag */, number(17, 24), fixed(19, std::uint32_t{12}),
          fixed(21, std::uint64_t{12}), fixed(23, std::int32_t{12}), fixed(25, std::int64_t{12}),
          bytes(29, "12")}) {
        const ChakraNode n =
            node_in(number(3, 7) + attribute("comm_size", value) + attribute("comm_tag", value));
        EXPECT_EQ(n.tag, 12U);
        EXPECT_DOUBLE_EQ(n.size.si(), 12) << testing::PrintToString(value);
    }
}

TEST(ChakraBytes, CollectivesAndMessagesHaveTheirAttributes) {
    const ChakraNode c =
        node_in(number(3, 7) + attribute("comm_type", number(9, 6)) +
                attribute("comm_size", number(9, 1000)) + attribute("pg_name", bytes(29, "dp")) +
                attribute("involved_dim", bytes(28, bytes(1, "\x01" + std::string(1, '\0')))) +
                attribute("is_cpu_op", number(27, 1)));
    EXPECT_EQ(c.collective, ChakraCollective::all_to_all);
    EXPECT_EQ(c.group, "dp");
    EXPECT_EQ(c.dimensions, (std::vector<bool>{true, false}));
    EXPECT_TRUE(c.on_host);
    EXPECT_EQ(node_in(number(3, 7) + attribute("pg_name", number(9, 17))).group, "17");
    const ChakraNode s =
        node_in(number(3, 5) + attribute("comm_src", number(9, 2)) +
                attribute("comm_dst", number(9, 4294967295)) + attribute("comm_tag", number(9, 8)));
    EXPECT_EQ(s.type, ChakraType::send);
    EXPECT_EQ(s.source, 2U);
    EXPECT_EQ(s.destination, 4294967295U);
    EXPECT_EQ(s.tag, 8U);
}

TEST(ChakraBytes, WhatTheSchemaDoesNotKnowIsSkipped) {
    const ChakraNode n = node_in(
        number(1, 9) + number(3, 4) + bytes(8, "inputs") + bytes(99, "new") + fixed(98, 1.5) +
        attribute("stream", number(9, 7)) + attribute("num_ops", bytes(31, "?") + number(9, 3)));
    EXPECT_EQ(n.id, 9U);
    EXPECT_DOUBLE_EQ(n.operations.si(), 3);
}

// 8 bytes of metadata, then a node of 5: what is broken begins at byte 13, and is told from there
// up to the end of the file.
TEST(ChakraBytes, WhatIsBrokenIsToldWithItsByte) {
    const std::string node = message(number(1, 1) + number(3, 4));
    ASSERT_EQ(metadata.size(), 8U);
    ASSERT_EQ(node.size(), 5U);
    EXPECT_EQ(fault_of(metadata + node), "");
    for (const std::string& broken :
         {std::string("\x80"), std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
          std::string("\x05\x08\x01"), std::string("\x02\x08\x80"), std::string("\x01\x0a"),
          std::string("\x03\x0a\x05z"), std::string("\x02\x0f\x01"), varint(3'000'000'000),
          std::string("\x02\x00\x01", 3)}) {
        const std::string text = fault_of(metadata + node + broken);
        constexpr std::string_view said = "t.0.et: error: no Chakra message at byte ";
        ASSERT_TRUE(text.starts_with(said)) << text;
        const int at = std::stoi(text.substr(said.size()));
        EXPECT_GE(at, 13) << testing::PrintToString(broken);
        EXPECT_LE(at, 13 + static_cast<int>(broken.size())) << testing::PrintToString(broken);
    }
    EXPECT_TRUE(contains(fault_of(""), "at byte 0"));
    EXPECT_TRUE(contains(fault_of("\x03zzz"), "no Chakra message at byte"));
}

TEST(ChakraBytes, AFileOfMetadataAloneHasNoNodes) {
    const auto read = parse_chakra_rank(metadata, "t.0.et");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->version, "0.0.4");
    EXPECT_TRUE(read->nodes.empty());
}

// 25 nodes without a type: the first twenty faults tell it.
TEST(ChakraBytes, TwentyFaultsAreEnough) {
    std::string text = metadata;
    for (int i = 0; i < 25; ++i) text += message(number(1, static_cast<std::uint64_t>(100 + i)));
    const auto read = parse_chakra_rank(text, "t.0.et");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().size(), 20U);
    EXPECT_EQ(read.error().back().message, "node 119 (): 'type' is out of range");
}

// 250 us of work: id, name, type, duration, and that it is none of the host's.
TEST(ChakraBytes, WhatIsWrittenIsTheSchemasBytes) {
    ChakraTrace trace;
    trace.ranks = {{{.id = 1,
                     .name = "w",
                     .type = ChakraType::compute,
                     .after = {},
                     .duration = 250 * unit::us}},
                   {{.id = 2,
                     .name = "s",
                     .type = ChakraType::send,
                     .after = {1},
                     .size = 80 * unit::B,
                     .source = 1,
                     .destination = 0,
                     .tag = 3}}};
    trace.groups["g"] = {0, 1};
    const std::vector<ChakraFile> files = chakra_files(trace, "t");
    ASSERT_EQ(files.size(), 3U);
    EXPECT_EQ(files[0].name, "t.0.et");
    EXPECT_EQ(files[0].bytes,
              metadata + message(number(1, 1) + bytes(2, "w") + number(3, 4) + number(7, 250) +
                                 attribute("is_cpu_op", number(27, 0))));
    EXPECT_EQ(
        files[1].bytes,
        metadata +
            message(number(1, 2) + bytes(2, "s") + number(3, 5) + bytes(5, varint(1)) +
                    attribute("is_cpu_op", number(27, 0)) + attribute("comm_size", number(13, 80)) +
                    attribute("comm_src", number(9, 1)) + attribute("comm_dst", number(9, 0)) +
                    attribute("comm_tag", number(9, 3))));
    EXPECT_EQ(files[2].name, "comm_group.json");
    EXPECT_EQ(files[2].bytes, "{\"g\":[0,1]}\n");
}

/// Nodes of a rank as they come back from its file.
std::vector<ChakraNode> written_and_read(std::vector<ChakraNode> nodes) {
    const ChakraTrace trace{"", {std::move(nodes)}, {}};
    const auto read = parse_chakra_rank(chakra_files(trace, "t")[0].bytes, "t.0.et");
    EXPECT_TRUE(read) << to_text(read.error());
    return read ? read->nodes : std::vector<ChakraNode>{};
}

/// Any node, with whole amounts that the limits allow.
ChakraNode any_node() {
    ChakraNode n{.id = *rc::gen::arbitrary<std::uint64_t>(),
                 .name = *rc::gen::element<std::string>("", "a", "\u00e9")};
    n.type = static_cast<ChakraType>(*rc::gen::inRange(1, 8));
    n.after = *rc::gen::unique<std::vector<std::uint64_t>>(rc::gen::arbitrary<std::uint64_t>());
    std::ranges::sort(n.after);
    n.duration =
        static_cast<double>(*rc::gen::inRange<std::int64_t>(0, 32'000'000'000'000)) * unit::us;
    n.operations = Flops::from_si(*rc::gen::element(0.0, 1.0, 1e15, 1e20, 1e27));
    n.tensor = Bytes::from_si(*rc::gen::element(0.0, 1.0, 1e18));
    n.size = Bytes::from_si(*rc::gen::element(0.0, 7.0, 4e9, 1e18));
    n.on_host = *rc::gen::arbitrary<bool>();
    if (n.type == ChakraType::collective) {
        n.collective = static_cast<ChakraCollective>(*rc::gen::inRange(0, 10));
        n.group = *rc::gen::element<std::string>("", "dp-0", "17");
    }
    if (n.type == ChakraType::send || n.type == ChakraType::receive) {
        n.source = *rc::gen::arbitrary<std::uint32_t>();
        n.destination = *rc::gen::arbitrary<std::uint32_t>();
        n.tag = *rc::gen::arbitrary<std::uint32_t>();
    }
    return n;
}

TEST(ChakraLaw, EveryNodeIsReadAsItIsWritten) {
    EXPECT_TRUE(rc::check([] {
        const ChakraNode n = any_node();
        const auto nodes = written_and_read({n});
        RC_ASSERT(nodes.size() == 1U);
        const ChakraNode& read = nodes[0];
        RC_ASSERT(read.id == n.id && read.name == n.name && read.type == n.type);
        RC_ASSERT(read.after == n.after);
        RC_ASSERT(std::abs(read.duration.si() - n.duration.si()) <= 1e-9 * n.duration.si());
        RC_ASSERT(read.operations == n.operations);
        RC_ASSERT(read.tensor == n.tensor && read.size == n.size);
        RC_ASSERT(read.on_host == n.on_host && read.collective == n.collective);
        RC_ASSERT(read.group == n.group && read.source == n.source);
        RC_ASSERT(read.destination == n.destination && read.tag == n.tag);
    }));
}

// The bytes of a file cut anywhere are a fault or the nodes before the cut, never others.
TEST(ChakraLaw, ACutFileHasNoOtherNodes) {
    std::string text = metadata;
    std::vector<std::size_t> ends{text.size()};
    for (std::uint64_t id = 1; id <= 6; ++id) {
        text += message(number(1, id) + bytes(2, "node") + number(3, 4) +
                        attribute("num_ops", number(9, 1000 * id)));
        ends.push_back(text.size());
    }
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        const auto read = parse_chakra_rank(text.substr(0, cut), "t.0.et");
        const auto whole = std::ranges::find(ends, cut);
        ASSERT_EQ(read.has_value(), whole != ends.end()) << cut;
        if (!read) continue;
        EXPECT_EQ(read->nodes.size(), static_cast<std::size_t>(whole - ends.begin()));
    }
}

// Nodes that wait for later ones go behind them; those that nothing holds back keep their order.
TEST(ChakraOrder, IsTheFilesWhereNothingWaits) {
    const auto order_of = [](std::vector<ChakraNode> nodes) {
        std::string ids;
        for (const ChakraNode& n : written_and_read(std::move(nodes))) ids += std::to_string(n.id);
        return ids;
    };
    const auto node = [](std::uint64_t id, std::vector<std::uint64_t> after = {}) {
        return ChakraNode{.id = id, .type = ChakraType::compute, .after = std::move(after)};
    };
    EXPECT_EQ(order_of({node(3), node(1), node(2)}), "312");
    EXPECT_EQ(order_of({node(3, {1}), node(1), node(2)}), "132");
    EXPECT_EQ(order_of({node(4, {3}), node(3, {2}), node(2, {1}), node(1), node(5)}), "12345");
    EXPECT_EQ(order_of({node(1, {9}), node(2)}), "12");                 // 9 is not there
    EXPECT_EQ(order_of({node(1, {2}), node(2, {1}), node(3)}), "312");  // a circle goes to the end
    EXPECT_EQ(order_of({node(1, {1}), node(2)}), "21");
    EXPECT_EQ(order_of({}), "");
}

TEST(ChakraLaw, EveryNodeComesBehindThoseItWaitsFor) {
    EXPECT_TRUE(rc::check([] {
        const auto n = *rc::gen::inRange<std::uint64_t>(1, 30);
        std::vector<ChakraNode> nodes(n);
        for (std::uint64_t i = 0; i < n; ++i) {
            nodes[i].id = i;
            nodes[i].type = ChakraType::compute;
            for (std::uint64_t before = 0; before < i; ++before) {
                if (*rc::gen::inRange(0, 4) == 0) nodes[i].after.push_back(before);
            }
        }
        for (std::uint64_t i = n; i > 1; --i) {  // dealt out at random
            std::swap(nodes[i - 1], nodes[*rc::gen::inRange<std::uint64_t>(0, i)]);
        }
        nodes = written_and_read(nodes);
        RC_ASSERT(nodes.size() == n);
        std::vector<bool> seen(n, false);
        for (const ChakraNode& node : nodes) {
            for (const std::uint64_t before : node.after) RC_ASSERT(seen[before]);
            RC_ASSERT(!seen[node.id]);
            seen[node.id] = true;
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
