// Jobs as written: each kind has its own keys, and what is of another kind is told as such.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/frontier_text.h"
#include "millwright/intake/job_kinds.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace TEST_FILE {

const std::string head = R"(name = "t"
date = 2026-02-01
[site]
country = "US"
[buyer]
headquarters = "US"
[[factory]]
name = "f"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
)";

const std::string train = R"([[job]]
name = "trained"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 4096
global_batch = 512
)";

const std::string serve = R"([[job]]
name = "served"
kind = "serve"
model = "llama-3.1-8b"
)";

ScenarioText read(const std::string& text) { return parse_scenario(text, "t.toml").value(); }

std::string faults_of(const std::string& text) {
    const ScenarioText written = read(text);
    const auto scenario = resolve(written, built_in_catalog());
    return scenario ? "" : to_text(scenario.error());
}

Scenario resolved(const std::string& text) {
    const auto scenario = resolve(read(text), built_in_catalog());
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return scenario.value();
}

TEST(JobKinds, EachHasItsOwnKeys) {
    const ScenarioText text =
        read(head + train + serve + "prompt_tokens = 8000\ntime_per_token = \"20 ms\"\n");
    ASSERT_TRUE(text.faults.empty()) << to_text(text.faults);
    ASSERT_EQ(text.jobs.size(), 2U);
    const auto& trained = std::get<TrainJobText>(text.jobs[0].keys);
    EXPECT_EQ(trained.global_batch.value, 512);
    EXPECT_EQ(trained.global_batch.at.line, 18);
    const auto& served = std::get<ServeJobText>(text.jobs[1].keys);
    EXPECT_EQ(served.prompt_tokens.value, 8000);
    EXPECT_FALSE(served.output_tokens.given);
    EXPECT_EQ(text.jobs[1].name.value, "served");
}

TEST(JobKinds, ARowForEveryName) {
    ASSERT_EQ(job_kinds().size(), EnumNames<JobKind>::names.size());
    for (std::size_t i = 0; i < job_kinds().size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(job_kinds()[i].kind), i);
        EXPECT_TRUE(job_kinds()[i].keys.contains("model"));
    }
}

TEST(JobKinds, AKeyOfAnotherKindNamesThatKind) {
    const std::string told = faults_of(head + serve + "tokens = \"1T\"\n");
    EXPECT_TRUE(contains(told,
                         "t.toml:16:1: error: 'tokens' is a key of jobs of kind \"train\", "
                         "this one is of kind \"serve\""))
        << told;
    const std::string other = faults_of(head + train + "prompt_tokens = 100\n");
    EXPECT_TRUE(contains(other, "'prompt_tokens' is a key of jobs of kind \"serve\"")) << other;
    EXPECT_FALSE(contains(other, "unknown key")) << other;
}

TEST(JobKinds, AKeyOfNoKindIsUnknownHere) {
    const std::string told = faults_of(head + serve + "promt_tokens = 100\n");
    EXPECT_TRUE(contains(told, "unknown key 'promt_tokens'")) << told;
    EXPECT_TRUE(contains(told, "did you mean 'prompt_tokens'")) << told;
}

TEST(JobKinds, AnUnknownKindNamesThoseThereAre) {
    std::string text = head + train + "colour = \"red\"\n";
    text.replace(text.find("\"train\""), 7, "\"trian\"");
    const std::string told = faults_of(text);
    EXPECT_TRUE(contains(told, "'kind' cannot be 'trian'")) << told;
    EXPECT_TRUE(contains(told, "choose one of train, serve")) << told;
    // keys that some kind has are no further fault, those that none has are
    EXPECT_FALSE(contains(told, "'tokens'")) << told;
    EXPECT_TRUE(contains(told, "unknown key 'colour'")) << told;
}

/// What a job lacks hangs on its kind, so nothing is lacking in one of no known kind; what its keys
/// hold is checked all the same.
TEST(JobKinds, OfNoKnownKindOnlyWhatIsThereIsChecked) {
    for (const char* kind : {"kind = \"trian\"\n", ""}) {
        const std::string named = head + "[[job]]\nname = \"j\"\n" + kind;
        const std::string bare = faults_of(named);
        EXPECT_FALSE(contains(bare, "lacks 'model'")) << bare;
        EXPECT_FALSE(contains(bare, "lacks 'tokens'")) << bare;
        EXPECT_EQ(std::ranges::count(bare, '\n'), 2) << bare;  // the fault and its hint
        const std::string wrong = faults_of(named + "sequence = 0.5\nprecision = \"fp9\"\n");
        EXPECT_TRUE(contains(wrong, "'sequence'")) << wrong;
        EXPECT_TRUE(contains(wrong, "fp8-block")) << wrong;
        const std::string served = faults_of(named + "prompt_tokens = \"many\"\n");
        EXPECT_TRUE(contains(served, "'prompt_tokens'")) << served;
    }
}

TEST(JobKinds, NoHintOffersATableThatIsRefused) {
    for (const char* table : {"[servin]\n", "[servings]\n", "[serve]\n"}) {
        const std::string told = faults_of(head + table + train);
        EXPECT_TRUE(contains(told, "unknown key")) << told;
        EXPECT_FALSE(contains(told, "serving'")) << told;
    }
    const std::string old = faults_of(head + "[serving]\n" + train);
    EXPECT_FALSE(contains(old, "unknown key")) << old;
}

TEST(JobKinds, TheOldTableTellsTheNewForm) {
    const std::string told = faults_of(head + "[serving]\nprompt_tokens = 8000\n" + train);
    EXPECT_TRUE(contains(told, "t.toml:12:1: error: [serving] is a job of its own now")) << told;
    EXPECT_TRUE(contains(told, "kind = \"serve\", a model, prompt_tokens as here")) << told;
}

TEST(JobKinds, WhatStandsInIsToldForItsJobAlone) {
    const Scenario with = resolved(head + train + serve);
    const Scenario without = resolved(head + train);
    const auto told = [](const Scenario& s, const char* words) {
        return std::ranges::count_if(s.defaults,
                                     [&](const auto& line) { return contains(line, words); });
    };
    EXPECT_EQ(told(with, "job served serves prompts of 4096 tokens"), 1);
    EXPECT_EQ(told(with, "50 ms"), 1);
    EXPECT_EQ(told(without, "serves"), 0);
    EXPECT_EQ(told(with, "failures as published of each chip's fleet"), 1);
    EXPECT_EQ(told(resolved(head + serve), "failures"), 0);
}

TEST(JobKinds, WhatOnlyTrainingReadsIsToldWhereNothingTrains) {
    const std::string text = "deadline = \"30 days\"\n" + head + serve;
    const Scenario scenario = resolved(text + "[assume]\ndata_overlap = 0.5\n");
    EXPECT_EQ(std::ranges::count(scenario.defaults,
                                 "no job trains: deadline, data_overlap changes nothing"),
              1);
    // cost needs a deadline for the plans of a training job alone
    EXPECT_EQ(faults_of("objective = \"cost\"\n" + head + serve), "");
    EXPECT_TRUE(contains(faults_of("objective = \"cost\"\n" + head + serve + train), "deadline"));
}

TEST(JobKinds, AFrontierIsOfATrainingJob) {
    const auto text = parse_frontier(
        "name = \"f\"\nfrom = 2024-01-01\nuntil = 2024-02-01\nbudget = \"1 GUSD\"\n[[party]]\n"
        "name = \"p\"\ncountry = \"US\"\n" +
            serve,
        "f.toml");
    ASSERT_TRUE(text);
    EXPECT_TRUE(contains(to_text(text->faults),
                         "f.toml:10:8: error: a frontier is of a job of "
                         "kind \"train\", this one is of kind \"serve\""))
        << to_text(text->faults);
}

std::string hourly(const std::string& all) { return "hourly_rates = [" + all + "]\n"; }

/// One number 24 times over, and others from the hour on.
std::string rates_of_day(const std::string& each, int from = 24, const std::string& later = "") {
    std::string list;
    for (int i = 0; i < 24; ++i) list += (i < from ? each : later) + ", ";
    return hourly(list);
}

std::string named(std::string job, const std::string& name) {
    return job.replace(job.find("served"), 6, name);
}

TEST(JobHours, OfServingAreTakenFromTraining) {
    EXPECT_EQ(resolved(head + train + serve).hours_to_train, 24);
    EXPECT_EQ(resolved(head + train + serve + "hours = \"08:00..22:00\"\n").hours_to_train, 10);
    const Scenario two = resolved(head + train + serve + "hours = \"08:00..12:30\"\n" +
                                  named(serve, "other") + "hours = \"22:00..06:00\"\n");
    EXPECT_EQ(two.hours_to_train, 11.5);
    EXPECT_EQ(std::get<ServeJob>(two.jobs[2].work).hours, (DayHours{22, 6}));
    EXPECT_EQ(resolved(head + serve + "hours = \"00:00..24:00\"\n").hours_to_train, 0);
}

TEST(JobHours, OfTwoJobsDoNotOverlap) {
    const std::string first = head + serve + "hours = \"08:00..18:00\"\n";
    const std::string told =
        faults_of(first + named(serve, "other") + "hours = \"17:00..09:00\"\n");
    EXPECT_TRUE(contains(told,
                         "t.toml:21:9: error: job other serves within 08:00..18:00 too, the "
                         "hours of job served"))
        << told;
    EXPECT_TRUE(contains(told, "hint: a factory serves one model at a time")) << told;
    EXPECT_EQ(faults_of(first + named(serve, "other") + "hours = \"18:00..08:00\"\n"), "");
    const std::string all_day = faults_of(first + named(serve, "other"));
    EXPECT_TRUE(contains(all_day, "t.toml:20:9: error: job other serves all day, job served by"))
        << all_day;
}

TEST(JobHours, LeaveSomethingToTrainingOrAreRefused) {
    const std::string halves =
        serve + "hours = \"00:00..12:00\"\n" + named(serve, "other") + "hours = \"12:00..24:00\"\n";
    EXPECT_EQ(faults_of(head + halves), "");
    const std::string told = faults_of(head + train + halves);
    EXPECT_TRUE(contains(told, "t.toml:28:9: error: serving jobs leave no hour")) << told;
}

TEST(JobHours, RatesAreOfTheHoursOfADay) {
    const std::string day = head + serve + "hours = \"00:00..12:00\"\n";
    const auto told = [&](const std::string& rates) { return faults_of(day + rates); };
    EXPECT_EQ(told(rates_of_day("2.5", 12, "0")), "");
    EXPECT_TRUE(contains(told(rates_of_day("2.5", 13, "0")),
                         "t.toml:17:16: error: requests come at 12:00, outside the hours "
                         "00:00..12:00"));
    EXPECT_TRUE(contains(told(rates_of_day("0")), "no request comes while it serves"));
    EXPECT_TRUE(contains(told(hourly("1, 2")), "hourly_rates has 2 rates"));
    EXPECT_TRUE(contains(told(rates_of_day("2.5", 12, "0") + "rate = 1\n"),
                         "rate and hourly_rates at once"));
    EXPECT_TRUE(contains(told(rates_of_day("-1")), "'hourly_rates' is -1, outside"));
    // all that is wrong of one job and another is told at once
    const std::string both = told("rate = 0\n" + named(serve, "other") + "hours = \"x\"\n");
    EXPECT_TRUE(contains(both, "'rate' is 0")) << both;
    EXPECT_TRUE(contains(both, "'x' are no hours of a day")) << both;
    EXPECT_EQ(faults_of(head + serve + rates_of_day("3")), "");
}

TEST(JobHours, ModelsBesideEachOtherHaveShares) {
    const std::string half = serve + "share = 0.5\n";
    const Scenario two = resolved(head + half + named(half, "other"));
    EXPECT_EQ(std::get<ServeJob>(two.jobs[0].work).share, 0.5);
    EXPECT_EQ(two.hours_to_train, 0);
    const std::string more = faults_of(head + half + named(serve + "share = 0.6\n", "other"));
    EXPECT_TRUE(contains(more, "with job other the shares of those that serve at 00:00 are 1.1"))
        << more;
    // one without a share has all of the chips
    EXPECT_TRUE(contains(faults_of(head + half + named(serve, "other")), "are 1.5"));
    // by hours, each minute for itself
    const std::string day = serve + "share = 0.7\nhours = \"08:00..20:00\"\n";
    const auto beside = [&](const char* hours) {
        return faults_of(head + day +
                         named(serve + "share = 0.7\nhours = \"" + hours + "\"\n", "other"));
    };
    EXPECT_EQ(beside("20:00..08:00"), "");
    EXPECT_TRUE(contains(beside("19:30..08:00"), "at 19:30 are 1.4"));
    EXPECT_TRUE(contains(faults_of(head + train + half), "leave no hour of a day"));
    EXPECT_EQ(resolved(head + train + day).hours_to_train, 12);
}

}  // namespace TEST_FILE
}  // namespace millwright
