// Tables of comma-separated values: cells, places and faults, worked by hand.
#include "millwright/base/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

using Row = std::vector<std::string>;

CsvTable table_of(std::string_view text) {
    const auto table = parse_csv(text, "t.csv");
    EXPECT_TRUE(table) << to_text(table.error());
    return table.value_or(CsvTable{});
}

TEST(CsvByHand, CellsAreBareOrQuoted) {
    const CsvTable t = table_of(
        "a, b ,c\n"
        "1,2,3\n"
        " 1 , ,\n"
        "\"x,y\",\"say \"\"no\"\"\",\"\"\n"
        "a\"b,'q',\"two\nlines\"\n"
        ",,\n");
    EXPECT_EQ(t.columns, (Row{"a", "b", "c"}));  // names without their spaces, cells with
    ASSERT_EQ(t.rows.size(), 5U);
    EXPECT_EQ(t.rows[0], (Row{"1", "2", "3"}));
    EXPECT_EQ(t.rows[1], (Row{" 1 ", " ", ""}));
    EXPECT_EQ(t.rows[2], (Row{"x,y", "say \"no\"", ""}));
    EXPECT_EQ(t.rows[3], (Row{"a\"b", "'q'", "two\nlines"}));
    EXPECT_EQ(t.rows[4], (Row{"", "", ""}));
    EXPECT_EQ(t.lines, (std::vector<int>{2, 3, 4, 5, 7}));  // the fifth row is on two lines
}

// The same table with line feeds, with carriage returns, and without an end of the last line.
TEST(CsvByHand, LineEndsOfEverySystem) {
    for (const char* text :
         {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4",
          "\xEF\xBB\xBF"
          "a,b\n1,2\n\n\n3,4\n\n",
          "a,b\n\"1\",\"2\"\n3,\"4\"\r\n"}) {
        const CsvTable t = table_of(text);
        EXPECT_EQ(t.columns, (Row{"a", "b"})) << text;
        ASSERT_EQ(t.rows.size(), 2U) << text;
        EXPECT_EQ(t.rows[0], (Row{"1", "2"})) << text;
        EXPECT_EQ(t.rows[1], (Row{"3", "4"})) << text;
    }
}

// Columns of the file count bytes from 1, of quoted cells from the quote.
TEST(CsvByHand, CellsKnowTheirPlace) {
    const CsvTable t = table_of("id,long name,n\nab,\"x\ny\",7\n1,,2\n");
    const auto at = [&](std::size_t row, std::size_t column) {
        const Place p = place_of(t, row, column);
        return std::pair(p.line, p.column);
    };
    EXPECT_EQ(at(header_row, 1), std::pair(1, 4));
    EXPECT_EQ(at(header_row, 2), std::pair(1, 14));
    EXPECT_EQ(at(0, 0), std::pair(2, 1));
    EXPECT_EQ(at(0, 1), std::pair(2, 4));
    EXPECT_EQ(at(1, 1), std::pair(4, 3));
    EXPECT_EQ(at(1, 2), std::pair(4, 4));
    EXPECT_EQ(at(1, 9), std::pair(4, 1));  // a column that is not there
}

TEST(CsvByHand, FaultsHaveLineColumnAndHint) {
    struct Bad {
        const char *text, *said;
    };
    for (const Bad& bad : {
             Bad{"a,b\n1\n", "t.csv:2:1: error: 1 cells where the header has 2\n  hint: quote a"},
             Bad{"a,b\n1,2,3\n", "t.csv:2:1: error: 3 cells where the header has 2"},
             Bad{"a,b,a\n", "t.csv:1:5: error: column 'a' appears twice\n  hint: keep one"},
             Bad{"a,b\n1,\"x\"y\n", "t.csv:2:6: error: 'y' behind a closing quote"},
             Bad{"a,b\n1,\"x\n\n", "t.csv:4:1: error: a quote is not closed"},
             Bad{"a,b\n1,\x01\n", "t.csv:2:3: error: a control character"},
             Bad{"a,b\n1,\x7f\n", "t.csv:2:3: error: a control character"},
             Bad{"a,b\n\xc3,1\n", "t.csv:2:1: error: this byte is not UTF-8"},
             Bad{"a\n\xed\xa0\x80\n", "t.csv:2:1: error: this byte is not UTF-8"},
             Bad{"", "t.csv: error: the table is empty\n  hint: give a header line"},
             Bad{" \t\r\n", "t.csv: error: the table is empty"},
             Bad{"\xEF\xBB\xBF", "t.csv: error: the table is empty"},
         }) {
        const auto table = parse_csv(bad.text, "t.csv");
        ASSERT_FALSE(table) << bad.text;
        EXPECT_TRUE(to_text(table.error()).starts_with(bad.said)) << to_text(table.error());
    }
}

// Behind a faulty line reading goes on: each of these lines has a fault of its own.
TEST(CsvByHand, EveryFaultIsTold) {
    const auto table = parse_csv("a,b\n1\n1,2\n1,\"x\"y\n1,2,3\n", "t.csv");
    ASSERT_FALSE(table);
    std::vector<int> lines;
    for (const Fault& f : table.error()) lines.push_back(f.at.line);
    EXPECT_EQ(lines, (std::vector<int>{2, 4, 5}));
}

TEST(CsvByHand, MissingColumnsAreTold) {
    const CsvTable t = table_of("a,b\n1,2\n");
    EXPECT_TRUE(missing_columns(t, {"b", "a"}).empty());
    const Faults faults = missing_columns(t, {"c", "a", "d"});
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].message, "the table lacks column 'c'");
    EXPECT_EQ(faults[1].message, "the table lacks column 'd'");
    EXPECT_EQ(cell(t, 0, "b"), "2");
    EXPECT_EQ(cell(t, 0, "c"), "");
}

TEST(CsvByHand, LinesAreQuotedWhereTheyMustBe) {
    EXPECT_EQ(csv_line({"a", "b c", ""}), "a,b c,\n");
    EXPECT_EQ(csv_line({"a,b", "say \"no\"", "two\nlines", "\r"}),
              "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"\r\"\n");
    EXPECT_EQ(csv_line({}), "\n");
}

TEST(CsvLaw, WhatIsWrittenIsRead) {
    EXPECT_TRUE(rc::check([] {
        const std::vector<std::string> pieces{"a", ",", "\"", "\n", "\r", " ", "'", "\u667a", "1"};
        const auto text =
            rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                         [](const std::vector<std::string>& parts) { return join(parts, ""); });
        const auto width = *rc::gen::inRange<std::size_t>(2, 5);
        const auto rows =
            *rc::gen::container<std::vector<Row>>(rc::gen::container<Row>(width, text));
        std::string file;
        Row header;
        for (std::size_t i = 0; i < width; ++i) header.push_back("c" + std::to_string(i));
        file += csv_line(header);
        for (const Row& row : rows) file += csv_line(row);
        const auto read = parse_csv(file, "t.csv");
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->columns == header);
        RC_ASSERT(read->rows == rows);
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
