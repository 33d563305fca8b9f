// Jobs of kind serve in a study: figures that agree with each other, ranking over mixed kinds, and
// what every face says of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/api/compare.h"
#include "millwright/api/run.h"
#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/study_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const std::string head =
    "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\nheadquarters = \"US\"\n";

std::string factory(const std::string& name, const std::string& server, int chips) {
    return fmt::format(
        "[[factory]]\nname = \"{}\"\nserver = \"{}\"\nchips = {}\n"
        "fabric = \"rail-fat-tree\"\n",
        name, server, chips);
}

std::string serve(const std::string& name, const std::string& model, const std::string& more = "") {
    return fmt::format("[[job]]\nname = \"{}\"\nkind = \"serve\"\nmodel = \"{}\"\n{}", name, model,
                       more);
}

std::string train(const std::string& name, const std::string& model) {
    return fmt::format(
        "[[job]]\nname = \"{}\"\nkind = \"train\"\nmodel = \"{}\"\ntokens = \"1T\"\n"
        "sequence = 4096\nglobal_batch = 512\n",
        name, model);
}

ScenarioText text_of(const std::string& text) { return parse_scenario(text, "t.toml").value(); }

Study study_of(const std::string& text) {
    const auto scenario = resolve(text_of(text), built_in_catalog());
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return run(scenario.value(), built_in_catalog(), {.flow_factories = 0});
}

ServeReport served(const Study& study, std::size_t factory = 0, std::size_t job = 0) {
    const JobReport& report = study.factories[factory].jobs[job];
    EXPECT_TRUE(report.feasible) << report.infeasible;
    return std::get<ServeReport>(report.of);
}

template <class Q>
double gap(const Ledger<Q>& ledger) {
    Q sum;
    for (const Ledger<Q>& part : ledger.parts) sum += part.value;
    return std::abs(sum / ledger.value - 1);
}

TEST(ServeJob, ItsFiguresAgree) {
    for (const char* model : {"llama-3.1-70b", "deepseek-v3"}) {
        const Study study = study_of(head + factory("a", "hgx-h200", 250) + serve("j", model));
        const ServeReport r = served(study);
        const auto most = [](const Served& replica, TokenRate each) {
            return 250 / static_cast<double>(replica.chips) * each.si() * (1 + 1e-12);
        };
        EXPECT_LE(r.requests * r.asked.prompt, most(r.prefill, r.prefill.prefill));
        EXPECT_LE(r.requests * r.asked.output, most(r.decode, r.decode.decode));
        EXPECT_NEAR(r.output.si(), r.requests * 1024, 1e-9 * r.output.si());
        EXPECT_NEAR(r.output_per_chip * 250, r.output.si(), 1e-9 * r.output.si());
        EXPECT_LT(gap(r.token), 1e-12);
        EXPECT_LT(gap(r.memory), 1e-12);
        EXPECT_LE(r.memory.value, r.usable);
        EXPECT_LE(r.token.value, r.asked.per_token);
        // whoever pays for the site a second pays for the requests of that second
        const double second = (study.factories[0].yearly.value / unit::year).si();
        EXPECT_NEAR(r.requests * r.per_request.in(unit::USD), second, 1e-9 * second) << model;
    }
}

// The replica that decodes most a chip once stood for prefill too: a wider scale-up domain, with
// larger replicas to choose from, then served fewer requests.
TEST(ServeJob, AWiderDomainNeverServesFewer) {
    const auto scenario =
        resolve(text_of(head + factory("a", "gb200-nvl72", 576) + serve("j", "deepseek-v3")),
                built_in_catalog());
    ASSERT_TRUE(scenario);
    double last = 0;
    for (const double domain : {2, 4, 8, 16, 32, 64, 72}) {
        Factory factory = scenario->factories[0];
        factory.network.domain = domain;
        const JobReport report =
            report_job({*scenario, built_in_catalog(), factory, {}}, scenario->jobs[0]);
        ASSERT_TRUE(report.feasible) << report.infeasible;
        const double now = std::get<ServeReport>(report.of).requests;
        EXPECT_GE(now, last * (1 - 1e-12)) << domain;
        last = now;
    }
}

TEST(ServeJob, ALongerPromptCostsMoreAndALooserTimeNoMore) {
    const std::string site = head + factory("a", "hgx-h100", 64);
    const auto price = [&](const std::string& more) {
        return served(study_of(site + serve("j", "llama-3.1-70b", more))).per_request;
    };
    EXPECT_GT(price("prompt_tokens = 16384\n"), price("prompt_tokens = 4096\n"));
    EXPECT_GT(price("output_tokens = 4096\n"), price("output_tokens = 1024\n"));
    const auto decode = [&](const std::string& more) {
        return served(study_of(site + serve("j", "llama-3.1-70b", more))).per_million_output;
    };
    EXPECT_LE(decode("time_per_token = \"100 ms\"\n"), decode("time_per_token = \"20 ms\"\n"));
}

TEST(ServeJob, AReplicaFitsTheSiteAndWhatTheJobAllows) {
    const std::string job = serve("j", "llama-3.1-8b");
    EXPECT_LE(served(study_of(head + factory("a", "hgx-h100", 1) + job)).decode.chips, 1);
    EXPECT_LE(served(study_of(head + factory("a", "hgx-h100", 64) + job + "replica_chips = 2\n"))
                  .decode.chips,
              2);
    const Study study = study_of(head + factory("a", "hgx-h100", 8) +
                                 serve("j", "llama-3.1-405b", "precision = \"bf16\"\n"));
    EXPECT_FALSE(study.factories[0].jobs[0].feasible);
    EXPECT_TRUE(contains(study.factories[0].jobs[0].infeasible, "memory: weights and one request"))
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
    EXPECT_TRUE(contains(late, "for an output token, 100 us are allowed")) << late;
}

TEST(ServeJob, MoreOfAResourceNeverSlowsIt) {
    for (const char* model : {"llama-3.1-70b", "deepseek-v3"}) {
        const Study study = study_of(head + factory("a", "hgx-h20", 64) + serve("j", model));
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

TEST(Ranking, OfMixedKindsWeighsEachJobAgainstItsBest) {
    const std::string sites =
        factory("a", "hgx-h100", 64) + factory("b", "hgx-h200", 64) + factory("c", "hgx-h20", 64);
    const Study study =
        study_of(head + sites + train("t", "llama-3.1-8b") + serve("s", "llama-3.1-70b"));
    EXPECT_EQ(study.score_means,
              "the geometric mean over the jobs that it does of days to train or time of the whole "
              "site for a served request, over the best factory's");
    for (const FactoryReport& f : study.factories) {
        double product = 1;
        for (std::size_t k = 0; k < 2; ++k) {
            double best = std::numeric_limits<double>::max();
            for (const FactoryReport& other : study.factories) {
                best = std::min(best, score_of(other.jobs[k], study.objective));
            }
            product *= score_of(f.jobs[k], study.objective) / best;
        }
        EXPECT_NEAR(f.score, std::sqrt(product), 1e-9);
        EXPECT_GE(f.score, 1);
    }
    for (std::size_t i = 1; i < study.ranking.size(); ++i) {
        EXPECT_LE(study.factories[study.ranking[i - 1]].score,
                  study.factories[study.ranking[i]].score);
    }
}

TEST(Ranking, OfServingAloneIsByTimeOrCost) {
    const std::string rest = head + factory("few", "hgx-h200", 64) +
                             factory("many", "hgx-h20", 512) + serve("s", "llama-3.1-70b");
    const Study by_time = study_of(rest);
    EXPECT_EQ(by_time.factories[by_time.ranking[0]].score, 1);
    EXPECT_GT(served(by_time, by_time.ranking[0]).requests,
              served(by_time, by_time.ranking[1]).requests);
    const Study by_cost = study_of("objective = \"cost\"\n" + rest);
    EXPECT_LT(served(by_cost, by_cost.ranking[0]).per_request,
              served(by_cost, by_cost.ranking[1]).per_request);
    EXPECT_EQ(by_cost.score_means, "dollars for a served request, over the best factory's");
}

TEST(StudyJson, SaysOfEachKindItsOwn) {
    const Study study = study_of(head + factory("a", "hgx-h100", 64) + train("t", "llama-3.1-8b") +
                                 serve("s", "llama-3.1-8b"));
    const Json json = study_json(study);
    const Json& trained = json["factories"][0]["jobs"][0];
    EXPECT_EQ(trained["kind"], "train");
    EXPECT_TRUE(trained.contains("days"));
    EXPECT_FALSE(trained.contains("served"));
    const Json& served = json["factories"][0]["jobs"][1];
    EXPECT_EQ(served["kind"], "serve");
    EXPECT_EQ(served["is_bound"], true);
    EXPECT_FALSE(served.contains("days"));
    EXPECT_GT(served["output_tokens_per_s"].get<double>(), 0);
    EXPECT_NEAR(served["output_tokens_per_s_per_chip"].get<double>() *
                    json["factories"][0]["chips"].get<double>(),
                served["output_tokens_per_s"].get<double>(), 1e-3);
    EXPECT_NEAR(served["token_ledger"]["value"].get<double>() * 1e3,
                served["tpot_ms"]["mean"].get<double>(), 1e-9);
    EXPECT_GT(served["usd_per_million_output_tokens"].get<double>(), 0);
    EXPECT_EQ(json["factories"][0]["score"], 1);
}

TEST(StudyJson, ServingThatCannotBeIsNull) {
    const Study study = study_of(head + factory("a", "hgx-h100", 64) +
                                 serve("s", "llama-3.1-8b", "precision = \"fp4\"\n"));
    const Json json = study_json(study)["factories"][0];
    EXPECT_TRUE(json["score"].is_null());
    for (const char* key : {"output_tokens_per_s", "ttft_ms", "usd_per_million_output_tokens"}) {
        EXPECT_TRUE(json["jobs"][0].at(key).is_null()) << key;
    }
    EXPECT_TRUE(contains(study_text(study), "cannot"));
}

TEST(StudyText, HasATableForEachKindThatIsAsked) {
    const std::string site = head + factory("a", "hgx-h100", 64);
    const std::string both =
        study_text(study_of(site + train("t", "llama-3.1-8b") + serve("s", "llama-3.1-8b")));
    for (const char* words :
         {"train $/Mtok", "tpot ms", "  replicas ", "By roofline", "  plan ", "own %"}) {
        EXPECT_TRUE(contains(both, words)) << words;
    }
    const std::string trained = study_text(study_of(site + train("t", "llama-3.1-8b")));
    EXPECT_FALSE(contains(trained, "tpot"));
    EXPECT_FALSE(contains(trained, "roofline"));
    const std::string served = study_text(study_of(site + serve("s", "llama-3.1-8b")));
    EXPECT_FALSE(contains(served, "train $/Mtok"));
    EXPECT_FALSE(contains(served, "MFU"));
    for (const std::string& text : {both, trained, served}) {
        EXPECT_TRUE(contains(text, "M$")) << text;  // capital of the site, whatever is asked
    }
}

TEST(Run, DrawsTheStepOfAJobThatHasOne) {
    const Setting setting{built_in_catalog()};
    const std::string site = head + factory("a", "hgx-h100", 16);
    const auto both =
        run(RunQuestion{text_of(site + serve("s", "llama-3.1-8b") + train("t", "llama-3.2-1b"))},
            setting);
    ASSERT_TRUE(both);
    EXPECT_EQ(both->best.title, "a: t");
    EXPECT_FALSE(both->best.tasks.empty());
    const auto served = run(RunQuestion{text_of(site + serve("s", "llama-3.1-8b"))}, setting);
    ASSERT_TRUE(served);
    EXPECT_TRUE(served->best.tasks.empty());
    const auto refused = run(RunQuestion{text_of(site + serve("s", "llama-9"))}, setting);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(contains(to_text(refused.error()), "no model 'llama-9'"));
}

/// A gain of more than the tenth that is given is a leap of a batch or of a replica, and is told.
TEST(ServeJob, LeapsAreExplained) {
    int leaps = 0;
    for (const char* server : {"hgx-h100", "rtx-pro-6000d", "hgx-b30a", "gb200-nvl72"}) {
        for (const char* model : {"deepseek-v3", "llama-3.1-405b"}) {
            const Study study = study_of(head + factory("a", server, 144) + serve("j", model));
            const JobReport& job = study.factories[0].jobs[0];
            for (const Sensitivity& s : job.sensitivities) {
                const bool more = s.change < 1 / tenth_more - 1 - 1e-6;
                EXPECT_EQ(!s.since.empty(), more) << server << ' ' << model << ' ' << s.resource;
                if (!more) continue;
                ++leaps;
                EXPECT_TRUE(contains(s.since, ", not ")) << s.since;
                const Json json = study_json(study)["factories"][0]["jobs"][0];
                EXPECT_EQ(json["with_ten_percent_more_since"][s.resource], s.since);
            }
        }
    }
    EXPECT_GT(leaps, 0);
}

TEST(StudyText, HasNoTwoBlankLines) {
    const std::string site = head + factory("a", "hgx-h100", 16) + factory("b", "hgx-h200", 16);
    const std::string trains = train("t", "llama-3.1-8b");
    const std::string serves = serve("s", "llama-3.1-8b");
    for (const std::string& jobs : {trains, serves, trains + serves}) {
        EXPECT_FALSE(contains(study_text(study_of(site + jobs)), "\n\n\n")) << jobs;
    }
}

TEST(Compare, TellsTermsOfTheKind) {
    const Setting setting{built_in_catalog()};
    const std::string site = head + factory("a", "hgx-h100", 16);
    const auto terms = [&](const std::string& a, const std::string& b) {
        std::map<std::string, Difference> found;
        const CompareQuestion question{text_of(site + a), text_of(site + b)};
        const CompareAnswer answer = compare(question, setting).value();
        for (const Difference& d : answer.differences) found[d.term] = d;
        return found;
    };
    const std::string job = serve("s", "llama-3.1-8b");
    EXPECT_TRUE(terms(job, job).empty());
    const auto longer = terms(job, serve("s", "llama-3.1-8b", "prompt_tokens = 16384\n"));
    ASSERT_TRUE(longer.contains("first token"));
    EXPECT_GT(*change_of(longer.at("first token")), 1);
    EXPECT_TRUE(longer.contains("requests/s"));
    const auto other = terms(job, train("s", "llama-3.2-1b"));
    ASSERT_EQ(other.size(), 1U);
    EXPECT_EQ(std::get<std::string>(other.at("kind").a), "serve");
    EXPECT_FALSE(change_of(other.at("kind")));
    const auto refused = compare(
        {text_of(site + serve("s", "llama-9")), text_of(site + serve("s", "llama-8"))}, setting);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(contains(to_text(refused.error()), "no model 'llama-9'"));
    EXPECT_TRUE(contains(to_text(refused.error()), "no model 'llama-8'"));
}

}  // namespace
}  // namespace millwright
