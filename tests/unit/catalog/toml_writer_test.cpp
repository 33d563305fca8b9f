// What the writer leaves out and how it spells what it writes: read again it is the same value.
#include "millwright/catalog/toml_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>

#include "millwright/catalog/toml_reader.h"

namespace millwright {
namespace TEST_FILE {

/// A text of TOML as the reader takes it for a member of this type; nothing where it is refused.
template <class T>
std::optional<T> read_again(const std::string& text) {
    const auto root = parse_toml("k = " + text + "\n", "w.toml");
    if (!root) return std::nullopt;
    TomlReading r{.file = "w.toml", .sources = {}, .faults = {}};
    T into{};
    const Range any{.low = std::numeric_limits<double>::lowest()};
    toml_detail::read_value(r, "note", *root->get("k"), any, into);
    if (!r.faults.empty()) return std::nullopt;
    return into;
}

/// A positive number of any magnitude between two powers of ten, with all of its bits.
double number_between(int least, int most) {
    const double digits =
        1 + static_cast<double>(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 52)) /
                static_cast<double>(std::int64_t{1} << 52);
    return digits * std::pow(10.0, *rc::gen::inRange(least, most));
}

RC_GTEST_PROP(TomlWriter, APlainNumberIsReadAgainToTheLastBit, ()) {
    const double size = number_between(-15, 24);
    const double number = *rc::gen::element(1.0, -1.0) * size;
    const auto again = read_again<double>(toml_out::text_of(number));
    RC_ASSERT(again.has_value());
    RC_ASSERT(std::bit_cast<std::uint64_t>(*again) == std::bit_cast<std::uint64_t>(number));
}

TEST(TomlWriter, OddNumbersAreReadAgainToTheLastBit) {
    for (const double number : {0.0, 1.0, 0.1, 1.0 / 3, 5e-5, 1e-15, 123456789.0, 1e16, 1e23, 1e24,
                                9007199254740991.0, 9007199254740993.0, 4503599627370497.5}) {
        const std::string text = toml_out::text_of(number);
        const auto again = read_again<double>(text);
        ASSERT_TRUE(again) << text;
        EXPECT_EQ(*again, number) << text;
    }
}

template <Dimension D>
void expect_read_again(double si) {
    const auto quantity = Quantity<D>::from_si(si);
    const std::string text = toml_out::text_of(quantity);
    const auto again = read_again<Quantity<D>>(text);
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->si() == si);
}

RC_GTEST_PROP(TomlWriter, AQuantityIsReadAgainToTheLastBitWhateverItsUnit, ()) {
    expect_read_again<Bytes::dimension>(number_between(-3, 23));
    expect_read_again<Bandwidth::dimension>(number_between(-3, 20));
    expect_read_again<FlopRate::dimension>(number_between(-3, 26));
    expect_read_again<Seconds::dimension>(number_between(-15, 11));
    expect_read_again<Watts::dimension>(number_between(-6, 14));
    expect_read_again<Dollars::dimension>(number_between(-12, 17));
    expect_read_again<DollarRate::dimension>(number_between(-15, 14));
    expect_read_again<EnergyPrice::dimension>(number_between(-15, -1));
    expect_read_again<PowerPrice::dimension>(number_between(-9, 8));
    expect_read_again<Area::dimension>(number_between(-15, 11));
    expect_read_again<Volume::dimension>(number_between(-18, 14));
    expect_read_again<Mass::dimension>(number_between(-15, 17));
    expect_read_again<CarbonIntensity::dimension>(number_between(-15, -1));
    expect_read_again<Tokens::dimension>(number_between(-3, 23));
}

TEST(TomlWriter, QuantitiesHaveTheUnitOfPeople) {
    EXPECT_EQ(toml_out::text_of(3.35 * unit::TBps), "\"3.35 TB/s\"");
    EXPECT_EQ(toml_out::text_of(80.0 * unit::GB), "\"80 GB\"");
    EXPECT_EQ(toml_out::text_of(1.5 * unit::us), "\"1.5 us\"");
    EXPECT_EQ(toml_out::text_of(Watts{}), "\"0 W\"");
    EXPECT_EQ(toml_out::text_of(814.0 * unit::mm2), "\"814 mm2\"");
}

TEST(TomlWriter, QuotesWhatTomlWouldTakeForItsOwn) {
    EXPECT_EQ(toml_out::quoted(""), R"("")");
    EXPECT_EQ(toml_out::quoted(R"(a "b" \c)"), R"("a \"b\" \\c")");
    EXPECT_EQ(toml_out::quoted("a\nb\x7F"), R"("a\u000Ab\u007F")");
    EXPECT_EQ(toml_out::quoted("\xC3\xBC"), "\"\xC3\xBC\"");
}

RC_GTEST_PROP(TomlWriter, ATextIsReadAgainAsItWas, ()) {
    const auto text = *rc::gen::container<std::string>(rc::gen::oneOf(
        rc::gen::inRange<char>(' ', '\x7F'), rc::gen::element('"', '\\', '\n', '\t', '#', '=')));
    RC_ASSERT(read_again<std::string>(toml_out::text_of(text)) == std::optional(text));
}

TEST(TomlWriter, ListsAndConditionsAreSpelledAsFilesSpellThem) {
    EXPECT_EQ(toml_out::text_of(std::vector<double>{}), "[]");
    EXPECT_EQ(toml_out::text_of(std::vector<double>{4, 0.5}), "[4, 0.5]");
    EXPECT_EQ(toml_out::text_of(std::vector<std::string>{"a", "b\""}), R"(["a", "b\""])");
    EXPECT_EQ(toml_out::curve_text({{1, 2}, {0.5, 0.75}}), "x = [1, 2], y = [0.5, 0.75]");
    const Condition dense{Metric::density, Comparison::at_least, 5.92};
    const Condition low{Metric::dram_io, Comparison::below, 3000};
    EXPECT_EQ(toml_out::text_of(dense), R"("density >= 5.92")");
    EXPECT_EQ(toml_out::text_of(Conjunction{{dense, low}}),
              R"("density >= 5.92 and dram+io < 3000")");
    EXPECT_EQ(read_again<Conjunction>(toml_out::text_of(Conjunction{{dense, low}})),
              (Conjunction{{dense, low}}));
    EXPECT_EQ(toml_out::text_of(on(2026, 2, 1)), "2026-02-01");
    EXPECT_EQ(toml_out::text_of(Date{}), "");
    EXPECT_EQ(toml_out::text_of(Market::china), R"("china")");
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// Held against the member's own default, which need not be zero or false.
TEST(TomlWriter, LeavesOutWhatIsTheMembersOwnDefault) {
    const Catalog none;
    Model model;
    EXPECT_EQ(to_toml(none, model).find("gated"), std::string::npos);
    model.gated = false;
    EXPECT_TRUE(has_line(to_toml(none, model), "gated = false"));
    model.biases = true;
    EXPECT_TRUE(has_line(to_toml(none, model), "biases = true"));
    Framework framework;
    framework.sequence_parallel = false;
    EXPECT_TRUE(has_line(to_toml(none, framework), "sequence_parallel = false"));
    framework.sequence_parallel = true;
    EXPECT_EQ(to_toml(none, framework).find("sequence_parallel"), std::string::npos);
    Authority authority;
    EXPECT_EQ(to_toml(none, authority).find("order"), std::string::npos);
    authority.order = 0;
    EXPECT_TRUE(has_line(to_toml(none, authority), "order = 0"));
}

TEST(TomlWriter, WritesWhatTheReaderNeedsThoughItIsTheDefault) {
    const Catalog none;
    const std::string text = to_toml(none, Chip{});
    EXPECT_TRUE(has_line(text, "market = \"global\""));
    EXPECT_TRUE(has_line(text, "marketed_for_data_centre = false"));
    EXPECT_TRUE(has_line(text, "name = \"\""));
    EXPECT_EQ(text.find("sold_in_us"), std::string::npos);
}

/// A figure is known by its source: zero is written where somebody vouches for it.
TEST(TomlWriter, AFigureIsWrittenWhereItHasASource) {
    Catalog catalog;
    catalog.sources.push_back({.id = "models/x/odd name.1", .title = "t", .publisher = "p"});
    Model model;
    model.window.value = 128;
    EXPECT_EQ(to_toml(catalog, model).find("window"), std::string::npos);
    model.window = {0, SourceId(0)};
    const std::string text = to_toml(catalog, model);
    EXPECT_TRUE(has_line(text, R"(window.tokens = { is = 0, from = "odd name.1" })")) << text;
    EXPECT_TRUE(has_line(text, R"([sources."odd name.1"])")) << text;
    EXPECT_TRUE(has_line(text, R"(grade = "estimate")")) << text;
    // a source is described once, however many figures cite it
    model.layers = model.hidden = {4, SourceId(0)};
    const std::string more = to_toml(catalog, model);
    EXPECT_EQ(more.find("[sources"), more.rfind("[sources"));
}

TEST(TomlWriter, LikeNamesOfUnlikeSourcesAreNumberedInTheOrderOfUse) {
    Catalog catalog;
    for (const char* id : {"a/x/s", "b/y/s", "c/z/s-2"}) {
        catalog.sources.push_back({.id = id, .title = id, .publisher = "p"});
    }
    toml_out::Sources sources(catalog);
    EXPECT_EQ(sources.name(SourceId(1)), "s");
    EXPECT_EQ(sources.name(SourceId(2)), "s-2");
    EXPECT_EQ(sources.name(SourceId(0)), "s-3");
    EXPECT_EQ(sources.name(SourceId(1)), "s");
    const std::string text = sources.text();
    EXPECT_LT(text.find("a/x/s"), text.find("b/y/s"));
    EXPECT_TRUE(has_line(text, "[sources.s-3]")) << text;
}

TEST(TomlWriter, AWrittenValueIsWrittenEvenIfItIsTheDefault) {
    const Catalog none;
    Rule rule;
    rule.lines.emplace_back();
    EXPECT_EQ(to_toml(none, rule).find("data_centre"), std::string::npos);
    rule.lines[0].data_centre = {.value = false, .at = {}, .given = true};
    EXPECT_TRUE(has_line(to_toml(none, rule), "data_centre = false"));
}

}  // namespace TEST_FILE
}  // namespace millwright
