// Quantities as text, worked by hand: every unit, every prefix, and what is none.
#include "millwright/base/units.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/limits.h"
#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

struct Read {
    const char* text;
    double si;
    Dimension dimension;
};

constexpr Dimension bytes{.bytes = 1}, rate{.bytes = 1, .seconds = -1}, time{.seconds = 1};
constexpr Dimension operations{.flops = 1}, speed{.seconds = -1, .flops = 1};
constexpr Dimension power{.seconds = -1, .joules = 1}, energy{.joules = 1}, money{.dollars = 1};
constexpr Dimension money_rate{.seconds = -1, .dollars = 1}, tokens{.tokens = 1};
constexpr Dimension energy_price{.dollars = 1, .joules = -1};
constexpr Dimension power_price{.seconds = 1, .dollars = 1, .joules = -1};
constexpr Dimension token_price{.dollars = 1, .tokens = -1}, area{.metres = 2};
constexpr Dimension volume{.metres = 3}, mass{.kilograms = 1};
constexpr Dimension carbon{.joules = -1, .kilograms = 1};

void expect_read(const Read& r) {
    std::string why;
    const auto parsed = parse_quantity(r.text, why);
    ASSERT_TRUE(parsed) << r.text << ": " << why;
    EXPECT_NEAR(parsed->si, r.si, 1e-12 * std::abs(r.si)) << r.text;
    EXPECT_TRUE(parsed->dimension == r.dimension) << r.text;
}

// A byte is eight bits; decimal prefixes are powers of 1000, those with an i of 1024.
TEST(UnitsByHand, SizesAndBandwidths) {
    for (const Read& r : {Read{"1 B", 1, bytes},
                          {"3 kB", 3e3, bytes},
                          {"3 MB", 3e6, bytes},
                          {"3 GB", 3e9, bytes},
                          {"3 TB", 3e12, bytes},
                          {"3 PB", 3e15, bytes},
                          {"3 EB", 3e18, bytes},
                          {"1 KiB", 1024, bytes},
                          {"1 MiB", 1048576, bytes},
                          {"1 GiB", 1073741824, bytes},
                          {"1 TiB", 1099511627776, bytes},
                          {"8 bit", 1, bytes},
                          {"8 b", 1, bytes},
                          {"1 Kib", 128, bytes},
                          {"1 Gbit", 125e6, bytes},
                          {"400 Gbps", 50e9, rate},
                          {"400 Gbit/s", 50e9, rate},
                          {"400 Gb/s", 50e9, rate},
                          {"1 Kibps", 128, rate},
                          {"60 GB/min", 1e9, rate},
                          {"0.25 GiB/s", 268435456, rate}}) {
        expect_read(r);
    }
}

// A year is 365.25 days and a month its twelfth: 30.4375 days of 86,400 s.
TEST(UnitsByHand, Times) {
    for (const Read& r : {Read{"7 s", 7, time},
                          {"7 ms", 7e-3, time},
                          {"7 us", 7e-6, time},
                          {"7 ns", 7e-9, time},
                          {"2 min", 120, time},
                          {"2 h", 7200, time},
                          {"1 day", 86400, time},
                          {"2 days", 172800, time},
                          {"1 month", 2629800, time},
                          {"12 months", 31557600, time},
                          {"1 year", 31557600, time},
                          {"2 years", 63115200, time}}) {
        expect_read(r);
    }
}

TEST(UnitsByHand, WorkPowerAndMoney) {
    for (const Read& r : {Read{"1 TFLOP", 1e12, operations},
                          {"1 PFLOPS", 1e15, speed},
                          {"1 PFLOP/s", 1e15, speed},
                          {"2 TOPS", 2e12, speed},
                          {"1.2 MW", 1.2e6, power},
                          {"5 J/s", 5, power},
                          {"1 Wh", 3600, energy},
                          {"1 GWh", 3.6e12, energy},
                          {"1.5 MUSD", 1.5e6, money},
                          {"3.6 USD/h", 1e-3, money_rate},
                          {"0.36 USD/kWh", 1e-7, energy_price},
                          {"4 MUSD/MW", 4, power_price},
                          {"2.6298 USD/kW/month", 1e-9, energy_price},  // over 1000 W, 2,629,800 s
                          {"100 tokens", 100, tokens},
                          {"1 token", 1, tokens},
                          {"3 USD/token", 3, token_price},
                          {"814 mm2", 814e-6, area},
                          {"2 m2", 2, area},
                          {"2 m3", 2, volume},
                          {"1000 ft3", 28.316846592, volume},  // 0.3048 cubed, exactly
                          {"5 g", 5e-3, mass},
                          {"5 kg", 5, mass},
                          {"2 t", 2e3, mass},
                          {"3 Mt", 3e9, mass},
                          {"360 g/kWh", 1e-7, carbon},  // 0.36 kg over 3.6e6 J
                          {"0.36 t/MWh", 1e-7, carbon},
                          {"50 %", 0.5, {}},
                          {"50%", 0.5, {}}}) {
        expect_read(r);
    }
}

// A bare suffix counts in powers of a thousand, and only where it stands against the number.
TEST(UnitsByHand, CountsOfTokensHaveSuffixes) {
    std::string why;
    const auto count = [&](const char* text) {
        const auto read = parse_as<tokens>(text, why);
        return read ? read->si() : -1;
    };
    EXPECT_DOUBLE_EQ(count("512"), 512);
    EXPECT_DOUBLE_EQ(count("512K"), 512e3);
    EXPECT_DOUBLE_EQ(count("512k"), 512e3);
    EXPECT_DOUBLE_EQ(count("1.5M"), 1.5e6);
    EXPECT_DOUBLE_EQ(count("7B"), 7e9);
    EXPECT_DOUBLE_EQ(count("14.8T"), 14.8e12);
    EXPECT_DOUBLE_EQ(count("14.8 T"), -1);
    EXPECT_DOUBLE_EQ(count("7 B"), -1);  // bytes
    EXPECT_DOUBLE_EQ(count("7BB"), -1);
    EXPECT_FALSE(parse_as<bytes>("7B", why));
    EXPECT_EQ(why, "'7B' has the wrong unit; expected one like '80 GB'");
    EXPECT_FALSE(parse_as<bytes>("7", why));
    EXPECT_EQ(why, "'7' has no unit; expected one like '80 GB'");
}

TEST(UnitsByHand, SpacesAreFreeAroundUnits) {
    for (const char* text : {"80 GB/s", "80GB/s", "  80   GB/s ", "80 GB / s", "80 GB/ s",
                             "8e1 GB/s", "80.0 GB/s", "0.8e2GB/s"}) {
        expect_read({text, 80e9, rate});
    }
    expect_read({".5 GB", 5e8, bytes});
    expect_read({"-3 GB", -3e9, bytes});  // whether it may be negative is its field's to say
    expect_read({"0 GB", 0, bytes});
    expect_read({"5EB", 5e18, bytes});  // no exponent
}

TEST(UnitsByHand, WhatIsNoQuantityIsRefused) {
    for (const char* text :
         {"",        " ",         "GB",       "/",         "5 /s",    "5 GB/",    "5 GB/ ",
          "5 GB//s", "5 GB s",    "5 gb",     "5 KB",      "5 mB",    "5 GiW",    "5 KiFLOP",
          "5 kmin",  "5 ks",      "5 km2",    "5 Gm3",     "5 G",     "5 Gi",     "5 K",
          "5 14 GB", "5 GB/5",    "5 T/s",    "14.8T/s",   "0x10 GB", "1,000 GB", "1_000 GB",
          "+5 GB",   "--5 GB",    "5\tGB",    "5 kG",      "five GB", "nan GB",   "inf GB",
          "-inf GB", "nan(5) GB", "1e400 GB", "1e-400 GB", "5 k%",    "5 MiUSD",  "5 GB/s/",
          "5 Kit",   "5 mg",      "5 G/kWh"}) {
        std::string why;
        EXPECT_FALSE(parse_quantity(text, why)) << text;
        EXPECT_FALSE(why.empty()) << text;
    }
}

// The least and the most of a size are 1e-3 and 1e24 bytes (limits.h); zero is always one.
TEST(UnitsByHand, LimitsAreInclusive) {
    std::string why;
    EXPECT_TRUE(parse_quantity("1e24 B", why));
    EXPECT_TRUE(parse_quantity("-1e24 B", why));
    EXPECT_TRUE(parse_quantity("1e-3 B", why));
    EXPECT_FALSE(parse_quantity("1.01e24 B", why));
    EXPECT_TRUE(contains(why, "beyond what a size can be")) << why;
    EXPECT_FALSE(parse_quantity("0.9e-3 B", why));
    EXPECT_FALSE(parse_quantity("1e13 s", why));
    EXPECT_TRUE(contains(why, "a time")) << why;
    EXPECT_FALSE(parse_quantity("1e300 TB", why));
}

// A text of any length is quoted short, or one cell of a table would fill a screen.
TEST(UnitsByHand, ReasonsAreShort) {
    const std::string longest(100'000, 'x');
    for (const std::string& text : {longest, "5 " + longest, "5 GB/" + longest, "1e99" + longest}) {
        std::string why;
        EXPECT_FALSE(parse_quantity(text, why));
        EXPECT_LT(why.size(), 300U);
        EXPECT_FALSE(parse_as<bytes>("5 s" + std::string(100'000, ' '), why));
        EXPECT_LT(why.size(), 300U);
    }
}

/// Prefixed units by an own table.
struct Part {
    const char* text;
    double si;
};

// A unit behind a slash divides: x A/B/C is x times A over B and over C.
TEST(UnitsLaw, SlashesDivideOneAfterAnother) {
    EXPECT_TRUE(rc::check([] {
        const std::vector<Part> parts{{"B", 1},      {"GB", 1e9},  {"KiB", 1024},  {"s", 1},
                                      {"h", 3600},   {"kW", 1e3},  {"kWh", 3.6e6}, {"USD", 1},
                                      {"MUSD", 1e6}, {"token", 1}, {"mm2", 1e-6},  {"TFLOP", 1e12}};
        const Part a = *rc::gen::elementOf(parts);
        const Part b = *rc::gen::elementOf(parts);
        const Part c = *rc::gen::elementOf(parts);
        const int number = *rc::gen::inRange(1, 1000);
        std::string why;
        const auto read =
            parse_quantity(fmt::format("{} {}/{}/{}", number, a.text, b.text, c.text), why);
        const double si = number * a.si / b.si / c.si;
        RC_PRE(read.has_value());  // some are beyond the limits of a plain number
        RC_ASSERT(std::abs(read->si - si) <= 1e-12 * si);
    }));
}

struct Shown {
    double si;
    Dimension dimension;
    const char* text;
};

TEST(UnitsByHand, FourDigitsAndAReadablePrefix) {
    for (const Shown& s : {Shown{0, bytes, "0 B"},
                           {1, bytes, "1 B"},
                           {999, bytes, "999 B"},
                           {1000, bytes, "1 kB"},
                           {1234567, bytes, "1.235 MB"},
                           {999'949, bytes, "999.9 kB"},
                           {999'960, bytes, "1 MB"},  // not "1000 kB"
                           {80e9, bytes, "80 GB"},
                           {1e21, bytes, "1000 EB"},
                           {-2500, money, "-2.5 kUSD"},
                           {28'000, money, "28 kUSD"},
                           {1.2345e9, money, "1.234 GUSD"},
                           {0.05, money, "0.05 USD"},
                           {1.5e6, power, "1.5 MW"},
                           {3.6e6, energy, "3.6 MJ"},
                           {989.5e12, speed, "989.5 TFLOPS"},
                           {1 / 3600.0, money_rate, "1 USD/h"},
                           {1 / 3.6e6, energy_price, "1 USD/kWh"},
                           {4, power_price, "4 USD/W"},
                           {814e-6, area, "814 mm2"},
                           {1178, volume, "1178 m3"},
                           {5e-3, mass, "5 g"},
                           {5, mass, "5 kg"},
                           {999.96, mass, "1 t"},  // not "1000 kg"
                           {2.5e6, mass, "2.5 kt"},
                           {1e-7, carbon, "360 g/kWh"},
                           {0.25, {}, "0.25"}}) {
        EXPECT_EQ(format_si(s.si, s.dimension), s.text);
    }
}

TEST(UnitsByHand, TimesAreInTheUnitThatFits) {
    for (const Shown& s : {Shown{0, time, "0 s"},
                           {1, time, "1 s"},
                           {59.5, time, "59.5 s"},
                           {0.5, time, "500 ms"},
                           {1e-3, time, "1 ms"},
                           {2.5e-6, time, "2.5 us"},
                           {5e-7, time, "500 ns"},
                           {-0.5, time, "-500 ms"},
                           {172'800, time, "2 days"},
                           {864'000, time, "10 days"}}) {
        EXPECT_EQ(format_si(s.si, s.dimension), s.text);
    }
}

TEST(UnitsByHand, WhatIsNotFiniteIsNotFormatted) {
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
        EXPECT_THROW(format_si(bad, bytes), std::logic_error);
        EXPECT_THROW(format_si(bad, time), std::logic_error);
        EXPECT_THROW(format_si(bad, {}), std::logic_error);
    }
}

// The shortest readable form that is the number itself; where a division loses bits, more digits.
TEST(UnitsByHand, ExactTextIsReadableAndExact) {
    EXPECT_EQ(exact_text(80e9, bytes), "80 GB");
    EXPECT_EQ(exact_text(50e9, rate), "50 GB/s");
    EXPECT_EQ(exact_text(500 * 1e-9, time), "500 ns");
    EXPECT_EQ(exact_text(0.25, {}), "0.25");
    EXPECT_EQ(exact_text(0, bytes), "0 B");
    EXPECT_EQ(exact_text(384e-3 / 3.6e6, carbon), "384 g/kWh");
    EXPECT_EQ(exact_text(12e3, mass), "12000 kg");
    std::string why;
    for (const double si : {0.1 + 0.2, 1 / 3.0, 123456789.123456789}) {
        EXPECT_EQ(parse_quantity(exact_text(si, money), why)->si, si);
    }
}

// A number with its unit of SI is that number.
TEST(UnitsByHand, UnitsOfSiCanBeRead) {
    for (const Dimension& d :
         {bytes, rate, time, operations, speed, power, energy, money, money_rate, energy_price,
          power_price, token_price, tokens, area, volume, mass, carbon}) {
        std::string why;
        const double some = 2 * limits_of(d).si.least;
        const auto read = parse_quantity(fmt::format("{} {}", some, si_unit(d)), why);
        ASSERT_TRUE(read) << si_unit(d) << why;
        EXPECT_TRUE(read->dimension == d) << si_unit(d);
        EXPECT_EQ(read->si, some) << si_unit(d);
    }
    EXPECT_EQ(si_unit({}), "");
}

// Examples in hints are quantities of their dimension, or a hint would lead astray.
TEST(UnitsByHand, ExamplesCanBeRead) {
    for (const Dimension& d :
         {bytes, rate, time, operations, speed, power, energy, money, money_rate, energy_price,
          power_price, token_price, area, volume, mass, carbon}) {
        std::string why;
        const auto read = parse_quantity(example_of(d), why);
        ASSERT_TRUE(read) << example_of(d) << why;
        EXPECT_TRUE(read->dimension == d) << example_of(d);
    }
    std::string why;
    EXPECT_TRUE(parse_as<tokens>(example_of(tokens), why));
}

}  // namespace TEST_FILE
}  // namespace millwright
