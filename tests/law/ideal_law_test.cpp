// Links taken at their whole rate are never slower than the same links as they were measured.
#include <gtest/gtest.h>

#include "millwright/api/collective.h"
#include "millwright/base/units.h"

namespace millwright {
namespace TEST_FILE {

CollectiveQuestion question(const Server& server, Collective of, Algorithm algorithm, bool ideal) {
    CollectiveQuestion q{.collective = of, .algorithm = algorithm};
    q.sizes = {64 * unit::KiB, 4 * unit::MiB, 1 * unit::GB};
    const auto domain = static_cast<std::uint32_t>(server.domain.value);
    q.ranks = {std::min(domain, 16U)};
    if (domain <= 72) q.ranks.push_back(2 * domain);
    if (domain <= 8) q.ranks.push_back(8 * domain);
    q.fabric = {.fabric = "rail-fat-tree", .server = server.id, .ideal = ideal};
    return q;
}

/// Where both are answered, whether the ideal time is the lower for each size and number of ranks.
int compared(const Server& server, Collective of, Algorithm algorithm) {
    const Setting setting{built_in_catalog()};
    const auto measured = collective(question(server, of, algorithm, false), setting);
    const auto ideal = collective(question(server, of, algorithm, true), setting);
    EXPECT_EQ(measured.has_value(), ideal.has_value()) << server.id << name_of(algorithm);
    if (!measured || !ideal) return 0;
    for (std::size_t i = 0; i < measured->timings.size(); ++i) {
        const CollectiveTiming& one = ideal->timings[i];
        EXPECT_LE(one.time.si(), measured->timings[i].time.si() * (1 + 1e-9))
            << server.id << " " << name_of(of) << " " << name_of(algorithm) << " of " << one.ranks
            << ", " << to_text(one.size);
        EXPECT_GE(one.time.si(), one.least.si() * (1 - 1e-9));
    }
    return static_cast<int>(measured->timings.size());
}

TEST(IdealLaw, NeverSlowerThanMeasured) {
    int all = 0;
    for (const Server& server : built_in_catalog().servers) {
        for (const auto of : {Collective::all_reduce, Collective::all_gather,
                              Collective::reduce_scatter, Collective::all_to_all}) {
            all += compared(server, of, Algorithm::automatic);
            for (const AlgorithmRow& row : algorithm_rows()) {
                all += compared(server, of, row.algorithm);
            }
        }
    }
    EXPECT_GT(all, 1000);
}

// Without a cost of messages a pipeline fills with latency and its wire is never idle; each level
// adds its latency once.
TEST(IdealLaw, PiecesThatCostNothingAreSmall) {
    const Seconds wire = 1 * unit::ms, latency = 3 * unit::us;
    EXPECT_EQ(pipelined(0, wire, latency, {}), wire + latency);
    EXPECT_EQ(pipelined(28, wire, latency, {}), wire + 28 * latency);
    EXPECT_GT(pipelined(28, wire, latency, 1 * unit::us), wire + 28 * (latency + 1 * unit::us));
}

// What the pace of two trees counts is what their fullest node sends.
TEST(IdealLaw, TheFullestNodeOfTwoTreesSendsTwoBuffers) {
    FabricGraph graph;
    for (std::uint32_t n = 3; n < 400; ++n) {
        const CollectiveRequest request{Collective::all_reduce, 1 * unit::MB, {.size = n}, {}};
        const Phase phase = phases_of(Algorithm::double_binary_tree, graph, request).front();
        const double counted = 2 * (n - 1.0) / n / phase.pace.inner_moved;
        EXPECT_NEAR(most_sent(phase, request.team) / request.size, counted, 1e-9) << n;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
