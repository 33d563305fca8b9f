// What everything stands on: quantities and units, ledgers, curves, dates, text and CSV.
#include <gtest/gtest.h>

#include "millwright/base/csv.h"
#include "millwright/base/curve.h"
#include "millwright/base/date.h"
#include "millwright/base/ledger.h"
#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace TEST_FILE {

TEST(Quantity, PrefixesDiffer) {
    EXPECT_DOUBLE_EQ((1 * unit::GiB).in(unit::GB), 1.073741824);
    EXPECT_DOUBLE_EQ((400 * unit::Gbit / unit::s).in(unit::GBps), 50);
    EXPECT_DOUBLE_EQ((1 * unit::kWh).in(unit::J), 3.6e6);
    EXPECT_NEAR((41600 * unit::ft3).in(unit::m3), 1178, 0.1);
}

TEST(Quantity, DimensionsMultiplyOut) {
    const Seconds time = 80 * unit::GB / (3.35 * unit::TBps);
    EXPECT_DOUBLE_EQ(time.in(unit::ms), 80 / 3.35);
    const Dollars bill = 2 * unit::MW * unit::hour * (0.1 * unit::USD / unit::kWh);
    EXPECT_DOUBLE_EQ(bill.in(unit::USD), 200);
}

template <class Q>
double si_of(const char* text) {
    std::string why;
    const auto parsed = parse_as<Q::dimension>(text, why);
    EXPECT_TRUE(parsed.has_value()) << text << ": " << why;
    return parsed ? parsed->si() : -1;
}

TEST(Plural, OneOfAThingIsOne) {
    EXPECT_EQ(counted(1, "chip"), "1 chip");
    EXPECT_EQ(counted(0, "chip"), "0 chips");
    EXPECT_EQ(counted(16384.0, "chip"), "16384 chips");
    EXPECT_EQ(counted(std::size_t{1}, "factory", "factories"), "1 factory");
    EXPECT_EQ(counted(std::size_t{2}, "factory", "factories"), "2 factories");
}

TEST(Units, ReadsWhatDatasheetsPrint) {
    EXPECT_DOUBLE_EQ(si_of<Bandwidth>("3.35 TB/s"), 3.35e12);
    EXPECT_DOUBLE_EQ(si_of<Bandwidth>("400 Gbps"), 50e9);
    EXPECT_DOUBLE_EQ(si_of<Bandwidth>("400 Gbit/s"), 50e9);
    EXPECT_DOUBLE_EQ(si_of<Bytes>("80 GB"), 80e9);
    EXPECT_DOUBLE_EQ(si_of<Bytes>("80 GiB"), 80.0 * 1024 * 1024 * 1024);
    EXPECT_DOUBLE_EQ(si_of<FlopRate>("989.5 TFLOPS"), 989.5e12);
    EXPECT_DOUBLE_EQ(si_of<FlopRate>("1979 TOPS"), 1979e12);
    EXPECT_DOUBLE_EQ(si_of<EnergyPrice>("0.36 USD/kWh"), 1e-7);
    EXPECT_DOUBLE_EQ(si_of<PowerPrice>("4 MUSD/MW"), 4);
    EXPECT_DOUBLE_EQ(si_of<Watts>("250 MW"), 250e6);
    EXPECT_DOUBLE_EQ(si_of<Tokens>("14.8T"), 14.8e12);
    EXPECT_DOUBLE_EQ(si_of<Seconds>("1.5 us"), 1.5e-6);
    EXPECT_DOUBLE_EQ(si_of<Volume>("400000 m3"), 400000);
    EXPECT_DOUBLE_EQ(si_of<Area>("814 mm2"), 814e-6);
}

TEST(Units, SaysWhyNot) {
    std::string why;
    EXPECT_FALSE(parse_as<Bandwidth::dimension>("80 GB", why));
    EXPECT_NE(why.find("wrong unit"), std::string::npos);
    EXPECT_FALSE(parse_as<Bytes::dimension>("80 GBB", why));
    EXPECT_NE(why.find("unknown unit 'GBB'"), std::string::npos);
    EXPECT_FALSE(parse_as<Bytes::dimension>("lots", why));
    EXPECT_FALSE(parse_as<Bytes::dimension>("1e999 GB", why));
    EXPECT_FALSE(parse_as<Bytes::dimension>("1e308 TB", why));
}

TEST(Units, SaysWhichUnitWasMeant) {
    for (const auto& [text, meant] : std::initializer_list<std::pair<const char*, const char*>>{
             {"3 seconds", "; write 's'"},
             {"3 Hours", "; write 'h'"},
             {"80 gb", "; write 'GB'"},
             {"3 mw/h", "; write 'MW'"},
             {"5 $", "; write 'USD'"},
             {"5 EUR", "; money is in USD"},
             {"5 G", "; a prefix is before a unit, such as GB"},
             {"80 GBB", "did you mean"},
         }) {
        std::string why;
        EXPECT_FALSE(parse_quantity(text, why)) << text;
        EXPECT_NE(why.find(meant), std::string::npos) << text << ": " << why;
    }
    std::string why;
    EXPECT_FALSE(parse_quantity("5 bananas", why));
    EXPECT_EQ(why, "unknown unit 'bananas'");
}

TEST(Units, PrintsWhatItReads) {
    for (const char* text : {"3.35 TB/s", "80 GB", "700 W", "989.5 TFLOPS", "0.082 USD/kWh"}) {
        std::string why;
        const auto parsed = parse_quantity(text, why);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(format_si(parsed->si, parsed->dimension), text);
    }
}

TEST(Ledger, PartsSum) {
    Ledger<Seconds> inner{.name = "inner"};
    inner.add("a", 1 * unit::s).add("b", 2 * unit::s).add("nothing", Seconds{});
    Ledger<Seconds> root{.name = "root"};
    root.add(inner).add("c", 3 * unit::s);
    EXPECT_DOUBLE_EQ(root.value.si(), 6);
    EXPECT_EQ(inner.parts.size(), 2U);
    EXPECT_DOUBLE_EQ(find(root, "inner")->parts[1].value.si(), 2);
    EXPECT_EQ(find(root, "missing"), nullptr);
}

TEST(Curve, IsStraightInTimeAndFlatOutside) {
    const Curve curve{{10, 100}, {0.1, 0.5}};  // 100 and 200 of time
    EXPECT_DOUBLE_EQ(value(curve, 55), 55 / 150.0);
    EXPECT_DOUBLE_EQ(value(curve, 1), 0.1);
    EXPECT_DOUBLE_EQ(value(curve, 1e6), 0.5);
    EXPECT_EQ(time_falls(curve), 2U);
    EXPECT_EQ(time_falls({{10, 100, 110}, {0.1, 0.5, 0.9}}), 2U);
}

TEST(Date, KnowsTheCalendar) {
    EXPECT_EQ(parse_date("2024-02-29"), on(2024, 2, 29));
    for (const char* bad : {"2023-02-29", "2026-13-01", "2026-1-01", "today", "2026-02-0x"}) {
        EXPECT_FALSE(parse_date(bad)) << bad;
    }
    EXPECT_EQ(to_text(on(2026, 2, 1)), "2026-02-01");
}

TEST(Text, FindsTheNearestName) {
    const std::vector<std::string> known{"hgx-h100", "hgx-h200", "gb200-nvl72"};
    EXPECT_EQ(did_you_mean("hgx-h10", known).substr(0, 24), "did you mean 'hgx-h100' ");
    EXPECT_EQ(did_you_mean("toaster", known), "");
    EXPECT_EQ(slug("H100 SXM5 (80 GB)"), "h100-sxm5-80-gb");
}

TEST(Text, ChecksUtf8) {
    EXPECT_EQ(first_invalid_utf8("grün"), std::string_view::npos);
    EXPECT_EQ(first_invalid_utf8("ab\xFF"), 2U);
    EXPECT_EQ(first_invalid_utf8("a\xE2\x82"), 1U);
    EXPECT_EQ(first_invalid_utf8("\xC0\xAF"), 0U);
}

TEST(Csv, ReadsQuotesAndLineEnds) {
    const auto table = parse_csv("\xEF\xBB\xBFid,note\r\n1,\"a, \"\"b\"\"\nc\"\r\n\n2,\n", "t.csv");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 2U);
    EXPECT_EQ(cell(*table, 0, "note"), "a, \"b\"\nc");
    EXPECT_EQ(cell(*table, 1, "note"), "");
    EXPECT_EQ(cell(*table, 1, "no such column"), "");
    EXPECT_EQ(table->lines[1], 5);
}

TEST(Csv, ReportsEveryFault) {
    const auto table = parse_csv("a,a\n1\n1,2,3\n\"open", "t.csv");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().size(), 5U);  // column twice, three widths, open quote
    EXPECT_EQ(table.error()[1].at.line, 2);
    EXPECT_FALSE(parse_csv("", "t.csv"));
}

}  // namespace TEST_FILE
}  // namespace millwright
