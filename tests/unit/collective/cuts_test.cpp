// What teams that do not fit their domains send over cuts, by hand.
#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/collective/cuts.h"

namespace millwright {
namespace TEST_FILE {

using Kinds = std::vector<std::pair<std::vector<Held>, double>>;

Kinds kinds(const Team& team, std::uint32_t endpoints) {
    Kinds out;
    for (const BlockKind& kind : kinds_of_blocks(team, endpoints)) {
        out.emplace_back(kind.held, kind.count);
    }
    return out;
}

double crossed(const Team& team, std::uint32_t endpoints, Collective collective) {
    return must_cross(team, endpoints, collective, 12 * unit::B, false).si();
}

// 12 ranks in a domain of 8 and half of another.
TEST(Cuts, APartlyUsedDomainHoldsLess) {
    const Team team{.size = 12};
    EXPECT_FALSE(lies_evenly(team, 8));
    EXPECT_EQ(kinds(team, 8), (Kinds{{{{4, 1}}, 1}, {{{8, 1}}, 1}}));
    // the four take in what the eight have
    EXPECT_DOUBLE_EQ(crossed(team, 8, Collective::all_gather), 8);
    EXPECT_DOUBLE_EQ(crossed(team, 8, Collective::reduce_scatter), 8);
    // two blocks add up two buffers: one goes over, one comes back
    EXPECT_DOUBLE_EQ(crossed(team, 8, Collective::all_reduce), 12);
    // a twelfth of each rank's input goes to each other rank
    EXPECT_DOUBLE_EQ(crossed(team, 8, Collective::all_to_all), 8 * 4);
    EXPECT_DOUBLE_EQ(crossed(team, 12, Collective::all_to_all), 0);
}

// Groups {0, 4, 8} to {3, 7, 11}: two members in the first domain, one in the second.
TEST(Cuts, StridedGroupsHoldUnlikeNumbersInTwoDomains) {
    const Team team{.size = 3, .stride = 4, .count = 4};
    EXPECT_EQ(kinds(team, 8), (Kinds{{{{1, 4}}, 1}, {{{2, 4}}, 1}}));
    EXPECT_DOUBLE_EQ(crossed(team, 8, Collective::all_reduce), 4 * 12);
    std::vector<Send> ring;
    for (std::uint32_t i = 0; i < 3; ++i) ring.push_back({i, (i + 1) % 3, 1 * unit::B});
    Cut ports{.near = 1, .inside = 8, .receivers = true};
    EXPECT_DOUBLE_EQ(counted_over(team, ring, ports).si(), 1);
    Cut domain{.near = 8, .inside = 8};
    EXPECT_DOUBLE_EQ(counted_over(team, ring, domain).si(), 4);
}

// Groups of 3 in domains of 8: the third begins at 6 and goes on in the next domain.
TEST(Cuts, GroupsThatBeginInTheMiddleAreLookedAt) {
    const Team team{.size = 3, .count = 8};
    EXPECT_EQ(repeating_groups(team, 8), 8U);
    EXPECT_EQ(kinds(team, 8), (Kinds{{{{1, 2}, {3, 2}}, 1}, {{{2, 1}, {3, 2}}, 2}}));
    std::vector<Send> ring;
    for (std::uint32_t i = 0; i < 3; ++i) ring.push_back({i, (i + 1) % 3, 1 * unit::B});
    EXPECT_DOUBLE_EQ(counted_over(team, ring, {.near = 8, .inside = 8}).si(), 2);
    // the block in the middle has parts of two groups, each of which must cross whole
    EXPECT_DOUBLE_EQ(must_cross(team, 8, Collective::all_reduce, 12 * unit::B, false).si(), 24);
}

// 20 ranks, domains of 8, 8 and 4, each to the eighth next: 8 to 15 send to 16 to 19 and 0 to 3,
// whose likes are the same four ports.
TEST(Cuts, TwoReceiversMayHaveOneLike) {
    const Team team{.size = 20};
    const Cut ports{.near = 1, .inside = 8, .receivers = true};
    std::vector<Send> sends;
    for (std::uint32_t i = 0; i < 20; ++i) sends.push_back({i, (i + 8) % 20, 1 * unit::B});
    EXPECT_DOUBLE_EQ(counted_over(team, sends, ports).si(), 2);
    EXPECT_DOUBLE_EQ(shifted_over(team, 8, 1 * unit::B, ports, kinds_of_blocks(team, 8)).si(), 2);
}

// All that a rank takes in counts where it sends nothing.
TEST(Cuts, WhatComesInCountsToo) {
    const Team team{.size = 4};
    const std::vector<Send> incast{{1, 0, 1 * unit::B}, {2, 0, 1 * unit::B}, {3, 0, 1 * unit::B}};
    EXPECT_DOUBLE_EQ(counted_over(team, incast, {}).si(), 3);
}

}  // namespace TEST_FILE
}  // namespace millwright
