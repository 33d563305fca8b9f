// How much of the time training works: by whom it is said, and what it does to days and prices.
#include "millwright/study/useful_time.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/reliability/fleet_causes.h"
#include "millwright/report/json.h"
#include "millwright/report/study_text.h"
#include "millwright/study/study.h"
#include "millwright/train/step.h"
#include "tests/fixtures.h"
#include "tests/unit/reliability/fleet_jobs.h"

namespace millwright {
namespace TEST_FILE {

/// On so many chips of a server, with what is asked.
UsefulTime useful_on(const char* server, double chips, const ReliabilityAsked& asked = {},
                     const char* model = "llama-3.1-405b") {
    const Catalog& catalog = built_in_catalog();
    const Factory factory =
        resolve_factory(catalog, part_named(catalog.servers, server),
                        *fabric_source(catalog, "rail-fat-tree", {}), chips, {});
    const TrainContext context = context_on(model, server, chips);
    return useful_time(UsefulTimeQuestion{catalog, asked, factory, context, chips});
}

TEST(UsefulTime, WhatIsGivenStands) {
    const UsefulTime time = useful_on("hgx-h100", 1024, {.useful_share = 0.8});
    EXPECT_EQ(time.share, 0.8);
    EXPECT_EQ(time.low, 0.8);
    EXPECT_EQ(time.high, 0.8);
    EXPECT_TRUE(time.given);
}

// 419 interruptions in 54 days are one in 3.09 h; 2 TB/s write 5.7 TB in less than three seconds
TEST(UsefulTime, OfLlama3IsThatOfItsFleet) {
    const UsefulTime time = useful_on("hgx-h100", 16384);
    EXPECT_EQ(time.fleet, "llama-3");
    EXPECT_NEAR(time.mttf.in(unit::hour), 3.09, 0.01);
    EXPECT_EQ(time.restart, 10 * unit::minute);
    EXPECT_NEAR(time.checkpoint.in(unit::TB), 5.68, 0.02);
    EXPECT_NEAR(time.writing.si(), 2.84, 0.02);
    EXPECT_NEAR(time.waits.si(), 1, 0.05);
    EXPECT_NEAR(time.share, 0.93, 0.01);
    EXPECT_EQ(time.low, time.share);
}

// The same by simulation of the whole job: written beside it.
TEST(UsefulTime, IsThatOfTheSimulation) {
    for (const double chips : {16384.0, 100000.0}) {
        const UsefulTime time = useful_on("gb200-nvl72", chips);
        FleetJob job = exponential_job(time.mttf, time.waits, time.restart);
        job.checkpoints.levels[0].writing = time.writing;
        job.checkpoints.period = time.period;
        EXPECT_NEAR(share_by_simulation(job, 200), time.share, 0.005) << chips;
    }
}

TEST(UsefulTime, ChipsWithoutPublicRatesHaveTheBandOfMatureFleets) {
    for (const char* server : {"cloudmatrix-384", "rtx-pro-6000", "gb200-nvl72", "mi300x-8"}) {
        const UsefulTime time = useful_on(server, 8064);
        EXPECT_EQ(time.fleet, "mature") << server;
        EXPECT_LT(time.low, time.share) << server;
        EXPECT_LT(time.share, time.high) << server;
    }
    EXPECT_EQ(useful_on("hgx-h200", 1024).fleet, "llama-3") << "the same die as of the H100";
}

TEST(UsefulTime, FallsWithChipsRateAndRestart) {
    double before = 1;
    for (const double chips : {64.0, 1024.0, 16384.0, 65536.0}) {
        const double share = useful_on("hgx-h100", chips).share;
        EXPECT_LT(share, before) << chips;
        before = share;
    }
    const double usual = useful_on("hgx-h100", 16384).share;
    EXPECT_LT(useful_on("hgx-h100", 16384, {.rate_per_1000_nodes_day = 8}).share, usual);
    EXPECT_LT(useful_on("hgx-h100", 16384, {.restart = 20 * unit::minute}).share, usual);
    EXPECT_LT(useful_on("hgx-h100", 16384, {.storage = 20 * unit::GB / unit::s}).share, usual);
    EXPECT_LT(useful_on("hgx-h100", 16384, {.checkpoint_cost = 60 * unit::s}).share, usual);
    EXPECT_LT(useful_on("hgx-h100", 16384, {.checkpoint_period = 2 * unit::hour}).share, usual);
}

// A standby shortens what follows a failure; a replica that drops out loses no work at all.
TEST(UsefulTime, PoliciesStandInTheirOrder) {
    const double restart = useful_on("hgx-h100", 65536).share;
    const double standby = useful_on("hgx-h100", 65536, {.policy = RecoveryPolicy::standby}).share;
    const double drop =
        useful_on("hgx-h100", 65536, {.policy = RecoveryPolicy::replica_drop, .replicas = 64})
            .share;
    EXPECT_LT(restart, standby);
    EXPECT_LT(standby, drop);
}

// BLOOM-176B wrote 2.3 TB (BigScience chronicles)
TEST(UsefulTime, ACheckpointIsAsLargeAsOneThatWasMeasured) {
    TrainContext context = context_on("gpt3-175b", "hgx-h100", 64);
    EXPECT_NEAR(checkpoint_bytes(context).in(unit::TB), 2.3, 0.25);
    context.frozen_weights = true;
    EXPECT_ANY_THROW(checkpoint_bytes(context));
}

Study study_of(const std::string& more, const std::string& server = "hgx-h100", int chips = 1024) {
    const std::string text =
        "name = \"t\"\ndate = 2026-02-01\n" + more +
        "\n[site]\ncountry = \"US\"\n[buyer]\nheadquarters = \"US\"\n[[factory]]\nname = \"f\"\n"
        "server = \"" +
        server + "\"\nchips = " + std::to_string(chips) +
        "\nfabric = \"rail-fat-tree\"\n[[job]]\nname = \"j\"\nkind = \"train\"\n"
        "model = \"llama-3.1-8b\"\ntokens = \"1T\"\nsequence = 4096\nglobal_batch = 1024\n";
    const auto read = parse_scenario(text, "t.toml");
    const auto scenario =
        read ? resolve(*read, built_in_catalog()) : Result<Scenario>(failure(read.error()));
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return run(*scenario, built_in_catalog(), {.flow_factories = 0});
}

const TrainReport& trained(const Study& study) {
    return std::get<TrainReport>(study.factories[0].jobs[0].of);
}

TEST(UsefulTime, DaysPricesAndBandsAreByIt) {
    const Study all = study_of("useful_share = 1.0");
    const Study some = study_of("", "gb200-nvl72", 1008);
    const TrainReport& whole = trained(all);
    EXPECT_DOUBLE_EQ(trained(study_of("useful_share = 0.5")).days, 2 * whole.days);
    const TrainReport& report = trained(some);
    EXPECT_LT(report.useful.share, 1);
    EXPECT_LT(report.days_low, report.days);
    EXPECT_GT(report.days_high, report.days);
    EXPECT_NEAR(report.days_high / report.days,
                report.best.high / report.best.step.value * report.useful.share / report.useful.low,
                1e-9);
    EXPECT_LT(report.per_million_tokens_low, report.per_million_tokens);
    const nlohmann::ordered_json job = study_json(some)["factories"][0]["jobs"][0];
    EXPECT_EQ(job["useful_time"]["fleet"], "mature");
    EXPECT_DOUBLE_EQ(job["useful_time"]["share"].get<double>(), report.useful.share);
    // what is lost of a day is what the rest trains, by the share
    const double trained_a_day = 1e12 / report.days;
    EXPECT_NEAR(job["tokens_lost_a_day"].get<double>() / trained_a_day,
                (1 - report.useful.share) / report.useful.share, 0.01);
    EXPECT_NE(study_text(some).find("useful  "), std::string::npos);
    EXPECT_TRUE(study_json(some)["useful_share"].is_null());
}

TEST(UsefulTime, WithoutFailuresItIsThePlansOwnTime) {
    const TrainReport none = trained(study_of("[reliability]\nrate_per_1000_nodes_day = 0"));
    EXPECT_NEAR(none.days, trained(study_of("useful_share = 1.0")).days, 1e-3 * none.days);
    EXPECT_EQ(none.useful.mttf, Seconds{});
}

// At 20 failures of a node a day 1,024 chips fail every 34 s; half as many are up for longer.
TEST(UsefulTime, WhereChipsFailFasterThanAJobRestartsFewerTrainSooner) {
    const std::string often = "[reliability]\nrate_per_1000_nodes_day = 20000\nrestart = \"2 min\"";
    const TrainReport report = trained(study_of(often));
    EXPECT_LT(chips_used(report.plan), 1024);
    EXPECT_EQ(chips_used(trained(study_of("useful_share = 0.9")).plan), 1024);
    // a larger factory has the plans of the smaller, so that it never trains later
    double before = 1e300;
    for (const int chips : {64, 128, 256, 512, 1024}) {
        const double days = trained(study_of(often, "hgx-h100", chips)).days;
        EXPECT_LE(days, 1.001 * before) << chips;
        before = days;
    }
    // a deadline just above the best is met, one just below is not
    const auto by = [&](double days) {
        return study_of("deadline = \"" + std::to_string(days) + " days\"\n" + often);
    };
    EXPECT_TRUE(by(1.01 * report.days).factories[0].jobs[0].feasible);
    const Study late = by(0.95 * report.days);
    EXPECT_FALSE(late.factories[0].jobs[0].feasible);
    EXPECT_NE(late.factories[0].jobs[0].infeasible.find("the fastest plan"), std::string::npos);
}

// Replicas that drop out so often that none is left are not simulated for minutes.
TEST(UsefulTime, AnEndlessRateEndsAtOnce) {
    const ReliabilityAsked asked{
        .rate_per_1000_nodes_day = 1e6, .policy = RecoveryPolicy::replica_drop, .replicas = 32};
    EXPECT_EQ(useful_on("hgx-h100", 512, asked).share, 0);
}

TEST(UsefulTime, WhereNoTimeIsLeftAJobCannotBeDone) {
    const Study study =
        study_of("[reliability]\nrate_per_1000_nodes_day = 1000000\nrestart = \"20 days\"");
    const JobReport& job = study.factories[0].jobs[0];
    EXPECT_FALSE(job.feasible);
    EXPECT_NE(job.infeasible.find("no time is left to train"), std::string::npos) << job.infeasible;
    EXPECT_NO_THROW(study_text(study));
    EXPECT_NO_THROW(study_json(study).dump());
}

}  // namespace TEST_FILE
}  // namespace millwright
