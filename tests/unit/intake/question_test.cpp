// Questions to the export rules as written: each field under all of its names, what it may hold,
// what stands in; tables as CSV and as JSON.
#include "millwright/intake/question.h"

#include <gtest/gtest.h>

#include <set>

#include "millwright/base/text.h"
#include "millwright/intake/question_table.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

const Rulebook& book() {
    static const Rulebook rules = resolve_rulebook(catalog()).value();
    return rules;
}

WrittenQuestion written(std::map<std::string, std::string, std::less<>> values) {
    WrittenQuestion w;
    for (const auto& [name, text] : values) w.places[name] = {"--" + name, 0, 0};
    w.values = std::move(values);
    return w;
}

Question asked(std::map<std::string, std::string, std::less<>> values) {
    values.emplace("chip", "h20");
    const auto question = question_from(written(values), catalog(), book(), on(2026, 2, 1));
    EXPECT_TRUE(question) << (question ? "" : to_text(question.error()));
    return question ? *question : Question{};
}

std::string told(std::map<std::string, std::string, std::less<>> values) {
    values.emplace("chip", "h20");
    const auto question = question_from(written(values), catalog(), book(), on(2026, 2, 1));
    return question ? "" : to_text(question.error());
}

TEST(QuestionFields, AreFoundUnderEachOfTheirNamesAndUnderNoOther) {
    std::set<std::string_view> names;
    for (const QuestionField& f : question_fields()) {
        for (const std::string_view name : {f.name, f.alias, f.old}) {
            if (name.empty()) continue;
            EXPECT_TRUE(names.insert(name).second) << name;
            EXPECT_EQ(question_field(name), &f) << name;
            std::string dashed(name);
            std::ranges::replace(dashed, '_', '-');
            EXPECT_EQ(question_field(dashed), &f) << dashed;
        }
        EXPECT_FALSE(f.help.empty()) << f.name;
        EXPECT_LE(f.low, f.high) << f.name;
    }
    EXPECT_EQ(question_field(""), nullptr);
    EXPECT_EQ(question_field("colour"), nullptr);
    EXPECT_EQ(question_names().size(), question_fields().size());
}

TEST(Questions, WhatIsLeftOutStandsInAndIsTold) {
    const Question q = asked({});
    EXPECT_EQ(q.query.party.to, "CN");
    EXPECT_EQ(q.query.party.headquarters, "CN");
    EXPECT_EQ(q.query.party.from, "US");
    EXPECT_EQ(q.query.party.quantity, 1);
    EXPECT_EQ(q.query.party.state_funded, Truth::unknown);
    EXPECT_EQ(q.query.date, on(2026, 2, 1));
    EXPECT_EQ(q.packages_per_board, 8);
    ASSERT_EQ(q.assumed.size(), 2U);
    EXPECT_EQ(q.assumed[0], "the buyer's headquarters are in CN");
    EXPECT_EQ(q.assumed[1], "the day is 2026-02-01");
    const Question said = asked({{"destination", "DE"}, {"date", "2024-01-31"}});
    EXPECT_EQ(said.query.party.headquarters, "DE");
    EXPECT_EQ(said.query.date, on(2024, 1, 31));
    EXPECT_EQ(asked({{"headquarters", "US"}, {"date", "2024-01-31"}}).assumed.size(), 0U);
}

TEST(Questions, WordsForYesAndNoAreOfTablesAndFlagsAlike) {
    for (const char* yes : {"y", "Y", "yes", "YES", "true", "1"}) {
        EXPECT_TRUE(asked({{"entity_listed", yes}}).query.party.entity_listed) << yes;
        EXPECT_EQ(asked({{"state_funded", yes}}).query.party.state_funded, Truth::yes) << yes;
    }
    for (const char* no : {"n", "No", "false", "0"}) {
        EXPECT_FALSE(asked({{"entity_listed", no}}).query.party.entity_listed) << no;
        EXPECT_EQ(asked({{"state_funded", no}}).query.party.state_funded, Truth::no) << no;
    }
    for (const char* open : {"?", "unknown"}) {
        EXPECT_EQ(asked({{"state_funded", open}}).query.party.state_funded, Truth::unknown);
        EXPECT_TRUE(contains(told({{"entity_listed", open}}), "is neither Y nor N")) << open;
    }
}

TEST(Questions, FiguresThatAreWrittenGoBeforeTheCatalogs) {
    const ChipFacts own = asked({}).query.chip;
    const ChipFacts facts =
        asked({{"tpp", "5000"}, {"density", "2.5"}, {"dram", "100"}}).query.chip;
    EXPECT_EQ(facts.tpp.low, 5000);
    EXPECT_NEAR(facts.area.low, 2000, 1e-9);
    EXPECT_EQ(facts.dram.low, 100);
    EXPECT_EQ(facts.io.low, own.io.low);
    EXPECT_EQ(facts.vendor, own.vendor);
    // no die counts: there is no density
    EXPECT_TRUE(asked({{"area", "0"}}).query.chip.planar);
    EXPECT_FALSE(own.planar);
    // a maker of the catalog says who designs, however it is spelled
    const ChipFacts huawei = asked({{"vendor", "HUAWEI"}}).query.chip;
    EXPECT_EQ(huawei.designed_in, "CN");
    EXPECT_EQ(huawei.vendor, chip_of_maker(catalog(), "huawei")->vendor);
    EXPECT_EQ(asked({{"vendor", "Nobody"}}).query.chip.designed_in, own.designed_in);
    EXPECT_EQ(chip_of_maker(catalog(), ""), nullptr);
}

struct Refused {
    const char *field, *value, *message, *hint;
};

constexpr Refused refused[] = {
    {"chip", "h200000", "no chip 'h200000' in the catalog", "or give tpp and the other figures"},
    {"designed_in", "xx", "'xx' is not a country code", ""},
    {"destination", "China", "'China' is not a country code", ""},
    {"headquarters", "cn", "'cn' is not a country code", ""},
    {"tpp", "many", "'many' is no number of zero or more", "at most 1000000000"},
    {"tpp", "-1", "'-1' is no number of zero or more", "leave it out where it is not known"},
    {"dram", "2e9", "'2e9' is no number", "at most 1000000000"},
    {"io", "inf", "'inf' is no number", "at most"},
    {"planar", "maybe", "'maybe' is neither Y nor N", "planar is yes or no"},
    {"data_centre", "maybe", "'maybe' is neither Y nor N", "data_centre is yes, no or unknown"},
    {"date", "2026-02-30", "'2026-02-30' is no date", "date is a day such as 2026-02-01"},
    {"known", "soon", "'soon' is no date", "known is a day such as"},
    {"end_use", "games", "'games' is no end use", "commercial, supercomputer or military"},
    {"reading", "loose", "no reading is called 'loose'", "there are "},
    {"without", "R99", "no rule 'R99'", "`millwright list rules` shows all"},
    {"special_flag", "extra", "no special_flag is called 'extra'", "entity, super, gp10"},
};

TEST(Questions, FieldsAreRefusedAtTheirFlagWithAHint) {
    for (const Refused& c : refused) {
        const std::string faults = told({{c.field, c.value}});
        EXPECT_TRUE(faults.starts_with(std::string("--") + c.field + ": error: ")) << faults;
        EXPECT_TRUE(contains(faults, c.message)) << faults;
        EXPECT_TRUE(contains(faults, std::string("hint: ") + c.hint) || contains(faults, c.hint))
            << faults;
        EXPECT_EQ(std::ranges::count(faults, '\n'), 2) << faults;
    }
    const std::string both = told({{"from", "DE"}, {"exported_from_us", "N"}});
    EXPECT_TRUE(contains(both, "from and exported_from_us both say where")) << both;
    EXPECT_EQ(asked({{"exported_from_us", "N"}}).query.party.from, "");
}

TEST(Questions, AReadingIsTurnedOnceHoweverOftenItIsNamed) {
    const ReadingSwitch& first = reading_switches()[0];
    const std::string name(first.name);
    const bool before = Readings{}.*first.member;
    EXPECT_EQ(asked({{"reading", name}}).query.readings.*first.member, !before);
    EXPECT_EQ(asked({{"reading", name + ", " + name + ";"}}).query.readings.*first.member, !before);
    EXPECT_EQ(asked({{"reading", " ;, "}}).query.readings.*first.member, before);
}

// --- tables --------------------------------------------------------------------------------

TEST(QuestionTables, ObjectsOfAListAreRowsOfAllTheirKeys) {
    const auto table = parse_questions(
        "\xEF\xBB\xBF [\n {\"chip\": \"h20\", \"tpp\": 12.5,\n  \"planar\": true},\n\n"
        " {\"chip\": \"a\\\"[{\", \"reading\": [\"x\", \"y\"], \"planar\": null}]\n",
        "q.json");
    ASSERT_TRUE(table) << to_text(table.error());
    EXPECT_EQ(table->columns, (std::vector<std::string>{"chip", "tpp", "planar", "reading"}));
    EXPECT_EQ(table->rows[0], (std::vector<std::string>{"h20", "12.5", "yes", ""}));
    EXPECT_EQ(table->rows[1], (std::vector<std::string>{"a\"[{", "", "", "x,y"}));
    EXPECT_EQ(table->lines, (std::vector<int>{2, 5}));
}

TEST(QuestionTables, FaultsOfAListHaveTheLineOfTheItem) {
    const auto faults = [](const char* text) {
        const auto table = parse_questions(text, "q.json");
        return table ? "" : to_text(table.error());
    };
    EXPECT_TRUE(contains(faults("[\n1,\n{},\n \"{\"\n]"),
                         "q.json:2:1: error: item 1 of the list is no object"));
    EXPECT_TRUE(contains(faults("[\n1,\n{},\n \"{\"\n]"),
                         "q.json:4:1: error: item 3 of the list is no object"));
    EXPECT_TRUE(contains(faults("[{},\n{\"chip\": {\"a\": 1}}]"),
                         "q.json:2:1: error: 'chip' holds no single value"));
    EXPECT_TRUE(contains(faults("{\"chip\": 1}"), "this is no JSON list of objects"));
    EXPECT_TRUE(contains(faults("[{]"), "this is no JSON list of objects"));
    EXPECT_TRUE(contains(faults("chip\n\xFF"), "q.json:2:1: error: this is not UTF-8"));
    EXPECT_EQ(faults("[]"), "");
}

TEST(QuestionTables, ColumnsAreKnownOnceAndThere) {
    const auto faults = [](const std::string& header) {
        return to_text(check_question_columns(parse_csv(header + "\n", "q.csv").value(), book()));
    };
    EXPECT_EQ(faults("chip,date,destination,note,us,rule"), "");
    EXPECT_EQ(faults("chip,date,to"), "");
    EXPECT_TRUE(contains(faults("chip,date"), "the table lacks column 'destination'"));
    EXPECT_TRUE(contains(faults("chip,date,to,hq"),
                         "q.csv:1:14: error: no column is called 'hq'\n"
                         "  hint: did you mean 'headquarters'?"));
    EXPECT_TRUE(contains(faults("chip,date,to,destinaton"), "did you mean 'destination'"));
    EXPECT_TRUE(contains(faults("chip,date,to,destination"),
                         "'destination' is given twice, here as 'destination'"));
    const auto old = old_names(parse_csv("chip,pd,exported_from_us,note\n", "q.csv").value());
    ASSERT_EQ(old.size(), 2U);
    EXPECT_EQ(old[0], "column 'pd' is an old name of 'density'");
}

TEST(QuestionTables, ARowStatesItsDayItsPlaceAndItsChip) {
    const auto table =
        parse_csv("note,chip,date,to\nx,,,\ny,h20,2024-01-01,CN\nz,h2,2024-13-01,C\n", "q.csv")
            .value();
    const auto faults = [&](std::size_t row) {
        const auto q = question_of(table, row, catalog(), book(), QuestionTable::questions);
        return q ? "" : to_text(q.error());
    };
    EXPECT_TRUE(contains(faults(0), "q.csv:2:1: error: no date in this row"));
    EXPECT_TRUE(contains(faults(0), "no destination in this row"));
    EXPECT_TRUE(contains(faults(0), "no chip in this row, nor figures of one"));
    EXPECT_EQ(faults(1), "");
    EXPECT_TRUE(contains(faults(2), "q.csv:4:6: error: '2024-13-01' in date is no date"))
        << faults(2);
    EXPECT_TRUE(contains(faults(2), "q.csv:4:17: error: 'C' in destination is not a country code"))
        << faults(2);
}

}  // namespace TEST_FILE
}  // namespace millwright
