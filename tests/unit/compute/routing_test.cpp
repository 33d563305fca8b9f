// The fullest rank of a routing, by hand where one rank has all, and by other random numbers.
#include "millwright/compute/routing.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

TEST(Routing, BalancedRanksAreAlike) {
    const ExpertLoad some = fullest_rank({.tokens = 100, .top_k = 4, .experts = 64, .ranks = 8});
    EXPECT_EQ(some.rows, 50);
    EXPECT_EQ(some.active, 8);
    // two rows a rank meet two of its eight experts
    const ExpertLoad few = fullest_rank({.tokens = 4, .top_k = 4, .experts = 64, .ranks = 8});
    EXPECT_EQ(few.rows, 2);
    EXPECT_EQ(few.active, 2);
    EXPECT_EQ(fullest_rank({.tokens = 1, .experts = 64, .ranks = 8}).rows, 1);
}

TEST(Routing, OneRankHasAllAndAnExpertNoMoreThanAllTokens) {
    ExpertRouting r{.tokens = 1000, .top_k = 8, .experts = 64, .exponent = 1.2};
    EXPECT_NEAR(fullest_rank(r).rows, 8000, 1e-6);
    // a single token goes to as many experts as it picks
    r.tokens = 1;
    EXPECT_NEAR(fullest_rank(r).rows, 8, 1e-9);
    EXPECT_NEAR(fullest_rank(r).active, 8, 1e-9);
    // where each picks all experts, all are full, whatever attracts
    r = {.tokens = 10, .top_k = 16, .experts = 16, .ranks = 4, .exponent = 2};
    EXPECT_NEAR(fullest_rank(r).rows, 40, 1e-9);
}

/// The same law by the standard library's numbers, over 2,000 routings, no expert near its limit.
double mean_of_fullest(const ExpertRouting& r) {
    std::mt19937_64 bits(3);
    std::uniform_real_distribution<double> uniform(0, 1);
    const double most = 0.8 * r.tokens;
    const auto ranks = static_cast<std::size_t>(r.ranks);
    const auto experts = static_cast<std::size_t>(r.experts);
    double sum = 0;
    for (int i = 0; i < 2000; ++i) {
        std::vector<double> loads(ranks, 0);
        double all = 0;
        for (std::size_t e = 0; e < experts; ++e) {
            const double tail = std::pow(most, 1 - r.exponent);
            const double x = std::pow(1 + uniform(bits) * (tail - 1), 1 / (1 - r.exponent));
            loads[e * ranks / experts] += x;
            all += x;
        }
        sum += *std::max_element(loads.begin(), loads.end()) / all * r.tokens * r.top_k;
    }
    return sum / 2000;
}

// Copies share an expert's rows, so the fullest rank comes near the even share, and never below it.
TEST(Routing, CopiesAndPlacesEvenRanksOut) {
    for (const double tokens : {32.0, 1024.0, 100'000.0}) {
        ExpertRouting r{.tokens = tokens, .top_k = 8, .experts = 256, .ranks = 32, .exponent = 1.2};
        const double even = tokens * r.top_k / r.ranks;
        const double alone = fullest_rank(r).rows;
        r.redundant = 32;
        const ExpertLoad some = fullest_rank(r);
        EXPECT_GE(some.rows, even * (1 - 1e-9));
        EXPECT_LT(some.rows, 1.3 * even);
        EXPECT_LT(some.rows, 0.6 * alone);
        EXPECT_LE(some.active, 9);
        r.redundant = 256;
        EXPECT_LE(fullest_rank(r).rows, some.rows * (1 + 1e-9));
    }
}

TEST(Routing, PicksMeetFewerPlacesThanThereAre) {
    EXPECT_DOUBLE_EQ(places_met(1, 8), 1);
    EXPECT_DOUBLE_EQ(places_met(4, 1), 1);
    EXPECT_NEAR(places_met(2, 2), 1.5, 1e-12);
    EXPECT_LT(places_met(8, 8), 8);
    Model m;
    m.experts.value = 256;
    EXPECT_EQ(domains_open(m, 18), 18);
    m.groups.value = 8;
    m.top_groups.value = 4;
    EXPECT_EQ(domains_open(m, 8), 4);
    EXPECT_EQ(domains_open(m, 16), 8);
}

TEST(Routing, TheFullestIsThatOfThePowerLaw) {
    for (const double ranks : {2.0, 8.0, 32.0}) {
        const ExpertRouting r{
            .tokens = 65536, .top_k = 2, .experts = 256, .ranks = ranks, .exponent = 1.2};
        EXPECT_NEAR(fullest_rank(r).rows / mean_of_fullest(r), 1, 0.06) << ranks;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
