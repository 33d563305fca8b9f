// Tables of flows and of cables, worked by hand.
#include "millwright/trace/flow_table.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace TEST_FILE {

CsvTable table(const char* text) { return parse_csv(text, "t.csv").value(); }

// The ring a-b-c-d by four cables: two ways from a to c, one from a to b.
TEST(FlowTableByHand, ShortestWaysShareAFlow) {
    const CsvTable cables = table(
        "from,to,capacity_GBps,latency_s\na,b,50,1e-6\nb,c,50,1e-6\nc,d,50,1e-6\nd,a,50,1e-6\n");
    const CsvTable flows =
        table("source,destination,bytes,start_s\na,c,100e9,0\na,b,50e9,0.5\na,a,1e9,2\n");
    const FlowCase spread = flows_on_cables(flows, cables, Routing::adaptive, {}).value();
    EXPECT_EQ(spread.first, (std::vector<std::uint32_t>{0, 2, 3, 4}));
    const auto ends = finish_of(spread, run_flows(spread.problem));
    // Half of the first goes over b. From 0.5 s on the link a-b carries it and the second by their
    // weights 1/2 and 1: the first's 25 GB at 16.7 GB/s would take 1.5 s, the second's 50 GB take
    // 1.5 s at 33.3 GB/s: both end after 2 s.
    EXPECT_NEAR(ends[0].si(), 2, 1e-5);
    EXPECT_NEAR(ends[1].si(), 2, 1e-5);
    EXPECT_NEAR(ends[2].si(), 2, 1e-9);  // to itself at once
    const FlowCase single = flows_on_cables(flows, cables, Routing::single, {}).value();
    EXPECT_EQ(single.problem.flows(), 3U);
}

TEST(FlowTableByHand, CablesHaveFaultsOfTheirOwn) {
    const CsvTable flows = table("source,destination,bytes,start_s\na,b,1,0\n");
    const auto said = [&](const char* cables, std::vector<Degraded> degraded = {}) {
        const auto read = flows_on_cables(flows, table(cables), Routing::ecmp, degraded);
        return read ? std::string() : to_text(read.error());
    };
    EXPECT_EQ(said("from,to,capacity_GBps,latency_s\na,b,50,0\n"), "");
    EXPECT_TRUE(contains(said("from,to,capacity_GBps,latency_s\na,a,50,0\n"),
                         "t.csv:2:3: error: a cable joins two nodes"));
    EXPECT_TRUE(contains(said("from,to,capacity_GBps,latency_s\na,b,0,0\n"), "'0' in capacity"));
    EXPECT_TRUE(contains(said("from,to,capacity_GBps,latency_s\na,c,50,0\n"),
                         "t.csv:2:3: error: no cable ends at 'b'"));
    EXPECT_TRUE(contains(said("from,to,capacity_GBps,latency_s\na,b,50,0\n", {{"a to c", 0}}),
                         "--degrade: error: no link 'a to c' in the fabric"));
    // a node's name hurts all its links
    EXPECT_TRUE(contains(said("from,to,capacity_GBps,latency_s\na,b,50,0\n", {{"b", 0}}),
                         "no way leads from 'a' to 'b'"));
}

TEST(FlowTableByHand, EndpointsAreNumbersOfTheFabric) {
    const FabricShape mesh{.kind = FabricKind::full_mesh, .port = 10 * unit::GBps};
    const auto said = [&](const char* rows) {
        const std::string text = std::string("source,destination,bytes,start_s\n") + rows;
        const auto read = flows_on_shape(table(text.c_str()), mesh);
        return read ? std::string() : to_text(read.error());
    };
    EXPECT_EQ(said("0,1999,1,0\n"), "");
    for (const char* rows :
         {"0,2000,1,0\n", "-1,0,1,0\n", "0.0,1,1,0\n", "a,1,1,0\n", "4294967296,1,1,0\n"}) {
        EXPECT_TRUE(contains(said(rows), "is no endpoint of the fabric")) << rows;
        EXPECT_TRUE(contains(said(rows), "numbered from 0 to 1999")) << rows;
    }
    const auto four = flows_on_shape(table("source,destination,bytes,start_s\n0,3,20e9,1\n"), mesh);
    ASSERT_TRUE(four);
    EXPECT_EQ(four->graph.endpoints, 4U);
    EXPECT_NEAR(finish_of(*four, run_flows(four->problem))[0].si(), 3, 1e-9);
}

}  // namespace TEST_FILE
}  // namespace millwright
