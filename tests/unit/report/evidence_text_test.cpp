// Measurements against predictions as text and JSON, from answers made by hand.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/report/evidence_text.h"
#include "millwright/report/json_text.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

Validation made() {
    Validation v;
    ValidatedRow good{
        .id = "r1", .metric = "step_s", .predicted = 11, .measured = 10, .error = 0.1};
    good.terms = {{"compute", 8}, {"bubble", 3}};
    good.defaults = {"micro_batch"};
    good.band = "time-nemo";
    good.low = 9;
    good.high = 12;
    ValidatedRow bad{.id = "r2", .metric = "step_s", .measured = 5, .skipped = "no model 'x'"};
    v.rows = {good, bad};
    v.group_by = {"chip"};
    ErrorFigures figures{1, 1, 0.1, 0.1, 0.1, 0.1, 1, {}, {}};
    v.groups = {{"chip=h100", {"h100"}, "step_s", figures}};
    v.summary = figures;
    return v;
}

TEST(EvidenceText, GroupsHaveALineInPercentAndAllComeLast) {
    const std::string text = validation_text(made(), false);
    EXPECT_TRUE(
        text.starts_with("chip  metric  rows  skipped  median %  mean %  90th %  bias %  band %\n"
                         "----  ------  ----  -------  --------  ------  ------  ------  ------\n"
                         "h100  step_s     1        1      10.0    10.0    10.0    10.0   100.0\n"
                         "all              1        1      10.0    10.0    10.0    10.0   100.0\n"))
        << text;
    EXPECT_TRUE(text.ends_with("\n  skipped 1: no model 'x'\n")) << text;
    EXPECT_FALSE(contains(text, "printed  error"));
}

TEST(EvidenceText, WithRowsEveryRowStandsAboveThem) {
    const std::string text = validation_text(made(), true);
    EXPECT_TRUE(
        text.starts_with("row  metric  predicted  printed  error %  skipped\n"
                         "---  ------  ---------  -------  -------  ------------\n"
                         "r1   step_s         11       10    +10.0\n"
                         "r2   step_s          -        5        -  no model 'x'\n"
                         "\n"
                         "chip  metric"))
        << text;
}

TEST(EvidenceText, ErrorsOfNoRowsAreDashes) {
    Validation v = made();
    v.rows.erase(v.rows.begin());
    v.groups.clear();
    v.summary = {.skipped = 1};
    const std::string text = validation_text(v, false);
    EXPECT_TRUE(contains(text, "all              0        1         -       -       -       -"))
        << text;
    EXPECT_TRUE(contains(text, "No row can be predicted.\n"));
}

TEST(EvidenceText, TheEightMostFrequentReasonsAreTold) {
    Validation v;
    for (int reason = 0; reason < 10; ++reason) {
        for (int k = 0; k <= reason; ++k) {
            v.rows.push_back(
                {.id = "r", .skipped = "reason " + std::string(1, "abcdefghij"[reason])});
        }
    }
    const std::string text = validation_text(v, false);
    EXPECT_TRUE(contains(text, "  skipped 10: reason j\n  skipped 9: reason i\n")) << text;
    EXPECT_TRUE(contains(text, "  skipped 3: reason c\n  and for 2 reasons more\n")) << text;
}

TEST(EvidenceText, LayoutsOfASweepAreRankedInATableOfTheirOwn) {
    Validation v = made();
    ErrorFigures layout = v.summary;
    layout.rank_correlation = 0.75;
    layout.regret = 0.021;
    v.summary = layout;
    v.groups.push_back({"layout=8B on 64 h100", {}, "tokens", layout});
    const std::string text = validation_text(v, false);
    EXPECT_TRUE(contains(text,
                         "layouts of     rank correlation  regret %\n"
                         "-------------  ----------------  --------\n"
                         "8B on 64 h100             0.750       2.1\n"
                         "mean                      0.750       2.1\n"))
        << text;
    EXPECT_TRUE(contains(text, "10.0    10.0    10.0    10.0   100.0\nall  "))
        << text;  // and no line among the groups
    const Json json = validation_json(v);
    EXPECT_EQ(json["summary"]["rank_correlation"], 0.75);
    EXPECT_FALSE(json["groups"][0].contains("regret"));
    EXPECT_EQ(json["groups"][1]["regret"], 0.021);
}

TEST(EvidenceText, JsonHasAllRowsAndErrorsAsShares) {
    const Json json = Json::parse(json_text(validation_json(made())));
    const Json& good = json["rows"][0];
    EXPECT_EQ(good["error"], 0.1);
    EXPECT_EQ(good["terms"], (Json{{"compute", 8.0}, {"bubble", 3.0}}));
    EXPECT_EQ(good["low"], 9.0);
    EXPECT_EQ(good["band"], "time-nemo");
    EXPECT_TRUE(good["skipped"].is_null());
    const Json& bad = json["rows"][1];
    EXPECT_EQ(bad["measured"], 5.0);
    EXPECT_EQ(bad["skipped"], "no model 'x'");
    for (const char* key : {"predicted", "error", "low", "high"}) {
        EXPECT_TRUE(bad[key].is_null()) << key;
    }
    EXPECT_EQ(json["groups"][0]["by"], "chip=h100");
    EXPECT_EQ(json["summary"]["coverage"], 1.0);
    EXPECT_FALSE(json["summary"].contains("regret"));
}

RulesValidation made_cases() {
    RulesValidation v;
    v.rows = {{"c1", "3A090.a/LIC", "3A090.a/LIC", "", "high", "r", "as asked"},
              {"c2", "NLR", "3A090.b/DENIED", "", "low", "", "below"},
              {"c3", "", "NLR", "no chip 'x'", "low", "", ""}};
    v.groups = {{"high", 1, 0, 1}, {"low", 1, 1, 0}};
    v.summary = {"", 2, 1, 1};
    return v;
}

TEST(EvidenceText, OfRulesTheCasesThatDifferAreShown) {
    const std::string counts =
        "group            rows  skipped  right\n"
        "---------------  ----  -------  -----\n"
        "confidence=high     1        0      1\n"
        "confidence=low      1        1      0\n"
        "all                 2        1      1\n";
    EXPECT_EQ(validation_text(made_cases(), false),
              "row  judged   expected                 reason\n"
              "---  -------  --------------  -------  -----------\n"
              "c2   NLR      3A090.b/DENIED  differs  below\n"
              "c3   skipped  NLR             differs  no chip 'x'\n"
              "\n" +
                  counts);
    RulesValidation right = made_cases();
    right.rows.resize(1);
    EXPECT_EQ(validation_text(right, false), counts);
    EXPECT_TRUE(contains(validation_text(right, true), "c1   3A090.a/LIC  3A090.a/LIC"));
}

TEST(EvidenceText, ARowOfRulesHasTheKeysOfAMeasuredOne) {
    const Json json = validation_json(made_cases());
    for (const Json& row : json["rows"]) {
        for (const char* key : {"error", "low", "high"}) EXPECT_TRUE(row[key].is_null()) << key;
        EXPECT_EQ(row["metric"], "verdict");
    }
    EXPECT_EQ(json["rows"][0]["right"], true);
    EXPECT_EQ(json["rows"][1]["right"], false);
    EXPECT_TRUE(json["rows"][2]["predicted"].is_null());
    EXPECT_EQ(json["rows"][2]["right"], false);
    EXPECT_EQ(json["summary"], (Json{{"count", 2}, {"skipped", 1}, {"right", 1}}));
}

TEST(EvidenceText, AFitOfKernelsHasALineAFigure) {
    CalibrateAnswer answer;
    answer.kernels =
        KernelCalibration{.fits = {{"hopper", "h100-sxm", "gemm.bf16", 12, 0.05, 0.2}}};
    const std::string table =
        "family  chip      figures    rows  median %  90th %\n"
        "------  --------  ---------  ----  --------  ------\n"
        "hopper  h100-sxm  gemm.bf16    12       5.0    20.0\n";
    EXPECT_EQ(calibration_text(answer), table);
    answer.kernels->skipped = 3;
    EXPECT_EQ(calibration_text(answer), table + "3 rows could not be used\n");
    EXPECT_EQ(calibration_json(answer)["fits"][0]["p90_abs_error"], 0.2);
    EXPECT_EQ(calibration_json(answer)["skipped"], 3);
}

TEST(EvidenceText, AFactorThatRunsDoNotTellIsADash) {
    CalibrateAnswer answer;
    answer.runs = RunCalibration{.runs = 2, .skipped = 2, .error_before = 0.5, .error_after = 0.1};
    answer.runs->factors = {{"overlap.data", true, 1.5, 1.25, 2},
                            {"overlap.tensor", false, 1, 1, 1}};
    answer.runs->reasons = {{"no chips", 2}};
    const std::string text = calibration_text(answer);
    EXPECT_TRUE(
        text.starts_with("factor          value    low   high\n"
                         "--------------  -----  -----  -----  ------------------------------\n"
                         "overlap.data    1.500  1.250  2.000\n"
                         "overlap.tensor      -      -      -  not identified, left as it was\n"
                         "2 runs, 2 skipped; median error 50.0 % before, 10.0 % after\n"
                         "  skipped 2: no chips\n"))
        << text;
    EXPECT_FALSE(contains(text, "fewer"));
    answer.runs->factors[1].identified = true;
    EXPECT_FALSE(contains(calibration_text(answer), "fewer"));
    answer.runs->factors.push_back({"overlap.expert", true, 1, 1, 1});
    EXPECT_TRUE(contains(calibration_text(answer), "2 runs are fewer than the 3 factors"));
    const Json json = calibration_json(answer);
    EXPECT_EQ(json["factors"][0]["high"], 2.0);
    EXPECT_EQ(json["skipped_reasons"], (Json{{"no chips", 2}}));
    EXPECT_EQ(json["median_abs_error_after"], 0.1);
}

}  // namespace TEST_FILE
}  // namespace millwright
