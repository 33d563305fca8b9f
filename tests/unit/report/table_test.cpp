// Tables and paragraphs for a terminal of 100 columns.
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace TEST_FILE {

using Row = std::vector<std::string>;

std::string times(std::size_t count, const std::string& piece) {
    return join(std::vector<std::string>(count, piece), "");
}

Row lines_of(const std::string& text) {
    Row lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

TEST(Table, ColumnsAreAsWideAsTheirWidestCellAndTwoBlanksApart) {
    EXPECT_EQ(format_table({"name", "n"}, {{"a", "1"}, {"bcdefg", "22"}}, "lr"),
              "name     n\n"
              "------  --\n"
              "a        1\n"
              "bcdefg  22\n");
}

TEST(Table, WithoutRowsIsAHeadAndARule) {
    EXPECT_EQ(format_table({"a", "bcd"}, {}, "lr"), "a  bcd\n-  ---\n");
}

TEST(Table, LinesDoNotEndInBlanks) {
    EXPECT_EQ(format_table({"a", "long head"}, {{"x", ""}, {"", ""}}, "ll"),
              "a  long head\n-  ---------\nx\n\n");
}

TEST(Table, CellsThatARowLacksAreBlank) {
    EXPECT_EQ(format_table({"a", "b", "c"}, {{"1"}, {"1", "2", "3"}}, "rrr"),
              "a  b  c\n-  -  -\n1\n1  2  3\n");
}

TEST(Table, ABreakOrTabInACellIsABlankAndOtherControlsAreShown) {
    EXPECT_EQ(format_table({"a"}, {{"x\ny\tz"}, {"\r\x1b"}}, "l"),
              "a\n------------\nx y z\n\\u000d\\u001b\n");
}

// U+667A takes two columns, U+0301 none
TEST(Table, WidthIsCountedInColumnsOfATerminal) {
    EXPECT_EQ(format_table({"h", "n"}, {{"\u667a", "1"}, {"e\u0301", "2"}, {"abc", "3"}}, "lr"),
              "h    n\n"
              "---  -\n"
              "\u667a   1\n"
              "e\u0301    2\n"
              "abc  3\n");
}

// 90 + 2 + 30 are 22 too many: the longer of the two gives all of them
TEST(Table, TheWidestColumnGivesWayAlone) {
    const std::string text =
        format_table({"a", "b"}, {{times(90, "x"), times(30, "y")}, {"s", "t"}}, "ll");
    EXPECT_EQ(lines_of(text)[1], times(68, "-") + "  " + times(30, "-"));
    EXPECT_EQ(lines_of(text)[2], times(67, "x") + "~  " + times(30, "y"));
    EXPECT_EQ(lines_of(text)[3], "s" + times(67 + 2, " ") + "t");
}

// three columns share 100 less two gaps: 32 each
TEST(Table, ColumnsOfOneWidthGiveWayAlike) {
    const Row row(3, times(60, "x"));
    const std::string cut = times(31, "x") + "~";
    EXPECT_EQ(lines_of(format_table({"a", "b", "c"}, {row}, "lrl"))[2],
              cut + "  " + cut + "  " + cut);
}

// 100 - 2 - 2 leave 96 columns, 95 before the mark: 47 characters of two, and a blank for the half
TEST(Table, HalfAWideCharacterIsABlank) {
    const std::string text = format_table({"a", "n"}, {{times(80, "\u667a"), "22"}}, "lr");
    EXPECT_EQ(lines_of(text)[2], times(47, "\u667a") + "~   22");
}

TEST(Table, ANumberThatIsNoneIsNamedWithItsColumn) {
    for (const char* bad : {"nan", "inf", "-inf", "+nan", "-nan %", "inf GB"}) {
        try {
            format_table({"name", "days"}, {{"a", "1"}, {"b", bad}}, "lr");
            FAIL() << bad;
        } catch (const std::logic_error& error) {
            EXPECT_EQ(std::string(error.what()), std::string("'days' of the result is ") + bad);
        }
    }
    for (const char* good : {"", "-", "info", "nanometres", "- inf", "1 inf"}) {
        EXPECT_NO_THROW(format_table({"n"}, {{good}}, "r")) << good;
    }
    EXPECT_NO_THROW(format_table({"name"}, {{"inf"}, {"-nan"}}, "l"));
}

/// A head and rows of as many plain cells, and how each column stands.
struct AnyTable {
    Row head;
    std::vector<Row> rows;
    std::string alignment;
};
AnyTable any_table() {
    const auto cell = [](std::size_t least) {
        std::string text;
        const auto size = *rc::gen::inRange<std::size_t>(least, 70);
        for (std::size_t i = 0; i < size; ++i) text += *rc::gen::elementOf(std::string("abcXYZ0"));
        return text;
    };
    AnyTable table;
    const auto columns = *rc::gen::inRange<std::size_t>(1, 7);
    const auto rows = *rc::gen::inRange<std::size_t>(0, 6);
    for (std::size_t i = 0; i < columns; ++i) {
        table.head.push_back(cell(1));
        table.alignment += *rc::gen::elementOf(std::string("lr"));
    }
    for (std::size_t k = 0; k < rows; ++k) {
        table.rows.emplace_back();
        for (std::size_t i = 0; i < columns; ++i) table.rows.back().push_back(cell(0));
    }
    return table;
}

/// What stands in so many columns for the cell: padded on its other side, or cut and marked.
std::string expected(const std::string& cell, std::size_t width, char side) {
    if (cell.size() > width) return cell.substr(0, width - 1) + "~";
    const std::string blanks(width - cell.size(), ' ');
    return side == 'r' ? blanks + cell : cell + blanks;
}

void check_line(const std::string& line, const Row& cells, const Row& rule,
                const std::string& alignment) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        std::string there = at < line.size() ? line.substr(at, rule[i].size()) : "";
        there.resize(rule[i].size(), ' ');  // blanks at a line's end are not printed
        RC_ASSERT(there == expected(cells[i], rule[i].size(), alignment[i]));
        at += rule[i].size() + 2;
    }
    RC_ASSERT(!line.ends_with(' '));
}

// The rule tells the widths; by these alone every cell is where it belongs, whole or cut.
TEST(Table, OfAnyCellsFitsTheTerminalAndLinesUp) {
    EXPECT_TRUE(rc::check([] {
        const AnyTable table = any_table();
        const Row lines = lines_of(format_table(table.head, table.rows, table.alignment));
        RC_ASSERT(lines.size() == table.rows.size() + 2);
        RC_ASSERT(lines[1].size() <= report_width);
        Row rule;
        std::istringstream dashes(lines[1]);
        for (std::string dash; dashes >> dash;) rule.push_back(dash);
        RC_ASSERT(rule.size() == table.head.size());
        check_line(lines[0], table.head, rule, table.alignment);
        for (std::size_t k = 0; k < table.rows.size(); ++k) {
            check_line(lines[k + 2], table.rows[k], rule, table.alignment);
        }
        // nothing is cut while the line has room
        if (lines[1].size() < report_width) {
            RC_ASSERT(!contains(join(lines, "\n"), "~"));
        }
    }));
}

TEST(Wrapped, ALineIsFilledToItsLastColumn) {
    const std::string word(95, 'x');
    EXPECT_EQ(wrapped("", word + " abcd", 2), word + " abcd\n");
    EXPECT_EQ(wrapped("", word + " abcde", 2), word + "\n  abcde\n");
    EXPECT_EQ(wrapped("h: ", std::string(92, 'x') + " abcd", 4),
              "h: " + std::string(92, 'x') + " abcd\n");
}

TEST(Wrapped, BlanksOfTheTextAreOneAndTheHeadStays) {
    EXPECT_EQ(wrapped("  h  ", " a \t b\n\nc ", 4), "  h  a b c\n");
    EXPECT_EQ(wrapped("head  ", "", 4), "head  \n");
}

TEST(Wrapped, AWordWiderThanTheLineStandsAlone) {
    const std::string wide(120, 'w');
    EXPECT_EQ(wrapped("", "a " + wide + " b", 3), "a\n   " + wide + "\n   b\n");
    EXPECT_EQ(wrapped("head ", wide, 3), "head " + wide + "\n");
}

TEST(Wrapped, KeepsAllWordsAndBreaksOnlyWhereTheNextHasNoRoom) {
    EXPECT_TRUE(rc::check([] {
        const auto count = *rc::gen::inRange<std::size_t>(0, 60);
        const auto indent = *rc::gen::inRange<std::size_t>(0, 14);
        Row words;
        for (std::size_t i = 0; i < count; ++i) {
            words.emplace_back(*rc::gen::inRange<std::size_t>(1, 40), 'a');
        }
        const Row lines = lines_of(wrapped("", join(words, " "), indent));
        std::istringstream all(join(lines, " "));
        Row told;
        for (std::string word; all >> word;) told.push_back(word);
        RC_ASSERT(told == words);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            RC_ASSERT(lines[i].size() <= report_width);
            if (i == 0) continue;
            RC_ASSERT(lines[i].find_first_not_of(' ') == indent);
            const std::size_t next = lines[i].substr(indent).find(' ');
            const std::size_t size = std::min(next, lines[i].size() - indent);
            RC_ASSERT(lines[i - 1].size() + 1 + size > report_width);
        }
    }));
}

TEST(MarkdownTable, ByHand) {
    EXPECT_EQ(markdown_table({"a|b", "n"}, {{"x\ny", "1"}, {"back\\", "22"}}, "lr"),
              "| a\\|b | n |\n| --- | ---: |\n| x y | 1 |\n| back\\\\ | 22 |\n");
    EXPECT_THROW(markdown_table({"n"}, {{"nan"}}, "r"), std::logic_error);
}

}  // namespace TEST_FILE
}  // namespace millwright
