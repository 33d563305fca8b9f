// A sweep is many runs: each point is the run of its scenario, in the order of the grid, for any
// number of threads.
#include "millwright/api/sweep.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/api/run.h"
#include "millwright/base/text.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace TEST_FILE {

std::string scenario(const std::string& chips = "64", const std::string& more = "") {
    return "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\n"
           "headquarters = \"US\"\n[[factory]]\nname = \"a\"\nserver = \"hgx-h100\"\nchips = " +
           chips +
           "\nfabric = \"rail-fat-tree\"\n[[factory]]\nname = \"b\"\nserver = \"hgx-h200\"\n"
           "chips = 64\nfabric = \"rail-fat-tree\"\n[[job]]\nname = \"8B\"\nkind = \"train\"\n"
           "model = \"llama-3.1-8b\"\ntokens = \"1T\"\nsequence = 8192\nglobal_batch = 128\n" +
           more;
}

ScenarioText text_of(const std::string& toml) { return parse_scenario(toml, "t.toml").value(); }

SweepAnswer swept(const std::vector<SweptOver>& over, int threads = 1) {
    const SweepQuestion question{.scenario = text_of(scenario()),
                                 .over = over,
                                 .of = {"days", "usd_per_million_tokens", "power_w"}};
    return sweep(question, {.threads = threads}).value();
}

std::string faults_of(const SweepQuestion& question) {
    const auto answer = sweep(question, {});
    EXPECT_FALSE(answer.has_value());
    return answer ? "" : to_text(answer.error());
}

/// The figures of the point are those of the run, to the last bit.
void expect_run(const SweptPoint& point, const std::string& toml) {
    const Study study = run({text_of(toml)}, {}).value().study;
    ASSERT_EQ(point.factories.size(), study.factories.size());
    EXPECT_EQ(point.best, study.ranking.front());
    for (std::size_t f = 0; f < study.factories.size(); ++f) {
        const FactoryReport& factory = study.factories[f];
        const auto& trained = std::get<TrainReport>(factory.jobs[0].of);
        const SweptJob& job = point.factories[f].jobs[0];
        EXPECT_EQ(study.ranking[point.factories[f].rank - 1], f);
        EXPECT_EQ(job.feasible, factory.jobs[0].feasible);
        EXPECT_EQ(job.figures[0], trained.days);
        EXPECT_EQ(job.figures[1], trained.per_million_tokens.in(unit::USD));
        EXPECT_EQ(job.figures[2], factory.power.value.si());
    }
}

TEST(Sweep, OfOneValueIsTheRun) {
    const SweepAnswer answer = swept({{"factory/a.chips", "64"}});
    ASSERT_EQ(answer.points.size(), 1U);
    expect_run(answer.points[0], scenario());
}

TEST(Sweep, APointIsTheRunOfTheEditedScenario) {
    const SweepAnswer answer = swept({{"factory/a.chips", "32,128"}});
    expect_run(answer.points[0], scenario("32"));
    expect_run(answer.points[1], scenario("128"));
    const std::string figure = "chips/h100-sxm.memory.bandwidth";
    const SweepAnswer slow = swept({{figure, "2 TB/s"}});
    expect_run(slow.points[0], scenario("64", "[[override]]\nfigure = \"" + figure +
                                                  "\"\nis = \"2 TB/s\"\nsource = \"x\"\n"));
}

TEST(Sweep, GridsAreInRowMajorOrderWithTheSameBitsForAnyThreads) {
    const std::vector<SweptOver> over{{"factory/*.chips", "32,64"}, {"site.pue", "1.1,1.2,1.3"}};
    const SweepAnswer one = swept(over, 1), two = swept(over, 2);
    ASSERT_EQ(one.points.size(), 6U);
    for (std::size_t i = 0; i < one.points.size(); ++i) {
        EXPECT_EQ(one.points[i].at, (std::vector<std::size_t>{i / 3, i % 3}));
        EXPECT_EQ(one.points[i].best, two.points[i].best);
        for (std::size_t f = 0; f < 2; ++f) {
            EXPECT_EQ(one.points[i].factories[f].jobs[0].figures,
                      two.points[i].factories[f].jobs[0].figures);
        }
    }
    EXPECT_EQ(one.over[0].values[1].si, 64);
    EXPECT_EQ(one.over[1].values[2].si, 1.3);
}

TEST(Sweep, AFactoryAloneIsThatOfAll) {
    const SweepAnswer all = swept({{"site.pue", "1.2"}});
    SweepQuestion question{.scenario = text_of(scenario()),
                           .over = {{"site.pue", "1.2"}},
                           .of = {"days", "usd_per_million_tokens", "power_w"},
                           .factories = {"b"}};
    const SweepAnswer alone = sweep(question, {}).value();
    EXPECT_EQ(alone.factories, (std::vector<std::string>{"b"}));
    EXPECT_EQ(alone.points[0].factories[0].jobs[0].figures,
              all.points[0].factories[1].jobs[0].figures);
    question.factories = {"c"};
    EXPECT_TRUE(contains(faults_of(question), "no factory is named 'c'"));
}

TEST(Sweep, ValuesAtOddsAreAPointThatSaysSo) {
    const SweepQuestion question{
        .scenario = text_of(scenario("64", "max_global_batch = 256\n")),
        .over = {{"job.global_batch", "64,256"}, {"job.max_global_batch", "128,512"}}};
    const SweepAnswer answer = sweep(question, {}).value();
    const SweptPoint& odd = answer.points[2];
    EXPECT_FALSE(odd.fault.empty());
    EXPECT_FALSE(odd.best.has_value());
    EXPECT_EQ(odd.factories[1].jobs[0].infeasible, odd.fault);
    EXPECT_TRUE(answer.points[1].fault.empty());
}

TEST(Sweep, TellsAllFaultsAtOnce) {
    const std::string said = faults_of({.scenario = text_of(scenario()),
                                        .over = {{"factory/a.chips", "0"},
                                                 {"factory/*.chips", "8"},
                                                 {"factory/a.server", "hgx-h10"},
                                                 {"chips/h100-sxm.power.tpd", "1 W"},
                                                 {"site.pue", "1..2"}},
                                        .of = {"day"}});
    for (const char* words : {"outside", "set the same value", "no server 'hgx-h10'",
                              "did you mean 'power.tdp'", "how many", "did you mean 'days'"}) {
        EXPECT_TRUE(contains(said, words)) << words << "\n" << said;
    }
    EXPECT_TRUE(contains(faults_of({.scenario = text_of(scenario())}), "nothing is swept"));
    EXPECT_TRUE(contains(faults_of({.scenario = text_of(scenario()),
                                    .over = {{"factory/a.chips", "1..9000:300"},
                                             {"job.global_batch", "1..9000:300"}}}),
                         "90000 points"));
}

TEST(Sweep, TellsMetricsOfTheJobsThatThereAre) {
    SweepQuestion question{.scenario = text_of(scenario()), .over = {{"site.pue", "1.2"}}};
    std::vector<std::string_view> names;
    const SweepAnswer answer = sweep(question, {}).value();
    for (const SweepMetric* metric : answer.of) names.push_back(metric->name);
    EXPECT_EQ(names, (std::vector<std::string_view>{"days", "mfu", "usd_per_million_tokens",
                                                    "power_w", "capital_usd"}));
    question.of = {"requests_per_s"};
    EXPECT_TRUE(contains(faults_of(question), "of jobs of kind serve"));
}

// One makes no sense without the other, which every point has.
TEST(Sweep, ValuesThatAreSoundTogetherAreNoFault) {
    SweepQuestion question{.scenario = text_of(scenario()),
                           .over = {{"job.lora_rank", "8,16"}, {"job.base_precision", "bf16"}},
                           .of = {"days"}};
    const auto answer = sweep(question, {.threads = 1});
    ASSERT_TRUE(answer) << to_text(answer.error());
    EXPECT_EQ(answer->points.size(), 2U);
    question.over.pop_back();
    question.over = {{"job.base_precision", "bf16"}};
    EXPECT_TRUE(contains(faults_of(question), "job.base_precision = bf16: "));
}

TEST(Sweep, WhatMovesNoMetricIsRefused) {
    EXPECT_TRUE(contains(
        faults_of({.scenario = text_of(scenario()), .over = {{"books.tax", "0,0.2"}}, .of = {}}),
        "moves nothing that a sweep tells"));
}

}  // namespace TEST_FILE
}  // namespace millwright
