// Explanations as sentences, tables and JSON, made by hand.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/explain_text.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

JobExplanation made_explanation() {
    constexpr Dimension seconds{.seconds = 1};
    Explanation cost{Explained::training_cost, 10e6, 12e6, {}};
    cost.terms = {{"chip time of a token", "exposed: data", seconds, 0.5e-3, 1e-3, 2.4e6},
                  {"yearly cost of a chip", "electricity", {.dollars = 1}, 900, 700, -0.5e6},
                  {"share of time that counts", "share of time that counts", {}, 0.9, 0.89, 0.1e6},
                  {"chip time of a token", "bubble", seconds, 0, 1e-6, 1e4},
                  {"chip time of a token", "host", seconds, 1e-6, 0, -1e4}};
    const Explanation days{Explained::training_time, 40, 40, {}};
    return {"X", "Y", "pretrain", "", {cost, days}};
}

TEST(ExplainText, ASentenceHasTheLargestTermsAndTheRest) {
    EXPECT_EQ(
        explanation_sentences(made_explanation()),
        "pretrain: Y costs 2.00 MUSD more than X (12 MUSD against 10 MUSD): +2.40 of exposed: "
        "data, -0.50 of\n"
        "  electricity, +0.10 of share of time that counts, 0.00 of the rest\n"
        "pretrain: Y takes as long as X\n");
    JobExplanation job = made_explanation();
    job.factory_b = "X";
    std::swap(job.figures[0].a, job.figures[0].b);
    EXPECT_TRUE(contains(explanation_sentences(job),
                         "pretrain: X of B costs 2.00 MUSD less than that of A (10"));
    EXPECT_EQ(explanation_sentences({"X", "Y", "j", "Y cannot do it: no room", {}}),
              "j: Y cannot do it: no room\n");
}

TEST(ExplainText, ATableSumsToItsLastRow) {
    EXPECT_EQ(explanation_tables(made_explanation()),
              "\n"
              "pretrain, cost of the run\n"
              "term                       of                           A        B   MUSD\n"
              "-------------------------  ---------------------  -------  -------  -----\n"
              "exposed: data              chip time of a token    500 us     1 ms  +2.40\n"
              "electricity                yearly cost of a chip  900 USD  700 USD  -0.50\n"
              "share of time that counts                             0.9     0.89  +0.10\n"
              "the rest: 2 terms                                                    0.00\n"
              "in all                                            10 MUSD  12 MUSD  +2.00\n");
}

TEST(ExplainText, SmallDifferencesHaveUnitsOfTheirOwn) {
    JobExplanation job = made_explanation();
    job.figures = {{Explained::output_price, 0.5, 0.503, {{"f", "p", {}, 1, 2, 0.003}}},
                   {Explained::output_rate, 2000, 1500, {{"f", "p", {}, 2, 1, -500}}},
                   {Explained::training_time, 40, 40.25, {{"f", "p", {}, 1, 2, 0.25}}}};
    const std::string text = explanation_sentences(job);
    EXPECT_TRUE(contains(text, "Y costs 0.00300 USD more for a million output tokens than X"))
        << text;
    EXPECT_TRUE(
        contains(text, "Y makes 500 tokens/s fewer than X (1.5 ktokens/s against 2 ktokens/s"))
        << text;
    EXPECT_TRUE(contains(text, "Y takes 0.250 days longer than X (40.25 days against 40 days)"))
        << text;
}

TEST(ExplainText, JsonHasAllTerms) {
    const Json json = explanation_json(made_explanation());
    EXPECT_EQ(json["factory_b"], "Y");
    EXPECT_EQ(json["why_not"], "");
    const Json& cost = json["figures"][0];
    EXPECT_EQ(cost["figure"], "training-cost");
    EXPECT_EQ(cost["unit"], "USD");
    EXPECT_EQ(cost["difference"], 2e6);
    EXPECT_EQ(cost["terms"].size(), 5U);
    EXPECT_EQ(cost["terms"][1], (Json{{"factor", "yearly cost of a chip"},
                                      {"part", "electricity"},
                                      {"a", 900.0},
                                      {"b", 700.0},
                                      {"difference", -0.5e6}}));
}

TEST(ExplainText, TwoFactoriesAreExplainedBeforeTheirDifferencesAreListed) {
    CompareAnswer answer{{"a.toml", "s", on(2026, 1, 1), "X"},
                         {"a.toml", "s", on(2026, 1, 1), "Y"},
                         {{"X", "", "rank", TermValue(1.0), TermValue(2.0), {}}},
                         {made_explanation()},
                         {"Y is denied to this buyer: US DENIED"}};
    const std::string text = compare_text(answer);
    EXPECT_TRUE(contains(text, "A  a.toml: s, rules of 2026-01-01: X\n")) << text;
    EXPECT_TRUE(contains(text, "\n\nnote: Y is denied to this buyer: US DENIED\npretrain: Y"))
        << text;
    EXPECT_TRUE(contains(text, "+2.00\n\njob  term  A  B    change\n")) << text;
    // of whole scenarios sentences alone, and those of jobs that differ
    answer.a.factory = answer.b.factory = "";
    EXPECT_TRUE(contains(compare_text(answer), "0.00 of the rest\n")) << compare_text(answer);
    EXPECT_FALSE(contains(compare_text(answer), "in all"));
    answer.explanations[0].figures.erase(answer.explanations[0].figures.begin());
    EXPECT_FALSE(contains(compare_text(answer), "pretrain"));
}

TEST(StudyWhy, ExplainsAgainstTheBestRanked) {
    Study study = made_study();
    EXPECT_EQ(runners_up(study), (std::vector<std::size_t>{0}));
    EXPECT_TRUE(contains(study_why_text(study, 0), "train: denied takes "))
        << study_why_text(study, 0);
    EXPECT_EQ(study_why_text(study, 1), "free is itself the best-ranked.\n");
    study.factories[0].jobs = {made_impossible("train", "no room"),
                               made_impossible("serve", "no room")};
    EXPECT_TRUE(runners_up(study).empty());
    EXPECT_TRUE(contains(study_why_text(study, 0), "no room"));
}

}  // namespace TEST_FILE
}  // namespace millwright
