// One reader of cells: what a column may hold, and where a table is wrong.
#include "millwright/base/cells.h"

#include <array>

#include <gtest/gtest.h>

#include "millwright/base/quantity.h"

namespace millwright {
namespace TEST_FILE {

constexpr std::array<std::string_view, 3> colours{"red", "Green", "blue"};

constexpr std::array columns{
    Column{.name = "id", .needed = Needed::column},
    Column{.name = "layers", .kind = CellKind::count, .needed = Needed::cell, .range = {1, 100}},
    Column{.name = "rate_GBps", .kind = CellKind::number, .limits = limits_in(unit::GBps)},
    Column{.name = "colour", .kind = CellKind::choice, .choices = colours, .older = "color"},
    Column{.name = "day", .kind = CellKind::date},
    Column{.name = "notes", .kind = CellKind::unread},
};

std::string faults_of(std::string_view text) {
    const auto table = read_table(text, "t.csv", columns);
    return table ? "" : to_text(table.error());
}

TEST(Cells, AreReadByTheirColumns) {
    const auto table = read_table(
        "id,layers,rate_GBps,colour,day,notes\r\n"
        "a, 8 ,4.5,GREEN,2026-02-01,\"1,5 \"\"x\"\"\"\r\nb,8e1,,,,\r\n",
        "t.csv", columns);
    ASSERT_TRUE(table) << to_text(table.error());
    const Cells first{*table, 0}, second{*table, 1};
    EXPECT_EQ(first.count("layers"), 8);
    EXPECT_EQ(first.number("rate_GBps"), 4.5);
    EXPECT_EQ(first.choice("colour", colours), 1U);
    EXPECT_EQ(first.date("day"), on(2026, 2, 1));
    EXPECT_EQ(first.text("notes"), "1,5 \"x\"");
    EXPECT_EQ(second.count("layers"), 80);
    EXPECT_FALSE(second.number("rate_GBps"));
    EXPECT_FALSE(second.text("absent").size());
    EXPECT_EQ(second.at("layers").line, 3);
    EXPECT_EQ(second.at("layers").column, 3);
}

TEST(Cells, AnOlderNameOfAColumnIsTaken) {
    const auto table = read_table("id,layers,color\na,1,red\n", "t.csv", columns);
    ASSERT_TRUE(table) << to_text(table.error());
    EXPECT_EQ((Cells{*table, 0}.choice("colour", colours)), 0U);
    EXPECT_NE(faults_of("id,layers,color,colour\na,1,red,red\n").find("another name"),
              std::string::npos);
}

struct Bad {
    const char *text, *words;
};

TEST(Cells, SayWhatIsWrongAndWhere) {
    for (const Bad& bad : {
             Bad{"id,layers\na,1.5\n", "t.csv:2:3: error: '1.5' in layers is no whole number"},
             Bad{"id,layers\na,0\n", "out of range"},
             Bad{"id,layers\na,101\n", "a whole number from 1 to 100"},
             Bad{"id,layers\na,9223372036854775807\n", "out of range"},
             Bad{"id,layers\na,1e300\n", "out of range"},
             Bad{"id,layers\na,1e999\n", "is no number"},
             Bad{"id,layers\na,nan\n", "is no number"},
             Bad{"id,layers\na,\n", "layers is empty"},
             Bad{"id,layers\na,8x\n", "is no number"},
             Bad{"id,layers,rate_GBps\na,1,-1\n", "out of range"},
             Bad{"id,layers,rate_GBps\na,1,1e-320\n", "out of range"},
             Bad{"id,layers,rate_GBps\na,1,1e308\n", "out of range"},
             Bad{"id,layers,rate_GBps\na,1,inf\n", "is no number"},
             Bad{"id,layers,colour\na,1,pink\n", "one of red, Green, blue"},
             Bad{"id,layers,day\na,1,2026-13-45\n", "is no date"},
             Bad{"id,layers,layer\na,1,1\n", "did you mean 'layers'"},
             Bad{"id,nothing\na,1\n", "columns of this table: id, layers"},
             Bad{"id\na\n", "lacks column 'layers'"},
             Bad{"id,layers\n", "no rows"},
             Bad{"", "empty"},
             Bad{"\n\n", "empty"},
             Bad{"id,layers\n\xFF,1\n", "t.csv:2:1: error: this byte is not UTF-8"},
             Bad{"id,layers\n\x1B[2J,1\n", "a control character"},
             Bad{"id,layers\n\"a\"b,1\n", "behind a closing quote"},
             Bad{"id,layers\n\"a,1\n", "not closed"},
             Bad{"id,layers\na,1,2\n", "3 cells where the header has 2"},
             Bad{"id,id,layers\na,a,1\n", "appears twice"},
             Bad{"id,layers,\na,1,\n", "has no name"},
         }) {
        const std::string said = faults_of(bad.text);
        EXPECT_NE(said.find(bad.words), std::string::npos) << bad.text << " -> " << said;
    }
}

TEST(Cells, TellAllFaultsOfATableAtOnceButNoneAThousandTimes) {
    const std::string both = faults_of("id,layers,rate_GBps,extra\na,x,nan,\nb,0,1,\n");
    for (const char* words : {"extra", "'x' in layers", "'nan' in rate", "'0' in layers"}) {
        EXPECT_NE(both.find(words), std::string::npos) << both;
    }
    std::string many = "id,layers\n";
    for (int i = 0; i < 1000; ++i) many += "a,0\n";
    EXPECT_NE(faults_of(many).find("900 more faults"), std::string::npos);
}

TEST(Cells, LongTextsAreRefusedAndShortened) {
    const std::string said = faults_of("id,layers\n" + std::string(5000, 'a') + ",1\n");
    EXPECT_NE(said.find("5000 characters"), std::string::npos);
    EXPECT_LT(said.size(), 400U);
    EXPECT_EQ(faults_of("id,layers,notes\na,1," + std::string(5000, 'a') + "\n"), "");
}

}  // namespace TEST_FILE
}  // namespace millwright
