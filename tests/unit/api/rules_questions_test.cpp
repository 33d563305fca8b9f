// Questions to the rules: tables that may be asked again, days in their order, names that are near.
#include <set>

#include <gtest/gtest.h>

#include "millwright/api/calibrate.h"
#include "millwright/api/design.h"
#include "millwright/api/rules.h"
#include "millwright/base/text.h"
#include "millwright/report/rules_check_text.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{};

WrittenQuestion written(const std::string& chip, const std::string& to) {
    WrittenQuestion q;
    q.values = {{"chip", chip}, {"destination", to}, {"headquarters", to}};
    return q;
}

// asked with the reading turned from the start, the answer is that effect
void expect_effect(const std::string& chip, const Date& day, const ReadingEffect& effect) {
    WrittenQuestion turned = written(chip, "CN");
    turned.values["reading"] = std::string(effect.reading->name);
    const auto asked = rules_check({turned, day}, setting);
    ASSERT_TRUE(asked) << to_text(asked.error());
    EXPECT_TRUE(same_codes(asked->verdict, effect.verdict)) << chip << effect.reading->name;
    EXPECT_EQ(asked->question.query.chip.tpp.low, effect.tpp.low) << chip << effect.reading->name;
}

TEST(RulesCheck, EachReadingIsTurnedByItself) {
    const Date day = on(2025, 6, 1);
    std::set<std::string_view> change;
    for (const Chip& chip : built_in_catalog().chips) {
        const auto answer = rules_check({written(chip.id, "CN"), day}, setting);
        ASSERT_TRUE(answer) << to_text(answer.error());
        ASSERT_EQ(answer->readings.size(), reading_switches().size());
        for (std::size_t i = 0; i < answer->readings.size(); ++i) {
            const ReadingEffect& effect = answer->readings[i];
            EXPECT_EQ(effect.reading, &reading_switches()[i]);
            EXPECT_EQ(effect.changes, !same_codes(effect.verdict, answer->verdict));
            expect_effect(chip.id, day, effect);
            if (effect.changes) change.insert(effect.reading->name);
        }
        EXPECT_EQ(answer->question.query.date, day);
    }
    // one that is off by default, and one that is on
    EXPECT_TRUE(change.contains("vectors"));
    EXPECT_TRUE(change.contains("no-consumer-letter")) << change.size();
}

TEST(RulesCheck, FaultsAreToldAtOnce) {
    WrittenQuestion bad = written("h2oo-not-there", "XYZ");
    bad.values["date"] = "yesterday";
    const auto answer = rules_check({bad, on(2024, 6, 1)}, setting);
    ASSERT_FALSE(answer);
    EXPECT_GE(answer.error().size(), 3U) << to_text(answer.error());
    for (const Fault& fault : answer.error()) EXPECT_FALSE(fault.hint.empty()) << fault.message;
}

const char* const questions =
    "chip,date,destination,headquarters,note\n"
    "h100-sxm,2024-01-01,CN,CN,first\n"
    "h20,2024-01-01,CN,CN,second\n"
    "h100-sxm,2024-01-01,DE,US,third\n";

// An answered table is a table of the same questions: asked again it is answered byte by byte so.
TEST(RulesTable, MayBeAskedAgainWithItsAnswersInIt) {
    const auto first = rules_table({parse_csv(questions, "q.csv").value()}, setting);
    ASSERT_TRUE(first) << to_text(first.error());
    const std::string text = table_csv(*first);
    const auto again = rules_table({parse_csv(text, "again.csv").value()}, setting);
    ASSERT_TRUE(again) << to_text(again.error());
    EXPECT_EQ(table_csv(*again), text);
    EXPECT_EQ(again->columns, first->columns);
    ASSERT_EQ(first->rows.size(), 3U);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(first->rows[static_cast<std::size_t>(i)].line, i + 2);
    }
    EXPECT_EQ(first->rows[0].cells.back(), "first");
}

TEST(RulesTable, ARowIsAnsweredAsTheQuestionByItself) {
    const auto table = rules_table({parse_csv(questions, "q.csv").value()}, setting);
    ASSERT_TRUE(table);
    for (const RulesTableRow& row : table->rows) {
        WrittenQuestion one = written(row.cells[0], row.cells[2]);
        one.values["headquarters"] = row.cells[3];
        const auto alone = rules_check({one, on(2024, 1, 1)}, setting);
        ASSERT_TRUE(alone) << to_text(alone.error());
        EXPECT_TRUE(same_codes(alone->verdict, row.verdict)) << row.line;
    }
}

TEST(RulesTable, FaultsOfAllRowsAreTold) {
    const auto answer =
        rules_table({parse_csv("chip,date,destination,headquarters\nh1oo,2024-01-01,CN,CN\n"
                               "h20,2024-13-01,CN,CN\nh20,2024-01-01,CN,QQQ\n",
                               "q.csv")
                         .value()},
                    setting);
    ASSERT_FALSE(answer);
    std::vector<int> lines;
    for (const Fault& fault : answer.error()) lines.push_back(fault.at.line);
    EXPECT_EQ(lines, (std::vector<int>{2, 3, 4})) << to_text(answer.error());
}

TEST(RulesTimeline, EveryDayIsAnsweredAsItsEntrySays) {
    const Date since = on(2022, 9, 1), until = on(2025, 9, 1);
    const auto answer = rules_timeline({written("h800-sxm", "CN"), since, until, since}, setting);
    ASSERT_TRUE(answer) << to_text(answer.error());
    EXPECT_EQ(answer->entries.front().from, since);
    EXPECT_TRUE(contains(answer->title, "H800 SXM5 to CN, headquarters CN")) << answer->title;
    for (std::size_t i = 0; i < answer->entries.size(); ++i) {
        const TimelineEntry& entry = answer->entries[i];
        const auto day = rules_check({written("h800-sxm", "CN"), entry.from}, setting);
        EXPECT_TRUE(same_codes(day->verdict, entry.verdict)) << to_text(entry.from);
        if (i == 0) continue;
        EXPECT_LT(answer->entries[i - 1].from, entry.from);
        const Date eve{std::chrono::sys_days(entry.from) - std::chrono::days(1)};
        const auto before = rules_check({written("h800-sxm", "CN"), eve}, setting);
        EXPECT_TRUE(same_codes(before->verdict, answer->entries[i - 1].verdict)) << to_text(eve);
    }
}

TEST(RulesTimeline, DaysThatAreNotInOrderAreAFault) {
    const Date day = on(2024, 1, 1);
    for (const Date& until : {day, on(2023, 12, 31)}) {
        const auto line = rules_timeline({written("h20", "CN"), day, until, day}, setting);
        ASSERT_FALSE(line);
        EXPECT_EQ(line.error().front().at.file, "--until");
        EXPECT_EQ(line.error().front().hint, "give a day after 2024-01-01");
        const auto diff = rules_diff({written("h20", "CN"), day, until, day}, setting);
        ASSERT_FALSE(diff);
        EXPECT_EQ(diff.error().front().at.file, "second day");
    }
}

TEST(RulesDiff, TellsEachChipWhoseAnswerChangedAndCountsAll) {
    const Date before = on(2023, 9, 1), after = on(2024, 1, 1);
    const auto answer = rules_diff({written("h20", "CN"), before, after, before}, setting);
    ASSERT_TRUE(answer) << to_text(answer.error());
    const auto& chips = built_in_catalog().chips;
    EXPECT_EQ(answer->judged + answer->later, chips.size());
    std::size_t changed = 0;
    for (const Chip& chip : chips) {
        const auto then = rules_check({written(chip.id, "CN"), before}, setting);
        const auto now = rules_check({written(chip.id, "CN"), after}, setting);
        if (now->verdict.supply >= Supply::not_yet) continue;
        if (same_codes(then->verdict, now->verdict)) continue;
        ASSERT_LT(changed, answer->changed.size()) << chip.id;
        EXPECT_EQ(answer->changed[changed++].chip, chip.id);
    }
    EXPECT_EQ(changed, answer->changed.size());
    EXPECT_GT(changed, 0U);
}

TEST(RulesExplain, ARuleThatThereIsNotHasThoseNear) {
    const Rule& rule = built_in_catalog().rules.front();
    EXPECT_EQ(rules_explain({rule.id}, setting)->rule.summary, rule.summary);
    const auto wrong = rules_explain({rule.id + "x"}, setting);
    ASSERT_FALSE(wrong);
    ASSERT_EQ(wrong.error().size(), 1U);
    EXPECT_TRUE(contains(wrong.error().front().hint, rule.id)) << wrong.error().front().hint;
}

TEST(Design, NamesThatTheCatalogLacksAreFaults) {
    ChipDesignQuestion q{.written = written("", "CN"), .today = on(2024, 1, 1)};
    q.process = "hopper-5n";
    q.model = "llama-3.1-8b";
    EXPECT_TRUE(contains(design_chip(q, setting).error().front().hint, "hopper-4n"));
    q.process = "hopper-4n";
    q.model = "llama-9";
    EXPECT_EQ(design_chip(q, setting).error().front().at.file, "--model");
    q.model = "llama-3.1-8b";
    q.raise = "no-rule";
    EXPECT_EQ(design_chip(q, setting).error().front().at.file, "--raise");
}

TEST(Calibrate, ATableWithTooLittleIsAFault) {
    const CsvTable empty = parse_csv("id,chip,kernel\n", "k.csv").value();
    const auto answer = calibrate({empty, {}}, setting);
    ASSERT_FALSE(answer);
    EXPECT_FALSE(answer.error().front().hint.empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
