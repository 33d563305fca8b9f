// Differences, checked files and traces as text and JSON, from answers made by hand.
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/compute/weights.h"
#include "millwright/report/check_text.h"
#include "millwright/report/compare_text.h"
#include "millwright/report/flow_text.h"
#include "millwright/report/json_text.h"
#include "millwright/report/trace.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

CompareAnswer made() {
    CompareAnswer answer{
        {"a.toml", "first", on(2025, 1, 1), ""}, {"", "second", on(2026, 2, 3), ""}, {}, {}, {}};
    constexpr Dimension dollars{.dollars = 1};
    answer.differences = {
        {"f", "", "capital", TermValue(2e9), TermValue(2.5e9), dollars},
        {"f", "j", "days", TermValue(40.0), TermValue(30.0), {}},
        {"f", "j", "bubble", TermValue(0.0), TermValue(2.0), {.seconds = 1}},
        {"f", "", "chip", TermValue("a-chip"), TermValue("b-chip"), {}},
        {"f", "j", "plan", TermValue("tp8 pp16 v6 cp4 dp128 mb1 and more"), TermValue(""), {}}};
    return answer;
}

TEST(CompareText, ShortTermsStandInATableAndLongOnesBelow) {
    EXPECT_EQ(compare_text(made()),
              "A  a.toml: first, rules of 2025-01-01\n"
              "B  second, rules of 2026-02-03\n"
              "\n"
              "factory  job  term          A         B   change\n"
              "-------  ---  -------  ------  --------  -------\n"
              "f             capital  2 GUSD  2.5 GUSD  +25.0 %\n"
              "f        j    days         40        30  -25.0 %\n"
              "f        j    bubble      0 s       2 s\n"
              "f             chip     a-chip    b-chip\n"
              "\n"
              "f, j: plan\n"
              "  A  tp8 pp16 v6 cp4 dp128 mb1 and more\n"
              "  B  -\n");
}

TEST(CompareText, TwentyEightLettersAreTheMostOfATable) {
    CompareAnswer answer = made();
    answer.differences = {{"f", "", "t", TermValue(std::string(28, 'x')), TermValue("y"), {}}};
    EXPECT_FALSE(contains(compare_text(answer), "\nf: t\n"));
    answer.differences = {{"f", "", "t", TermValue("y"), TermValue(std::string(29, 'x')), {}}};
    EXPECT_TRUE(contains(compare_text(answer), "\nf: t\n  A  y\n"));
    EXPECT_FALSE(contains(compare_text(answer), "factory"));
}

TEST(CompareText, WhereNothingDiffersThatIsSaid) {
    CompareAnswer answer = made();
    answer.differences.clear();
    EXPECT_TRUE(compare_text(answer).ends_with("\n\nno difference in what both have\n"));
    EXPECT_EQ(compare_json(answer)["differences"], Json::array());
}

TEST(CompareText, AFigureThatIsNoneIsUnknown) {
    CompareAnswer answer = made();
    answer.differences = {{"f", "", "t", TermValue(HUGE_VAL), TermValue(4.0), {.seconds = 1}}};
    EXPECT_TRUE(contains(compare_text(answer), "unknown  4 s"));
    const Json json = Json::parse(json_text(compare_json(answer)));
    EXPECT_TRUE(json["differences"][0]["a"].is_null());
}

TEST(CompareText, JsonHasNumbersOfSiAndSharesForChanges) {
    const Json json = Json::parse(json_text(compare_json(made())));
    EXPECT_EQ(
        json["a"],
        (Json{{"file", "a.toml"}, {"name", "first"}, {"date", "2025-01-01"}, {"factory", ""}}));
    EXPECT_EQ(json["b"]["file"], "");
    ASSERT_EQ(json["differences"].size(), 5U);
    EXPECT_EQ(json["differences"][0], (Json{{"factory", "f"},
                                            {"job", ""},
                                            {"term", "capital"},
                                            {"a", 2e9},
                                            {"b", 2.5e9},
                                            {"change", 0.25}}));
    EXPECT_EQ(json["differences"][1]["change"], -0.25);
    EXPECT_TRUE(json["differences"][2]["change"].is_null());
    EXPECT_EQ(json["differences"][3]["a"], "a-chip");
    EXPECT_TRUE(json["differences"][3]["change"].is_null());
}

TEST(CheckText, ASoundFileIsALineAndAModelWhatItsReaderAssumed) {
    CheckAnswer answer{.what = "fabric, tree"};
    EXPECT_EQ(check_text("a.toml", answer), "a.toml: ok, fabric, tree\n");
    answer.model = part_named(built_in_catalog().models, "llama-3.1-8b");
    answer.model->caveats = {"no biases are read"};
    EXPECT_EQ(check_text("m", answer), "m: ok, fabric, tree\n  note: no biases are read\n");
    const Json json = check_json("m", answer);
    EXPECT_EQ(json["ok"], true);
    EXPECT_EQ(json["caveats"], (Json{"no biases are read"}));
    // 8.03 billion by the model's own card
    EXPECT_NEAR(json["parameters"].get<double>(), 8.03e9, 0.005e9);
    EXPECT_EQ(json["parameters"], json["active_parameters"]);
    EXPECT_EQ(json["extra_parameters"], 0.0);
}

TEST(CheckText, AFaultyOneHasItsPlacesAndHints) {
    const Result<CheckAnswer> answer = failure(
        Faults{{{"s.toml", 3, 7}, "no chip", "did you mean 'x'?"}, {{"s.toml", 0, 0}, "late", ""}});
    const Json json = Json::parse(json_text(check_json("s.toml", answer)));
    EXPECT_EQ(json, (Json{{"path", "s.toml"},
                          {"ok", false},
                          {"what", ""},
                          {"faults",
                           {{{"file", "s.toml"},
                             {"line", 3},
                             {"column", 7},
                             {"message", "no chip"},
                             {"hint", "did you mean 'x'?"}},
                            {{"file", "s.toml"},
                             {"line", 0},
                             {"column", 0},
                             {"message", "late"},
                             {"hint", ""}}}}}));
}

TEST(FlowText, WhatWasNotRunSaysWhy) {
    const FlowCheck check{.why_not = "too many flows"};
    EXPECT_EQ(flow_check_text(check), "by flows: not checked, too many flows\n");
    EXPECT_EQ(flow_check_json(check), (Json{{"done", false}, {"why_not", "too many flows"}}));
}

// 4 s by formula, 5 s alone, 6 s shared: ratios of 1.25, 1.2 and 1.5
TEST(FlowText, RatiosAreOfWhatCameBefore) {
    FlowCheck check{.done = true, .micro_batches = 8};
    check.closed = 4 * unit::s;
    check.alone = 5 * unit::s;
    check.shared = 6 * unit::s;
    check.traffic = {{Traffic::data, 2, 4 * unit::s, 6 * unit::s}};
    check.tiers = {{"leaf", 16, 0.25, 0.5}};
    check.hot = {{"a to b", 0.5}};
    const Json json = Json::parse(json_text(flow_check_json(check)));
    EXPECT_NEAR(json["timeline_over_formula"].get<double>(), 0.25, 1e-12);
    EXPECT_NEAR(json["sharing"].get<double>(), 0.2, 1e-12);
    EXPECT_NEAR(json["flows_over_formula"].get<double>(), 0.5, 1e-12);
    EXPECT_EQ(json["disagreement"], json["sharing"]);
    EXPECT_EQ(json["traffic"][0]["shared_s"], 6.0);
    EXPECT_EQ(json["tiers"][0]["most_load"], 0.5);
    EXPECT_EQ(json["hot_links"][0]["link"], "a to b");
    const std::string text = flow_check_text(check);
    EXPECT_TRUE(contains(text, "(+25.0 % over the formula)")) << text;
    EXPECT_TRUE(contains(text, "data             2    2 s     3 s  +50.0 %")) << text;
    EXPECT_TRUE(contains(text, "leaf     16       25 %          50 %")) << text;
    EXPECT_TRUE(contains(text, "a to b    50 %")) << text;
}

TEST(Trace, HasASliceATaskAndAThreadAStageInMicroseconds) {
    const std::vector<Task> tasks{{TaskKind::forward, 0, 3, 1, 1 * unit::ms, 2 * unit::ms},
                                  {TaskKind::forward, 1, 3, 0, 3 * unit::ms, 2 * unit::ms},
                                  {TaskKind::data, 1, 0, 0, 5 * unit::ms, 7 * unit::us}};
    const std::vector<LayerTask> layers{{"dense", "norm", Seconds{}, 1 * unit::us},
                                        {"experts", "route", Seconds{}, 2 * unit::us},
                                        {"dense", "gemm", 1 * unit::us, 4 * unit::us}};
    const Json json = Json::parse(trace_json(tasks, layers, "a \"title\""));
    EXPECT_EQ(json["displayTimeUnit"], "ms");
    std::vector<Json> slices, names;
    for (const Json& event : json["traceEvents"]) {
        (event["ph"] == "X" ? slices : names).push_back(event);
    }
    ASSERT_EQ(slices.size(), 6U);
    EXPECT_EQ(slices[0]["tid"], 0);
    EXPECT_EQ(slices[0]["args"], (Json{{"micro_batch", 3}, {"chunk", 1}}));
    EXPECT_NEAR(slices[0]["ts"].get<double>(), 1000, 1e-9);
    EXPECT_NEAR(slices[0]["dur"].get<double>(), 2000, 1e-9);
    EXPECT_EQ(slices[2]["args"], Json::object());
    EXPECT_EQ(slices[2]["name"], name_of(TaskKind::data));
    EXPECT_EQ(slices[3]["pid"], 2);
    EXPECT_EQ(slices[3]["tid"], slices[5]["tid"]);
    EXPECT_NE(slices[3]["tid"], slices[4]["tid"]);
    // process, stages 0 and 1, process of layers, two kinds of layers
    ASSERT_EQ(names.size(), 6U);
    EXPECT_EQ(names[0]["args"]["name"], "a \"title\"");
    EXPECT_EQ(names[2]["args"]["name"], "stage 1");
    const Json none = Json::parse(trace_json({}, {}, "nothing"));
    EXPECT_EQ(none["traceEvents"].size(), 1U);
}

}  // namespace TEST_FILE
}  // namespace millwright
