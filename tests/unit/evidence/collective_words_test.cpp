// Words of printed rows of collectives, and what they change of a prediction.
#include <gtest/gtest.h>

#include "millwright/evidence/collective_words.h"
#include "millwright/evidence/validation.h"

namespace millwright {
namespace TEST_FILE {

using W = CollectiveWord;
using Words = std::vector<CollectiveWord>;

TEST(CollectiveWords, AreReadClauseByClause) {
    EXPECT_EQ(collective_words("H100-80GB SXM", ""), Words{});
    EXPECT_EQ(collective_words("B200-SXM", "NVLS disabled (ring); algbw derived"),
              Words{W::switch_silent});
    EXPECT_EQ(collective_words("H100-80GB SXM", "ring"), Words{W::switch_silent});
    EXPECT_EQ(collective_words("H100-80GB SXM", "nccl-tests, Ring"), Words{W::switch_silent});
    // what a ring would reach beside the row is told, not what the row is
    EXPECT_EQ(collective_words("H100-80GB SXM", "NVLS; 480 for 8 GPUs, ring 365 at every count"),
              Words{});
    EXPECT_EQ(collective_words("H100-80GB SXM", "ring or NVLS"), Words{});
    EXPECT_EQ(collective_words("H100 NVLink4 without SHARP", ""), Words{W::switch_silent});
    EXPECT_EQ(collective_words("H100", "8x400G IB per node with in-network SHARP"),
              Words{W::network_adds});
    EXPECT_EQ(collective_words("GB200, 2 trays over multi-node NVLink", ""), Words{W::one_domain});
    EXPECT_EQ(collective_words("GB200, 2 trays over InfiniBand only", ""), Words{W::node_domains});
    EXPECT_EQ(collective_words("MI300X", "bidirectional total"), Words{W::both_directions});
}

/// Predictions of rows of 8 H100 that say such things.
std::vector<double> predicted(const std::vector<std::string>& rows) {
    std::string text = "id,source,system,chips,nodes,op,bytes,algbw_GBps,busbw_GBps,notes\n";
    for (const std::string& row : rows) text += row + "\n";
    const auto found =
        validate(TableKind::collectives, text, "rows.csv", built_in_catalog(), {}).value();
    std::vector<double> values;
    for (const ValidatedRow& row : found.rows) {
        EXPECT_EQ(row.skipped, "") << row.id;
        values.push_back(row.predicted);
    }
    return values;
}

TEST(CollectiveWords, ChangeThePrediction) {
    const auto values =
        predicted({"a,x,H100-80GB SXM,8,1,all_reduce,8589934592,,480,",
                   "b,x,H100-80GB SXM,8,1,all_reduce,8589934592,,370,ring",
                   "c,x,H100-80GB SXM,8,1,p2p,8589934592,,370,",
                   "d,x,H100-80GB SXM,8,1,p2p,8589934592,,740,bidirectional total",
                   "e,x,H100-80GB SXM 8x400G IB,64,8,all_reduce,8589934592,,370,",
                   "f,x,H100-80GB SXM 8x400G IB,64,8,all_reduce,8589934592,,386,IB SHARP"});
    EXPECT_GT(values[0], 1.2 * values[1]);
    EXPECT_DOUBLE_EQ(values[3], 2 * values[2]);
    EXPECT_GT(values[5], values[4]);
}

// Each call of a published run is launched by itself, which takes 20 us whatever its bytes: 1 KiB
// on eight chips is counted as 1.75 KiB over that, at most.
TEST(CollectiveWords, PublishedCallsStartByThemselves) {
    const auto values = predicted({"a,x,H100-80GB SXM,8,1,all_reduce,1024,,0.11,"});
    EXPECT_LT(values[0], 1.75 * 1024 / 20e-6 / 1e9);
}

// Software moves the data of GPUDirect-TCPXO: 32 MiB over two hosts start many times later than
// over InfiniBand, 8 GiB come nearly as fast.
TEST(CollectiveWords, TcpxoStartsLate) {
    const auto values = predicted(
        {"a,x,\"H100-80GB SXM (8x200G GPUDirect-TCPXO)\",16,2,all_gather,33554432,,69,",
         "b,x,\"H100-80GB SXM (8x200G InfiniBand)\",16,2,all_gather,33554432,,69,",
         "c,x,\"H100-80GB SXM (8x200G GPUDirect-TCPXO)\",16,2,all_gather,8589934592,,190,",
         "d,x,\"H100-80GB SXM (8x200G InfiniBand)\",16,2,all_gather,8589934592,,190,"});
    EXPECT_LT(values[0], 0.6 * values[1]);
    EXPECT_GT(values[2], 0.9 * values[3]);
}

}  // namespace TEST_FILE
}  // namespace millwright
