// Serving jobs of a study: what is simulated, what hours and rates do, what cannot be and why.
#include "millwright/study/serve_job.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/api/serve.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/json.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

template <class Q>
double gap(const Ledger<Q>& ledger) {
    Q sum;
    for (const Ledger<Q>& part : ledger.parts) sum += part.value;
    return std::abs(sum / ledger.value - 1);
}

TEST(ServeJob, ItsFiguresAgree) {
    for (const char* model : {"llama-3.1-8b", "qwen3-30b-a3b"}) {
        const Study study = study_of(head + factory("a", "hgx-h200", 20) + serve("j", model));
        const ServeReport r = served(study);
        EXPECT_NEAR(r.output.si(), r.requests * 1024, 1e-9 * r.output.si());
        EXPECT_NEAR(r.output_per_chip * 20, r.output.si(), 1e-9 * r.output.si());
        EXPECT_EQ(r.requests, r.most);
        EXPECT_LE(r.layout.chips(), 20);
        EXPECT_LT(gap(r.token), 1e-12);
        EXPECT_LT(gap(r.memory), 1e-12);
        EXPECT_LE(r.memory.value, r.usable);
        EXPECT_LE(r.outcome.per_token.quantile(0.99), r.asked.promise.per_token);
        EXPECT_FALSE(r.outcome.saturated);
        EXPECT_LE(r.most, r.most_possible);
        EXPECT_LE(r.least_per_request, r.per_request);
        // whoever pays for the site a second pays for the requests of that second
        const double second = (study.factories[0].yearly.value / unit::year).si();
        EXPECT_NEAR(r.requests * r.per_request.in(unit::USD), second, 1e-9 * second) << model;
        // and for the tokens of a request
        EXPECT_NEAR((4096e-6 * r.prices.input + 1024e-6 * r.prices.output) / r.per_request, 1,
                    1e-9);
        EXPECT_EQ(r.prices.cached, Dollars{});
        EXPECT_EQ(r.hours, 24);
        EXPECT_EQ(r.yearly, study.factories[0].yearly.value);
    }
}

/// One chip, whose replica has a network of its own in neither: the same run, to the last bit.
TEST(ServeJob, SaysWhatServeSaysOfTheSameRequests) {
    const Study study = study_of(head + factory("a", "hgx-h100", 1) +
                                 serve("j", "llama-3.1-8b",
                                       "prompt_tokens = 512\noutput_tokens = 128\nrate = 6\n"
                                       "engine = \"sglang-0.5\"\nprefix_tokens = 128\n"));
    const ServeReport r = served(study);
    ServeQuestion q{.model = "llama-3.1-8b", .server = "hgx-h100", .engine = "sglang-0.5"};
    q.chips = q.layout.tensor = 1;
    q.limits.max_batched_tokens = r.layout.replica.engine.max_batched_tokens;
    q.load.rate = 6;
    q.load.requests = static_cast<std::int64_t>(r.outcome.requests);
    q.load.prompt = FixedLength{512};
    q.load.output = FixedLength{128};
    q.load.prefix_tokens = 128;
    const Setting setting{built_in_catalog()};
    const ServeAnswer answer = serve(q, setting).value();
    EXPECT_EQ(answer.forms, r.forms);
    EXPECT_EQ(answer.outcome.first_token.mean(), r.outcome.first_token.mean());
    EXPECT_EQ(answer.outcome.per_token.quantile(0.99), r.outcome.per_token.quantile(0.99));
    EXPECT_GT(r.outcome.cached_tokens, 0);
    EXPECT_EQ(answer.outcome.cached_tokens, r.outcome.cached_tokens);
    // its chips cost the same for any token
    const double dearer = r.prices.output / answer.prices.output;
    EXPECT_NEAR(r.prices.input / answer.prices.input, dearer, 1e-9 * dearer);
    EXPECT_NEAR(r.prices.cached / answer.prices.cached, dearer, 1e-9 * dearer);
}

TEST(ServeJob, HoursArePaidAndTheOthersTrain) {
    const std::string site = head + factory("a", "hgx-h100", 16) + train("t", "llama-3.2-1b");
    const auto job = [](const std::string& more) {
        return serve("s", "llama-3.1-8b", "prompt_tokens = 512\noutput_tokens = 128\n" + more);
    };
    const Study alone = study_of(site + job(""));
    const Study shared = study_of(site + job("hours = \"08:00..22:00\"\n"));
    const ServeReport all = served(alone, 0, 1), some = served(shared, 0, 1);
    const auto trained = [](const Study& study) {
        return std::get<TrainReport>(study.factories[0].jobs[0].of);
    };
    EXPECT_NEAR(trained(shared).days, 2.4 * trained(alone).days, 1e-9 * trained(shared).days);
    EXPECT_EQ(trained(shared).hours, 10);
    EXPECT_EQ(trained(shared).per_million_tokens, trained(alone).per_million_tokens);
    EXPECT_EQ(trained(shared).plan, trained(alone).plan);
    EXPECT_EQ(some.requests, all.requests);
    EXPECT_EQ(some.per_request, all.per_request);
    EXPECT_NEAR(some.yearly / all.yearly, 14.0 / 24, 1e-12);
    EXPECT_NEAR(some.requests_a_year() / all.requests_a_year(), 14.0 / 24, 1e-12);
    EXPECT_NEAR(some.requests_a_year() * some.per_request.in(unit::USD), some.yearly.in(unit::USD),
                1e-6 * some.yearly.in(unit::USD));
}

/// A deadline is kept in the hours that are left.
TEST(ServeJob, HoursMayLeaveTooFewForADeadline) {
    const std::string site = factory("a", "hgx-h100", 16) + train("t", "llama-3.2-1b");
    const auto job = [](const char* hours) {
        return serve(
            "s", "llama-3.2-1b",
            fmt::format("output_tokens = 64\nprompt_tokens = 64\nhours = \"{}\"\n", hours));
    };
    const Study free = study_of(head + site + job("00:00..02:00"));
    const double days = std::get<TrainReport>(free.factories[0].jobs[0].of).days;
    const std::string deadline = fmt::format("deadline = \"{:.3f} days\"\n", 1.01 * days);
    EXPECT_TRUE(
        study_of(deadline + head + site + job("00:00..02:00")).factories[0].jobs[0].feasible);
    const Study late = study_of(deadline + head + site + job("00:00..12:00"));
    EXPECT_FALSE(late.factories[0].jobs[0].feasible);
    EXPECT_TRUE(contains(late.factories[0].jobs[0].infeasible, "the deadline is"));
}

TEST(ServeJob, ServesTheRequestsThatComeIfItKeepsThemInTime) {
    const std::string site = head + factory("a", "hgx-h100", 2);
    const auto job = [](const std::string& more) {
        return serve("s", "llama-3.1-8b", "prompt_tokens = 512\noutput_tokens = 128\n" + more);
    };
    const ServeReport most = served(study_of(site + job("")));
    const ServeReport half =
        served(study_of(site + job(fmt::format("rate = {}\n", 0.5 * most.most))));
    EXPECT_EQ(half.most, most.most);
    EXPECT_NEAR(half.requests, 0.5 * most.most, 1e-4 * most.most);
    EXPECT_NEAR(half.per_request / most.per_request, 2, 1e-3);
    EXPECT_LT(half.outcome.per_token.mean(), most.outcome.per_token.mean());
    EXPECT_TRUE(contains(half.bound_by, "the load, 50 % of what it keeps in time"))
        << half.bound_by;
    const Study many = study_of(site + job(fmt::format("rate = {}\n", 1.5 * most.most)));
    const JobReport& refused = many.factories[0].jobs[0];
    EXPECT_FALSE(refused.feasible);
    EXPECT_TRUE(contains(refused.infeasible, "requests a second come; ")) << refused.infeasible;
    EXPECT_TRUE(contains(refused.infeasible, "in time")) << refused.infeasible;
    // a day of two rates: waits are of the busy hours, money of the mean
    std::string rates;
    for (int i = 0; i < 24; ++i) rates += fmt::format("{}, ", (i < 12 ? 0.25 : 0.5) * most.most);
    const ServeReport day = served(study_of(site + job("hourly_rates = [" + rates + "]\n")));
    EXPECT_NEAR(day.requests, 0.375 * most.most, 1e-4 * most.most);
    EXPECT_NEAR(day.asked.busiest, 0.5 * most.most, 1e-4 * most.most);
    EXPECT_NEAR(day.outcome.per_token.mean() / half.outcome.per_token.mean(), 1, 1e-3);
    const ServeReport evening = served(study_of(
        site + job("hours = \"11:30..12:30\"\nhourly_rates = [0,0,0,0,0,0,0,0,0,0,0,2,4,0,0,0,0,0,"
                   "0,0,0,0,0,0]\n")));
    EXPECT_EQ(evening.requests, 3);
    EXPECT_EQ(evening.asked.busiest, 4);
}

TEST(ServeJob, MorePatienceAndLessToComputeServeMore) {
    const std::string site = head + factory("a", "hgx-h100", 2);
    const auto most = [&](const std::string& more) {
        return served(study_of(site + serve("s", "llama-3.1-8b", "output_tokens = 128\n" + more)));
    };
    const ServeReport plain = most("");
    EXPECT_GT(most("time_per_token = \"500 ms\"\n").most, plain.most);
    EXPECT_LT(most("time_per_token = \"15 ms\"\n").most, plain.most);
    const ServeReport soon = most("time_to_first_token = \"400 ms\"\n");
    EXPECT_LT(soon.most, plain.most);
    EXPECT_LE(soon.outcome.first_token.quantile(0.99), 400 * unit::ms);
    EXPECT_GT(plain.outcome.first_token.quantile(0.99), 400 * unit::ms);
    EXPECT_LT(most("prompt_tokens = 8192\n").most, plain.most);
    const ServeReport cached = most("prefix_tokens = 3072\n");
    EXPECT_GT(cached.most, 1.5 * plain.most);
    EXPECT_LT(cached.most, cached.most_possible);
    EXPECT_GT(cached.prices.cached, Dollars{});
    EXPECT_LT(cached.prices.cached, cached.prices.input);
    const ServeReport other = most("engine = \"tensorrt-llm-1.2\"\n");
    EXPECT_EQ(other.engine, "tensorrt-llm-1.2");
    EXPECT_NE(other.most, plain.most);
}

TEST(ServeJob, AReplicaFitsTheSiteAndWhatTheJobAllows) {
    const auto tensor = [](const ServeReport& r) { return r.layout.replica.ways.chips(); };
    const std::string job = serve("j", "llama-3.1-8b");
    EXPECT_EQ(tensor(served(study_of(head + factory("a", "hgx-h100", 1) + job))), 1);
    EXPECT_LE(
        tensor(served(study_of(head + factory("a", "hgx-h100", 16) + job + "replica_chips = 2\n"))),
        2);
    const Study study = study_of(head + factory("a", "hgx-h100", 8) +
                                 serve("j", "llama-3.1-405b", "precision = \"bf16\"\n"));
    EXPECT_FALSE(study.factories[0].jobs[0].feasible);
    EXPECT_TRUE(contains(study.factories[0].jobs[0].infeasible, "memory: a sequence of 5120"))
        << study.factories[0].jobs[0].infeasible;
}

TEST(ServeJob, WhatCannotBeSaysWhy) {
    const std::string site = head + factory("a", "hgx-h100", 64);
    const auto why = [&](const std::string& more) {
        const Study study = study_of(site + serve("j", "llama-3.1-405b", more));
        EXPECT_FALSE(any_feasible(study)) << more;
        return study.factories[0].jobs[0].infeasible;
    };
    EXPECT_TRUE(contains(why("precision = \"fp4\"\n"), "no known fp4 rate"));
    const std::string late = why("time_per_token = \"100 us\"\n");
    EXPECT_TRUE(contains(late, " at best, 100 us are allowed")) << late;
    const std::string first = why("time_to_first_token = \"1 ms\"\n");
    EXPECT_TRUE(contains(first, "hardly any request is in time")) << first;
}

TEST(ServeJob, MoreOfAResourceNeverSlowsIt) {
    for (const char* model : {"llama-3.1-8b", "qwen3-30b-a3b"}) {
        const Study study = study_of(head + factory("a", "hgx-h20", 8) + serve("j", model));
        const auto& changes = study.factories[0].jobs[0].sensitivities;
        ASSERT_EQ(changes.size(), 5U);
        double most = 0;
        for (const Sensitivity& s : changes) {
            EXPECT_LE(s.change, 1e-12) << s.resource;
            most = std::min(most, s.change);
        }
        EXPECT_LT(most, -0.02);
    }
}

/// What a figure does to the price is told by the mean; a search anew says nearly the same.
TEST(ServeJob, IsPricedAgainNearToWhatASearchSays) {
    const Catalog& catalog = built_in_catalog();
    const auto scenario =
        resolve(text_of(head + factory("a", "hgx-h100", 2) + serve("j", "llama-3.1-8b")), catalog);
    ASSERT_TRUE(scenario);
    const auto& job = std::get<ServeJob>(scenario->jobs[0].work);
    Factory factory = scenario->factories[0];
    const Dollars yearly = 1e6 * unit::USD;
    const JobSite site{*scenario, catalog, factory, yearly, 1};
    const auto first = std::get<ServeReport>(report_job(site, job).of);
    EXPECT_NEAR(priced_again(site, job, first)[0], first.per_request.in(unit::USD),
                1e-12 * first.per_request.in(unit::USD));
    factory.rates.memory_bandwidth = 1.2 * factory.rates.memory_bandwidth;
    for (FlopRate& rate : factory.rates.dense) rate = 1.2 * rate;
    const double again = priced_again(site, job, first)[0];
    const double anew = std::get<ServeReport>(report_job(site, job).of).per_request.in(unit::USD);
    EXPECT_LT(again, 0.95 * first.per_request.in(unit::USD));
    EXPECT_NEAR(again / anew, 1, 0.1);
    // what comes costs what the site does, however fast it is
    ServeJob asked = job;
    asked.rate = 1;
    const auto given = std::get<ServeReport>(report_job(site, asked).of);
    EXPECT_NEAR(priced_again(site, asked, given)[0] * unit::year.si(), 1e6, 1e-3);
}

/// A gain of more than the tenth that is given is a leap of what runs at once, and is told.
TEST(ServeJob, LeapsAreExplained) {
    int leaps = 0;
    for (const char* server : {"hgx-h100", "rtx-pro-6000d", "hgx-h20"}) {
        const Study study = study_of(head + factory("a", server, 8) +
                                     serve("j", "llama-3.1-70b", "time_per_token = \"40 ms\"\n"));
        const JobReport& job = study.factories[0].jobs[0];
        for (const Sensitivity& s : job.sensitivities) {
            const bool more = s.change < 1 / tenth_more - 1 - 1e-6;
            EXPECT_EQ(!s.since.empty(), more) << server << ' ' << s.resource;
            if (!more) continue;
            ++leaps;
            EXPECT_TRUE(contains(s.since, " at once of a lane, not ")) << s.since;
            const Json json = study_json(study)["factories"][0]["jobs"][0];
            EXPECT_EQ(json["with_ten_percent_more_since"][s.resource], s.since);
        }
    }
    EXPECT_GT(leaps, 0);
}

/// A share of the chips serves what as many chips do, and pays their part.
TEST(ServeJob, AShareIsAsGoodAsSoManyChips) {
    const auto study = [&](int chips, const std::string& keys) {
        return study_of(head + factory("a", "hgx-h100", chips) + serve("j", "llama-3.1-8b", keys));
    };
    const std::string small = "prompt_tokens = 512\noutput_tokens = 64\n";
    const Study whole = study(8, small), part = study(16, small + "share = 0.5\n");
    const ServeReport a = served(whole), b = served(part);
    EXPECT_EQ(a.layout.chips(), 8);
    EXPECT_EQ(b.layout.chips(), 8);
    EXPECT_NEAR(b.most, a.most, 1e-9 * a.most);
    EXPECT_NEAR(b.yearly / part.factories[0].yearly.value, 0.5, 1e-12);
    EXPECT_NEAR(b.output_per_chip, a.output_per_chip, 1e-9 * a.output_per_chip);
}

}  // namespace TEST_FILE
}  // namespace millwright
