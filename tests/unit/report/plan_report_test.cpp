// Plans and parts of the catalog: text and JSON say what the answer says, and both the same.
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/json_text.h"
#include "millwright/report/part_list.h"
#include "millwright/report/plan_text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

const Setting setting{};

PlanQuestion question() {
    return {.model = "llama-3.2-1b",
            .server = "hgx-h100",
            .chips = 8,
            .global_batch = 64,
            .sequence = 4096};
}

TEST(PlanText, WhatWasAskedIsToldWithItsDefaults) {
    const Framework framework{.id = "nemo"};
    PlanQuestion q = question();
    const std::string site =
        "llama-3.2-1b on 8 chips of hgx-h100, rail-fat-tree, global batch 64, "
        "sequence 4096, ";
    EXPECT_EQ(asked_text(q, framework), site + "bf16, nemo, by time");
    q.chips = 1;
    q.precision = Precision::fp8;
    q.by_cost = true;
    q.tokens = 15e12 * unit::token;
    q.deadline = unit::day;
    EXPECT_EQ(asked_text(q, framework),
              "llama-3.2-1b on 1 chip of hgx-h100, rail-fat-tree, global batch 64, sequence 4096, "
              "fp8, nemo, by cost, 15 Ttokens in 1 day");
    q.deadline = 2.5 * unit::day;
    EXPECT_TRUE(asked_text(q, framework).ends_with(" in 2.5 days"));
}

// Of 16 layers adapters of rank 16: query and output 2,048 both ways, keys and values to 512, three
// matrices of the MLP between 2,048 and 8,192.
TEST(PlanText, AdaptersAreToldWithWhatTheyTrain) {
    PlanQuestion q = question();
    q.low_rank.rank = 16;
    const auto answer = plan(q, setting);
    ASSERT_TRUE(answer) << to_text(answer.error());
    EXPECT_TRUE(asked_text(q, answer->framework).starts_with("llama-3.2-1b (LoRA, rank 16) on 8 "));
    const double trained = 16 * 16 * (2 * (2 * 2048) + 2 * (2048 + 512) + 3 * (2048 + 8192));
    EXPECT_EQ(plan_answer_json(*answer, 0)["trainable_parameters"], trained);
    EXPECT_TRUE(contains(plan_answer_text(*answer, 1, 0), "trained: 11.27 million weights"));
    EXPECT_FALSE(contains(plan_answer_text(plan(question(), setting).value(), 1, 0), "trained: "));
}

TEST(PlanText, TheFrontIsToldAsFarAsAskedAndWholeInJson) {
    PlanQuestion q = question();
    q.tokens = 1e12 * unit::token;
    const auto answer = plan(q, setting);
    ASSERT_TRUE(answer) << to_text(answer.error());
    const std::size_t front = answer->found.pareto.size();
    ASSERT_GE(front, 2U);
    const auto rows = [&](std::size_t top) {
        const std::string text = plan_answer_text(*answer, top, 1.25);
        const std::size_t rule = text.find("\n------");
        const std::size_t begin = text.find('\n', rule + 1) + 1;
        const std::size_t end = text.find("$/Mtok: of a million", begin);
        return std::count(text.begin() + static_cast<std::ptrdiff_t>(begin),
                          text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    };
    EXPECT_EQ(rows(1), 1);
    EXPECT_EQ(rows(2), 2);
    EXPECT_EQ(rows(1000), static_cast<std::ptrdiff_t>(front));
    const Json json = Json::parse(json_text(plan_answer_json(*answer, 1.25)));
    ASSERT_EQ(json["best"].size(), front);
    EXPECT_EQ(json["seconds"], 1.25);
    EXPECT_EQ(json["asked"], asked_text(q, answer->framework));
    EXPECT_TRUE(json["fewest_chips"].is_null());
    for (std::size_t i = 0; i < front; ++i) {
        const Candidate& c = answer->found.pareto[i];
        const Json& best = json["best"][i];
        EXPECT_NEAR(best["step_s"].get<double>() / c.step.si(), 1, 1e-12);
        EXPECT_EQ(best["number"], c.number);
        EXPECT_EQ(best["plan"]["tensor"], c.plan.tensor);
        EXPECT_EQ(best["tensor"], c.plan.tensor);
        EXPECT_EQ(best["days"], answer->days(c));
        EXPECT_EQ(best["usd_per_million_tokens"], answer->per_million_tokens(c).si());
        EXPECT_EQ(best["late"], false);
    }
    const Json free = plan_answer_json(plan(question(), setting).value(), 0);
    EXPECT_TRUE(free["best"][0]["days"].is_null());
}

TEST(PlanText, WhatStandsInTheWayIsTold) {
    PlanQuestion q = question();
    q.model = "llama-3.1-405b";
    const auto large = plan(q, setting);
    ASSERT_TRUE(large);
    const std::string text = plan_answer_text(*large, 5, 0);
    EXPECT_TRUE(contains(text, "memory aside; none fits the memory; ")) << text;
    EXPECT_TRUE(contains(text, fmt::format("hold it are {}\n", large->fewest))) << text;
    EXPECT_EQ(plan_answer_json(*large, 0)["fewest_chips"], large->fewest);
    EXPECT_EQ(plan_answer_json(*large, 0)["feasible"], false);
    q = question();
    q.tokens = 15e12 * unit::token;
    q.deadline = unit::hour;
    const auto late = plan(q, setting);
    ASSERT_TRUE(late);
    EXPECT_TRUE(contains(plan_answer_text(*late, 5, 0), "no plan meets the deadline"));
}

TEST(PlanText, APinnedPlanThatDoesNotFitOrIsLateIsMarked) {
    PlanQuestion q = question();
    const PinTexts pins{{"tensor", "1"}, {"pipeline", "1"}, {"data", "8"}, {"sharding", "none"}};
    q.pins = read_pins(pins).value();
    q.model = "llama-3.1-8b";
    const auto large = plan(q, setting);
    ASSERT_TRUE(large) << to_text(large.error());
    ASSERT_FALSE(large->found.feasible);
    EXPECT_TRUE(contains(plan_answer_text(*large, 5, 0), "! more than the memory"));
    q.model = "llama-3.2-1b";
    q.tokens = 15e12 * unit::token;
    q.deadline = unit::hour;
    const auto late = plan(q, setting);
    ASSERT_TRUE(late) << to_text(late.error());
    EXPECT_TRUE(contains(plan_answer_text(*late, 5, 0), "* misses the deadline\n"));
    EXPECT_EQ(plan_answer_json(*late, 0)["best"][0]["late"], true);
}

TEST(PartList, OfEveryKindTextJsonAndIdsAreOfTheSameParts) {
    const Catalog& catalog = built_in_catalog();
    std::vector<std::string> kinds = part_kinds();
    kinds.emplace_back("topologies");
    for (const std::string& kind : kinds) {
        const ListAnswer answer = list({kind}, setting).value();
        const std::vector<std::string> ids = list_ids(answer);
        const Json json = Json::parse(json_text(list_json(answer, catalog)));
        ASSERT_EQ(json.size(), ids.size()) << kind;
        std::istringstream lines(list_text(answer));
        std::string line;
        std::getline(lines, line);
        EXPECT_TRUE(line.starts_with("id ")) << kind;
        std::getline(lines, line);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            EXPECT_EQ(json[i]["id"], ids[i]);
            ASSERT_TRUE(std::getline(lines, line)) << kind;
            EXPECT_TRUE(line.starts_with(ids[i] + " ")) << kind << ": " << line;
            EXPECT_LE(line.size(), report_width) << line;
        }
        EXPECT_FALSE(std::getline(lines, line)) << kind;
    }
}

/// The cells of a table's line by the widths of its rule.
std::vector<std::string> cells_of(const std::string& line, const std::string& rule) {
    std::vector<std::string> cells;
    for (std::size_t at = 0; at < rule.size() && at < line.size();) {
        const std::size_t width = std::min(rule.find(' ', at), rule.size()) - at;
        cells.emplace_back(trimmed(line.substr(at, width)));
        at += width + 2;
    }
    return cells;
}

// Of a figure the text prints four digits with a unit and JSON all in SI: they are one number.
TEST(PartText, AFigureIsTheSameInTextAndInJson) {
    const Catalog& catalog = built_in_catalog();
    std::size_t compared = 0;
    for (const char* kind : {"chips", "servers", "links", "switches", "sites"}) {
        const ListAnswer all = list({kind}, setting).value();
        for (const AnyPart& part : all.parts) {
            const Json json = Json::parse(json_text(part_json(part, catalog)));
            std::istringstream lines(part_text(part, catalog));
            std::string line, rule;
            while (std::getline(lines, rule) && !rule.starts_with("---")) {
            }
            while (std::getline(lines, line) && !line.empty()) {
                const auto cells = cells_of(line, rule);
                const Json& field = json[cells[0]];
                if (!field.is_object() || !field["value"].is_number()) continue;
                std::string why;
                const auto told = parse_quantity(cells[1], why);
                ASSERT_TRUE(told) << line << why;
                const double value = field["value"];
                EXPECT_NEAR(told->si, value, 6e-4 * std::abs(value)) << line;
                EXPECT_TRUE(cells[2].ends_with("(" + field["grade"].get<std::string>() + ")"));
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 200U);
}

TEST(PartText, EverySourceThatAFieldCitesIsListedBelow) {
    const Catalog& catalog = built_in_catalog();
    const auto h100 = show({"chip", "h100-sxm"}, setting);
    const std::string text = part_text(h100->part, catalog);
    const std::size_t below = text.find("\nsources\n");
    ASSERT_NE(below, std::string::npos);
    const Json json = part_json(h100->part, catalog);
    for (const auto& [key, field] : json.items()) {
        if (!field.is_object() || !field.contains("source")) continue;
        const std::string id = field["source"].get<std::string>();
        const std::string name = id.substr(id.find('/') + 1);
        EXPECT_NE(text.find("  " + name + " (", below), std::string::npos) << key << ": " << name;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
