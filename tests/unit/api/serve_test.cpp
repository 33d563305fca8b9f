// Serving as a question: layouts that hold, loads that can be met, and the same bits for any number
// of threads.
#include <gtest/gtest.h>

#include "millwright/api/serve.h"
#include "millwright/base/units.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{};

/// Small enough that a run takes milliseconds.
ServeQuestion question() {
    ServeQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 2};
    q.load.rate = 20;
    q.load.requests = 200;
    q.load.prompt = FixedLength{256};
    q.load.output = FixedLength{32};
    return q;
}

ServeAnswer answer_to(const ServeQuestion& q) {
    const auto answer = serve(q, setting);
    if (!answer) ADD_FAILURE() << to_text(answer.error());
    return answer.value();
}

/// The options that faults are about.
std::vector<std::string> refused(const ServeQuestion& q) {
    const auto answer = serve(q, setting);
    if (answer) return {};
    std::vector<std::string> options;
    for (const Fault& fault : answer.error()) {
        EXPECT_FALSE(fault.hint.empty()) << fault.message;
        options.push_back(fault.at.file);
    }
    return options;
}

TEST(Serve, EveryRequestIsAnsweredWithAllItsTokens) {
    const ServeAnswer a = answer_to(question());
    EXPECT_EQ(a.outcome.completed, 200U);
    EXPECT_EQ(a.outcome.dropped, 0U);
    EXPECT_DOUBLE_EQ(a.outcome.input_tokens, 200 * 256);
    EXPECT_DOUBLE_EQ(a.outcome.output_tokens, 200 * 32);
    EXPECT_EQ(a.pools.at(0).fleet.replicas, 2);
    EXPECT_FALSE(a.outcome.saturated);
    EXPECT_TRUE(a.record.served.empty());
}

TEST(Serve, TokensPayForTheWholeRun) {
    ServeQuestion q = question();
    q.load.prefix_tokens = 128;
    q.limits.prefix_cache = true;
    const ServeAnswer a = answer_to(q);
    EXPECT_GT(a.outcome.cached_tokens, 0);
    const double cached = a.outcome.cached_tokens;
    const Dollars paid = (a.outcome.input_tokens - cached) / 1e6 * a.prices.input +
                         cached / 1e6 * a.prices.cached +
                         a.outcome.output_tokens / 1e6 * a.prices.output;
    EXPECT_NEAR(paid / a.cost, 1, 1e-9);
    EXPECT_LT(a.prices.cached, 0.5 * a.prices.input);
}

// whatever was asked: a price in place of the cost is paid for every hour of every chip, and by
// tokens again
TEST(Serve, APriceOfAChipsHourIsAllThatIsPaid) {
    ServeQuestion apart = question();
    apart.chips = 4;
    apart.prefill = 2;
    apart.decode = 2;
    for (ServeQuestion q : {question(), apart}) {
        q.chip_hour = 3.0 * unit::USD;
        const ServeAnswer a = answer_to(q);
        const double hours = a.outcome.seconds / unit::hour;
        EXPECT_NEAR(a.cost / (a.chips() * hours * 3.0 * unit::USD), 1, 1e-9);
        const Dollars paid = a.outcome.input_tokens / 1e6 * a.prices.input +
                             a.outcome.output_tokens / 1e6 * a.prices.output;
        EXPECT_NEAR(paid / a.cost, 1, 1e-9);
    }
}

TEST(Serve, AnIdleChipDrawsPartOfItsPowerAndNoneMoreThanAll) {
    const ServeAnswer a = answer_to(question());
    const Joules most = a.chips() * a.factory.chip.power.value * a.outcome.seconds;
    ASSERT_TRUE(a.energy.has_value());
    EXPECT_GE(*a.energy / most, idle_power_share);
    EXPECT_LE(*a.energy / most, 1);
}

TEST(Serve, ThreadsChangeNothing) {
    ServeQuestion q = question();
    q.chips = 8;
    q.keep_requests = true;
    q.load.prompt = LognormalLength{300, 1};
    const ServeAnswer one = serve(q, {.threads = 1}).value();
    const ServeAnswer three = serve(q, {.threads = 3}).value();
    EXPECT_EQ(one.outcome.seconds, three.outcome.seconds);
    EXPECT_EQ(one.outcome.first_token.mean(), three.outcome.first_token.mean());
    ASSERT_EQ(one.record.served.size(), 200U);
    for (std::size_t i = 0; i < one.record.served.size(); ++i) {
        EXPECT_EQ(one.record.served[i].index, i);
        EXPECT_EQ(one.record.served[i].end, three.record.served[i].end);
    }
}

TEST(Serve, TheSmallestReplicaWithRoomForSomeRequestsIsTaken) {
    ServeQuestion q = question();
    q.model = "llama-3.1-70b";
    q.chips = 8;
    q.load.rate = 1;
    q.load.requests = 20;
    q.precision = WeightForm::bf16;
    const ServeAnswer a = answer_to(q);  // 141 GB of weights on chips of 80 GB
    EXPECT_EQ(a.pools.at(0).fleet.replica.ways.tensor, 2);
    EXPECT_EQ(a.pools.at(0).fleet.replicas, 4);
    q.precision = WeightForm::fp8;
    EXPECT_EQ(answer_to(q).pools.at(0).fleet.replica.ways.tensor, 2);  // a chip holds a few
    q.load.prompt = FixedLength{60000};                                // 20 GB of cache
    EXPECT_EQ(answer_to(q).pools.at(0).fleet.replica.ways.tensor, 8);
    q.model = "llama-3.1-8b";
    q.load.prompt = FixedLength{1000};
    EXPECT_EQ(answer_to(q).pools.at(0).fleet.replica.ways.tensor, 1);
}

TEST(Serve, PoolsApartShareTheWork) {
    ServeQuestion q = question();
    q.chips = 4;
    q.prefill = 1;
    q.decode = 3;
    q.keep_requests = true;
    const ServeAnswer a = answer_to(q);
    ASSERT_EQ(a.pools.size(), 2U);
    EXPECT_EQ(a.chips(), 4);
    EXPECT_EQ(a.outcome.completed, 200U);
    EXPECT_EQ(a.record.served.size(), 200U);
    EXPECT_EQ(a.pools[0].outcome.output_tokens, 200);
    EXPECT_EQ(a.pools[1].outcome.output_tokens, 200 * 32);
    EXPECT_EQ(a.transfer.count(), 200);
    EXPECT_NEAR(a.shares.input + a.shares.cached + a.shares.output, 1, 1e-12);
    EXPECT_NEAR(a.shares.output, 0.75, 1e-12);
    const double paid = a.outcome.input_tokens / 1e6 * a.prices.input.in(unit::USD) +
                        a.outcome.output_tokens / 1e6 * a.prices.output.in(unit::USD);
    EXPECT_NEAR(paid / a.cost.in(unit::USD), 1, 1e-9);
}

TEST(Serve, PoolsWithoutRoomSayHowManyChipsWouldDo) {
    ServeQuestion q = question();
    q.model = "llama-3.1-405b";
    q.precision = WeightForm::bf16;
    q.chips = 24;
    q.prefill = 16;
    q.decode = 8;
    const ServeAnswer a = answer_to(q);
    EXPECT_FALSE(a.feasible());
    EXPECT_EQ(a.fewest, 32);
    q.chips = 32;
    q.decode = 16;
    EXPECT_TRUE(answer_to(q).feasible());
}

TEST(Serve, LittleRoomForCachesIsTold) {
    ServeQuestion q = question();
    q.model = "llama-3.1-70b";
    q.precision = WeightForm::bf16;
    q.load.prompt = FixedLength{4000};
    q.load.requests = 20;
    const auto tells = [&] {
        return std::ranges::any_of(answer_to(q).notes, [](const std::string& note) {
            return note.find("more ways or chips leave more room") != std::string::npos;
        });
    };
    EXPECT_TRUE(tells());
    q.layout.tensor = 2;
    EXPECT_FALSE(tells());
}

TEST(Serve, ARouterBySessionSaysWhereNoRequestHasOne) {
    ServeQuestion q = question();
    q.cluster.router.kind = RouterKind::session;
    const auto tells = [&] {
        return std::ranges::any_of(answer_to(q).notes, [](const std::string& note) {
            return note.starts_with("no request goes on a conversation");
        });
    };
    EXPECT_TRUE(tells());
    q.load.turns = FixedLength{3};
    EXPECT_FALSE(tells());
}

TEST(Serve, WhatHoldsNoRequestSaysHowManyChipsWould) {
    ServeQuestion q = question();
    q.model = "llama-3.1-405b";
    q.chips = 4;
    const ServeAnswer a = answer_to(q);
    EXPECT_FALSE(a.feasible());
    EXPECT_EQ(a.fewest, 8);
    EXPECT_TRUE(a.pools.empty());
    q.chips = 8;
    q.load.requests = 20;
    EXPECT_TRUE(answer_to(q).feasible());
}

TEST(Serve, MoreThanCanBeServedIsADriftOfTheWait) {
    ServeQuestion q = question();
    q.load.rate = 5000;
    q.load.requests = 2000;
    const ServeAnswer a = answer_to(q);
    EXPECT_TRUE(a.outcome.saturated);
    EXPECT_GT(a.outcome.drift, 0);
}

TEST(Serve, AClosedLoopKeepsWhatIsInFlight) {
    ServeQuestion q = question();
    q.load.rate.reset();
    q.load.concurrency = 8;
    const ServeAnswer a = answer_to(q);
    EXPECT_EQ(a.outcome.completed, 200U);
    EXPECT_LE(a.outcome.mean_running, 8.0001);
    EXPECT_GT(a.outcome.mean_running, 6);
}

TEST(Serve, FewerInFlightThanReplicasLeaveSomeWithoutWork) {
    ServeQuestion q = question();
    q.chips = 8;
    q.load.rate.reset();
    q.load.concurrency = 3;
    EXPECT_EQ(answer_to(q).outcome.completed, 200U);
}

TEST(Serve, ObjectivesCountWhatIsInTime) {
    ServeQuestion q = question();
    EXPECT_DOUBLE_EQ(answer_to(q).outcome.good, 200);
    q.objectives.first_token = Seconds::from_si(1e-6);
    EXPECT_DOUBLE_EQ(answer_to(q).outcome.good, 0);
}

TEST(Serve, FaultsComeAllAtOnceWithTheirOptions) {
    ServeQuestion q = question();
    q.server = "no such";
    q.engine = "no such";
    q.model = "no such";
    q.prefill = 1;
    q.load.concurrency = 2;
    EXPECT_EQ(refused(q), (std::vector<std::string>{"--server", "--engine", "--model", "--decode",
                                                    "--concurrency"}));
    q = question();
    q.load.rate.reset();
    EXPECT_EQ(refused(q), (std::vector<std::string>{"--rate"}));
    q.load.trace = "no such file";
    q.load.prefix_tokens = 4;
    EXPECT_EQ(refused(q), (std::vector<std::string>{"--prompt", "--output", "--prefix-tokens"}));
    q = question();
    q.load.prefix_tokens = 256;
    q.load.variation = 1;
    EXPECT_EQ(refused(q), (std::vector<std::string>{"--variation", "--prefix-tokens"}));
}

TEST(Serve, WaysThatCannotBeAreRefused) {
    ServeQuestion q = question();
    q.layout = {.tensor = 3, .pipeline = 100, .expert = 2};
    EXPECT_EQ(refused(q),
              (std::vector<std::string>{"--tensor", "--pipeline", "--expert", "--chips"}));
    q = question();
    q.precision = WeightForm::bf16;
    q.replicas = 3;
    EXPECT_EQ(refused(q), (std::vector<std::string>{"--chips"}));
}

TEST(Serve, ExpertsAreSpreadOverTheChipsOfAStage) {
    ServeQuestion q = question();
    q.model = "qwen3-30b-a3b";
    q.chips = 8;
    q.layout = {.tensor = 2, .expert = 8, .attention_data = 4};
    q.load.requests = 50;
    const ServeAnswer a = answer_to(q);
    EXPECT_EQ(a.pools.at(0).fleet.replicas, 1);
    EXPECT_EQ(a.outcome.completed, 50U);
    q.layout.expert = 3;
    EXPECT_EQ(refused(q), (std::vector<std::string>{"--expert"}));
}

}  // namespace TEST_FILE
}  // namespace millwright
