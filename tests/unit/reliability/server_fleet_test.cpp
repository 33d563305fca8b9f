// Servers as classes with counts.
#include <gtest/gtest.h>

#include "millwright/reliability/server_fleet.h"

namespace millwright {
namespace TEST_FILE {

FleetJob job_of_lemons(std::int64_t spares) {
    FleetJob job{.servers = 1000, .horizon = 1 * unit::day};
    job.lemons = {.share = 0.1, .factor = 9, .retired_after = 2};
    job.pool = SparePool{.standbys = 2, .spares = spares};
    return job;
}

TEST(ServerFleet, LemonsFailAsMuchMoreOftenAsTheyShould) {
    const FleetJob job = job_of_lemons(0);
    RunRandom random(1, 0);
    ServerFleet fleet(job, random);
    EXPECT_NEAR(fleet.exposure(), 1, 0.2);
    int lemons = 0;
    for (int i = 0; i < 100; ++i) {
        ServerClass server = fleet.lose();
        lemons += server.lemon ? 1 : 0;
    }
    // nine times as often, a tenth as many: half of the failures
    EXPECT_NEAR(lemons, 42, 16);  // fewer as they are taken out
    EXPECT_LT(fleet.exposure(), 0.85);
}

TEST(ServerFleet, StandbysComeFirstThenThePoolThenNothing) {
    const FleetJob job = job_of_lemons(1);
    RunRandom random(1, 0);
    ServerFleet fleet(job, random);
    EXPECT_EQ(fleet.replace(), SupplyKind::standby);
    EXPECT_EQ(fleet.replace(), SupplyKind::standby);
    EXPECT_EQ(fleet.replace(), SupplyKind::pool);
    EXPECT_EQ(fleet.replace(), SupplyKind::none);
    fleet.put_back({});
    EXPECT_EQ(fleet.at_hand(), 1);
    EXPECT_EQ(fleet.replace(), SupplyKind::standby);
}

TEST(ServerFleet, APoolFillsTheStandbys) {
    const FleetJob job = job_of_lemons(3);
    RunRandom random(1, 0);
    ServerFleet fleet(job, random);
    EXPECT_FALSE(fleet.refill());
    fleet.replace();
    EXPECT_TRUE(fleet.is_short_of_standbys());
    EXPECT_TRUE(fleet.refill());
    EXPECT_FALSE(fleet.is_short_of_standbys());
    EXPECT_EQ(fleet.at_hand(), 4);
}

TEST(ServerFleet, AServerThatFailedOftenIsWorn) {
    const FleetJob job = job_of_lemons(0);
    RunRandom random(1, 0);
    const ServerFleet fleet(job, random);
    EXPECT_FALSE(fleet.is_worn({true, 1}));
    EXPECT_TRUE(fleet.is_worn({true, 2}));
}

}  // namespace TEST_FILE
}  // namespace millwright
