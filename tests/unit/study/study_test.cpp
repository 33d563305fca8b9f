// A study: the order of its input is of no account, and its money, power and chips are named.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/json.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/study_text.h"
#include "millwright/study/study.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

const std::string head =
    "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\nheadquarters = \"US\"\n";

std::string factory(const std::string& name, const std::string& server, int chips) {
    return "[[factory]]\nname = \"" + name + "\"\nserver = \"" + server +
           "\"\nchips = " + std::to_string(chips) + "\nfabric = \"rail-fat-tree\"\n";
}

std::string job(const std::string& name, const std::string& model, const std::string& more = "") {
    return "[[job]]\nname = \"" + name + "\"\nkind = \"train\"\nmodel = \"" + model +
           "\"\ntokens = \"1T\"\nsequence = 4096\nglobal_batch = 512\n" + more;
}

Result<Scenario> scenario_of(const std::string& text) {
    const auto read = parse_scenario(text, "t.toml");
    if (!read) return failure(read.error());
    return resolve(*read, built_in_catalog());
}

Study study_of(const std::string& text) {
    const auto scenario = scenario_of(text);
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return run(scenario.value(), built_in_catalog(), {.flow_factories = 0});
}

const TrainReport& trained(const Study& study, std::size_t factory = 0, std::size_t job = 0) {
    return std::get<TrainReport>(study.factories[factory].jobs[job].of);
}

/// Lists of named things in the order of their names, at every level.
void sort_all(Json& json) {
    if (!json.is_structured()) return;
    for (Json& part : json) sort_all(part);
    if (!json.is_array()) return;
    std::sort(json.begin(), json.end(),
              [](const Json& a, const Json& b) { return a.dump() < b.dump(); });
}

TEST(Study, OrderOfJobsAndFactoriesIsOfNoAccount) {
    const std::vector<std::string> factories{factory("a", "hgx-h100", 256),
                                             factory("b", "mi300x-8", 128),
                                             factory("c", "gb200-nvl72", 144)};
    const std::vector<std::string> jobs{job("small", "llama-3.1-8b"), job("large", "deepseek-v3"),
                                        job("none", "llama-3.1-405b", "precision = \"fp4\"\n"),
                                        job("other", "llama-3.1-70b", "framework = \"nemo\"\n")};
    std::vector<std::size_t> order{0, 1, 2, 3};
    Json first;
    std::vector<std::string> ranking;
    do {
        std::string text = head;
        for (std::size_t i = 0; i < 3; ++i) text += factories[(order[0] + i) % 3];
        for (const std::size_t i : order) text += jobs[i];
        const Study study = study_of(text);
        Json json = study_json(study);
        const auto names = json["ranking"].get<std::vector<std::string>>();
        json.erase("answer");  // tells jobs in their order
        sort_all(json);
        if (first.is_null()) {
            first = json;
            ranking = names;
        }
        ASSERT_EQ(json.dump(), first.dump());
        ASSERT_EQ(names, ranking);
        std::next_permutation(order.begin(), order.end());
        std::next_permutation(order.begin(), order.end());
        std::next_permutation(order.begin(), order.end());
        std::next_permutation(order.begin(), order.end());
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Study, IdleChipsArePaidBySomebody) {
    const Study study = study_of(head + factory("a", "hgx-h100", 1000) + job("j", "llama-3.1-8b"));
    ASSERT_TRUE(study.factories[0].jobs[0].feasible);
    const TrainReport& report = trained(study);
    const auto used = static_cast<double>(chips_used(report.plan));
    EXPECT_LT(used, 1000);
    EXPECT_NEAR(report.per_million_tokens_of_site / report.per_million_tokens, 1000 / used, 1e-9);
    const Json json = study_json(study)["factories"][0]["jobs"][0];
    EXPECT_GT(json["usd_per_million_tokens_of_site"].get<double>(),
              json["usd_per_million_tokens"].get<double>());
}

TEST(Study, NarrowFormatsTellTheShareOfTheirOwnPeak) {
    const Study study =
        study_of(head + factory("a", "hgx-h100", 256) +
                 job("j", "llama-3.1-8b", "precision = \"fp8\"\n") + job("k", "llama-3.1-8b"));
    const TrainReport& fp8 = trained(study);
    const TrainReport& bf16 = trained(study, 0, 1);
    EXPECT_NEAR(fp8.best.mfu / fp8.best.mfu_of_precision, 2, 0.01);
    EXPECT_EQ(bf16.best.mfu, bf16.best.mfu_of_precision);
    for (const TrainReport* report : {&fp8, &bf16}) {
        EXPECT_LT(report->best.mfu_of_precision, 1);
        EXPECT_NEAR(report->best.achieved_tflops, 989.5 * report->best.mfu, 5);
    }
    const std::string text = study_text(study);
    for (const char* words : {"TFLOP/s", "own %", "MFU %", "train $/Mtok", "whole"}) {
        EXPECT_NE(text.find(words), std::string::npos) << words;
    }
}

TEST(Study, PowerOverTheLimitIsMarked) {
    std::string text = head;
    text.insert(text.find("[buyer]"), "power_limit = \"1 MW\"\n");
    const std::string job_text = job("j", "llama-3.1-8b");
    const Study study = study_of(text + factory("big", "hgx-h100", 1024) +
                                 factory("small", "hgx-h100", 256) + job_text);
    EXPECT_TRUE(study.factories[0].over_power);
    EXPECT_FALSE(study.factories[1].over_power);
    EXPECT_EQ(study.ranking.front(), 1U);
    EXPECT_NE(study_text(study).find("! over the 1 MW"), std::string::npos);
    EXPECT_EQ(study_text(study_of(text + factory("small", "hgx-h100", 256) + job_text))
                  .find("! over the"),
              std::string::npos);
}

TEST(Study, OneDomainNeedsNoSwitches) {
    const Catalog& catalog = built_in_catalog();
    for (const Server& server : catalog.servers) {
        const Fabric& fabric = part_named(catalog.fabrics, "rail-fat-tree");
        const auto built = [&](double chips) {
            return resolve_factory(catalog, server, fabric, chips, {});
        };
        const double domain = server.domain.value;
        for (const double chips : {1.0, domain}) {
            EXPECT_EQ(built(chips).bill.switches, 0) << server.id;
            EXPECT_EQ(built(chips).bill.transceivers, 0) << server.id;
        }
        const Factory two = built(2 * domain);
        EXPECT_TRUE(two.bill.switches > 0 || !two.cannot.empty()) << server.id;
    }
}

TEST(Study, PartOfAServerIsTold) {
    const Study study = study_of(head + factory("a", "hgx-h100", 12) + job("j", "llama-3.1-8b"));
    ASSERT_EQ(study.factories[0].notes.size(), 1U);
    EXPECT_NE(study.factories[0].notes[0].find("2 are bought, 4 of their 16"), std::string::npos);
    EXPECT_TRUE(study_of(head + factory("a", "hgx-h100", 16) + job("j", "llama-3.1-8b"))
                    .factories[0]
                    .notes.empty());
}

TEST(Study, AChipTrainsWithItsMakersFramework) {
    const Catalog& catalog = built_in_catalog();
    for (const Server& server : catalog.servers) {
        const Factory built = resolve_factory(
            catalog, server, part_named(catalog.fabrics, "rail-fat-tree"), server.chips.value, {});
        const auto& makers = built.framework.vendors;
        EXPECT_NE(std::find(makers.begin(), makers.end(), built.chip.vendor), makers.end())
            << server.id << ": " << built.framework.id << " for " << built.chip.vendor;
    }
    const Study study =
        study_of(head + factory("a", "tpu-v5p-pod", 256) + factory("b", "hgx-h100", 256) +
                 job("j", "llama-3.1-8b") + job("k", "llama-3.1-8b", "framework = \"nemo\"\n"));
    EXPECT_EQ(trained(study).framework, "jax");
    EXPECT_EQ(trained(study, 1).framework, "megatron-core");
    EXPECT_EQ(trained(study, 0, 1).framework, "nemo");
}

TEST(Study, CostNeedsADeadlineAndKeepsIt) {
    const std::string by_cost = "objective = \"cost\"\n";
    const std::string rest = factory("a", "hgx-h100", 4096) + job("j", "llama-3.1-70b");
    const auto refused = scenario_of(by_cost + head + rest);
    ASSERT_FALSE(refused);
    EXPECT_NE(to_text(refused.error()).find("deadline"), std::string::npos);
    const Study study = study_of(by_cost + "deadline = \"40 days\"\n" + head + rest);
    ASSERT_TRUE(study.factories[0].jobs[0].feasible);
    EXPECT_LE(trained(study).days, 40.1);  // whole steps are counted
    EXPECT_LT(chips_used(trained(study).plan), 4096);
    const Study late = study_of("deadline = \"2 h\"\n" + head + rest);
    ASSERT_FALSE(late.factories[0].jobs[0].feasible);
    EXPECT_NE(late.factories[0].jobs[0].infeasible.find("the fastest plan"), std::string::npos);
}

/// What has a chip's software on the day of the scenario decides: no release trained in blocks of
/// FP8 before May 2025, and FlashAttention-3 came after the first of 2024.
TEST(Study, AJobHasTheSoftwareOfItsDay) {
    const auto on_day = [](const std::string& day, const std::string& more) {
        return study_of("name = \"t\"\ndate = " + day + head.substr(head.find("\n[site]")) +
                        factory("a", "hgx-h100", 64) + job("j", "llama-3.1-8b", more));
    };
    const std::string blocks = "precision = \"fp8-block\"\n";
    const Study early = on_day("2024-03-01", blocks);
    EXPECT_FALSE(early.factories[0].jobs[0].feasible);
    EXPECT_TRUE(contains(early.factories[0].jobs[0].infeasible,
                         "no software trains in fp8-block on h100-sxm on 2024-03-01"));
    EXPECT_TRUE(on_day("2025-06-01", blocks).factories[0].jobs[0].feasible);
    // who writes its own kernels had them before the public did
    const std::string own = "framework = \"hai-llm\"\n";
    EXPECT_TRUE(on_day("2024-03-01", blocks + own).factories[0].jobs[0].feasible);
    EXPECT_EQ(trained(on_day("2024-03-01", own)).best.step.value,
              trained(on_day("2025-06-01", own)).best.step.value);
    const Study older = on_day("2024-03-01", ""), newer = on_day("2025-06-01", "");
    EXPECT_GT(trained(older).best.step.value, trained(newer).best.step.value);
    const auto told = [](const Study& study) {
        return std::ranges::count(study.defaults,
                                  "attention flash-attention-2 on h100-sxm, as of 2024-03-01");
    };
    EXPECT_EQ(told(older), 1);
    EXPECT_EQ(told(newer), 0);
}

TEST(Study, WhatDoesNotFitTellsTheFewestChips) {
    const Study study = study_of(head + factory("a", "hgx-h100", 8) + job("j", "llama-3.1-405b"));
    const JobReport& report = study.factories[0].jobs[0];
    ASSERT_FALSE(report.feasible);
    const std::int64_t fewest = trained(study).fewest_chips;
    EXPECT_GT(fewest, 8);
    EXPECT_NE(
        report.infeasible.find("the fewest of hgx-h100 that hold it: " + std::to_string(fewest)),
        std::string::npos);
}

// What a job asks of its plan is kept; what cannot be is a result with its reason.
TEST(Study, APlanIsAsTheJobAsksForIt) {
    const std::string model = "llama-3.1-8b";
    const Study study =
        study_of(head + factory("a", "hgx-h100", 64) + job("free", model) +
                 job("mine", model, "plan.tensor = \"8\"\nplan.pipeline = \"2..4\"\n") +
                 job("odd", model, "plan.tensor = \"3\"\n"));
    const auto& jobs = study.factories[0].jobs;
    ASSERT_TRUE(jobs[1].feasible) << jobs[1].infeasible;
    EXPECT_EQ(trained(study, 0, 1).plan.tensor, 8);
    EXPECT_GE(trained(study, 0, 1).plan.pipeline, 2);
    EXPECT_LE(trained(study, 0, 0).days, trained(study, 0, 1).days);
    EXPECT_FALSE(jobs[2].feasible);
    EXPECT_NE(jobs[2].infeasible.find("3"), std::string::npos) << jobs[2].infeasible;
}

// One server holds no states of all weights, but those of adapters.
TEST(Study, AdaptersAreTrainedOnChipsThatAllWeightsDoNotFit) {
    const Study study = study_of(head + factory("a", "hgx-h100", 8) + job("all", "llama-3.1-70b") +
                                 job("few", "llama-3.1-70b", "lora_rank = 16\n"));
    const auto& jobs = study.factories[0].jobs;
    EXPECT_FALSE(jobs[0].feasible);
    ASSERT_TRUE(jobs[1].feasible) << jobs[1].infeasible;
    EXPECT_EQ(trained(study, 0, 0).trainable, 70'553'706'496);
    EXPECT_EQ(trained(study, 0, 1).trainable, 207'093'760);
    const Json json = study_json(study)["factories"][0]["jobs"];
    EXPECT_EQ(json[1]["trainable_parameters"], 207'093'760);
    EXPECT_EQ(json[1]["adapters"], "LoRA, rank 16");
    EXPECT_TRUE(json[0]["adapters"].is_null());
    const std::string text = study_text(study);
    EXPECT_NE(text.find("LoRA, rank 16: 207.1 million weights"), std::string::npos) << text;
    EXPECT_NE(text.find("few: LoRA, rank 16. Of their frozen"), std::string::npos) << text;
}

TEST(StudyText, TellsFactoriesOfAnySize) {
    for (const int chips : {1, 2, 8, 16}) {
        const auto scenario =
            scenario_of(head + factory("a", "hgx-h100", chips) + job("j", "llama-3.2-1b"));
        const std::string text = study_text(run(scenario.value(), built_in_catalog()));
        EXPECT_NE(text.find("M$"), std::string::npos) << text;
        EXPECT_NE(text.find("kW"), std::string::npos);
        EXPECT_EQ(text.find("  0.00\n"), std::string::npos) << text;
    }
}

TEST(StudyText, WhatIsThereIsNeverNothing) {
    const std::string text = ledger_text(Ledger<Seconds>{.name = "step"}
                                             .add("much", Seconds::from_si(1))
                                             .add("little", Seconds::from_si(1e-6))
                                             .add("none", Seconds{}));
    EXPECT_NE(text.find("<0.1 %"), std::string::npos);
    EXPECT_EQ(text.find("0.0 %"), text.find("100.0 %") == std::string::npos
                                      ? std::string::npos
                                      : text.find("100.0 %") + 2);
}

}  // namespace TEST_FILE
}  // namespace millwright
