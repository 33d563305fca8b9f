// Max-min flows: small systems worked by hand, and laws against progressive filling.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "network/phases.h"
#include "scenario/flow_table.h"
#include "scenario/tree_file.h"

namespace millwright {
namespace {

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

TEST(FatTree, WaysAreAsLongAsTheDistance) {
    for (const Routing routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        const Tree tree = fat_tree_of(5000, routing);  // 32 hosts an edge, 1,024 a pod
        EXPECT_EQ(way_on(tree, 7, 7, 0).size(), 0U);
        EXPECT_EQ(way_on(tree, 0, 31, 0).size(), 2U);
        EXPECT_EQ(way_on(tree, 0, 32, 0).size(), 4U);
        EXPECT_EQ(way_on(tree, 0, 1024, 0).size(), 6U);
        const std::size_t links = problem_of(tree).capacity.size();
        for (std::uint32_t host = 0; host < 5000; host += 97) {
            for (const LinkId link : way_on(tree, 4999, host, host)) EXPECT_LT(link, links);
        }
    }
    EXPECT_EQ(fat_tree_radix(65536), 64U);
    EXPECT_EQ(fat_tree_radix(65537), 128U);
    EXPECT_EQ(fat_tree_radix(746497), 0U);
}

// A permutation over a tree that does not block, spread over all ways, runs at the port's rate.
TEST(FatTree, SpreadTrafficIsNotBlocked) {
    const Tree tree = fat_tree_of(4096, Routing::adaptive);
    FlowProblem p = problem_of(tree);
    for (std::uint32_t host = 0; host < 4096; ++host) {
        const std::uint32_t to = (host * 2049 + 77) % 4096;
        p.add(way_on(tree, host, to, host), 50 * unit::GB, Seconds{});
    }
    for (const Seconds s : run_flows(p).finish) EXPECT_LE(s.si(), 1 + 3.1e-6);
}

// Two tiers of 4 hosts and 4 switches, 2:1: two links up from each switch.
TEST(FatTree, OversubscribedTiersHaveFewerLinksUp) {
    Tree tree = parse_tree(
                    "port = \"10 GB/s\"\nhop = \"1 us\"\n[[tier]]\nwidth = 4\n"
                    "oversubscription = 2\n[[tier]]\nwidth = 4\n",
                    "f.toml")
                    .value();
    tree.hosts = 16;
    EXPECT_EQ(links_up(tree, 0), 2U);
    EXPECT_EQ(capacity_of(tree), 16);
    tree.routing = Routing::adaptive;
    FlowProblem p = problem_of(tree);
    for (std::uint32_t host = 0; host < 4; ++host) {  // all of one switch to another
        p.add(way_on(tree, host, host + 4, host), 10 * unit::GB, Seconds{});
    }
    for (const Seconds s : run_flows(p).finish) EXPECT_NEAR(s.si(), 2 + 4e-6, 1e-9);
    EXPECT_EQ(link_name(tree, way_on(tree, 0, 4, 0)[1]), "tier 1 group 0 up, all links");
    const auto refused = parse_tree("port = \"10 GB\"\n[[tier]]\nwide = 4\n", "f.toml");
    ASSERT_FALSE(refused);
    for (const char* part : {"f.toml:1:", "lacks 'hop'", "lacks 'width'", "'wide'"}) {
        EXPECT_TRUE(contains(to_text(refused.error()), part)) << to_text(refused.error());
    }
}

// 8 ranks on one edge switch: 14 turns of 1/8 of 8 GB at 50 GB/s, and two hops of 500 ns each.
TEST(Phases, ARingIsWorkedByHand) {
    const Tree tree = fat_tree_of(8, Routing::adaptive);
    const auto ring = phases_of(Collective::all_reduce, PhaseAlgorithm::ring, 8, 8 * unit::GB);
    EXPECT_NEAR(closed_time(tree, ring).si(), 14 * (0.02 + 1e-6), 1e-12);
    EXPECT_NEAR(flow_time(tree, ring).si(), 14 * (0.02 + 1e-6), 1e-9);
}

TEST(Phases, ClosedFormAndFlowsAgreeOnAQuietTree) {
    for (const std::uint32_t ranks : {8U, 64U, 1000U, 2048U}) {
        const Tree tree = fat_tree_of(ranks, Routing::adaptive);
        for (const auto collective : {Collective::all_reduce, Collective::all_gather,
                                      Collective::reduce_scatter, Collective::all_to_all}) {
            for (const auto algorithm : {PhaseAlgorithm::ring, PhaseAlgorithm::halving_doubling,
                                         PhaseAlgorithm::pairwise}) {
                if (!does(algorithm, collective, ranks)) continue;
                if (algorithm == PhaseAlgorithm::pairwise && ranks > 64) continue;
                const auto phases = phases_of(collective, algorithm, ranks, 1 * unit::GiB);
                const double closed = closed_time(tree, phases).si();
                EXPECT_NEAR(flow_time(tree, phases).si() / closed, 1, 0.02)
                    << name_of(collective) << name_of(algorithm) << ranks;
                EXPECT_GE(closed, least_time(tree, collective, 1 * unit::GiB).si() * (1 - 1e-9));
            }
        }
    }
}

TEST(Phases, HashedWaysAreNeverFasterThanSpreadOnes) {
    const auto time = [](Routing routing) {
        const Tree tree = fat_tree_of(2048, routing);
        return flow_time(tree, phases_of(Collective::all_reduce, PhaseAlgorithm::halving_doubling,
                                         2048, 1 * unit::GiB));
    };
    EXPECT_GT(time(Routing::ecmp), time(Routing::adaptive));
}

TEST(Phases, TheFastestIsTakenAndOthersAreRefused) {
    EXPECT_EQ(fastest(fat_tree_of(1024, Routing::adaptive), Collective::all_reduce, 1 * unit::MiB,
                      closed_time),
              PhaseAlgorithm::halving_doubling);
    EXPECT_EQ(fastest(fat_tree_of(1000, Routing::adaptive), Collective::all_reduce, 1 * unit::MiB,
                      closed_time),
              PhaseAlgorithm::ring);
    // hashed ways collide in exchanges across the tree, and hardly ever in a ring
    EXPECT_EQ(
        fastest(fat_tree_of(1024, Routing::ecmp), Collective::all_reduce, 1 * unit::GiB, flow_time),
        PhaseAlgorithm::ring);
    EXPECT_FALSE(does(PhaseAlgorithm::halving_doubling, Collective::all_reduce, 1000));
    EXPECT_FALSE(does(PhaseAlgorithm::ring, Collective::all_to_all, 8));
}

CsvTable table(const char* text) { return parse_csv(text, "t.csv").value(); }

TEST(FlowTable, CablesAndFaults) {
    const CsvTable cables =
        table("from,to,capacity_GBps,latency_s\na,s,50,1e-6\nb,s,50,1e-6\ns,c,50,1e-6\n");
    const CsvTable flows = table("source,destination,bytes,start_s\na,c,1e9,0\nb,c,1e9,0\n");
    const FlowCase both = flows_on_cables(flows, cables, Routing::ecmp).value();
    const FlowOutcome o = run_flows(both.problem);
    EXPECT_NEAR(o.finish[0].si(), 0.04 + 2e-6, 1e-12);
    EXPECT_EQ(link_name(both, both.problem.way(0)[1]), "s to c");
    const auto refused = flows_on_cables(
        table("source,destination,bytes,start_s\na,x,1e9,0\na,c,-1,soon\n"), cables, Routing::ecmp);
    ASSERT_FALSE(refused);
    const std::string text = to_text(refused.error());
    EXPECT_TRUE(contains(text, "t.csv:3")) << text;
    EXPECT_TRUE(contains(text, "'-1' in bytes")) << text;
    EXPECT_TRUE(contains(text, "'soon' in start_s")) << text;
    const auto far = flows_on_fat_tree(
        table("source,destination,bytes,start_s\n0,746496,1,0\nx,1,1,0\n"), Routing::ecmp);
    ASSERT_FALSE(far);
    EXPECT_TRUE(contains(to_text(far.error()), "'746496' is no host of the tree"));
    EXPECT_TRUE(contains(to_text(far.error()), "'x' is no host"));
}

}  // namespace
}  // namespace millwright
