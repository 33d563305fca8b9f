// Values as statements write them.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/claims/literal.h"

namespace millwright {
namespace TEST_FILE {

LiteralValue value_of(const char* text) {
    std::string why;
    const auto value = parse_literal(text, why);
    EXPECT_TRUE(value) << text << ": " << why;
    return value.value_or(LiteralValue{});
}

std::string refusal(const char* text) {
    std::string why;
    EXPECT_FALSE(parse_literal(text, why)) << text;
    return why;
}

TEST(ClaimLiteral, NumbersIntervalsAndBounds) {
    constexpr ClaimType dollars{ClaimKind::number, {.dollars = 1}};
    EXPECT_EQ(value_of("50 GUSD").type, dollars);
    EXPECT_EQ(value_of("50 GUSD").extent, exactly_at(50e9));
    EXPECT_EQ(value_of("6500..8000 USD").extent, (ClaimExtent{6500, 8000}));
    EXPECT_EQ(value_of("6500 USD .. 8 kUSD").extent, (ClaimExtent{6500, 8000}));
    EXPECT_DOUBLE_EQ(value_of("+30 %").extent.low, 0.3);
    EXPECT_TRUE(value_of(">4 TUSD").extent.low > 4e12);
    EXPECT_EQ(value_of(">=4 TUSD").extent.low, 4e12);
    EXPECT_FALSE(value_of("<4").extent.has(4));
}

TEST(ClaimLiteral, MoneyOfAYearIsNoMoney) {
    EXPECT_NE(value_of("17.1 GUSD/year").type, value_of("17.1 GUSD").type);
}

TEST(ClaimLiteral, DatesFlagsAndWords) {
    EXPECT_EQ(day_of(value_of("2025-07-16").extent.low), on(2025, 7, 16));
    EXPECT_EQ(value_of("2025-07-01..2025-07-31").type, day_of_calendar);
    EXPECT_EQ(value_of("true").type, truth_value);
    EXPECT_EQ(value_of("approved").word, "approved");
}

TEST(ClaimLiteral, WhatIsNone) {
    EXPECT_TRUE(contains(refusal("9 USD..5 USD"), "ends before it begins"));
    EXPECT_TRUE(contains(refusal("5 USD..9 GB"), "unlike units"));
    EXPECT_TRUE(contains(refusal("5 parsec"), "unknown unit"));
    EXPECT_NE(refusal(""), "");
    EXPECT_NE(refusal(">"), "");
}

}  // namespace TEST_FILE
}  // namespace millwright
