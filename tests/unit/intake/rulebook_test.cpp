// Rules as files: what-ifs, faults with their places, and many verdicts at once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/intake/question_table.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace TEST_FILE {

RuleQuery question(const Catalog& catalog, const char* chip, Date date) {
    RuleQuery query{.chip = chip_facts(catalog, part_named(catalog.chips, chip)), .date = date};
    query.party.to = query.party.headquarters = "CN";
    return query;
}

TEST(Rulebook, TakesAHypotheticalRule) {
    Catalog catalog = built_in_catalog();
    const std::string proposal = R"(
name = "a line on memory"
authority = "nobody"
citation = { is = "draft", from = "text" }
announced = 2026-03-01
confidence = "low"
summary = "memory of 3,000 GB/s and more"
hypothetical = true
[[event]]
on = 2026-04-01
what = "in force"
[[requirement]]
reason = "memory bandwidth"
when = ["dram >= 3000"]
to = ["d5"]
headquarters = ["d5"]
verdict = "LIC_POD"
[sources.text]
title = "draft"
publisher = "nobody"
grade = "estimate"
)";
    ASSERT_EQ(to_text(add_part(catalog, "rules", "X-1", proposal, "x-1.toml")), "");
    const Rulebook book = resolve_rulebook(catalog).value();
    RuleQuery query = question(catalog, "h100-sxm", on(2026, 4, 1));
    EXPECT_EQ(judge(book, query).of("us").code, "LIC_POD");
    EXPECT_EQ(judge(book, query).lead().rule, "X-1");
    query.date = on(2026, 3, 31);
    EXPECT_EQ(judge(book, query).of("us").code, "LIC_CBC");
}

TEST(Rulebook, FaultsHaveTheirPlace) {
    Catalog catalog = built_in_catalog();
    const std::string faulty = R"(name = "x"
authority = "x"
citation = { is = "x", from = "text" }
announced = 2026-03-01
confidence = "sure"
summary = "x"
[[line]]
paragraph = "p"
class = "3A090.a"
when = ["tpp > many", "speed >= 3", "tpp = 4"]
[sources.text]
title = "x"
publisher = "x"
grade = "estimate"
)";
    const std::string text = to_text(add_part(catalog, "rules", "X", faulty, "x.toml"));
    for (const char* part : {"x.toml:5:", "'many' is no number", "no figure is called 'speed'",
                             "'=' is no comparison"}) {
        EXPECT_TRUE(contains(text, part)) << text;
    }
    catalog.rules.push_back({.id = "Y"});
    catalog.rules.back().requirements.push_back({});
    catalog.rules.back().requirements.back().to.value = {"d9"};
    catalog.rules.back().requirements.back().charge = "bribe";
    const auto book = resolve_rulebook(catalog);
    ASSERT_FALSE(book);
    EXPECT_TRUE(contains(to_text(book.error()), "'d9' is neither a country nor a group"));
}

TEST(Questions, APrintedDensityAtALineMeetsIt) {
    const Catalog& catalog = built_in_catalog();
    const Rulebook book = resolve_rulebook(catalog).value();
    const auto class_of = [&](const std::string& tpp, const std::string& area,
                              const std::string& density) {
        const auto table = parse_csv(
            "chip,date,destination,dc_marketed,tpp,applicable_die_mm2,pd\n"
            "x,2024-06-01,CN,Y," +
                tpp + "," + area + "," + density + "\n",
            "t.csv");
        const auto question = question_of(*table, 0, catalog, book, QuestionTable::worked_cases);
        return judge(book, question.value()).lead().cls;
    };
    for (int tpp = 1600; tpp < 4800; ++tpp) {
        const std::string area = fmt::format("{:.7f}", tpp / 5.92);
        ASSERT_EQ(class_of(std::to_string(tpp), area, "5.9200"), "3A090.a") << tpp;
        ASSERT_EQ(class_of(std::to_string(tpp), "", "5.92"), "3A090.a") << tpp;
        ASSERT_EQ(class_of(std::to_string(tpp), "", "5.9199"), "3A090.b") << tpp;
    }
    EXPECT_EQ(class_of("4799", "812.02", ""), "3A090.b");
    EXPECT_EQ(class_of("2300", "", ""), "3A991.p");  // no die counts
}

TEST(Batch, AgreesWithOneAtATime) {
    const Catalog& catalog = built_in_catalog();
    const Rulebook rulebook = resolve_rulebook(catalog).value();
    std::vector<ChipFacts> chips;
    for (const Chip& chip : catalog.chips) chips.push_back(chip_facts(catalog, chip));
    std::vector<Date> days;
    for (int year = 2022; year <= 2026; ++year) {
        for (const unsigned month : {1U, 5U, 9U, 11U}) days.push_back(on(year, month, 16));
    }
    const std::vector<std::string> places{"CN", "MO", "RU", "AE", "MY", "DE", "CY", "US", "VN"};
    const auto all = judge_all(rulebook, chips, days, places);
    for (std::size_t c = 0; c < chips.size(); ++c) {
        for (std::size_t d = 0; d < days.size(); ++d) {
            for (std::size_t p = 0; p < places.size(); ++p) {
                RuleQuery query{.chip = chips[c], .date = days[d]};
                query.party.to = query.party.headquarters = places[p];
                const Verdict one = judge(rulebook, query);
                const ShortVerdict& many = all[(c * days.size() + d) * places.size() + p];
                const Authority& lead = rulebook.authorities.front();
                const std::string where = chips[c].chip + to_text(days[d]) + places[p];
                ASSERT_EQ(one.lead().code, verdict_code(lead, many.verdict)) << where;
                ASSERT_EQ(one.lead().cls, class_code(lead, many.cls)) << where;
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
