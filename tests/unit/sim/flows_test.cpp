// Max-min flows: small systems worked by hand, laws against progressive filling, symmetry.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "millwright/sim/flows.h"
#include "millwright/sim/symmetry.h"

namespace millwright {
namespace TEST_FILE {

constexpr double second = 1;

/// Links of the given capacities in B/s, without latency.
FlowProblem links_of(const std::vector<double>& capacities) {
    FlowProblem problem;
    problem.first.push_back(0);
    for (const double c : capacities) {
        problem.capacity.push_back(Bandwidth::from_si(c));
        problem.latency.push_back(Seconds{});
    }
    return problem;
}

void add(FlowProblem& problem, const std::vector<LinkId>& way, double bytes, double start = 0) {
    problem.add(way, Bytes::from_si(bytes), Seconds::from_si(start));
}

// Two links of 10 and 4 B/s. One flow crosses both, one each link: the long one and its rival on
// the narrow link get 2, which leaves 8 on the wide one.
TEST(Flows, TheNarrowLinkDecidesFirst) {
    FlowProblem p = links_of({10, 4});
    add(p, {0, 1}, 1);
    add(p, {0}, 1);
    add(p, {1}, 1);
    const auto rates = max_min_rates(p);
    EXPECT_DOUBLE_EQ(rates[0].si(), 2);
    EXPECT_DOUBLE_EQ(rates[1].si(), 8);
    EXPECT_DOUBLE_EQ(rates[2].si(), 2);
}

// Two flows of 10 and 30 bytes share 10 B/s: 5 each until 2 s, then 20 bytes at 10 B/s until 4 s.
TEST(Flows, WhoLeavesGivesItsShareBack) {
    FlowProblem p = links_of({10});
    add(p, {0}, 10);
    add(p, {0}, 30);
    const FlowOutcome o = run_flows(p);
    EXPECT_DOUBLE_EQ(o.finish[0].si(), 2 * second);
    EXPECT_DOUBLE_EQ(o.finish[1].si(), 4 * second);
    EXPECT_DOUBLE_EQ(o.link_bytes[0].si(), 40);
    EXPECT_DOUBLE_EQ(o.peak_share[0], 1);
    EXPECT_EQ(o.events, 3U);
}

// The second of two flows of 20 bytes begins at 1 s: 10 bytes alone, then 5 B/s each until 3 s,
// then the rest of the second, 10 bytes at 10 B/s.
TEST(Flows, ALateOneShares) {
    FlowProblem p = links_of({10});
    add(p, {0}, 20);
    add(p, {0}, 20, 1);
    const FlowOutcome o = run_flows(p);
    EXPECT_DOUBLE_EQ(o.finish[0].si(), 3 * second);
    EXPECT_DOUBLE_EQ(o.finish[1].si(), 4 * second);
}

TEST(Flows, LatencyComesBeforeTheFirstByte) {
    FlowProblem p = links_of({10, 10});
    p.latency = {Seconds::from_si(0.25), Seconds::from_si(0.5)};
    add(p, {0, 1}, 10);
    add(p, {}, 10, 2);
    add(p, {0}, 0, 2);
    const FlowOutcome o = run_flows(p);
    EXPECT_DOUBLE_EQ(o.finish[0].si(), 1.75);
    EXPECT_DOUBLE_EQ(o.finish[1].si(), 2);     // to itself
    EXPECT_DOUBLE_EQ(o.finish[2].si(), 2.25);  // nothing to send
}

/// Any flows over any links.
FlowProblem any_problem() {
    const int links = *rc::gen::inRange(1, 12);
    std::vector<double> capacities;
    for (int i = 0; i < links; ++i) capacities.push_back(*rc::gen::inRange(1, 20));
    FlowProblem p = links_of(capacities);
    const int flows = *rc::gen::inRange(1, 30);
    for (int i = 0; i < flows; ++i) {
        std::vector<LinkId> way(static_cast<std::size_t>(links));
        std::iota(way.begin(), way.end(), LinkId{0});
        std::erase_if(way, [&](LinkId) { return *rc::gen::inRange(0, 3) > 0; });
        if (way.empty()) way.push_back(static_cast<LinkId>(*rc::gen::inRange(0, links)));
        add(p, way, *rc::gen::inRange(1, 50), *rc::gen::inRange(0, 5));
    }
    return p;
}

/// Progressive filling: all rates rise together, a flow stops when one of its links is full.
std::vector<double> filled(const FlowProblem& p) {
    std::vector<double> rate(p.flows(), 0);
    std::vector<bool> stopped(p.flows(), false);
    std::vector<double> left;
    for (const Bandwidth c : p.capacity) left.push_back(c.si());
    for (std::size_t done = 0; done < p.flows();) {
        std::vector<double> count(left.size(), 0);
        for (std::size_t f = 0; f < p.flows(); ++f) {
            for (const LinkId link : p.way(f)) count[link] += stopped[f] ? 0 : 1;
        }
        double rise = 1e300;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (count[i] > 0) rise = std::min(rise, left[i] / count[i]);
        }
        for (std::size_t i = 0; i < left.size(); ++i) left[i] -= rise * count[i];
        for (std::size_t f = 0; f < p.flows(); ++f) {
            if (stopped[f]) continue;
            rate[f] += rise;
            for (const LinkId link : p.way(f)) stopped[f] = stopped[f] || left[link] < 1e-9;
            done += stopped[f] ? 1 : 0;
        }
    }
    return rate;
}

// Max-min rates are unique, so any other way to them must give the same.
TEST(FlowsLaw, RatesAreThoseOfProgressiveFilling) {
    EXPECT_TRUE(rc::check([] {
        const FlowProblem p = any_problem();
        const auto rates = max_min_rates(p);
        const auto wanted = filled(p);
        for (std::size_t f = 0; f < p.flows(); ++f) {
            RC_ASSERT(std::abs(rates[f].si() - wanted[f]) < 1e-9 * (1 + wanted[f]));
        }
    }));
}

/// Finish times by solving everything anew at each event.
std::vector<double> slow_finish(const FlowProblem& p) {
    std::vector<double> left, finish(p.flows(), -1);
    for (const Bytes b : p.bytes) left.push_back(b.si());
    double now = 0;
    for (std::size_t done = 0; done < p.flows();) {
        FlowProblem active = p;
        active.ways.clear();
        active.first = {0};
        active.bytes.clear();
        active.start.clear();
        std::vector<std::size_t> who;
        double next = 1e300;
        for (std::size_t f = 0; f < p.flows(); ++f) {
            if (finish[f] >= 0) continue;
            if (p.start[f].si() > now) {
                next = std::min(next, p.start[f].si());
            } else {
                active.add(p.way(f), p.bytes[f], p.start[f]);
                who.push_back(f);
            }
        }
        const auto rates = filled(active);
        for (std::size_t i = 0; i < who.size(); ++i) {
            next = std::min(next, now + left[who[i]] / rates[i]);
        }
        for (std::size_t i = 0; i < who.size(); ++i) {
            left[who[i]] -= rates[i] * (next - now);
            if (left[who[i]] > 1e-9) continue;
            finish[who[i]] = next;
            ++done;
        }
        now = next;
    }
    return finish;
}

// Links are solved again only where a level can have changed; here all of them, at every event.
TEST(FlowsLaw, EventsGiveWhatSolvingAnewGives) {
    EXPECT_TRUE(rc::check([] {
        const FlowProblem p = any_problem();
        const FlowOutcome o = run_flows(p);
        const auto wanted = slow_finish(p);
        for (std::size_t f = 0; f < p.flows(); ++f) {
            RC_ASSERT(std::abs(o.finish[f].si() - wanted[f]) < 1e-7 * (1 + wanted[f]));
        }
        for (const double share : o.peak_share) RC_ASSERT(share < 1 + 1e-9);
    }));
}

// A factor on sizes and rates alike, and flows in the opposite order.
TEST(FlowsLaw, ScaleAndOrderDoNotMatter) {
    EXPECT_TRUE(rc::check([] {
        const FlowProblem p = any_problem();
        FlowProblem larger = p;
        for (Bandwidth& c : larger.capacity) c = 8.0 * c;
        for (Bytes& b : larger.bytes) b = 8.0 * b;
        FlowProblem backwards = links_of({});
        backwards.capacity = p.capacity;
        backwards.latency = p.latency;
        for (std::size_t f = p.flows(); f-- > 0;) {
            backwards.add(p.way(f), p.bytes[f], p.start[f]);
        }
        const FlowOutcome o = run_flows(p);
        const FlowOutcome scaled = run_flows(larger);
        const FlowOutcome turned = run_flows(backwards);
        for (std::size_t f = 0; f < p.flows(); ++f) {
            const double wanted = o.finish[f].si();
            RC_ASSERT(std::abs(scaled.finish[f].si() - wanted) < 1e-9 * (1 + wanted));
            const double other = turned.finish[p.flows() - 1 - f].si();
            RC_ASSERT(std::abs(other - wanted) < 1e-9 * (1 + wanted));
        }
    }));
}

/// A problem made of `copies` of another, side by side, in mixed order and with one link that all
/// flows cross.
FlowProblem copied(const FlowProblem& one, std::uint32_t copies) {
    FlowProblem p;
    p.first = {0};
    const auto links = static_cast<LinkId>(one.capacity.size());
    for (std::uint32_t c = 0; c < copies; ++c) {
        p.capacity.insert(p.capacity.end(), one.capacity.begin(), one.capacity.end());
        p.latency.insert(p.latency.end(), one.latency.begin(), one.latency.end());
    }
    p.capacity.push_back(Bandwidth::from_si(13.0 * copies));
    p.latency.push_back(Seconds{});
    for (std::size_t f = 0; f < one.flows(); ++f) {
        for (std::uint32_t c = 0; c < copies; ++c) {
            std::vector<LinkId> way{static_cast<LinkId>(p.capacity.size() - 1)};
            for (const LinkId link : one.way(f)) way.push_back(link + c * links);
            p.add(way, one.bytes[f], one.start[f], one.weight_of(f));
        }
    }
    return p;
}

// Copies of a problem are alike by how it is made, so as many classes at most remain as one copy
// has flows.
TEST(SymmetryLaw, OnAndOffAreTheSame) {
    EXPECT_TRUE(rc::check([] {
        FlowProblem one = any_problem();
        if (*rc::gen::arbitrary<bool>()) {
            for (std::size_t f = 0; f < one.flows(); ++f) {
                one.weight.push_back(*rc::gen::inRange(1, 5));
            }
        }
        const auto copies = *rc::gen::inRange<std::uint32_t>(2, 6);
        const FlowProblem p = copied(one, copies);
        const FlowOutcome all = run_flows(p, Symmetry::off);
        const FlowOutcome classes = run_flows(p, Symmetry::on);
        RC_ASSERT(classes.classes * copies <= p.flows());
        for (std::size_t f = 0; f < p.flows(); ++f) {
            const double wanted = all.finish[f].si();
            RC_ASSERT(std::abs(classes.finish[f].si() - wanted) < 1e-9 * (1 + wanted));
        }
        for (std::size_t l = 0; l < p.capacity.size(); ++l) {
            RC_ASSERT(std::abs(classes.peak_share[l] - all.peak_share[l]) < 1e-9);
        }
    }));
}

// Three links with two flows each are one class; a link, and then a start, that differ split what
// they touch. Where too little is saved every flow stands for itself.
TEST(SymmetryLaw, UnlikeFlowsAreNotMerged) {
    FlowProblem p = links_of({10, 10, 10});
    for (const LinkId link : {0U, 1U, 2U}) {
        add(p, {link}, 10);
        add(p, {link}, 10);
    }
    EXPECT_EQ(run_flows(p).classes, 1U);
    p.capacity[2] = Bandwidth::from_si(20);
    const FlowOutcome o = run_flows(p);
    EXPECT_EQ(o.classes, 2U);
    EXPECT_DOUBLE_EQ(o.finish[4].si(), 1);
    EXPECT_DOUBLE_EQ(o.finish[0].si(), 2);
    p.start[0] = Seconds::from_si(1);  // its partner has the link alone for a while
    EXPECT_EQ(run_flows(p).classes, 6U);
    const std::vector<std::uint32_t> labels{0, 0, 1, 1, 2, 2};
    EXPECT_EQ(quotient_of(links_of({}), labels), std::nullopt);
}

// A flow of weight 3 and one of weight 1 share 8 B/s: 6 and 2.
TEST(Flows, WeightsShareALink) {
    FlowProblem p = links_of({8, 1});
    p.add(std::vector<LinkId>{0}, Bytes::from_si(6), Seconds{}, 3);
    p.add(std::vector<LinkId>{0}, Bytes::from_si(2), Seconds{});
    auto rates = max_min_rates(p);
    EXPECT_DOUBLE_EQ(rates[0].si(), 6);
    EXPECT_DOUBLE_EQ(rates[1].si(), 2);
    p.add(std::vector<LinkId>{0, 1}, Bytes::from_si(2), Seconds{}, 4);  // held to 1 elsewhere
    rates = max_min_rates(p);
    EXPECT_DOUBLE_EQ(rates[2].si(), 1);
    EXPECT_DOUBLE_EQ(rates[0].si(), 5.25);
}

// One of 10 bytes at 0 s, started again at 3 s with 20 bytes.
TEST(FlowEngine, AFlowMayRunAgain) {
    FlowProblem p = links_of({10});
    add(p, {0}, 0);
    FlowEngine engine(p);
    engine.start(0, Bytes::from_si(10), Seconds{});
    ASSERT_TRUE(engine.has_next());
    EXPECT_TRUE(engine.advance().empty());  // it begins
    EXPECT_DOUBLE_EQ(engine.next().si(), 1);
    EXPECT_EQ(engine.advance().size(), 1U);
    EXPECT_FALSE(engine.has_next());
    engine.start(0, Bytes::from_si(20), Seconds::from_si(3));
    ASSERT_TRUE(engine.has_next());
    engine.advance();
    EXPECT_DOUBLE_EQ(engine.next().si(), 5);
}

}  // namespace TEST_FILE
}  // namespace millwright
