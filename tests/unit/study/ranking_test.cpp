// Who ranks before whom, and what a plan and a verdict cost.
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/api/plan.h"
#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/study/judge_factory.h"
#include "millwright/study/plan_price.h"
#include "millwright/study/smallest.h"
#include "millwright/study/study.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

std::string head(const std::string& country, const std::string& more = "") {
    return more + "name = \"t\"\ndate = 2024-06-01\n[site]\ncountry = \"" + country +
           "\"\n[buyer]\nheadquarters = \"" + country + "\"\n";
}

std::string factory(const std::string& name, const std::string& server, int chips) {
    return "[[factory]]\nname = \"" + name + "\"\nserver = \"" + server +
           "\"\nchips = " + std::to_string(chips) + "\nfabric = \"rail-fat-tree\"\n";
}

std::string job(const std::string& name, const std::string& more) {
    return "[[job]]\nname = \"" + name + "\"\n" + more;
}

const std::string small = "kind = \"serve\"\nmodel = \"llama-3.2-1b\"\n";
const std::string large = "kind = \"serve\"\nmodel = \"llama-3.1-405b\"\n";

Study study_of(const std::string& text, bool optimistic = false) {
    const auto read = parse_scenario(text, "t.toml");
    const auto scenario = resolve(read.value(), built_in_catalog());
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return run(scenario.value(), built_in_catalog(),
               {.flow_factories = 0, .optimistic = optimistic});
}

std::vector<std::string> ranked(const Study& study) {
    std::vector<std::string> names;
    for (const std::size_t i : study.ranking) names.push_back(study.factories[i].name);
    return names;
}

using Names = std::vector<std::string>;

// H100 was denied to China in June 2024, H20 was not; H100 serves more
TEST(StudyRanking, WhatIsDeniedComesBehindWhatIsSlower) {
    const std::string sites = factory("h100", "hgx-h100", 64) + factory("h20", "hgx-h20", 8);
    const Study study = study_of(head("CN") + sites + job("s", small));
    EXPECT_EQ(ranked(study), (Names{"h20", "h100"}));
    EXPECT_FALSE(is_lawful(study.factories[0].verdict));
    EXPECT_LT(study.factories[0].score, study.factories[1].score);
    EXPECT_EQ(ranked(study_of(head("CN", "rank_unlawful = true\n") + sites + job("s", small))),
              (Names{"h100", "h20"}));
    EXPECT_EQ(ranked(study_of(head("US") + sites + job("s", small))), (Names{"h100", "h20"}));
}

// eight H100 have 640 GB: less than the 810 GB of the large model in two bytes
TEST(StudyRanking, AJobThatFailsCountsBeforeAllScores) {
    const Study study =
        study_of(head("US") + factory("few", "hgx-h100", 8) + factory("slow", "hgx-h20", 64) +
                 job("large", large + "precision = \"bf16\"\n") + job("small", small));
    EXPECT_FALSE(study.factories[0].jobs[0].feasible);
    EXPECT_EQ(ranked(study), (Names{"slow", "few"}));
    // of the one job that it does, over the best of it
    const double few = score_of(study.factories[0].jobs[1], study.objective);
    const double slow = score_of(study.factories[1].jobs[1], study.objective);
    EXPECT_NEAR(study.factories[0].score, few / std::min(few, slow), 1e-12);
    EXPECT_NEAR(study.factories[1].score, std::sqrt(slow / std::min(few, slow)), 1e-12);
}

// Kernels of Gaudi were never measured: its place hangs on the slow end, its figures do not.
TEST(StudyRanking, AChipNeverMeasuredRanksByTheSlowEndOfItsBand) {
    const std::string text = head("US") + factory("guess", "gaudi-3-8", 16) +
                             factory("known", "hgx-h100", 16) +
                             job("t",
                                 "kind = \"train\"\nmodel = \"llama-3.1-8b\"\ntokens = "
                                 "\"1T\"\nsequence = 4096\nglobal_batch = 64\n") +
                             job("s", small);
    const Study careful = study_of(text), hopeful = study_of(text, true);
    EXPECT_FALSE(careful.factories[0].measured);
    EXPECT_TRUE(careful.factories[1].measured);
    const auto& trained = std::get<TrainReport>(careful.factories[0].jobs[0].of);
    const auto& plain = std::get<TrainReport>(hopeful.factories[0].jobs[0].of);
    EXPECT_EQ(trained.days, plain.days);
    EXPECT_DOUBLE_EQ(score_of(careful.factories[0].jobs[0], Objective::time),
                     trained.days * (trained.best.high / trained.best.step.value));
    EXPECT_EQ(score_of(hopeful.factories[0].jobs[0], Objective::time), plain.days);
    EXPECT_DOUBLE_EQ(careful.factories[0].jobs[1].slow_end, foreign_band(built_in_catalog()).high);
    for (const JobReport& known : careful.factories[1].jobs) EXPECT_EQ(known.slow_end, 1);
}

TEST(StudyRanking, TiesKeepTheOrderOfTheScenario) {
    const Study study =
        study_of(head("US") + factory("z", "hgx-h100", 16) + factory("a", "hgx-h100", 16) +
                 factory("m", "hgx-h100", 16) + job("s", small));
    EXPECT_EQ(ranked(study), (Names{"z", "a", "m"}));
    for (const FactoryReport& f : study.factories) EXPECT_EQ(f.score, 1);
}

TEST(StudyRanking, WhatDoesNothingHasNoScoreAndComesLast) {
    const Study study = study_of(head("US") + factory("one", "hgx-h100", 1) +
                                 factory("all", "hgx-h100", 64) + job("l", large));
    EXPECT_EQ(study.factories[0].score, 0);
    EXPECT_EQ(ranked(study), (Names{"all", "one"}));
    EXPECT_TRUE(any_feasible(study));
    EXPECT_FALSE(
        any_feasible(study_of(head("US") + factory("one", "hgx-h100", 1) + job("l", large))));
}

TEST(StudyRanking, AScoreIsNamedByItsObjective) {
    const auto means = [](const std::string& objective, const std::string& jobs) {
        return study_of(head("US", objective) + factory("a", "hgx-h100", 8) + jobs).score_means;
    };
    EXPECT_EQ(means("", job("s", small)),
              "time of the whole site for a served request, over the best factory's");
    EXPECT_EQ(means("objective = \"cost\"\n", job("s", small) + job("r", small)),
              "the geometric mean over the jobs that it does of dollars for a served request, over "
              "the best factory's");
}

TEST(PlanPrice, DaysAreOfWholeSteps) {
    const Plan plan{.global_batch = 10};
    const auto days = [&](double tokens, double useful) {
        return training_days(tokens * unit::token, 100, plan, unit::hour, useful);
    };
    // a step is 1,000 tokens and an hour
    EXPECT_NEAR(days(24'000, 1), 1, 1e-12);
    EXPECT_NEAR(days(24'000, 0.5), 2, 1e-12);
    EXPECT_NEAR(days(1, 1), 1 / 24.0, 1e-12);
    EXPECT_NEAR(days(1'001, 1), 2 / 24.0, 1e-12);
    EXPECT_EQ(days(0, 1), 0);
}

// A step of a sequence's time by a deadline is done by it: not sooner, and never later.
TEST(PlanPrice, ASequenceThatADeadlineLeavesMakesTheDaysOfTheDeadline) {
    EXPECT_TRUE(rc::check([] {
        const Plan plan{.global_batch = *rc::gen::inRange<std::int64_t>(1, 5000)};
        const Tokens tokens = *rc::gen::inRange(1, 1'000'000'000) * unit::token;
        const double sequence = *rc::gen::inRange(1, 131'072);
        const double useful = *rc::gen::inRange(1, 101) / 100.0;
        const Seconds deadline = *rc::gen::inRange(1, 1000) * unit::day;
        const Seconds each =
            slowest_sequence(tokens, sequence, plan.global_batch, deadline, useful);
        const Seconds step = static_cast<double>(plan.global_batch) * each;
        const double days = training_days(tokens, sequence, plan, step, useful);
        RC_ASSERT(std::abs(days - deadline / unit::day) <= 1e-9 * days);
    }));
    EXPECT_EQ(slowest_sequence(5 * unit::token, 1, 1, Seconds{}, 0.9), Seconds{});
}

Scenario of_a_step_and_a_half(std::int64_t most_batch) {
    const auto read =
        parse_scenario(head("US") + factory("a", "hgx-h100", 8) +
                           job("t",
                               "kind = \"train\"\nmodel = \"llama-3.2-1b\"\ntokens = \"1B\"\n"
                               "sequence = 4096\nglobal_batch = 64\n"),
                       "t.toml");
    Scenario scenario = resolve(read.value(), built_in_catalog()).value();
    auto& train = std::get<TrainJob>(scenario.jobs[0].work);
    train.tokens = 1.5 * 64 * 4096 * unit::token;
    train.max_global_batch = most_batch;
    return scenario;
}

// The last step takes as long as any: two steps, though the tokens fill one and a half.
TEST(TrainJob, WhatIsInTimeIsDoneByTheDeadline) {
    for (const std::int64_t most : {64, 300}) {
        Scenario scenario = of_a_step_and_a_half(most);
        const JobSite site{scenario, built_in_catalog(), scenario.factories[0], {}, 1, true};
        const JobReport free = report_job(site, scenario.jobs[0]);
        ASSERT_TRUE(free.feasible);
        const double days = std::get<TrainReport>(free.of).days;
        for (const double share : {0.4, 0.76, 0.9, 0.999, 1.001, 1.5, 2.5, 5.0}) {
            scenario.deadline = share * days * unit::day;
            const JobReport report = report_job(site, scenario.jobs[0]);
            if (report.feasible) {
                EXPECT_LE(std::get<TrainReport>(report.of).days, share * days) << share;
            }
            if (most == 64) {
                EXPECT_EQ(report.feasible, share > 1) << share << report.infeasible;
            }
        }
    }
}

TEST(TrainJob, ThePlanToolKeepsADeadlineAlike) {
    PlanQuestion q{.model = "llama-3.2-1b", .server = "hgx-h100", .chips = 8, .global_batch = 64};
    q.sequence = 4096;
    q.tokens = 1.5 * 64 * 4096 * unit::token;
    const PlanAnswer free = plan(q, {}).value();
    const double days = free.days(free.found.best);
    for (const double share : {0.76, 0.999, 1.001, 3.0}) {
        q.deadline = share * days * unit::day;
        const PlanAnswer answer = plan(q, {}).value();
        EXPECT_EQ(answer.found.feasible, share > 1) << share;
        for (const Candidate& c : answer.found.pareto) EXPECT_LE(answer.days(c), share * days);
    }
}

// Whoever pays for the chips of a plan for a useful year pays for the tokens of that year.
TEST(PlanPrice, ATokenCostsWhatItsShareOfAYearCosts) {
    EXPECT_TRUE(rc::check([] {
        Plan plan{.tensor = *rc::gen::inRange<std::int64_t>(1, 9),
                  .data = *rc::gen::inRange<std::int64_t>(1, 9)};
        plan.global_batch = *rc::gen::inRange<std::int64_t>(1, 4096);
        const double sequence = *rc::gen::inRange(1, 131'072);
        const Seconds step = *rc::gen::inRange(1, 100'000) * unit::ms;
        const double idle = *rc::gen::inRange(0, 100);
        const double useful = *rc::gen::inRange(1, 101) / 100.0;
        const Dollars yearly = *rc::gen::inRange(0, 1'000'000) * unit::USD;
        const double chips = static_cast<double>(chips_used(plan)) + idle;
        const PlanPrice price = plan_price(chips, yearly, sequence, plan, step, useful);
        const double steps = useful * (unit::year / step);
        const double tokens = steps * static_cast<double>(plan.global_batch) * sequence;
        const double site = price.per_million_tokens_of_site.si() * tokens / 1e6;
        RC_ASSERT(std::abs(site - yearly.si()) <= 1e-9 * yearly.si());
        const double share = static_cast<double>(chips_used(plan)) / chips;
        const double own = price.per_million_tokens.si() * tokens / 1e6;
        RC_ASSERT(std::abs(own - share * yearly.si()) <= 1e-9 * yearly.si());
    }));
}

TEST(PlanFigures, AgreeWithTheStepAndWithEachOther) {
    for (const Precision precision : {Precision::bf16, Precision::fp8}) {
        const TrainContext context = context_on("llama-3.1-8b", "hgx-h100", 16, 4096, precision);
        Plan plan{.tensor = 2, .pipeline = 2, .data = 4, .micro_batch = 1};
        plan.global_batch = 64;
        const PlanFigures f = plan_figures(context, plan, {0.8, 1.5});
        const Seconds step = evaluate(context, plan).times.total;
        EXPECT_NEAR(f.step.value / step, 1, 1e-12);
        EXPECT_NEAR(f.low / step, 0.8, 1e-12);
        EXPECT_NEAR(f.high / step, 1.5, 1e-12);
        EXPECT_NEAR(f.tokens_per_chip, 64 * 4096 / step.si() / 16, 1e-9 * f.tokens_per_chip);
        // of the useful operations a second each share has its own peak
        const double useful = f.achieved_tflops * 1e12;
        EXPECT_NEAR(f.mfu * context.chip.rate(Precision::bf16).si() / useful, 1, 1e-12);
        EXPECT_NEAR(f.mfu_of_precision * context.chip.rate(precision).si() / useful, 1, 1e-12);
        EXPECT_LE(f.memory.value, f.usable);
        EXPECT_TRUE(f.fits);
    }
}

TEST(PlanFigures, ABandIsThatOfTheFrameworkAndOfExpertsTheirOwn) {
    const Catalog& catalog = built_in_catalog();
    const Chip& chip = part_named(catalog.chips, "h100-sxm");
    const Framework& framework = part_named(catalog.frameworks, "megatron-core");
    const auto band = [&](const char* model) {
        TrainContext context;
        context.model = part_named(catalog.models, model);
        return step_band(catalog, framework, context, chip, Plan{});
    };
    const Interval dense = interval_of(catalog, "time", "megatron-core", chip);
    const Interval experts = interval_of(catalog, "time", "megatron-core-experts", chip);
    EXPECT_EQ(band("llama-3.1-8b").low, dense.low);
    EXPECT_EQ(band("llama-3.1-8b").high, dense.high);
    EXPECT_EQ(band("deepseek-v3").low, experts.low);
    EXPECT_EQ(band("deepseek-v3").high, experts.high);
    EXPECT_LT(dense.low, dense.high);
}

// Brute force: of whole servers the first number on which a search finds a plan.
TEST(Smallest, IsTheFirstNumberOfServersThatHoldsTheJob) {
    const Catalog& catalog = built_in_catalog();
    const FabricSource fabric{part_named(catalog.fabrics, "rail-fat-tree")};
    for (const auto& [model, name] : {std::pair{"llama-3.2-1b", "hgx-h100"},
                                      {"llama-3.1-8b", "hgx-h100"},
                                      {"llama-3.1-70b", "hgx-h100"},
                                      {"llama-3.1-70b", "mi300x-8"}}) {
        const Server& server = part_named(catalog.servers, name);
        const double each = server.chips.value;
        const SpaceLimits limits{static_cast<std::int64_t>(each), 64, 64, {}};
        const auto fewest =
            fewest_that_hold(catalog, resolve_factory(catalog, server, fabric, each, {}),
                             context_on(model, name, each), limits);
        std::int64_t first = 0;
        for (std::int64_t servers = 1; first == 0 && servers < 20; ++servers) {
            SpaceLimits larger = limits;
            larger.chips = servers * static_cast<std::int64_t>(each);
            const auto chips = static_cast<double>(larger.chips);
            if (search(context_on(model, name, chips), larger, {.best_only = true}).feasible) {
                first = larger.chips;
            }
        }
        EXPECT_EQ(fewest, first) << model << " on " << name;
        EXPECT_GT(fewest, 0);
    }
}

TEST(JudgeFactory, ItsChargesAreRatiosOfTheChipsOfAServer) {
    const Catalog& catalog = built_in_catalog();
    const Factory built = resolve_factory(catalog, part_named(catalog.servers, "hgx-h100"),
                                          part_named(catalog.fabrics, "rail-fat-tree"), 64, {});
    Verdict verdict;
    EXPECT_EQ(import_charge(catalog, built, verdict), Dollars{});
    std::vector<const PriceItem*> ratios;
    for (const PriceItem& item : catalog.prices) {
        if (item.ratio.known()) ratios.push_back(&item);
    }
    ASSERT_GE(ratios.size(), 2U);
    verdict.charges = {{"r", ratios[0]->id}, {"s", ratios[1]->id}};
    const double sum = ratios[0]->ratio.value + ratios[1]->ratio.value;
    EXPECT_NEAR(import_charge(catalog, built, verdict) / built.chip.price.value, 8 * sum, 1e-9);
}

TEST(JudgeFactory, AllChipsOfAFactoryAreAskedAboutOnTheDayOfTheScenario) {
    const auto scenario =
        resolve(
            parse_scenario(head("CN") + factory("a", "hgx-h100", 64) + job("s", small), "t.toml")
                .value(),
            built_in_catalog())
            .value();
    RuleQuery query{.chip = scenario.factories[0].facts, .date = on(2024, 6, 1)};
    query.party.to = query.party.headquarters = "CN";
    query.party.quantity = 64;
    const Verdict by_hand = judge(scenario.rulebook, query);
    const Verdict verdict = judge_factory(scenario, scenario.factories[0]);
    EXPECT_TRUE(same_codes(verdict, by_hand));
    EXPECT_EQ(verdict.chain, by_hand.chain);
}

}  // namespace TEST_FILE
}  // namespace millwright
