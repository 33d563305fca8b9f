// Jobs of kind serve in a study: figures that agree with each other, ranking over mixed kinds, and
// what every face says of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/api/compare.h"
#include "millwright/api/run.h"
#include "millwright/api/serve.h"
#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/html.h"
#include "millwright/report/json.h"
#include "millwright/report/study_text.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

TEST(Ranking, OfMixedKindsWeighsEachJobAgainstItsBest) {
    const std::string sites =
        factory("a", "hgx-h100", 64) + factory("b", "hgx-h200", 64) + factory("c", "hgx-h20", 64);
    const Study study =
        study_of(head + sites + train("t", "llama-3.1-8b") + serve("s", "llama-3.1-8b"));
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
    const std::string rest = head + factory("few", "hgx-h200", 16) +
                             factory("many", "hgx-h20", 64) + serve("s", "llama-3.1-8b");
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
    EXPECT_EQ(served["engine"], "vllm-0.14");
    EXPECT_LE(served["requests_per_s"], served["bound"]["requests_per_s"]);
    EXPECT_FALSE(served.contains("days"));
    EXPECT_GT(served["output_tokens_per_s"].get<double>(), 0);
    EXPECT_NEAR(served["output_tokens_per_s_per_chip"].get<double>() *
                    json["factories"][0]["chips"].get<double>(),
                served["output_tokens_per_s"].get<double>(), 1e-3);
    EXPECT_NEAR(served["token_ledger"]["value"].get<double>() * 1e3 /
                    served["tpot_ms"]["mean"].get<double>(),
                1, 0.2);
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
         {"train $/Mtok", "tpot ms", "  layout ", "Requests are simulated", "  plan ", "own %"}) {
        EXPECT_TRUE(contains(both, words)) << words;
    }
    const std::string trained = study_text(study_of(site + train("t", "llama-3.1-8b")));
    EXPECT_FALSE(contains(trained, "tpot"));
    EXPECT_FALSE(contains(trained, "simulated"));
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

}  // namespace TEST_FILE
}  // namespace millwright
