// The search for a deployment, against every deployment of a small space.
#include "millwright/api/deploy.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.threads = 2};

/// A small model on a few chips, at a rate that one of them cannot serve.
DeployQuestion question() {
    DeployQuestion q{.model = "llama-3.1-8b",
                     .servers = {"hgx-h100"},
                     .least_chips = 1,
                     .most_chips = 4,
                     .promise = {2 * unit::s, 12 * unit::ms}};
    q.load.rate = 24;
    q.load.requests = 1500;
    q.load.prompt = LognormalLength{600, 0.5};
    q.load.output = LognormalLength{200, 0.5};
    return q;
}

DeployAnswer answer_to(const DeployQuestion& q) {
    const auto answer = deploy(q, setting);
    if (!answer) ADD_FAILURE() << to_text(answer.error());
    return answer.value();
}

/// Chips of the fewest of any layout and number of replicas whose percentiles are within so much of
/// the promise, with one seed; more than there are where none is.
double fewest_by_trial(const DeployQuestion& q, double of_promise) {
    double fewest = static_cast<double>(q.most_chips) + 1;
    for (const std::int64_t tensor : {1, 2, 4}) {
        for (std::int64_t replicas = 1; replicas * tensor <= q.most_chips; ++replicas) {
            ServeQuestion one{.model = q.model, .server = q.servers[0]};
            one.chips = replicas * tensor;
            one.layout.tensor = tensor;
            one.layout.pipeline = 1;
            one.replicas = replicas;
            one.limits = q.limits;
            one.load = q.load;
            const ServeAnswer a = serve(one, setting).value();
            const ServicePromise limit{of_promise * q.promise.first_token,
                                       of_promise * q.promise.per_token};
            if (a.feasible() && keeps(a.outcome, limit)) fewest = std::min(fewest, a.chips());
        }
    }
    return fewest;
}

// The search takes several seeds where percentiles are near the promise, so that one seed may be on
// the other side there.
TEST(Deploy, FindsWhatTryingAllFinds) {
    DeployQuestion q = question();
    q.layout.pipeline = 1;
    q.limits.max_batched_tokens = 8192;
    for (const double rate : {4, 12, 24, 40}) {
        for (const double ms : {8, 12, 30}) {
            q.load.rate = rate;
            q.promise.per_token = ms * unit::ms;
            const DeployAnswer a = answer_to(q);
            const double found = a.feasible() ? a.best.front().chips() : 5;
            EXPECT_GE(found, fewest_by_trial(q, 1.05)) << rate << " " << ms;
            EXPECT_LE(found, fewest_by_trial(q, 0.95)) << rate << " " << ms;
        }
    }
}

TEST(Deploy, WhatIsAnsweredKeepsThePromise) {
    const DeployAnswer a = answer_to(question());
    ASSERT_TRUE(a.feasible());
    EXPECT_GT(a.in_space, 0);
    EXPECT_GT(a.simulated, 0);
    for (const Deployment& d : a.best) {
        EXPECT_TRUE(d.meets);
        EXPECT_LE(d.served.outcome.first_token.quantile(0.99), a.asked.promise.first_token);
        EXPECT_LE(d.served.outcome.per_token.quantile(0.99), a.asked.promise.per_token);
        EXPECT_LE(d.chips(), 4);
        EXPECT_GE(d.yearly, a.best.front().yearly);
    }
    for (const std::size_t i : a.front) EXPECT_LT(i, a.best.size());
    EXPECT_FALSE(a.front.empty());
}

TEST(Deploy, MoreChipsOrALooserPromiseIsNeverDearer) {
    DeployQuestion q = question();
    const Dollars before = answer_to(q).best.front().yearly;
    q.most_chips = 8;
    EXPECT_LE(answer_to(q).best.front().yearly, before);
    q.promise.per_token = 25 * unit::ms;
    EXPECT_LE(answer_to(q).best.front().yearly, before);
    q.servers.emplace_back("hgx-h20");
    EXPECT_LE(answer_to(q).best.front().yearly, before);
}

/// The least of any sizes of two pools of one chip a replica, with one seed; infinite if none do.
Dollars cheapest_pools(const DeployQuestion& q) {
    Dollars least = Dollars::from_si(1e300);
    for (std::int64_t prefill = 1; prefill < q.most_chips; ++prefill) {
        for (std::int64_t decode = 1; prefill + decode <= q.most_chips; ++decode) {
            ServeQuestion one{.model = q.model, .server = q.servers[0]};
            one.chips = prefill + decode;
            one.prefill = prefill;
            one.decode = decode;
            one.layout = q.layout;
            one.limits = q.limits;
            one.load = q.load;
            const ServeAnswer a = serve(one, setting).value();
            if (!a.feasible() || !keeps(a.outcome, q.promise)) continue;
            least = min(least, a.cost * (unit::year / a.outcome.seconds));
        }
    }
    return least;
}

TEST(Deploy, PoolsOfTheirOwnAreThoseThatTryingAllFinds) {
    DeployQuestion q = question();
    q.pools = true;
    q.layout.tensor = q.layout.pipeline = 1;
    q.most_chips = 6;
    q.load.rate = 20;
    q.load.requests = 1500;
    q.promise.per_token = 12 * unit::ms;
    const DeployAnswer a = answer_to(q);
    const auto apart = std::ranges::find_if(
        a.best, [](const Deployment& d) { return d.served.pools.size() == 2; });
    const Dollars trial = cheapest_pools(q);
    if (apart == a.best.end()) {  // then one pool must be cheaper
        EXPECT_LE(a.best.front().yearly, trial);
        return;
    }
    EXPECT_TRUE(apart->meets);
    EXPECT_LE(apart->yearly, 1.001 * trial);
}

/// Every range of chips, of one number too: pools of one and of two chips a replica.
TEST(Deploy, PoolsTakeNoFewerChipsThanThereMustBe) {
    for (const std::int64_t least : {2, 5, 8}) {
        for (const std::int64_t more : {0, 1}) {
            DeployQuestion q = question();
            q.pools = true;
            q.layout.pipeline = 1;
            q.least_chips = least;
            q.most_chips = least + more;
            q.promise.per_token = 100 * unit::ms;
            for (const Deployment& d : answer_to(q).best) {
                EXPECT_GE(d.served.chips(), real(least)) << d.text;
                EXPECT_LE(d.served.chips(), real(least + more)) << d.text;
            }
        }
    }
}

TEST(Deploy, PoolsMayBeOfTwoServers) {
    DeployQuestion q = question();
    q.pools = true;
    q.servers = {"hgx-h100", "hgx-h20"};
    q.most_chips = 8;
    const DeployAnswer a = answer_to(q);
    std::size_t mixed = 0;
    for (const LostDeployment& l : a.lost) mixed += l.server == "hgx-h100 and hgx-h20" ? 1U : 0U;
    for (const Deployment& d : a.best) mixed += d.server == "hgx-h100 and hgx-h20" ? 1U : 0U;
    EXPECT_GT(mixed, 0U);
    for (const Deployment& d : a.best) {
        if (d.served.pools.size() < 2) continue;
        EXPECT_EQ(d.served.pools[0].role, "prompts");
        EXPECT_GT(d.served.transfer.count(), 0);
        EXPECT_TRUE(d.meets);
    }
}

TEST(Deploy, ThreadsChangeNothing) {
    const DeployAnswer two = answer_to(question());
    const DeployAnswer one = deploy(question(), {.threads = 1}).value();
    ASSERT_EQ(one.best.size(), two.best.size());
    EXPECT_EQ(one.simulated, two.simulated);
    for (std::size_t i = 0; i < one.best.size(); ++i) {
        EXPECT_EQ(one.best[i].text, two.best[i].text);
        EXPECT_EQ(one.best[i].served.outcome.seconds, two.best[i].served.outcome.seconds);
    }
}

TEST(Deploy, WhatCannotBeKeptSaysWhatComesNearest) {
    DeployQuestion q = question();
    q.promise.first_token = 5 * unit::ms;
    const DeployAnswer a = answer_to(q);
    EXPECT_FALSE(a.feasible());
    ASSERT_EQ(a.best.size(), 1U);
    EXPECT_FALSE(a.best[0].meets);
    EXPECT_TRUE(a.front.empty());
    q.promise = {.per_token = 0.1 * unit::ms};
    const DeployAnswer none = answer_to(q);
    EXPECT_TRUE(none.best.empty());
    ASSERT_FALSE(none.lost.empty());
    EXPECT_EQ(none.lost.front().reason, "tokens too slow");
}

TEST(Deploy, AModelWithoutRoomSaysSo) {
    DeployQuestion q = question();
    q.model = "llama-3.1-405b";
    const DeployAnswer a = answer_to(q);
    EXPECT_TRUE(a.best.empty());
    for (const LostDeployment& l : a.lost) EXPECT_EQ(l.reason, "no room") << l.why;
}

TEST(Deploy, AnswersOfOneTokenHaveNoTimePerToken) {
    DeployQuestion q = question();
    q.load.output = FixedLength{1};
    q.promise = {.first_token = 500 * unit::ms};
    const DeployAnswer a = answer_to(q);
    ASSERT_TRUE(a.feasible());
    EXPECT_EQ(a.best.front().tokens_of_user(), 0);
}

TEST(Deploy, WhatKeepsNothingWaitingIsNoNumber) {
    DeployQuestion q = question();
    q.load.output = FixedLength{1};  // nobody waits for a second token
    q.promise = {.per_token = 12 * unit::ms};
    const DeployAnswer a = answer_to(q);
    ASSERT_TRUE(a.feasible());
    EXPECT_EQ(a.best.front().width, 0);
}

// Nobody waits for the own prompt between tokens.
TEST(Deploy, ALongPromptAloneSlowsNoToken) {
    DeployQuestion q = question();
    q.load.rate = 0.02;
    q.load.requests = 100;
    q.load.prompt = FixedLength{8192};
    q.load.output = FixedLength{8};
    q.promise = {.per_token = 20 * unit::ms};
    const DeployAnswer a = answer_to(q);
    ASSERT_TRUE(a.feasible());
    EXPECT_EQ(a.best.front().chips(), 1);
}

TEST(Deploy, WhatACacheHoldsIsNotComputed) {
    DeployQuestion q = question();
    q.most_chips = 1;
    q.load.rate = 40;
    q.load.requests = 600;
    q.load.prompt = FixedLength{8192};
    q.load.output = FixedLength{16};
    q.load.prefix_tokens = 8000;
    q.limits.prefix_cache = true;
    q.promise = {.first_token = 2 * unit::s};
    EXPECT_TRUE(answer_to(q).feasible());
}

TEST(Deploy, AFewLateAtTheBeginningAreFew) {
    DeployQuestion q = question();
    q.least_chips = q.most_chips = 1;
    q.load.requests = 4000;
    q.load.rate = 5;
    q.load.arrivals = ArrivalKind::gamma;
    q.load.variation = 3;
    q.promise = {.first_token = 2 * unit::s};
    const DeployAnswer a = answer_to(q);
    for (const Deployment& d : a.best) {
        EXPECT_EQ(d.served.outcome.requests, 4000U * static_cast<std::uint64_t>(d.seeds));
    }
}

TEST(Deploy, ManyChipsAreNoManyTrials) {
    DeployQuestion q = question();
    q.most_chips = 100'000;
    const DeployAnswer a = answer_to(q);
    EXPECT_EQ(a.best.front().yearly, answer_to(question()).best.front().yearly);
    EXPECT_LT(a.simulated, 1000);
}

TEST(Deploy, FaultsAreToldTogether) {
    DeployQuestion q = question();
    q.servers.clear();
    q.promise = {};
    q.least_chips = 9;
    const auto answer = deploy(q, setting);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().size(), 3U);
    q = question();
    q.servers = {"hgx-h100", "no-such", "nor-this"};
    q.model = "no-model";
    const auto names = deploy(q, setting);
    ASSERT_FALSE(names);
    EXPECT_EQ(names.error().size(), 3U) << to_text(names.error());
}

/// What is promised holds at the highest rate and not a quarter beyond it.
TEST(Deploy, TheMostTrafficIsTheMost) {
    DeployQuestion q = question();
    q.load.rate.reset();
    q.most = true;
    q.layout.tensor = q.layout.pipeline = 1;
    q.limits.max_batched_tokens = 8192;
    const DeployAnswer a = answer_to(q);
    ASSERT_TRUE(a.feasible());
    const Deployment& best = a.best.front();
    EXPECT_EQ(best.chips(), 4);
    EXPECT_EQ(a.gap(), std::nullopt);
    DeployQuestion fewest = question();
    fewest.layout = q.layout;
    fewest.limits = q.limits;
    const auto chips_at = [&](double rate) {
        fewest.load.rate = rate * best.rate.si();
        const DeployAnswer found = answer_to(fewest);
        return found.feasible() ? found.best.front().chips() : 5;
    };
    EXPECT_LE(chips_at(0.95), 4);
    EXPECT_EQ(chips_at(1.25), 5);
    for (std::size_t i = 1; i < a.best.size(); ++i) EXPECT_LE(a.best[i].rate, a.best[i - 1].rate);
}

/// One more server serves what it serves alone; what holds no replica says so.
TEST(Deploy, AnExtraServerAddsWhatItServesAlone) {
    DeployQuestion q = question();
    q.load.rate.reset();
    q.most = true;
    q.layout.tensor = q.layout.pipeline = 1;
    q.limits.max_batched_tokens = 8192;
    q.extras = {"hgx-h100", "hgx-h20"};
    const DeployAnswer a = answer_to(q);
    ASSERT_EQ(a.extras.size(), 2U);
    for (const ExtraServers& extra : a.extras) {
        EXPECT_EQ(extra.servers, 1);
        DeployQuestion alone = q;
        alone.servers = {extra.server};
        alone.extras.clear();
        alone.most_chips = 8;
        EXPECT_EQ(answer_to(alone).best.front().rate, extra.rate) << extra.server;
    }
    const auto worth = [](const ExtraServers& e) { return e.rate.si() / e.yearly.si(); };
    EXPECT_GE(worth(a.extras[0]), worth(a.extras[1]));
}

TEST(Deploy, TheMostTrafficHasARateOfItsOwn) {
    DeployQuestion q = question();
    q.most = true;
    const auto told = [](const DeployQuestion& of) {
        const auto answer = deploy(of, setting);
        return answer ? std::string() : to_text(answer.error());
    };
    EXPECT_TRUE(contains(told(q), "--rate: error: the most traffic has a rate of its own"));
    q.load.rate.reset();
    q.pools = true;
    EXPECT_TRUE(contains(told(q), "--pools: error:"));
    q.pools = q.most = false;
    q.load.rate = 3;
    q.extras = {"hgx-h100"};
    EXPECT_TRUE(contains(told(q), "--extra: error: says nothing without --most"));
    q.most = true;
    q.load.rate.reset();
    q.extras = {"hgx-h1000"};
    EXPECT_TRUE(contains(told(q), "hgx-h1000")) << told(q);
}

/// The bound is one: nothing that was found is cheaper, pools apart or not.
TEST(Deploy, NothingIsCheaperThanTheBound) {
    for (const bool pools : {false, true}) {
        DeployQuestion q = question();
        q.pools = pools;
        const DeployAnswer a = answer_to(q);
        ASSERT_TRUE(a.feasible());
        ASSERT_TRUE(a.gap().has_value());
        EXPECT_GT(a.least_yearly, Dollars{});
        for (const Deployment& d : a.best) EXPECT_GE(d.yearly, a.least_yearly);
        EXPECT_NEAR(*a.gap(), a.best.front().yearly / a.least_yearly - 1, 1e-12);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
