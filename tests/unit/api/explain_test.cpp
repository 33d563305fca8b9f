// Why jobs differ: terms that sum to what reports say, by hand and over real factories.
#include <cmath>

#include <gtest/gtest.h>

#include "millwright/api/explain.h"
#include "tests/serve_scenarios.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

const SplitTerm& term_of(const Explanation& explanation, std::string_view part) {
    const auto found = std::ranges::find(explanation.terms, part, &SplitTerm::part);
    if (found == explanation.terms.end()) throw std::runtime_error(std::string(part));
    return *found;
}

double sum_of(const Explanation& explanation) {
    double sum = 0;
    for (const SplitTerm& term : explanation.terms) sum += term.difference;
    return sum;
}

/// The made factory with its training changed.
template <class Change>
FactoryReport changed(const Change& change) {
    FactoryReport factory = made_study().factories[0];
    change(factory, std::get<TrainReport>(factory.jobs[0].of));
    return factory;
}

std::vector<Explanation> training(const FactoryReport& b) {
    return explain_jobs(made_study().factories[0], b)[0].figures;
}

// forty days on 8 of 16 chips that cost a million a year
TEST(Explain, WhatAloneChangesHasAllOfTheDifference) {
    const auto longer = training(
        changed([](FactoryReport&, TrainReport& r) { r.best.step.add("jitter", 2 * unit::s); }));
    ASSERT_EQ(longer.size(), 2U);
    EXPECT_EQ(longer[0].figure, Explained::training_cost);
    EXPECT_NEAR(longer[0].a, 0.5e6 * 40 * (unit::day / unit::year), 1e-6);
    EXPECT_EQ(longer[0].terms[0].part, "jitter");
    EXPECT_EQ(longer[0].terms[0].factor, "chip time of a token");
    EXPECT_NEAR(longer[0].terms[0].difference, 0.5 * longer[0].a, 1e-6);
    EXPECT_EQ(longer[1].figure, Explained::training_time);
    EXPECT_NEAR(longer[1].a, 40, 1e-12);
    EXPECT_NEAR(longer[1].b, 60, 1e-12);
    EXPECT_NEAR(term_of(longer[1], "jitter").difference, 20, 1e-12);
    EXPECT_NEAR(term_of(longer[1], "compute").difference, 0, 1e-12);

    const auto dearer = training(
        changed([](FactoryReport& f, TrainReport&) { f.yearly.add("staff", 1e6 * unit::USD); }));
    EXPECT_NEAR(term_of(dearer[0], "staff").difference, dearer[0].a, 1e-6);
    EXPECT_TRUE(is_alike(dearer[1]));
    EXPECT_FALSE(is_alike(dearer[0]));

    const auto fails =
        training(changed([](FactoryReport&, TrainReport& r) { r.useful.share = 0.5; }));
    EXPECT_NEAR(term_of(fails[1], "share of time that counts").difference, 40, 1e-12);
    const auto nights = training(changed([](FactoryReport&, TrainReport& r) { r.hours = 12; }));
    EXPECT_NEAR(term_of(nights[1], "hours a day").difference, 40, 1e-12);
    EXPECT_TRUE(is_alike(nights[0]));
}

// twice the chips at the same step take as long and cost twice as much: of that what each chip does
// is slower for a token, and there are more of them
TEST(Explain, MoreChipsThatAreNoFasterAreTimeOfChips) {
    const auto more = training(changed([](FactoryReport&, TrainReport& r) { r.plan.data *= 2; }));
    EXPECT_NEAR(more[0].b, 2 * more[0].a, 1e-6);
    EXPECT_NEAR(term_of(more[0], "compute").difference, 0.75 * more[0].a, 1e-6);
    EXPECT_TRUE(is_alike(more[1]));
    EXPECT_NEAR(term_of(more[1], "chips used").difference, -40 * std::log(2), 1e-9);
    EXPECT_NEAR(sum_of(more[1]), 0, 1e-9);
}

TEST(Explain, WhatCannotBeDoneIsSaidAndNoNumber) {
    const FactoryReport able = made_study().factories[0];
    FactoryReport other = able;
    other.name = "other";
    other.jobs[0] = made_impossible("train", "no room");
    other.jobs[1] = made_training("serve");
    other.jobs.push_back(made_training("only here"));
    const auto jobs = explain_jobs(able, other);
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[0].why_not, "other cannot do it: no room");
    EXPECT_TRUE(jobs[0].figures.empty());
    EXPECT_EQ(jobs[1].why_not, "denied is to serve it, other to train it");
    EXPECT_EQ(explain_jobs(other, other)[0].why_not,
              "other cannot do it: no room; other cannot do it: no room");
    // no year is paid, so that no share of its cost is known
    FactoryReport free = able;
    free.yearly = {};
    auto& served = std::get<ServeReport>(free.jobs[1].of);
    served.per_request = {};
    served.prices = {};
    const auto unpaid = explain_jobs(able, free);
    EXPECT_EQ(unpaid[0].figures[0].b, 0);
    EXPECT_NEAR(sum_of(unpaid[0].figures[0]), -unpaid[0].figures[0].a, 1e-6);
    ASSERT_EQ(unpaid[1].figures.size(), 1U);
    EXPECT_EQ(unpaid[1].figures[0].figure, Explained::output_rate);
}

/// Two factories that train and serve, for most and for some requests.
Study run_both() {
    return study_of(head + factory("a", "hgx-h100", 64) + factory("b", "hgx-b200", 48) +
                    train("train", "llama-3.2-1b") + "max_global_batch = 600\n" +
                    serve("most", "llama-3.2-1b",
                          "prompt_tokens = 300\noutput_tokens = 50\ntime_per_token = \"30 ms\"\n"
                          "share = 0.4\nhours = \"08:00..22:00\"\n"));
}

/// Both sides are what reports say, and terms sum to the difference.
void expect_figure(const Explanation& explanation, double a, double b) {
    const auto name = name_of(explanation.figure);
    EXPECT_NEAR(explanation.a / a, 1, 1e-9) << name;
    EXPECT_NEAR(explanation.b / b, 1, 1e-9) << name;
    EXPECT_NEAR(sum_of(explanation), b - a, 1e-9 * std::max(a, b)) << name;
    EXPECT_GE(std::abs(explanation.terms[0].difference),
              std::abs(explanation.terms.back().difference));
}

TEST(Explain, SidesAreWhatReportsSay) {
    const Study study = run_both();
    const FactoryReport &a = study.factories[0], &b = study.factories[1];
    const auto jobs = explain_jobs(a, b);
    ASSERT_EQ(jobs.size(), 2U);
    for (const JobExplanation& job : jobs) ASSERT_EQ(job.figures.size(), 2U) << job.why_not;
    const auto trained = [](const FactoryReport& f) { return std::get<TrainReport>(f.jobs[0].of); };
    const auto dollars = [&](const FactoryReport& f) {
        const TrainReport r = trained(f);
        return r.per_million_tokens.in(unit::USD)*1e-6 * r.steps * r.tokens_of_step;
    };
    expect_figure(jobs[0].figures[0], dollars(a), dollars(b));
    expect_figure(jobs[0].figures[1], trained(a).days, trained(b).days);
    const auto served = [](const FactoryReport& f) { return std::get<ServeReport>(f.jobs[1].of); };
    expect_figure(jobs[1].figures[0], served(a).prices.output.in(unit::USD),
                  served(b).prices.output.in(unit::USD));
    expect_figure(jobs[1].figures[1], served(a).output.si(), served(b).output.si());
    // the last step is not full
    EXPECT_GE(trained(a).steps * trained(a).tokens_of_step, 100e9);
}

}  // namespace TEST_FILE
}  // namespace millwright
