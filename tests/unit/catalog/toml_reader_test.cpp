// Each kind of value as a file may write it: read as it is, or refused at its place, with a hint.
#include "millwright/catalog/toml_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace millwright {
enum class ProbeColour { red, dark_blue };

/// A part with a field of each type that files hold.
struct Probe {
    Place at;
    std::string name;
    double share = 0.25;
    double whole = 3;
    std::int64_t count = 7;
    bool flag = false;
    Date day{};
    ProbeColour colour = ProbeColour::red;
    Watts power;
    Tokens tokens;
    std::vector<double> lengths;
    std::vector<std::string> words;
    Written<double> written;
    Cited<double> cited;
    Cited<Curve> curve;
};

template <>
struct EnumNames<ProbeColour> {
    static constexpr std::array<std::string_view, 2> names{"red", "dark-Blue"};
};

template <std::same_as<Probe> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"share", &P::share, "share", Need::optional, fraction},
        Field{"whole", &P::whole, "whole number", Need::optional, counted(1, 64)},
        Field{"count", &P::count, "count", Need::optional, Range{1, 1e6}},
        Field{"flag", &P::flag, "flag"},
        Field{"day", &P::day, "day"},
        Field{"colour", &P::colour, "colour"},
        Field{"power.max", &P::power, "power", Need::optional, positive},
        Field{"power.tokens", &P::tokens, "tokens"},
        Field{"lengths", &P::lengths, "lengths", Need::optional, counted(1, 16)},
        Field{"words", &P::words, "words"},
        Field{"written", &P::written, "written", Need::optional, fraction},
        Field{"cited", &P::cited, "cited", Need::optional, Range{1, 2}},
        Field{"curve", &P::curve, "curve"},
    };
};

namespace TEST_FILE {

/// The part of a text behind `name = "p"`, with every fault of it.
struct Read {
    Probe part;
    std::string faults;
};

Read read(const std::string& text) {
    Read out;
    const auto root = parse_toml("name = \"p\"\n" + text, "f.toml");
    if (!root) return {{}, to_text(root.error())};
    TomlReading r{
        .file = "f.toml", .sources = {{"d", SourceId(4)}, {"data", SourceId(5)}}, .faults = {}};
    read_fields(r, *root, "the file", out.part);
    toml_detail::check_keys(r, *root, field_keys<Probe>(), "");
    out.faults = to_text(r.faults);
    return out;
}

TEST(TomlReader, TakesEachKindOfValueAsItIsWritten) {
    const Read r = read(
        "share = 1\nwhole = 64.0\ncount = 1_000_000\nflag = true\nday = 2024-02-29\n"
        "colour = \"DARK-blue\"\npower = { max = \"1.5 kW\", tokens = 12 }\nlengths = [4, 4, 8]\n"
        "words = []\nwritten = 0.5\ncited = { is = 2, from = \"data\", at = \"page 3\" }\n"
        "curve = { x = [1, 4], y = [0.5, 0.75], from = \"d\" }\n");
    ASSERT_EQ(r.faults, "");
    EXPECT_EQ(r.part.share, 1);
    EXPECT_EQ(r.part.whole, 64);
    EXPECT_EQ(r.part.count, 1000000);
    EXPECT_TRUE(r.part.flag);
    EXPECT_EQ(r.part.day, on(2024, 2, 29));
    EXPECT_EQ(r.part.colour, ProbeColour::dark_blue);
    EXPECT_EQ(r.part.power.si(), 1500);
    EXPECT_EQ(r.part.tokens.si(), 12);
    EXPECT_EQ(r.part.lengths, (std::vector<double>{4, 4, 8}));
    EXPECT_TRUE(r.part.words.empty());
    EXPECT_TRUE(r.part.written.given);
    EXPECT_EQ(r.part.written.at.line, 11);
    EXPECT_EQ(r.part.written.at.column, 11);
    EXPECT_EQ(r.part.cited.value, 2);
    EXPECT_EQ(r.part.cited.source.index(), 5U);
    EXPECT_EQ(r.part.curve.value.y, (std::vector<double>{0.5, 0.75}));
    EXPECT_EQ(r.part.curve.source.index(), 4U);
}

TEST(TomlReader, ADateMayStandInQuotes) {
    EXPECT_EQ(read("day = \"2024-02-29\"\n").part.day, on(2024, 2, 29));
}

/// What is refused leaves the member as it was.
TEST(TomlReader, LeavesTheDefaultWhereAValueIsFaulty) {
    const Read r = read("share = 2\nwhole = 1.5\ncount = 0\nwritten = -1\n");
    EXPECT_EQ(r.part.share, 0.25);
    EXPECT_EQ(r.part.whole, 3);
    EXPECT_EQ(r.part.count, 7);
    EXPECT_FALSE(r.part.written.given);
    EXPECT_EQ(std::ranges::count(r.faults, '\n'), 8) << r.faults;  // four faults with their hints
}

struct Refused {
    const char* text;    // second line of the file
    const char* begins;  // place and message
    const char* hint;    // its hint, from the beginning
};

constexpr Refused refused[] = {
    {"share = \"0.5\"", "2:9: error: 'share' needs a number", "such as 0.5"},
    {"share = true", "2:9: error: 'share' needs a number", "such as 0.5"},
    {"share = -0.01", "2:9: error: 'share' is -0.01, outside the range 0 to 1", "check the number"},
    {"share = 1.0001", "2:9: error: 'share' is 1.0001, outside", "check the number"},
    {"share = nan", "2:9: error: 'share' is nan, beyond what a number here can be", "zero, or"},
    {"share = inf", "2:9: error: 'share' is inf, beyond what a number here can be", "zero, or"},
    {"share = 1e-16", "2:9: error: 'share' is 1e-16, beyond", "zero, or from 1e-15 to 1e+24"},
    {"whole = 0.5", "2:9: error: 'whole' is 0.5, outside the range 1 to 64", "check"},
    // 2^53 + 1, which is no double, is a number all the same
    {"whole = 9007199254740993", "2:9: error: 'whole' is 9007199254740992, outside", "check"},
    {"whole = 1.5", "2:9: error: 'whole' is 1.5, which is no whole number", "it counts things"},
    {"count = 2.0", "2:9: error: 'count' needs a whole number", "such as 8 or 115_000"},
    {"count = 1_000_001", "2:9: error: 'count' is 1000001, outside the range 1 to 1e+06", "check"},
    {"flag = \"true\"", "2:8: error: 'flag' needs true or false", "without quotes"},
    {"flag = 1", "2:8: error: 'flag' needs true or false", "without quotes"},
    {"day = \"2023-02-29\"", "2:7: error: 'day' needs a date", "such as 2026-02-01"},
    {"day = 2024", "2:7: error: 'day' needs a date", "such as 2026-02-01"},
    {"day = 2024-01-01T00:00:00", "2:7: error: 'day' needs a date", "such as 2026-02-01"},
    {"colour = \"rde\"", "2:10: error: 'colour' cannot be 'rde'", "did you mean 'red'?"},
    {"colour = 0", "2:10: error: 'colour' needs text in quotes", "write colour = \"...\""},
    {"power.max = 700", "2:13: error: 'power.max' needs a number with its unit",
     "write it as text, such as \"700 W\""},
    {"power.max = \"700 J\"", "2:13: error: 'power.max': '700 J' has the wrong unit",
     "for example"},
    {"power.max = \"0 W\"", "2:13: error: 'power.max' is 0 W, outside what is allowed (it must be",
     "check the number and its unit"},
    {"power.max = \"-1 W\"", "2:13: error: 'power.max' is -1 W, outside", "check the number"},
    {"power.max = \"1e16 W\"", "2:13: error: 'power.max': '1e16 W' is beyond what a power can be",
     "for example"},
    {"power.tokens = 1.5", "2:16: error: 'power.tokens' needs a number with its unit", "write it"},
    {"power.tokens = -1",
     "2:16: error: 'power.tokens' is -1 tokens, outside what is allowed (it "
     "cannot be negative)",
     "check the number"},
    {"lengths = 4", "2:11: error: 'lengths' needs a list", "such as"},
    {"lengths = [4, 17]", "2:15: error: 'lengths' is 17, outside", "check the number"},
    {"lengths = [[4]]", "2:12: error: 'lengths' needs a number", "such as"},
    {"words = [\"a\", 2]", "2:15: error: 'words' needs text in quotes", "write words"},
    {"words = [\"a\\u202eb\"]", "2:10: error: 'words' holds the control character U+202E", "write"},
    {"words = [\"a\\tb\"]", "2:10: error: 'words' holds the control character U+0009", "write"},
    {"cited = 1.5", "2:9: error: 'cited' needs a value with its source", "write { is = ..., from"},
    {"cited = { from = \"d\" }", "2:9: error: 'cited' lacks its value", "add `is = ...`"},
    {"cited = { is = 1 }", "2:9: error: 'cited' names no source", "add `from = \"source\"`"},
    {"cited = { is = 1, from = \"dta\" }", "2:26: error: source 'dta' of 'cited' is not listed",
     "did you mean 'data'"},
    {"cited = { is = 3, from = \"d\" }", "2:16: error: 'cited' is 3, outside the range 1 to 2",
     "c"},
    {"cited = { is = 1, from = \"d\", on = 1 }", "2:36: error: unknown key 'on' in 'cited'",
     "a ci"},
    {"curve = { x = [1], from = \"d\" }", "2:9: error: 'curve' needs a curve", "write { x = [...]"},
    {"curve = { x = [1, 1], y = [0.5, 0.6], from = \"d\" }",
     "2:9: error: 'curve' needs as many y as x, and x rising", "such as"},
    {"curve = { x = [1, 2], y = [0.5], from = \"d\" }",
     "2:9: error: 'curve' needs as many y as x, and x rising", "such as"},
    {"curve = { x = [], y = [], from = \"d\" }", "2:9: error: 'curve' needs as many", "such as"},
    {"curve = { x = [0, 2], y = [0.5, 0.5], from = \"d\" }",
     "2:16: error: 'curve' is 0, outside what is allowed (it must be more than zero)", "check"},
    // 1 / 0.2 = 5 and then 2 / 0.8 = 2.5
    {"curve = { x = [1, 2], y = [0.2, 0.8], from = \"d\" }",
     "2:9: error: 'curve' takes less time at 2 than at 1: x / y falls from 5 to 2.5", "a larger"},
    {"shre = 1", "2:1: error: unknown key 'shre'", "did you mean 'share'?"},
    {"power.mx = 1", "2:7: error: unknown key 'power.mx'", "did you mean 'power.max'?"},
    {"power = 700", "2:1: error: 'power' must be a table", "did you mean 'power.max'"},
};

TEST(TomlReader, RefusesEachWrongValueAtItsPlaceWithAHint) {
    for (const Refused& c : refused) {
        const std::string told = read(c.text).faults;
        EXPECT_EQ(told.find(std::string("f.toml:") + c.begins), 0U) << c.text << "\n" << told;
        EXPECT_NE(told.find(std::string("\n  hint: ") + c.hint), std::string::npos)
            << c.text << "\n"
            << told;
        // one fault and its hint: none follows from another
        EXPECT_EQ(std::ranges::count(told, '\n'), 2) << c.text << "\n" << told;
    }
}

TEST(TomlReader, TellsAllFaultsOfAFileAtOnce) {
    std::string text;
    int wanted = 0;
    for (const char* line : {"share = 3", "whole = 0", "flag = 2", "colour = \"x\"", "zzz = 1"}) {
        text += std::string(line) + "\n";
        ++wanted;
    }
    const std::string told = read(text).faults;
    int found = 0;
    for (std::size_t at = told.find("error:"); at != std::string::npos; ++found) {
        at = told.find("error:", at + 1);
    }
    EXPECT_EQ(found, wanted) << told;
}

TEST(TomlReader, SaysWhatAMissingFieldIs) {
    const auto root = parse_toml("share = 1\n", "f.toml");
    TomlReading r{.file = "f.toml", .sources = {}, .faults = {}};
    Probe probe;
    read_fields(r, *root, "the file", probe);
    ASSERT_EQ(r.faults.size(), 1U);
    EXPECT_EQ(r.faults[0].message, "the file lacks 'name'");
    EXPECT_EQ(r.faults[0].hint, "it is the name in full");
    // those that are there and no more, where what is missing hangs on something else
    r.faults.clear();
    read_given_fields(r, *root, probe);
    EXPECT_TRUE(r.faults.empty());
}

/// A note may have lines and tabs, and nothing else that terminals obey.
TEST(TomlReader, OnlyANoteHasSeveralLines) {
    const auto text_of = [](std::string_view key, const char* value) {
        const auto root = parse_toml(std::string("k = ") + value, "f.toml");
        TomlReading r{.file = "f.toml", .sources = {}, .faults = {}};
        std::string into = "kept";
        toml_detail::read_text(r, key, *root->get("k"), into);
        return into;
    };
    EXPECT_EQ(text_of("note", R"("a\nb\tc")"), "a\nb\tc");
    EXPECT_EQ(text_of("note", R"("a\u001bb")"), "kept");
    EXPECT_EQ(text_of("name", R"("a\nb")"), "kept");
    EXPECT_EQ(text_of("name", R"("\u4e2d\u00e9")"), "\xE4\xB8\xAD\xC3\xA9");
}

TEST(TomlReader, AListOfTablesIsWrittenInDoubleBrackets) {
    const auto told = [](const std::string& text) {
        const auto root = parse_toml(text, "f.toml");
        TomlReading r{.file = "f.toml", .sources = {}, .faults = {}};
        std::vector<Probe> parts;
        read_tables(r, *root, "part", parts);
        return std::pair(parts.size(), to_text(r.faults));
    };
    EXPECT_EQ(told(""), std::pair(std::size_t{0}, std::string()));
    EXPECT_EQ(told("[[part]]\nname = \"a\"\n[[part]]\nname = \"b\"\n").first, 2U);
    for (const char* wrong : {"[part]\n", "part = []\n", "part = [1]\n", "part = 3\n"}) {
        const auto [count, faults] = told(wrong);
        EXPECT_EQ(count, 0U);
        EXPECT_NE(faults.find("'part' must be one or more tables\n  hint: write [[part]] before"),
                  std::string::npos)
            << wrong << faults;
    }
    const auto [count, faults] = told("[[part]]\nname = \"a\"\n[[part]]\nnme = \"b\"\n");
    EXPECT_EQ(count, 2U);
    EXPECT_NE(faults.find("f.toml:3:1: error: this [[part]] lacks 'name'"), std::string::npos);
    EXPECT_NE(faults.find("f.toml:4:1: error: unknown key 'nme'"), std::string::npos) << faults;
}

TEST(TomlReader, ASectionIsATable) {
    const auto told = [](const std::string& text) {
        const auto root = parse_toml(text, "f.toml");
        TomlReading r{.file = "f.toml", .sources = {}, .faults = {}};
        Probe probe;
        read_section(r, *root, "part", probe);
        return to_text(r.faults);
    };
    EXPECT_EQ(told(""), "");  // whether it must be there is asked apart
    EXPECT_EQ(told("[part]\nname = \"a\"\n"), "");
    EXPECT_EQ(told("part = 1\n"),
              "f.toml:1:8: error: 'part' must be a table\n"
              "  hint: write [part]\n");
    EXPECT_NE(told("[part]\n").find("[part] lacks 'name'"), std::string::npos);
}

TEST(TomlParsing, RefusesWhatIsNoTextOfTomlWhereItStands) {
    const auto place = [](std::string_view text) {
        const auto root = parse_toml(text, "f.toml");
        EXPECT_FALSE(root) << text;
        const Place at = root ? Place{} : root.error().front().at;
        return std::pair(at.line, at.column);
    };
    EXPECT_EQ(place("a = 1\nb = \"\xFF\"\n"), std::pair(2, 6));
    EXPECT_EQ(place("a = 1\na = 2\n").first, 2);
    EXPECT_EQ(place("a = 1\nb = \n").first, 2);
    EXPECT_EQ(place("a = 2024-02-30\n").first, 1);
}

TEST(TomlParsing, EndsAtSixtyFourBrackets) {
    const auto lists = [](int depth) {
        const auto count = static_cast<std::size_t>(depth);
        return "a = " + std::string(count, '[') + std::string(count, ']') + "\n";
    };
    EXPECT_TRUE(parse_toml(lists(64), "f.toml"));
    const auto deep = parse_toml(lists(65), "f.toml");
    ASSERT_FALSE(deep);
    EXPECT_NE(deep.error()[0].message.find("more than 64 deep"), std::string::npos);
}

/// Whole numbers of a range are taken, its ends too, and no number beyond them.
RC_GTEST_PROP(TomlReader, ARangeHoldsItsEndsAndNothingBeyond, ()) {
    const auto number = *rc::gen::oneOf(rc::gen::inRange<int>(-3, 70), rc::gen::element(1, 64));
    const Read r = read("whole = " + std::to_string(number) + "\n");
    RC_ASSERT(r.faults.empty() == (number >= 1 && number <= 64));
    RC_ASSERT(r.part.whole == (r.faults.empty() ? number : 3));
}

}  // namespace TEST_FILE
}  // namespace millwright
