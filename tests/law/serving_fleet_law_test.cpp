// Laws of replicas behind a router.
#include <gtest/gtest.h>

#include "millwright/serve/cluster.h"
#include "millwright/serve/traffic.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

/// Conversations whose beginnings one replica of four has no room for.
RequestTraffic conversations(std::uint64_t seed) {
    RequestTraffic traffic;
    traffic.requests = 1500;
    traffic.seed = seed;
    traffic.arrivals.rate = RequestRate::from_si(14);
    Tenant& tenant = traffic.tenants.front();
    tenant.prompt = read_lengths("lognormal(200,0.5)", "test").value();
    tenant.output = FixedLength{12};
    tenant.turns.count = read_lengths("uniform(2,8)", "test").value();
    tenant.turns.think = {.mean = 4 * unit::s, .variation = 1};
    return traffic;
}

Cluster four(RouterKind kind, Seconds delay = {}) {
    Replica r = with_blocks(plain_replica(4), 1500);
    r.engine.prefix_cache = true;
    Cluster c{.pools = {{r, 4}}};
    c.router = {.kind = kind, .delay = delay};
    return c;
}

ServeOutcome outcome_of(const Cluster& c, std::uint64_t seed) {
    return simulate_cluster(c, {}, {}, requests_of(conversations(seed)).value()).all;
}

// What a router knows of caches helps, the sooner the more.
TEST(ServingFleetLaw, ARouterWithExactStateIsNoWorseThanAStaleOneOnAverage) {
    double exact = 0, late = 0, blind = 0;
    double exact_hits = 0, blind_hits = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const ServeOutcome now = outcome_of(four(RouterKind::prefix), seed);
        const ServeOutcome old = outcome_of(four(RouterKind::prefix, 5 * unit::s), seed);
        const ServeOutcome none = outcome_of(four(RouterKind::least_loaded), seed);
        exact += now.latency.mean().si();
        late += old.latency.mean().si();
        blind += none.latency.mean().si();
        exact_hits += now.cached_tokens;
        blind_hits += none.cached_tokens;
    }
    EXPECT_LE(exact, late);
    EXPECT_LT(exact, blind);
    EXPECT_GT(exact_hits, 1.5 * blind_hits);
}

TEST(ServingFleetLaw, RequestsAndTokensAreConserved) {
    for (const RouterKind kind :
         {RouterKind::round_robin, RouterKind::least_loaded, RouterKind::power_of_two,
          RouterKind::session, RouterKind::prefix}) {
        Cluster c = four(kind);
        c.pools[0].tiers = {
            {Bytes::from_si(4000 * tiny_cache_token), 0.001 * unit::GBps, {}, false},
            {Bytes::from_si(4000 * tiny_cache_token), 0.001 * unit::GBps, {}, true}};
        c.failures = {.mean_between = 40 * unit::s, .repair = 5 * unit::s, .seed = 2};
        c.elasticity = {.least = 2,
                        .target = 3,
                        .interval = 2 * unit::s,
                        .cold_start = unit::s,
                        .settle = 5 * unit::s};
        double prompts = 0, answers = 0;
        const RequestSource all = requests_of(conversations(5)).value();
        while (const auto r = all()) {
            prompts += static_cast<double>(r->prompt);
            answers += static_cast<double>(r->output);
        }
        const ServeOutcome o = outcome_of(c, 5);
        EXPECT_EQ(o.completed, 1500U);
        EXPECT_EQ(o.dropped, 0U);
        EXPECT_EQ(o.input_tokens, prompts);
        EXPECT_EQ(o.output_tokens, answers);
        EXPECT_LE(o.cached_tokens, prompts);
        EXPECT_LE(o.most_cache, 1);
    }
}

// By what is there and how long it stays: what comes in a second times the time of each.
TEST(ServingFleetLaw, LittlesLawHoldsForTheWholeFleet) {
    const Cluster c = four(RouterKind::least_loaded);
    double area = 0;
    Seconds last;
    ClusterSinks sinks;
    sinks.served = [&](const ServedRequest& one) {
        area += (one.end - one.scheduled).si();
        last = max(last, one.end);
    };
    const ServeOutcome o =
        simulate_cluster(c, {}, {}, requests_of(conversations(3)).value(), sinks).all;
    EXPECT_NEAR(area / last.si(), o.mean_running, 0.02 * o.mean_running);
}

}  // namespace TEST_FILE
}  // namespace millwright
