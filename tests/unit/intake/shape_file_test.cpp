// Fabrics as files: what each key makes of them, what keys say together, and files of other tools.
#include "millwright/intake/shape_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "millwright/base/text.h"
#include "millwright/intake/foreign.h"

namespace millwright {
namespace TEST_FILE {

const std::string link = "port = \"10 GB/s\"\nhop = \"1 us\"\n";
const std::string tier = "[[tier]]\nwidth = 4\n";
const std::string torus = "kind = \"torus\"\ndimensions = [2, 4]\n" + link;

std::string told(const std::string& text) {
    const auto shape = parse_shape(text, "f.toml");
    return shape ? "" : to_text(shape.error());
}

FabricShape read(const std::string& text) {
    const auto shape = parse_shape(text, "f.toml");
    EXPECT_TRUE(shape) << text << (shape ? "" : to_text(shape.error()));
    return shape ? *shape : FabricShape{};
}

TEST(ShapeFiles, TiersHaveTheFabricsRateAndLatencyUnlessTheyStateTheirs) {
    const FabricShape s = read("name = \"n\"\nsource = \"here\"\nmessage = \"2 us\"\n" + link +
                               tier + "[[tier]]\nwidth = 8\noversubscription = 2\n" +
                               "port = \"40 GB/s\"\nhop = \"3 us\"\n");
    EXPECT_EQ(s.name, "n");
    EXPECT_EQ(s.source, "here");
    EXPECT_EQ(s.kind, FabricKind::tree);
    EXPECT_EQ(s.message.in(unit::us), 2);
    ASSERT_EQ(s.tree.tiers.size(), 2U);
    EXPECT_EQ(s.tree.tiers[0].port.in(unit::GBps), 10);
    EXPECT_DOUBLE_EQ(s.tree.tiers[0].hop.in(unit::us), 1);
    EXPECT_EQ(s.tree.tiers[1].width, 8U);
    EXPECT_EQ(s.tree.tiers[1].oversubscription, 2);
    EXPECT_EQ(s.tree.tiers[1].port.in(unit::GBps), 40);
    EXPECT_DOUBLE_EQ(s.tree.tiers[1].hop.in(unit::us), 3);
    EXPECT_EQ(capacity_of(s), 32);
    EXPECT_EQ(s.endpoints, 0U);  // who uses it says how many
}

/// Zero is a latency that a tier may state; left out, it has the fabric's.
TEST(ShapeFiles, ATierMayHaveNoLatency) {
    const FabricShape s = read(link + tier + "hop = \"0 s\"\n");
    EXPECT_EQ(s.tree.tiers.at(0).hop, Seconds{});
    // and where all state theirs, the fabric needs none
    EXPECT_EQ(told("port = \"10 GB/s\"\n" + tier + "hop = \"5 us\"\n"), "");
    EXPECT_TRUE(contains(told("port = \"10 GB/s\"\n" + tier + "hop = \"5 us\"\n" + tier),
                         "the fabric lacks 'hop'"));
}

TEST(ShapeFiles, ADomainIsOneSwitchUnlessItSaysMore) {
    const std::string inside = "port = \"60 GB/s\"\nhop = \"100 ns\"\nendpoints = 8\n";
    const Domain one = read(link + tier + "[domain]\n" + inside + "ports = 4\n").domain;
    ASSERT_EQ(one.tree.tiers.size(), 1U);
    EXPECT_EQ(one.tree.tiers[0].width, 8U);
    EXPECT_EQ(one.ports, 4U);
    EXPECT_TRUE(one.forwards);
    EXPECT_FALSE(one.reduces);
    const Domain two = read(link + tier + "[domain]\n" + inside +
                            "reduces = true\n[[domain.tier]]\nwidth = 4\n[[domain.tier]]\n"
                            "width = 2\nport = \"20 GB/s\"\n")
                           .domain;
    ASSERT_EQ(two.tree.tiers.size(), 2U);
    EXPECT_EQ(two.tree.tiers[0].port.in(unit::GBps), 60);
    EXPECT_EQ(two.tree.tiers[1].port.in(unit::GBps), 20);
    EXPECT_TRUE(two.reduces);
    const Domain ring =
        read(link + tier + "[domain]\nkind = \"torus\"\ndimensions = [2, 4]\n" + inside).domain;
    EXPECT_EQ(ring.kind, FabricKind::torus);
    EXPECT_EQ(ring.dimensions, (std::vector<std::uint32_t>{2, 4}));
}

TEST(ShapeFiles, KindsHoldWhatTheirFiguresMultiplyTo) {
    EXPECT_EQ(capacity_of(read(torus)), 8);
    EXPECT_EQ(capacity_of(read("kind = \"grid\"\ndimensions = [3, 3, 3]\n" + link)), 27);
    const std::string dragon =
        "kind = \"dragonfly-plus\"\n" + link +
        "[dragonfly]\nhosts = 2\nleaves = 3\nspines = 4\nglobal_links = 1\ngroups = 5\n"
        "global_hop = \"2 us\"\n";
    const FabricShape s = read(dragon);
    EXPECT_EQ(capacity_of(s), 2 * 3 * 5);
    EXPECT_DOUBLE_EQ(s.dragonfly.global_hop.in(unit::us), 2);
    // four global links reach four other groups, not five
    std::string more = dragon;
    more.replace(more.find("groups = 5"), 10, "groups = 6");
    EXPECT_TRUE(contains(told(more), "a group has fewer global links than there are other groups"));
}

TEST(ShapeFiles, ALinkThatIsNamedWithoutAShareHasFailed) {
    const FabricShape s = read(link + tier +
                               "[[degraded]]\nname = \"a\"\n[[degraded]]\n"
                               "name = \"b\"\nshare = 0.5\n");
    ASSERT_EQ(s.degraded.size(), 2U);
    EXPECT_EQ(s.degraded[0].share, 0);
    EXPECT_EQ(s.degraded[1].name, "b");
    EXPECT_EQ(s.degraded[1].share, 0.5);
}

struct Refused {
    std::string text;
    const char* message;
};

const std::string inside = "[domain]\nport = \"60 GB/s\"\nhop = \"100 ns\"\nendpoints = 8\n";

const Refused refused[] = {
    {"", "the fabric lacks [[tier]]"},
    {link, "the fabric lacks [[tier]]"},
    {tier, "the fabric lacks 'port'"},
    {"port = \"1 GB/s\"\n" + tier, "the fabric lacks 'hop'"},
    {"port = \"0 GB/s\"\nhop = \"1 us\"\n" + tier, "'port' is 0 B/s, outside what is allowed"},
    {"prt = \"1 GB/s\"\n" + link + tier, "unknown key 'prt'"},
    {link + "[[tier]]\nwidth = 0\n", "'width' is 0, outside the range 1 to 1e+06"},
    {link + "[[tier]]\n", "this [[tier]] lacks 'width'"},
    {link + tier + "oversubscription = 0.5\n", "'oversubscription' is 0.5, outside"},
    {link + "planes = 65\n" + tier, "'planes' is 65, outside the range 1 to 64"},
    {link + "kind = \"ring\"\n" + tier, "'kind' cannot be 'ring'"},
    {"kind = \"torus\"\n" + link, "the fabric lacks 'dimensions'"},
    {"kind = \"dragonfly-plus\"\n" + link, "the fabric lacks [dragonfly]"},
    {"kind = \"dragonfly-plus\"\n" + link +
         "[dragonfly]\nhosts = 1\nleaves = 2\nspines = 65536\nglobal_links = 65536\ngroups = 2\n"
         "global_hop = \"1 us\"\n",
     "4294967296 global links, more than 1000000"},
    {link + tier + "[dragonfly]\nhosts = 2\n", "has no [dragonfly]"},
    {torus + tier, "a torus has no [[tier]] of its own"},
    {"rails = true\n" + torus, "rails are leaf switches of [[tier]] tables"},
    {"kind = \"torus\"\ndimensions = [2, 2, 2, 2, 2, 2, 2]\n" + link, "more than 6 dimensions"},
    {link + tier + tier + tier + tier + tier + tier + tier + tier + tier, "more than 8 tiers"},
    {link + tier + inside + "kind = \"fat-tree\"\n", "a domain is no fat-tree"},
    {link + tier + inside + "kind = \"torus\"\ndimensions = [2, 2]\n", "do not multiply to its"},
    {link + tier + inside + "[[domain.tier]]\nwidth = 4\n", "do not multiply to its endpoints"},
    {link + tier + inside + "kind = \"full-mesh\"\nattach = 1\n",
     "ports attach to tiers of a tree"},
    {link + tier + inside + "attach = 2\n", "'attach' is above the tiers of the domain"},
    {link + "planes = 2\n" + tier + inside + "ports = 1\n", "do not divide among the planes"},
    {link + tier + "[[degraded]]\nname = \"a\"\nshare = 1.5\n", "'share' is 1.5, outside"},
    {link + tier + "[domain]\nendpoints = 8\n", "[domain] lacks 'port'"},
    {"domain = 3\n" + link + tier, "'domain' must be a table"},
    // fewer ports than one domain has
    {link + tier + inside + "ports = 8\n", "the fabric holds no whole domain"},
    {link + "[[tier]]\nwidth = 1000000\n[[tier]]\nwidth = 5\n", "holds 5e+06 endpoints, more than"},
    {"kind = \"torus\"\ndimensions = [2000, 2001]\n" + link, "endpoints, more than 4e+06"},
};

TEST(ShapeFiles, AreRefusedInWords) {
    for (const Refused& c : refused) {
        const std::string faults = told(c.text);
        EXPECT_TRUE(contains(faults, c.message)) << c.text << "\n" << faults;
        EXPECT_TRUE(faults.starts_with("f.toml:")) << faults;
    }
}

/// What one pass takes for granted the pass before has checked: keys alone are told first.
TEST(ShapeFiles, TellFaultsOfKeysBeforeWhatKeysSayTogether) {
    const std::string faults = told("planes = 0\nrails = 3\n");
    EXPECT_TRUE(contains(faults, "f.toml:1:10: error: 'planes'")) << faults;
    EXPECT_TRUE(contains(faults, "f.toml:2:9: error: 'rails'")) << faults;
    EXPECT_FALSE(contains(faults, "[[tier]]")) << faults;
}

TEST(ShapeFiles, ThatCameWithTheProgramAreSoundAndNamed) {
    const auto names = shape_names();
    EXPECT_EQ(names.front(), "fat-tree");
    EXPECT_TRUE(std::is_sorted(names.begin() + 1, names.end()));
    for (const std::string& name : names) {
        const auto shape = shape_named(name);
        ASSERT_TRUE(shape) << name << to_text(shape.error());
        EXPECT_GE(capacity_of(made_for(*shape, 8)), 8) << name;
    }
    const auto wrong = shape_named("nvl-72");
    ASSERT_FALSE(wrong);
    EXPECT_TRUE(contains(wrong.error()[0].hint, "did you mean 'nvl72'")) << wrong.error()[0].hint;
    const auto lost = read_shape("/no/such/file.toml");
    ASSERT_FALSE(lost);
    EXPECT_TRUE(contains(lost.error()[0].hint, "docs/reference/fabrics.md"));
}

TEST(ForeignFiles, AreKnownByWordsThatStandTogether) {
    const std::pair<const char*, const char*> files[] = {
        {"# out-of-place in-place\n# size algbw busbw\n", "output of nccl-tests"},
        {"<system version=\"1\"><cpu numaid=\"0\">", "a topology of NCCL (XML)"},
        {"<graphs version=\"1\"><graph id=\"0\">", "a graph of NCCL (XML)"},
        {"topology: [ Ring ]\nnpus_count: [ 8 ]\n", "a network of ASTRA-sim (YAML)"},
        {"{\"topology-name\": 1, \"dimensions-count\": 1}", "a network of ASTRA-sim (JSON)"},
        {"{\"traceEvents\": []}", "a Kineto trace"},
        {"{\"schema\": 1, \"nodes\": [{\"inputs\": []}]}", "a PyTorch execution trace"},
    };
    for (const auto& [text, name] : files) {
        const auto fault = foreign_file(text, "x");
        ASSERT_TRUE(fault) << text;
        EXPECT_TRUE(contains(fault->message, name)) << fault->message;
        EXPECT_FALSE(fault->hint.empty());
        EXPECT_TRUE(contains(told(text), name)) << told(text);
    }
    EXPECT_FALSE(foreign_file("algbw and busbw without the third word", "x"));
    EXPECT_FALSE(foreign_file("", "x"));
    // only the beginning is looked at
    EXPECT_FALSE(foreign_file(std::string(70'000, ' ') + "{\"traceEvents\": []}", "x"));
}

TEST(ForeignFiles, AreOfAFabricAnyXmlJsonAndYaml) {
    for (const auto& [text, name] : {std::pair("\xEF\xBB\xBF\n <a/>", "XML"),
                                     std::pair("{}", "JSON"), std::pair("--- \na: 1", "YAML")}) {
        const auto fault = foreign_fabric(text, "x");
        ASSERT_TRUE(fault) << text;
        EXPECT_TRUE(contains(fault->message, std::string("this is ") + name)) << fault->message;
        EXPECT_FALSE(foreign_file(text, "x"));
    }
    EXPECT_FALSE(foreign_fabric(link, "x"));
    EXPECT_FALSE(foreign_fabric(" \n", "x"));
}

}  // namespace TEST_FILE
}  // namespace millwright
