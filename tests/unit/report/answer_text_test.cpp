// The answer of a study, and what of it fits a screen.
#include "millwright/report/answer_text.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/study_text.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

TEST(AnswerText, TellsTheBestAndEachOfItsJobsThenTheBestOfOtherStandings) {
    Study study = made_study();
    EXPECT_EQ(
        answer_text(study),
        "Lawful without a licence: free (US NLR): train takes 60.0 days and 10 USD per million "
        "tokens; serve gets 3.2 k output tokens/s at 08:00..24:00, at 2.5 USD per million, in "
        "p99 125 ms to the first token and 20 ms a token; "
        "3 MUSD, 20 kW. train takes 50.0 to 80.0 days in four of five cases. With a tenth "
        "more FLOP rate it takes 5.0 % less. Denied: denied (US DENIED), 1.2 times as fast, "
        "3 MUSD, 20 kW.");
    study.objective = Objective::cost;
    EXPECT_TRUE(contains(answer_text(study), "denied (US DENIED), at "));
}

TEST(AnswerText, SaysWhatIsOverTheSiteOpenOrWasNeverMeasured) {
    Study study = made_study();
    study.sites[0].power_limit = 15 * unit::kW;
    study.factories[0].over_power = true;
    study.factories[0].measured = false;
    study.factories[1].verdict.would_decide = {"a letter would ask: DENIED"};
    const std::string text = answer_text(study);
    EXPECT_TRUE(contains(text, "20 kW, 5 kW over the site, never measured.")) << text;
    EXPECT_TRUE(contains(text, "What would change it: a letter would ask: DENIED.")) << text;
    study.factories[0].jobs = {made_impossible("train", "no room"),
                               made_impossible("serve", "no room")};
    EXPECT_FALSE(contains(answer_text(study), "Denied:"));
}

TEST(AnswerText, SaysHowTheBestStandsWithTheRules) {
    Study study = made_study();
    study.factories = {made_factory("one", 1, made_verdict(VerdictTier::possible, "LIC"))};
    study.factories[0].jobs = {made_training("j"), made_impossible("k", "no room")};
    study.ranking = {0};
    Outcome& us = study.factories[0].verdict.outcomes[0];
    const auto begins = [&](const std::string& words) {
        return answer_text(study).starts_with(words + ": j takes 40.0 days");
    };
    EXPECT_TRUE(begins("By licence or exception: one (US LIC)")) << answer_text(study);
    EXPECT_TRUE(contains(answer_text(study), "; k cannot be done; "));
    us.tier = VerdictTier::denied;
    EXPECT_TRUE(begins("Denied: one (US LIC)"));
    us.open = true;
    EXPECT_TRUE(begins("Undecided: one (US LIC)"));
    us.ranks = false;
    EXPECT_TRUE(begins("Lawful without a licence: one"));
    EXPECT_TRUE(ranking_outcomes(study.factories[0].verdict).empty());
}

TEST(AnswerText, NamesTheNextOfTheSameStanding) {
    Study study = made_study();
    EXPECT_FALSE(contains(answer_text(study), "Next: "));
    study.factories.push_back(study.factories[study.ranking.front()]);
    study.factories.back().name = "second";
    study.ranking.push_back(study.factories.size() - 1);
    EXPECT_TRUE(contains(answer_text(study), " Next: second (US NLR), 1 times as fast, "))
        << answer_text(study);
    study.factories.back().jobs = {made_impossible("train", "no room"),
                                   made_impossible("serve", "no room")};
    EXPECT_FALSE(contains(answer_text(study), "Next: "));
}

TEST(AnswerText, WhereNothingCanBeDoneSaysWhy) {
    Study study = made_study();
    for (FactoryReport& f : study.factories) {
        f.jobs = {made_impossible("big", "memory: 2 TB a chip"), made_impossible("late", "time")};
    }
    EXPECT_EQ(answer_text(study), "No factory can do any job: on free, big: memory: 2 TB a chip.");
}

// What does not fit a screen is told by study_text and study_factory_text.
TEST(StudySummary, FitsAScreenAndSaysWhatCannotBeDone) {
    Study study = made_study();
    study.factories[0].jobs[0] = made_impossible("train", "memory: too little");
    const std::string text = study_summary_text(study);
    EXPECT_LE(std::ranges::count(text, '\n'), 40);
    for (const char* words : {"made\nrules of 2026-02-01, site a site, buyer US, commercial\n",
                              "Lawful without a licence: free", "( ) denied or undecided.",
                              "denied cannot do train: memory: too little\n", "--factory NAME"}) {
        EXPECT_TRUE(contains(text, words)) << words << "\n" << text;
    }
    // the table is that of the whole text
    const std::size_t table = text.find("#  factory");
    ASSERT_NE(table, std::string::npos);
    EXPECT_TRUE(contains(study_text(study), text.substr(table, text.find("\n\n", table) - table)));
    EXPECT_FALSE(contains(text, "verdict"));
}

TEST(StudySummary, OneFactoryIsToldAsInTheWholeText) {
    const Study study = made_study();
    const std::string all = study_text(study);
    for (const std::size_t i : {0U, 1U}) {
        const std::string one = study_factory_text(study, i);
        EXPECT_TRUE(contains(all, one.substr(one.find("\n\n")))) << one;
    }
}

TEST(StudyMarkdown, HasTheAnswerAndTheCellsOfTheTables) {
    const Study study = made_study();
    const std::string text = study_markdown(study);
    EXPECT_TRUE(text.starts_with("# made\n\nRules of 2026-02-01, site a site, buyer US, ")) << text;
    EXPECT_TRUE(contains(text, answer_text(study) + "\n\n| # | factory | US | job |")) << text;
    EXPECT_TRUE(contains(text, "\n| (2) | denied | DENIED | train |")) << text;
    EXPECT_TRUE(text.ends_with("( ) denied or undecided.\n")) << text;
}

}  // namespace TEST_FILE
}  // namespace millwright
