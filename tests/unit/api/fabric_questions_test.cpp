// Questions about fabrics: collectives, flows, links and replays, on cables that can be reckoned.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/api/collective.h"
#include "millwright/api/flows.h"
#include "millwright/api/replay.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{};

CsvTable table(const std::string& text, const std::string& file = "t.csv") {
    return parse_csv(text, file).value();
}

/// Four endpoints on one switch, 50 GB/s each way, no latency.
CsvTable star() {
    std::string text = "from,to,capacity_GBps,latency_s\n";
    for (const char* node : {"a", "b", "c", "d"}) text += std::string(node) + ",switch,50,0\n";
    return table(text, "cables.csv");
}

FlowsQuestion flows_of(const std::string& rows) {
    return {.flows = table("source,destination,bytes,start_s\n" + rows, "flows.csv"),
            .table = "flows.csv",
            .fabric = {.cables = star()}};
}

// 50 GB at 50 GB/s are a second; two that share a link have half of it until the shorter has come
TEST(Flows, ShareALinkAlikeUntilTheShorterIsThere) {
    const auto answer = flows(flows_of("a,c,100e9,0\nb,c,50e9,0\na,d,0,7\nd,b,50e9,1\n"), setting);
    ASSERT_TRUE(answer) << to_text(answer.error());
    ASSERT_EQ(answer->finish.size(), 4U);
    EXPECT_NEAR(answer->finish[0].si(), 3, 1e-9);
    EXPECT_NEAR(answer->finish[1].si(), 2, 1e-9);
    EXPECT_NEAR(answer->finish[2].si(), 7, 1e-9);
    EXPECT_NEAR(answer->finish[3].si(), 2, 1e-9);
}

TEST(Flows, FaultsOfATableAreToldAtOnceWithTheirPlaces) {
    for (const char* rows : {"a,c,-1,0\na,b,5,0\na,b,5,soon\n", "x,c,1,0\na,b,5,0\na,y,5,0\n"}) {
        const auto answer = flows(flows_of(rows), setting);
        ASSERT_FALSE(answer) << rows;
        ASSERT_EQ(answer.error().size(), 2U) << to_text(answer.error());
        for (std::size_t i = 0; i < 2; ++i) {
            const Fault& fault = answer.error()[i];
            EXPECT_EQ(fault.at.file, "flows.csv");
            EXPECT_EQ(fault.at.line, i == 0 ? 2 : 4) << fault.message;
            EXPECT_FALSE(fault.hint.empty()) << fault.message;
        }
    }
}

TEST(Links, ThoseThatCarriedMostComeFirstAndOfAsMuchTheFirst) {
    std::vector<Bytes> carried;
    for (const double bytes : {5, 0, 9, 5, 7}) carried.push_back(bytes * unit::B);
    EXPECT_EQ(busiest_links(carried, 0), (std::vector<LinkId>{2, 4, 0, 3}));
    EXPECT_EQ(busiest_links(carried, 3), (std::vector<LinkId>{2, 4, 0}));
    EXPECT_EQ(busiest_links(carried, 9).size(), 4U);
    EXPECT_TRUE(busiest_links({}, 3).empty());
}

TEST(Links, TheTableHasAllWithTheirLoads) {
    const auto on = fabric({.cables = star()}, 4, setting);
    ASSERT_TRUE(on) << to_text(on.error());
    std::vector<Bytes> carried(on->graph.capacity.size());
    carried[1] = 25 * unit::GB;
    const CsvTable links = table(link_table(on->graph, carried, 2 * unit::s));
    ASSERT_EQ(links.rows.size(), 8U);
    for (std::size_t i = 0; i < links.rows.size(); ++i) {
        EXPECT_EQ(cell(links, i, "capacity_GBps"), "50");
        // 25 GB of the 100 GB that two seconds hold
        EXPECT_EQ(cell(links, i, "load"), i == 1 ? "0.25" : "0");
        EXPECT_EQ(cell(links, i, "bytes"), i == 1 ? "2.5e+10" : "0");
        EXPECT_EQ(cell(links, i, "link"), on->graph.name(static_cast<LinkId>(i)));
    }
    EXPECT_EQ(cell(table(link_table(on->graph, carried, Seconds{})), 1, "load"), "0");
}

TEST(Fabrics, NamesThatStandForNothingAreToldAtOnce) {
    EXPECT_EQ(
        fabric_name_faults({.fabric = "rail-fat-treee", .server = "hgx-h1oo"}, setting).size(), 2U);
    EXPECT_EQ(fabric_name_faults({.fabric = "fat-treee"}, setting).size(), 1U);
    EXPECT_TRUE(contains(to_text(fabric_name_faults({.fabric = "no.toml"}, setting)), "no.toml"));
    EXPECT_TRUE(fabric_name_faults({.fabric = "fat-tree"}, setting).empty());
    EXPECT_TRUE(fabric_name_faults({.fabric = "x", .cables = star()}, setting).empty());
}

TEST(Fabrics, ThatHoldFewerAreFaults) {
    for (const auto& [question, ranks] : {std::pair{FabricQuestion{.cables = star()}, 6U},
                                          {FabricQuestion{.fabric = "nvl72"}, 73U}}) {
        const auto answer = fabric(question, ranks, setting);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().front().at.file, "--ranks");
    }
    EXPECT_TRUE(fabric({.fabric = "nvl72"}, 72, setting));
}

TEST(Fabrics, LinksAreIdealUnlessAServersWereMeasured) {
    const FabricQuestion served{.fabric = "rail-fat-tree", .server = "hgx-h100"};
    EXPECT_EQ(fabric(served, 64, setting)->efficiency(), "measured");
    FabricQuestion ideal = served;
    ideal.ideal = true;
    EXPECT_EQ(fabric(ideal, 64, setting)->efficiency(), "ideal");
    EXPECT_TRUE(fabric(ideal, 64, setting)->given_up.measured());
    EXPECT_EQ(fabric({.fabric = "fat-tree"}, 64, setting)->efficiency(), "ideal");
}

CollectiveQuestion on_star(Collective collective) {
    return {.collective = collective,
            .sizes = {1 * unit::GB, 2 * unit::GB},
            .ranks = {2, 4},
            .fabric = {.cables = star()}};
}

// On links without latency a ring moves 2 (n - 1) / n of the size through every link.
TEST(Collectives, OnAStarTakeWhatTheirBytesTake) {
    for (const auto engine : {CollectiveEngine::closed, CollectiveEngine::flow}) {
        CollectiveQuestion q = on_star(Collective::all_reduce);
        q.algorithm = Algorithm::ring;
        q.engine = engine;
        const auto answer = collective(q, setting);
        ASSERT_TRUE(answer) << to_text(answer.error());
        ASSERT_EQ(answer->timings.size(), 4U);
        for (std::size_t i = 0; i < 4; ++i) {
            const CollectiveTiming& t = answer->timings[i];
            EXPECT_EQ(t.ranks, i < 2 ? 2U : 4U);
            EXPECT_EQ(t.size, (i % 2 == 0 ? 1 : 2) * unit::GB);
            const double factor = 2.0 * (t.ranks - 1) / t.ranks;
            EXPECT_NEAR(t.time.si(), factor * t.size.si() / 50e9, 1e-9);
            EXPECT_NEAR(t.bus_rate().in(unit::GBps), 50, 1e-6);
            EXPECT_NEAR(t.rate().in(unit::GBps), 50 / factor, 1e-6);
        }
    }
}

TEST(Collectives, NoneIsFasterThanItsBound) {
    for (const std::string_view name : EnumNames<Collective>::names) {
        const Collective c = enum_named<Collective>(name).value();
        const auto answer = collective(on_star(c), setting);
        ASSERT_TRUE(answer) << name << to_text(answer.error());
        for (const CollectiveTiming& t : answer->timings) {
            EXPECT_GT(t.least, Seconds{}) << name;
            EXPECT_GE(t.time.si(), t.least.si() * (1 - 1e-9)) << name;
            EXPECT_NE(t.algorithm, Algorithm::automatic);
        }
    }
}

TEST(Collectives, GroupsThatDoNotDivideTheRanksAreFaults) {
    struct Case {
        std::uint32_t group, stride;
        const char *option, *message;
    };
    for (const Case& c : {Case{5, 1, "--group", "a group of 5 among 4 ranks"},
                          Case{3, 1, "--group", "4 ranks do not divide into blocks of 3 x 1"},
                          Case{4, 2, "--group", "4 ranks do not divide into blocks of 4 x 2"},
                          // 2 x 2,147,483,650 is four in 32 bits
                          Case{2, 2'147'483'650U, "--group", "4 ranks do not divide"},
                          Case{0, 2, "--stride", "all 4 ranks are one group"}}) {
        CollectiveQuestion q = on_star(Collective::all_reduce);
        q.ranks = {4};
        q.group = c.group;
        q.stride = c.stride;
        const auto answer = collective(q, setting);
        ASSERT_FALSE(answer) << c.message;
        EXPECT_EQ(answer.error().front().at.file, c.option);
        EXPECT_TRUE(answer.error().front().message.starts_with(c.message))
            << to_text(answer.error());
    }
    CollectiveQuestion whole = on_star(Collective::all_reduce);
    whole.ranks = {4};
    whole.group = whole.stride = 2;
    EXPECT_TRUE(collective(whole, setting));
}

TEST(Collectives, AnEvenTableOfTrafficIsNoTrafficOfItsOwn) {
    CollectiveQuestion q = on_star(Collective::all_to_all);
    q.ranks = {4};
    q.sizes = {4 * unit::GB};
    q.algorithm = Algorithm::direct;
    q.engine = CollectiveEngine::flow;
    const Seconds even = collective(q, setting)->timings[0].time;
    std::string rows = "source,destination,bytes\n";
    for (int i = 0; i < 16; ++i) {
        rows += std::to_string(i / 4) + "," + std::to_string(i % 4) + ",1e9\n";
    }
    q.traffic = table(rows);
    const auto same = collective(q, setting);
    ASSERT_TRUE(same) << to_text(same.error());
    EXPECT_NEAR(same->timings[0].time / even, 1, 1e-9);
    EXPECT_EQ(same->timings[0].least, Seconds{});
    q.traffic = table("source,destination,bytes\n0,4,1\n9,1,1\n");
    EXPECT_EQ(collective(q, setting).error().size(), 2U);
    q.collective = Collective::all_reduce;
    EXPECT_EQ(collective(q, setting).error().front().at.file, "--traffic");
}

TEST(Replays, ALoadIsAShareOfWhatTheWholeTimeHolds) {
    ReplayAnswer answer;
    answer.fabric = fabric({.cables = star()}, 4, setting).value();
    answer.outcome.link_bytes.assign(8, 20 * unit::GB);
    EXPECT_EQ(answer.load(0), 0);
    answer.outcome.total = 1 * unit::s;
    EXPECT_NEAR(answer.load(0), 0.4, 1e-12);
}

TEST(Replays, NamesAndFoldersThatAreNotThereAreToldAtOnce) {
    const auto answer = replay(
        {.folders = {"/no-trace", "/no-other"}, .chip = "h1oo", .fabric = {.fabric = "fat-tree"}},
        setting);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().size(), 3U) << to_text(answer.error());
}

}  // namespace TEST_FILE
}  // namespace millwright
