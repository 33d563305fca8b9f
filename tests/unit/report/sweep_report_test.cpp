// What is said of a sweep: the ends of each path, the best point, who ranks best; files hold one
// answer, and names are text.
#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/csv.h"
#include "millwright/base/text.h"
#include "millwright/report/html.h"
#include "millwright/report/sweep_files.h"
#include "millwright/report/sweep_json.h"
#include "millwright/report/sweep_text.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

const SweepMetric& metric(std::string_view name) {
    return *std::ranges::find(sweep_metrics(), name, &SweepMetric::name);
}

/// Two factories of which the second is best from the second of three values on, and has no days at
/// the last.
SweepAnswer answered() {
    SweepAnswer a{.name = "t",
                  .factories = {"a, \"first\"", "b"},
                  .jobs = {"train"},
                  .kinds = {JobKind::train},
                  .of = {&metric("days"), &metric("power_w")}};
    a.over.push_back(
        {"factory/*.chips", Dimension{}, Spacing::geometric, {{"8", 8}, {"16", 16}, {"32", 32}}});
    for (std::size_t i = 0; i < 3; ++i) {
        const double days = 40.0 / static_cast<double>(i + 1);
        SweptPoint point{.at = {i}, .fault = "", .best = i == 0 ? 0U : 1U, .factories = {}};
        point.factories.push_back({i == 0 ? 1U : 2U, true, {{true, "", {days, 1000}}}});
        const bool late = i == 2;
        const std::optional<double> other =
            late ? std::nullopt : std::optional(1.5 * days - 10.0 * static_cast<double>(i));
        point.factories.push_back(
            {i == 0 ? 2U : 1U, true, {{!late, late ? "too late" : "", {other, 2000}}}});
        a.points.push_back(std::move(point));
    }
    return a;
}

TEST(SweepText, SaysEndsTheBestPointAndWhoRanksBest) {
    const std::string said = sweep_sentence(answered());
    for (const char* words :
         {"a, \"first\": days is 40 at factory/*.chips = 8 and 13.33 at 32; the least is 13.33 at "
          "factory/*.chips = 32.",
          "b: days is 60 at factory/*.chips = 8 and none at 32; the least is 20 at "
          "factory/*.chips = 16.",
          "Best-ranked along factory/*.chips: a, \"first\", from 16 on b."}) {
        EXPECT_TRUE(contains(said, words)) << said;
    }
    const std::string text = sweep_text(answered());
    EXPECT_TRUE(contains(text, "note: b at factory/*.chips = 32: too late")) << text;
    EXPECT_TRUE(contains(text, "1 kW")) << text;
}

TEST(SweepText, SaysWhatDoesNotMove) {
    SweepAnswer a = answered();
    a.of = {&metric("power_w")};
    for (SweptPoint& point : a.points) {
        point.best = 1;
        for (SweptFactory& factory : point.factories) factory.jobs[0].figures = {1000};
    }
    const std::string said = sweep_sentence(a);
    EXPECT_TRUE(contains(said, "b: power_w is 1 kW at every point.")) << said;
    EXPECT_TRUE(contains(said, "Best-ranked at every point: b.")) << said;
}

TEST(SweepText, ShowsNoMoreRowsThanFitAScreen) {
    SweepAnswer a = answered();
    const SweptPoint last = a.points.back();
    a.points.insert(a.points.end(), 20, last);
    EXPECT_TRUE(contains(sweep_text(a), "22 more rows: --out DIR writes all of them"));
}

TEST(SweepText, ShowsFiguresWithTheirUnits) {
    EXPECT_EQ(shown_figure(metric("mfu"), 0.4567), "45.7 %");
    EXPECT_EQ(shown_figure(metric("power_w"), 26.46e6), "26.46 MW");
    EXPECT_EQ(shown_figure(metric("days"), 64.53), "64.53");
    EXPECT_EQ(shown_figure(metric("output_tokens_per_s"), 5.6612e6), "5661200");
    EXPECT_EQ(shown_figure(metric("days"), std::nullopt), "-");
}

TEST(SweepFiles, HoldOneAnswer) {
    const SweepAnswer a = answered();
    std::vector<std::string> names;
    for (const auto& [name, text] : sweep_files(a)) names.push_back(name);
    EXPECT_EQ(names, sweep_file_names());
    const auto table = parse_csv(sweep_files(a).front().second, "sweep.csv").value();
    const Json json = sweep_json(a);
    ASSERT_EQ(table.rows.size(), json["rows"].size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const Json& row = json["rows"][i];
        EXPECT_EQ(cell(table, i, "factory"), row["factory"].get<std::string>());
        EXPECT_EQ(cell(table, i, "factory/*.chips"), row["values"][0].get<std::string>());
        EXPECT_EQ(cell(table, i, "days").empty(), row["days"].is_null());
        EXPECT_EQ(cell(table, i, "feasible"), row["feasible"].get<bool>() ? "true" : "false");
    }
    EXPECT_EQ(json["ranked_best"], Json({"a, \"first\"", "b", "b"}));
    EXPECT_TRUE(json["rows"][5]["days"].is_null());
}

TEST(SweepFiles, NamesAreTextInThePage) {
    SweepAnswer a = answered();
    a.factories[1] = "</script><b>";
    const std::string page = sweep_html(a);
    EXPECT_FALSE(contains(page, "</script><b>"));
    EXPECT_TRUE(contains(page, "3 points over factory/*.chips"));
}

TEST(SweepJson, ExplainsEveryMetric) {
    const std::vector<JsonObject> objects = sweep_objects();
    for (const SweepMetric& one : sweep_metrics()) {
        EXPECT_TRUE(std::ranges::any_of(objects.back().keys, [&](const auto& key) {
            return key.first == one.name;
        })) << one.name;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
