// Rules, their answers over time, frontiers and designs as text and JSON.
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/design_text.h"
#include "millwright/report/frontier_text.h"
#include "millwright/report/json_text.h"
#include "millwright/report/rules_check_text.h"
#include "millwright/report/rules_text.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
    std::istringstream in(line);
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

/// The words of the first line that begins with these letters.
Words line_with(const std::string& text, const std::string& begin) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(begin)) return words_of(line);
    }
    return {};
}

/// Thirty days, a column of the bar each: ten days free, a day asked, then denied.
RulesTimelineAnswer timeline_of_days() {
    RulesTimelineAnswer answer{"x to CN", on(2025, 1, 1), on(2025, 1, 31), {}};
    answer.entries = {
        {on(2025, 1, 1), made_verdict(VerdictTier::free, "NLR"), {}},
        {on(2025, 1, 11), made_verdict(VerdictTier::possible, "LIC"), {"r in force"}},
        {on(2025, 1, 12), made_verdict(VerdictTier::denied, "DENIED"), {"q ends", "s begins"}}};
    answer.entries[1].verdict.outcomes[0].conditions = "case by case";
    return answer;
}

TEST(TimelineText, BarsFillTheDaysOfEachAnswer) {
    const std::string text = timeline_text(timeline_of_days());
    const auto bar = [&](const char* from) { return line_with(text, from)[1]; };
    EXPECT_EQ(bar("2025-01-01"), std::string(10, '#') + std::string(20, '.'));
    EXPECT_EQ(bar("2025-01-11"), std::string(10, '.') + "#" + std::string(19, '.'));
    EXPECT_EQ(bar("2025-01-12"), std::string(11, '.') + std::string(19, '#'));
    EXPECT_EQ(line_with(text, "from"),
              (Words{"from", "2025", "to", "2025", "class", "US", "supply"}));
    EXPECT_TRUE(contains(text, "\n2025-01-11  as it is; case by case [r in force]\n"));
    EXPECT_TRUE(contains(text, "\n2025-01-12  as it is [q ends, s begins]\n"));
}

// a day of twenty years is less than a column, and the last day has no room behind it
TEST(TimelineText, AShortAnswerHasAColumnAtLeast) {
    RulesTimelineAnswer answer = timeline_of_days();
    answer.until = on(2045, 1, 1);
    answer.entries[2].from = on(2044, 12, 31);
    const std::string text = timeline_text(answer);
    EXPECT_EQ(line_with(text, "2025-01-01")[1], "#" + std::string(29, '.'));
    EXPECT_EQ(line_with(text, "2044-12-31")[1], std::string(29, '.') + "#");
}

TEST(TimelineText, SpansOfJsonLeaveNoGap) {
    const Json json = Json::parse(json_text(timeline_json(timeline_of_days())));
    EXPECT_EQ(json["since"], json["entries"][0]["from"]);
    for (std::size_t i = 1; i < json["entries"].size(); ++i) {
        EXPECT_EQ(json["entries"][i - 1]["until"], json["entries"][i]["from"]);
    }
    EXPECT_EQ(json["entries"].back()["until"], json["until"]);
    EXPECT_EQ(json["entries"][2]["events"], (Json{"q ends", "s begins"}));
    EXPECT_EQ(json["entries"][1]["verdict"]["us"], "LIC");
}

// What a rule's file says is told in both forms; the words of a scope are the same in both.
TEST(RuleText, OfEveryRuleTextAndJsonSayTheSame) {
    const Catalog& catalog = built_in_catalog();
    for (const Rule& rule : catalog.rules) {
        std::string text = join(words_of(rule_text(catalog, rule)), " ");
        const Json json = Json::parse(json_text(rule_json(catalog, rule)));
        EXPECT_TRUE(text.starts_with(rule.id + ": ")) << rule.id;
        ASSERT_EQ(json["events"].size(), rule.events.size());
        ASSERT_EQ(json["lines"].size(), rule.lines.size());
        ASSERT_EQ(json["answers"].size(), rule.requirements.size());
        for (const Json& event : json["events"]) {
            const std::string told =
                event["on"].get<std::string>() + " " + event["what"].get<std::string>();
            EXPECT_TRUE(contains(text, told)) << rule.id << ": " << told;
        }
        for (const Json& line : json["lines"]) {
            const std::string told = "class " + line["class"].get<std::string>() + " (" +
                                     line["paragraph"].get<std::string>() +
                                     "): " + line["when"].get<std::string>();
            EXPECT_TRUE(contains(text, join(words_of(told), " "))) << rule.id << ": " << told;
        }
        for (const Json& answer : json["answers"]) {
            const auto scope = answer["scope"].get<Words>();
            const std::string told = answer["answer"].get<std::string>() + ": " +
                                     answer["reason"].get<std::string>() + "; " +
                                     (scope.empty() ? "everybody" : join(scope, ", "));
            EXPECT_TRUE(contains(text, join(words_of(told), " "))) << rule.id << ": " << told;
        }
    }
}

TEST(RuleText, AScopeSaysWhatARowAsksInTheOrderOfPeople) {
    Rule rule = built_in_catalog().rules.front();
    Requirement ask;
    ask.verdict = {.value = "LIC", .given = true};
    ask.reason = "why";
    rule.requirements = {ask};
    const auto scope = [&] {
        return rule_json(built_in_catalog(), rule)["answers"][0]["scope"].get<Words>();
    };
    EXPECT_EQ(scope(), Words{});
    EXPECT_TRUE(contains(rule_text(built_in_catalog(), rule), "LIC: why; everybody\n"));
    Requirement& row = rule.requirements[0];
    row.to = {.value = {"CN", "MO"}, .given = true};
    row.except = {.value = {"HK"}, .given = true};
    row.classes.value = {"a", "b"};
    row.vendors = {"NVIDIA"};
    row.end_use = {EndUse::military};
    row.data_centre = {.value = false, .given = true};
    row.entity_listed = true;
    row.open_point = true;
    EXPECT_EQ(scope(), (Words{"class a or b", "not marketed for data centres", "made by NVIDIA",
                              "to CN, MO", "except HK", "for military use", "to a listed party",
                              "told as an open point, does not decide"}));
}

TEST(RulesCheckText, HeadlineSaysOnlyWhatDeparts) {
    RulesCheckAnswer answer;
    answer.verdict = made_verdict(VerdictTier::free, "NLR");
    answer.groups_note = "groups as of 2025";
    RuleQuery& q = answer.question.query;
    q.party.to = q.party.headquarters = "CN";
    q.date = on(2025, 3, 4);
    const auto head = [&] {
        const std::string text = check_text(answer);
        return text.substr(0, text.find('\n'));
    };
    EXPECT_EQ(head(), "a chip of these figures to CN, buyer headquartered in CN, 2025-03-04");
    q.chip.chip = "h20";
    q.known = on(2024, 1, 1);
    q.basis = Basis::text;
    q.without = {"r1", "r2"};
    EXPECT_EQ(head(),
              "h20 to CN, buyer headquartered in CN, 2025-03-04, as known on 2024-01-01, by the "
              "text, without r1, without r2");
}

TEST(RulesCheckText, ReadingsThatChangeNothingAreNamedInOneLine) {
    RulesCheckAnswer answer;
    answer.verdict = made_verdict(VerdictTier::free, "NLR");
    answer.groups_note = "groups";
    const auto switches = reading_switches();
    answer.readings = {
        {&switches[0], made_verdict(VerdictTier::denied, "DENIED"), exactly(2400), true},
        {&switches[1], answer.verdict, {100, 200}, false},
        {&switches[2], answer.verdict, exactly(1), false}};
    answer.readings[0].verdict.outcomes[0].cls = "3A090.a";
    const std::string text = join(words_of(check_text(answer)), " ");
    EXPECT_TRUE(contains(text, "--reading " + std::string(switches[0].name) + ": "));
    EXPECT_TRUE(contains(text, ": 3A090.a/DENIED no change by " + std::string(switches[1].name) +
                                   ", " + std::string(switches[2].name)));
    const Json json = Json::parse(json_text(check_json(answer)));
    EXPECT_EQ(json["readings"][0]["tpp"], 2400.0);
    EXPECT_EQ(json["readings"][0]["us"], "DENIED");
    EXPECT_EQ(json["readings"][0]["class"], "3A090.a");
    EXPECT_TRUE(json["readings"][1]["tpp"].is_null());
    EXPECT_TRUE(json["readings"][1]["class"].is_null());
    EXPECT_EQ(json["to"], json["destination"]);
}

TEST(RulesCheckText, AnOpenFigureHasItsBoundsAndNoneWhereThereIsNone) {
    RulesCheckAnswer answer;
    answer.verdict = made_verdict(VerdictTier::free, "NLR");
    answer.verdict.tests = {{.rule = "r", .value = exactly(5)},
                            {.rule = "r", .value = {1, 2}},
                            {.rule = "r", .value = {}}};
    const Json tests = Json::parse(json_text(check_json(answer)))["tests"];
    EXPECT_EQ(tests[0]["value"], 5.0);
    EXPECT_EQ(tests[1]["value"], (Json{1.0, 2.0}));
    EXPECT_EQ(tests[2]["value"], (Json{0.0, nullptr}));
}

TEST(RulesDiffText, ShowsBothDaysAndUsesThatAreNew) {
    RulesDiffAnswer answer{.party = {.to = "CN", .headquarters = "US"}};
    answer.before = on(2023, 1, 1);
    answer.after = on(2024, 1, 1);
    answer.uses = {"China"};
    answer.judged = 40;
    answer.later = 3;
    Verdict before = made_verdict(VerdictTier::free, "NLR");
    before.outcomes.push_back({.authority = "cn", .asks = AsksAbout::use, .code = "OPEN"});
    Verdict after = before;
    after.outcomes[0].code = "DENIED";
    after.outcomes[0].cls = "4A090.a";
    answer.changed = {{"x", before, after}, {"y", before, after}};
    answer.changed[1].after.outcomes[1].code = "HOLD";
    const std::string text = diff_text(answer);
    EXPECT_TRUE(
        text.starts_with("to CN, headquarters US: 2 of 40 chips change; 3 not sold by "
                         "then are left out\n\n"));
    EXPECT_EQ(line_with(text, "chip"),
              (Words{"chip", "2023-01-01", "2024-01-01", "China", "rule"}));
    EXPECT_EQ(line_with(text, "x"), (Words{"x", "NLR", "4A090.a/DENIED", "a-rule"}));
    EXPECT_EQ(line_with(text, "y"), (Words{"y", "NLR", "4A090.a/DENIED", "HOLD", "a-rule"}));
    const Json json = diff_json(answer);
    EXPECT_EQ(json[1]["before"]["cn"], "OPEN");
    EXPECT_EQ(json[1]["after"]["cn"], "HOLD");
}

FrontierStudy made_frontier() {
    FrontierStudy study{.name = "made", .job = "8B", .bounds = "60 MUSD of capital"};
    study.authorities = {"US"};
    study.holds = {"Chinese"};
    study.assumed = {"nothing else"};
    study.country_groups = "groups";
    FrontierReport r{.party = "China", .country = "CN", .headquarters = "CN"};
    const auto rate = [](double tokens) { return tokens * unit::token / unit::s; };
    r.factories = {{"fast", "f", 800, rate(4e6), rate(4e6), true, 10, 2.0 * unit::USD, rate(9e3),
                    rate(700), "tp8"},
                   {"slow", "s", 1600, rate(1e6), rate(1e6), true, 40, 8.0 * unit::USD, rate(3e3),
                    rate(200), "tp1"}};
    const FrontierBest fast{0, made_verdict(VerdictTier::free, "NLR")};
    const FrontierBest slow{1, made_verdict(VerdictTier::free, "NLR")};
    r.months = {{on(2023, 9, 1), {fast, fast, fast, std::nullopt}},
                {on(2023, 10, 1), {fast, std::nullopt, std::nullopt, std::nullopt}},
                {on(2023, 11, 1), {fast, slow, slow, std::nullopt}}};
    r.changes = {{on(2023, 10, 1), "fast", "", 0, "a rule closes f"},
                 {on(2023, 11, 1), "", "slow", 0, "s comes on sale"}};
    study.parties = {r};
    return study;
}

TEST(FrontierText, HasALineAChangeAndTheLastMonthSideBySide) {
    const std::string text = frontier_text(made_frontier());
    EXPECT_EQ(line_with(text, "2023-09"),
              (Words{"2023-09", "fast", "800", "4", "10.0", "100", "%", "the", "first", "month"}));
    EXPECT_EQ(line_with(text, "2023-10"), (Words{"2023-10", "none", "a", "rule", "closes", "f"}));
    // a million of the four that money could buy
    EXPECT_EQ(line_with(text, "2023-11"), (Words{"2023-11", "slow", "1600", "1", "40.0", "25", "%",
                                                 "s", "comes", "on", "sale"}));
    EXPECT_EQ(line_with(text, "unrestricted"),
              (Words{"unrestricted", "fast", "800", "4", "10.0", "2", "9000", "700", "NLR"}));
    EXPECT_EQ(line_with(text, "licensed"),
              (Words{"licensed", "slow", "1600", "1", "40.0", "8", "3000", "200", "NLR"}));
    EXPECT_EQ(line_with(text, "domestic"), Words{});
    EXPECT_TRUE(contains(text, "\nChina (to CN, headquarters CN)\n"));
}

TEST(FrontierText, JsonHasEveryMonthAndNullWhereThereIsNoBest) {
    const Json json = Json::parse(json_text(frontier_json(made_frontier())));
    const Json& china = json["parties"][0];
    ASSERT_EQ(china["months"].size(), 3U);
    EXPECT_EQ(china["months"][0]["month"], "2023-09");
    EXPECT_EQ(china["months"][2]["licensed"]["server"], "slow");
    EXPECT_EQ(china["months"][2]["licensed"]["trained_tokens_per_s"], 1e6);
    EXPECT_EQ(china["months"][2]["unrestricted"]["us"], "NLR");
    EXPECT_TRUE(china["months"][1]["licensed"].is_null());
    EXPECT_TRUE(china["months"][2]["domestic"].is_null());
    EXPECT_TRUE(china["changes"][0]["after"].is_null());
    EXPECT_TRUE(china["changes"][0]["ratio"].is_null());
    EXPECT_EQ(china["changes"][1]["why"], "s comes on sale");
}

TEST(DesignText, DesignsStandBesideWhatTheProcessCouldDo) {
    ChipDesignAnswer answer{.title = "a title"};
    answer.server = "hgx";
    answer.chips = 8;
    answer.groups_note = "groups";
    Design free{.shape = {1, 132, 6, 18, 814, 1}, .tokens = 4000, .found = true};
    free.facts.tpp = exactly(15832);
    free.facts.dram = exactly(4020);
    free.verdict = made_verdict(VerdictTier::denied, "DENIED");
    Design lawful = free;
    lawful.shape.matrix_share = 0.25;
    lawful.tokens = 1000;
    lawful.verdict = made_verdict(VerdictTier::free, "NLR");
    answer.free.best = {free, free, free};
    answer.sets = {{"in force", {.in_grid = 9, .judged = 8, .timed = 7}}};
    answer.sets[0].result.best = {lawful, lawful, Design{}};
    const std::string text = designs_text(answer);
    EXPECT_EQ(line_with(text, "rules").back(), "US");
    const Words row = line_with(text, "in force");
    EXPECT_EQ((Words{row.begin(), row.begin() + 8}),
              (Words{"in", "force", "decode", "1", "x", "814", "132", "x0.25"}));
    EXPECT_EQ((Words{row.end() - 4, row.end()}), (Words{"1000", "25", "%", "NLR"}));
    EXPECT_TRUE(contains(text, "in force  training  none\n"));
    EXPECT_TRUE(contains(text,
                         "\nin force: 9 designs, 8 judged, 7 timed\n  decode     as it is\n"
                         "  prefill    the same\n"));
    const Json json = Json::parse(json_text(designs_json(answer)));
    EXPECT_EQ(json["designs"][0]["rules"], "none");
    EXPECT_EQ(json["designs"][0]["decode"]["of_unrestricted"], 1.0);
    EXPECT_EQ(json["designs"][1]["decode"]["of_unrestricted"], 0.25);
    EXPECT_EQ(json["designs"][1]["judged"], 8);
    EXPECT_TRUE(json["designs"][1]["training"].is_null());
}

}  // namespace TEST_FILE
}  // namespace millwright
