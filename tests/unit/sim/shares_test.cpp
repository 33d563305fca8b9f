// Max-min shares against water filling by hand, weights and crossings included, while flows come
// and go; and what it costs that changes die out.
#include "millwright/sim/shares.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace millwright {
namespace TEST_FILE {

constexpr double open = std::numeric_limits<double>::infinity();

/// Links of so many B/s, and flows over them.
struct Water {
    FlowProblem problem;

    explicit Water(const std::vector<double>& capacities) {
        problem.first.push_back(0);
        for (const double c : capacities) problem.capacity.push_back(Bandwidth::from_si(c));
        problem.latency.resize(capacities.size());
    }
    void flow(const std::vector<LinkId>& way, double weight = 1) {
        problem.add(way, 1 * unit::B, Seconds{}, weight);
    }
};

/// All levels rise together from zero; where a link is full, the flows over it stop. In B/s of the
/// flows that send.
std::vector<double> filled(const FlowProblem& p, const std::vector<bool>& sends) {
    std::vector<double> left, level(p.flows(), 0);
    for (const Bandwidth c : p.capacity) left.push_back(c.si());
    std::vector<bool> rises = sends;
    for (std::size_t f = 0; f < p.flows(); ++f) {
        if (!p.way(f).empty()) continue;
        level[f] = open;  // nothing holds it back
        rises[f] = false;
    }
    const auto demand = [&](std::size_t link) {
        double sum = 0;
        for (std::size_t f = 0; f < p.flows(); ++f) {
            for (std::uint32_t s = p.first[f]; rises[f] && s < p.first[f + 1]; ++s) {
                if (p.ways[s] == link) sum += p.crossing_at(s) * p.weight_of(f);
            }
        }
        return sum;
    };
    while (std::find(rises.begin(), rises.end(), true) != rises.end()) {
        std::vector<double> demands;
        double rise = open;
        for (std::size_t link = 0; link < left.size(); ++link) {
            demands.push_back(demand(link));
            if (demands[link] > 0) rise = std::min(rise, left[link] / demands[link]);
        }
        for (std::size_t link = 0; link < left.size(); ++link) left[link] -= rise * demands[link];
        for (std::size_t f = 0; f < p.flows(); ++f) {
            if (!rises[f]) continue;
            level[f] += rise;
            for (const LinkId link : p.way(f)) {
                if (left[link] <= 1e-9 * p.capacity[link].si()) rises[f] = false;
            }
        }
    }
    for (std::size_t f = 0; f < p.flows(); ++f) level[f] *= p.weight_of(f);
    return level;
}

void come_all(Shares& shares, const FlowProblem& p) {
    for (std::uint32_t f = 0; f < p.flows(); ++f) shares.come(f);
    shares.settle();
}

struct Worked {
    const char* what;
    std::vector<double> links;
    std::vector<std::pair<std::vector<LinkId>, double>> flows;  // ways and weights
    std::vector<double> rates;
};

TEST(Shares, AreThoseWorkedByHand) {
    for (const Worked& w : {
             Worked{"one link, three alike", {12}, {{{0}, 1}, {{0}, 1}, {{0}, 1}}, {4, 4, 4}},
             {"by weight", {12}, {{{0}, 1}, {{0}, 2}, {{0}, 3}}, {2, 4, 6}},
             {"who is held back elsewhere leaves the rest",
              {12, 2},
              {{{0, 1}, 1}, {{0}, 1}},
              {2, 10}},
             // link 0 full at level 1, link 1 at 5/2, link 2 at 9 - 5/2
             {"a chain of three",
              {2, 6, 9},
              {{{0}, 1}, {{0, 1}, 1}, {{1}, 1}, {{1, 2}, 1}, {{2}, 1}},
              {1, 1, 2.5, 2.5, 6.5}},
             // link 0 full at 6/3, where the heavy one has 4; the other link has 16 left
             {"a heavy flow meets light ones",
              {6, 20},
              {{{0, 1}, 2}, {{0}, 1}, {{1}, 1}},
              {4, 2, 16}},
             {"links nobody shares", {3, 5}, {{{0}, 1}, {{1}, 7}}, {3, 5}},
         }) {
        Water water(w.links);
        for (const auto& [way, weight] : w.flows) water.flow(way, weight);
        Shares shares(water.problem);
        come_all(shares, water.problem);
        for (std::uint32_t f = 0; f < w.rates.size(); ++f) {
            EXPECT_DOUBLE_EQ(shares.rate(f), w.rates[f]) << w.what << ", flow " << f;
        }
    }
}

TEST(Shares, OfAFlowWithoutLinksAreOpen) {
    Water water({5});
    water.flow({});
    water.flow({0});
    Shares shares(water.problem);
    come_all(shares, water.problem);
    EXPECT_EQ(shares.rate(0), open);
    EXPECT_EQ(shares.rate(1), 5);
    EXPECT_EQ(shares.used(0, {1e9, 5}), 5);
}

// Five like flows that are simulated as one take five shares of the link that all cross, and one of
// each of their own.
TEST(Shares, OfLikeFlowsCountAsOftenAsTheyCross) {
    Water water({30, 4});
    water.flow({0, 1});
    water.flow({0});
    water.problem.crossing = {5, 1, 1};
    Shares shares(water.problem);
    come_all(shares, water.problem);
    EXPECT_DOUBLE_EQ(shares.rate(0), 4);   // its own link binds: 5 x 4 of the first
    EXPECT_DOUBLE_EQ(shares.rate(1), 10);  // what they leave
    EXPECT_DOUBLE_EQ(shares.used(0, {4, 10}), 30);
}

TEST(Shares, SayWhoseRateMayHaveChanged) {
    Water water({10, 10});
    for (const LinkId link : std::vector<LinkId>{0, 0, 1}) water.flow({link});
    Shares shares(water.problem);
    come_all(shares, water.problem);
    EXPECT_EQ(shares.touched().size(), 3U);
    shares.forget_touched();
    EXPECT_TRUE(shares.touched().empty());
    const std::uint64_t before = shares.solved();
    shares.go(0);
    shares.settle();
    EXPECT_EQ(shares.rate(1), 10);
    const std::set<std::uint32_t> touched(shares.touched().begin(), shares.touched().end());
    EXPECT_TRUE(touched.contains(1));
    EXPECT_FALSE(touched.contains(2));       // nothing that it shares has changed
    EXPECT_EQ(shares.solved(), before + 1);  // nor was its link looked at
}

/// Any flows of any weights, some of which cross a link for several alike.
FlowProblem any_problem() {
    const int links = *rc::gen::inRange(1, 8);
    std::vector<double> capacities;
    for (int i = 0; i < links; ++i) capacities.push_back(*rc::gen::inRange(1, 30));
    Water water(capacities);
    const int flows = *rc::gen::inRange(1, 16);
    for (int i = 0; i < flows; ++i) {
        std::vector<LinkId> way(static_cast<std::size_t>(links));
        std::iota(way.begin(), way.end(), LinkId{0});
        std::erase_if(way, [&](LinkId) { return *rc::gen::inRange(0, 3) > 0; });
        water.flow(way, *rc::gen::inRange(1, 5));
    }
    if (*rc::gen::arbitrary<bool>()) {
        for (std::size_t s = 0; s < water.problem.ways.size(); ++s) {
            water.problem.crossing.push_back(*rc::gen::inRange(1, 4));
        }
    }
    return water.problem;
}

// Max-min rates are unique, so whatever came and went before, they are those of filling anew.
TEST(SharesLaw, ComingAndGoingLeavesWhatFillingAnewGives) {
    EXPECT_TRUE(rc::check([] {
        const FlowProblem p = any_problem();
        Shares shares(p);
        std::vector<bool> sends(p.flows(), false);
        for (int turn = 0; turn < 6; ++turn) {
            for (std::uint32_t f = 0; f < p.flows(); ++f) {
                if (*rc::gen::inRange(0, 3) > 0) continue;
                sends[f] ? shares.go(f) : shares.come(f);
                sends[f] = !sends[f];
            }
            shares.settle();
            const std::vector<double> wanted = filled(p, sends);
            for (std::uint32_t f = 0; f < p.flows(); ++f) {
                if (!sends[f]) continue;
                const double rate = shares.rate(f);
                RC_ASSERT(rate == wanted[f] || std::abs(rate - wanted[f]) < 1e-9 * wanted[f]);
            }
        }
    }));
}

// Each flow has a link that is full, on which nobody has more for its weight: what makes rates
// max-min.
TEST(SharesLaw, EveryFlowHasABottleneck) {
    EXPECT_TRUE(rc::check([] {
        const FlowProblem p = any_problem();
        Shares shares(p);
        come_all(shares, p);
        std::vector<double> rates;
        for (std::uint32_t f = 0; f < p.flows(); ++f) rates.push_back(shares.rate(f));
        std::vector<double> highest(p.capacity.size(), 0);  // level on each link
        for (std::size_t f = 0; f < p.flows(); ++f) {
            for (const LinkId link : p.way(f)) {
                highest[link] = std::max(highest[link], rates[f] / p.weight_of(f));
            }
        }
        for (std::size_t f = 0; f < p.flows(); ++f) {
            const auto way = p.way(f);
            const bool bound = std::any_of(way.begin(), way.end(), [&](LinkId link) {
                const double room = p.capacity[link].si() - shares.used(link, rates);
                const bool full = room < 1e-9 * p.capacity[link].si();
                return full && rates[f] / p.weight_of(f) > highest[link] * (1 - 1e-9);
            });
            RC_ASSERT(bound || way.empty());
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
