// What an answer rests on: weights are sensitivities, and the list of figures leaves out none that
// moves it.
#include "millwright/study/provenance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "millwright/catalog/references.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace TEST_FILE {

constexpr const char* question = R"(
name = "two jobs"
date = 2026-01-01
[site]
country = "US"
region = "us"
[buyer]
headquarters = "US"
[[factory]]
name = "a"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = "train"
kind = "train"
model = "llama-3.1-8b"
tokens = "100B"
sequence = 8192
global_batch = 128
[[job]]
name = "serve"
kind = "serve"
model = "llama-3.1-8b"
)";

Study study_of(const Catalog& catalog, const std::string& text = question, int threads = 1) {
    const Result<ScenarioText> read = parse_scenario(text, "scenario.toml");
    EXPECT_TRUE(read) << to_text(read.error());
    const Result<Scenario> scenario = resolve(*read, catalog);
    EXPECT_TRUE(scenario) << to_text(scenario.error());
    return run(*scenario, catalog, {.threads = threads, .flow_factories = 0});
}

double weight_of(const FactoryReport& report, std::string_view part, std::string_view figure) {
    for (const UsedFigure& used : report.rests_on) {
        if (used.part == part && used.figure == figure) return used.weight;
    }
    return 0;
}

TEST(Provenance, EveryKindOfFigureHasItsWeight) {
    const Study study = study_of(built_in_catalog());
    const FactoryReport& f = study.factories[0];
    for (const auto& [part, figure] : {std::pair{"chips/h100-sxm", "rate.bf16"},
                                       {"chips/h100-sxm", "memory.bandwidth"},
                                       {"servers/hgx-h100", "price.purchase"},
                                       {"servers/hgx-h100", "power.max"},
                                       {"prices/optics-400g", "price"},
                                       {"frameworks/megatron-core", "overlap.data"},
                                       {"bands/time-megatron-core", "high"},
                                       {"kernels/hopper", "gemm.bf16.peak_share"},
                                       {"sites/us", "pue"},
                                       {"prices/cost-of-capital", "ratio"}}) {
        EXPECT_GT(weight_of(f, part, figure), 0) << part << " " << figure;
    }
    EXPECT_TRUE(std::ranges::is_sorted(f.rests_on, std::greater{}, &UsedFigure::weight));
    // every dollar of a year that is a share of what servers cost, over all
    const auto part = [](const Ledger<Dollars>& ledger, std::string_view name) {
        const Ledger<Dollars>* found = find(ledger, name);
        return found == nullptr ? 0 : found->value.si();
    };
    const double equipment = f.capital.value.si() - part(f.capital, "building");
    const double servers =
        part(f.capital, "servers with chips") + part(f.capital, "storage and front end");
    const double carried = part(f.yearly, "depreciation of equipment") +
                           part(f.yearly, "staff and maintenance") +
                           part(f.yearly, "cost of capital") * equipment / f.capital.value.si();
    EXPECT_NEAR(weight_of(f, "servers/hgx-h100", "price.purchase"),
                servers / equipment * carried / f.yearly.value.si(), 2e-3);
    EXPECT_EQ(weight_of(f, "chips/h200-sxm", "rate.bf16"), 0);
}

/// Prices of both jobs as the report does them, on other figures.
std::vector<double> prices_on(const Catalog& catalog, const Study& study) {
    const Result<ScenarioText> read = parse_scenario(question, "scenario.toml");
    const Result<Scenario> scenario = resolve(*read, catalog);
    const Factory& factory = scenario->factories[0];
    const Dollars yearly = yearly_cost(factory.bill, scenario->sites.at(0).costs).value;
    const JobSite site{*scenario, catalog, factory, yearly, 1};
    std::vector<double> prices;
    for (std::size_t k = 0; k < scenario->jobs.size(); ++k) {
        const JobReport& report = study.factories[0].jobs[k];
        for (const double price : priced_again(site, scenario->jobs[k], report)) {
            prices.push_back(price);
        }
    }
    return prices;
}

/// What no figure of the list carries does not move the answer: the list leaves nothing out.
TEST(Provenance, NoOtherPartMovesTheAnswer) {
    const Study study = study_of(built_in_catalog());
    std::set<std::string> listed;
    for (const UsedFigure& used : study.factories[0].rests_on) {
        listed.insert(used.part + ":" + used.figure);
    }
    const std::vector<double> before = prices_on(built_in_catalog(), study);
    Catalog catalog = built_in_catalog();
    for_each_kind([&](const auto& kind) {  // a kind at a time, so that a failure has a name
        auto& parts = catalog.*kind.parts;
        const auto kept = parts;
        for (auto& part : parts) {
            const std::string name = std::string(kind.name) + "/" + part.id;
            for_each_cited(part, [&](const std::string& key, auto& figure, const Range& range) {
                if (listed.contains(name + ":" + key) || range.whole || !figure.known()) return;
                if constexpr (std::is_same_v<std::decay_t<decltype(figure.value)>, double>) {
                    figure.value *= 0.99;
                } else if constexpr (requires { figure.value.si(); }) {
                    figure.value = 0.99 * figure.value;
                }
            });
        }
        const std::vector<double> after = prices_on(catalog, study);
        ASSERT_EQ(before.size(), after.size());
        for (std::size_t i = 0; i < before.size(); ++i) {
            EXPECT_NEAR(after[i] / before[i], 1, 1e-6) << kind.name << ", price " << i;
        }
        parts = kept;
    });
}

TEST(Provenance, IsTheSameForAnyNumberOfThreads) {
    const Study one = study_of(built_in_catalog());
    const Study two = study_of(built_in_catalog(), question, 2);
    ASSERT_EQ(one.factories[0].rests_on.size(), two.factories[0].rests_on.size());
    for (std::size_t i = 0; i < one.factories[0].rests_on.size(); ++i) {
        EXPECT_EQ(one.factories[0].rests_on[i].weight, two.factories[0].rests_on[i].weight);
    }
}

TEST(Provenance, WeighsEstimatesAmongAll) {
    const Study study = study_of(built_in_catalog());
    const std::vector<UsedFigure>& figures = study.factories[0].rests_on;
    double all = 0;
    double estimates = 0;
    for (const UsedFigure& used : figures) {
        all += used.weight;
        if (used.source.grade == Grade::estimate) estimates += used.weight;
    }
    EXPECT_NEAR(study.estimate_share, estimates / all, 1e-12);
    EXPECT_GT(study.estimate_share, 0);
    EXPECT_LT(study.estimate_share, 1);
    EXPECT_EQ(estimate_share({}), 0);
}

TEST(Provenance, ListsSourcesOfCountsAndRulesWithoutAWeight) {
    const Study study = study_of(built_in_catalog());
    ASSERT_FALSE(study.sources.empty());
    double weighed = 0;
    for (const UsedSource& used : study.sources) weighed += used.weight;
    double figures = 0;
    for (const UsedFigure& used : study.factories[0].rests_on) figures += used.weight;
    EXPECT_NEAR(weighed, figures, 1e-9);
    const auto of_the_model = [](const UsedSource& used) {
        return used.source.id.starts_with("models/llama-3.1-8b/");
    };
    EXPECT_TRUE(std::ranges::any_of(study.sources, of_the_model));
}

TEST(Provenance, AFixedPriceOfEnergyRestsOnTheScenario) {
    const std::string own =
        std::string(question).replace(std::string(question).find("region = \"us\""), 13,
                                      "region = \"us\"\nenergy_price = \"0.05 USD/kWh\"");
    const Study study = study_of(built_in_catalog(), own);
    EXPECT_EQ(weight_of(study.factories[0], "sites/us", "energy_price"), 0);
    EXPECT_GT(weight_of(study_of(built_in_catalog()).factories[0], "sites/us", "energy_price"), 0);
}

TEST(Reach, FollowsNamesToTheirEnds) {
    const Catalog& catalog = built_in_catalog();
    PartIds reached;
    reach(catalog, part_named(catalog.servers, "hgx-h100"), reached);
    for (const auto& [kind, id] : {std::pair{"servers", "hgx-h100"},
                                   {"chips", "h100-sxm"},
                                   {"kernels", "hopper"},
                                   {"links", "nvlink-4"},
                                   {"collectives", "nvlink-4"}}) {
        EXPECT_TRUE(reached.contains({kind, id})) << kind << "/" << id;
    }
    EXPECT_FALSE(reached.contains({"servers", "hgx-h200"}));
}

}  // namespace TEST_FILE
}  // namespace millwright
