// Periods by their labels.
#include <gtest/gtest.h>

#include "millwright/claims/period.h"

namespace millwright {
namespace TEST_FILE {

DateRange fiscal(const char* label, const char* ends) {
    std::string why;
    return fiscal_period(parse_period(label, why).value(), parse_calendar(ends, why).value());
}

TEST(ClaimPeriod, QuartersOfAYearThatEndsWithTheLastSundayOfJanuary) {
    constexpr const char* rule = "last Sunday of January";
    EXPECT_EQ(fiscal("FY26Q1", rule), (DateRange{on(2025, 1, 27), on(2025, 4, 27)}));
    EXPECT_EQ(fiscal("FY26Q2", rule), (DateRange{on(2025, 4, 28), on(2025, 7, 27)}));
    EXPECT_EQ(fiscal("Q3 FY2026", rule).last, on(2025, 10, 26));
    EXPECT_EQ(fiscal("FY2025", rule), (DateRange{on(2024, 1, 29), on(2025, 1, 26)}));
    EXPECT_EQ(fiscal("FY2023Q4", rule).last, on(2023, 1, 29));
}

TEST(ClaimPeriod, OfAYearThatEndsOnADay) {
    EXPECT_EQ(fiscal("FY2025", "06-30"), (DateRange{on(2024, 7, 1), on(2025, 6, 30)}));
    EXPECT_EQ(fiscal("FY2025Q3", "06-30").last, on(2025, 3, 31));
    EXPECT_EQ(fiscal("FY2024", "02-28").last, on(2024, 2, 29));
}

TEST(ClaimPeriod, OfTheCommonCalendar) {
    std::string why;
    const PeriodLabel label = parse_period("2025Q2", why).value();
    EXPECT_FALSE(label.fiscal);
    EXPECT_FALSE(label.calendar);
    EXPECT_EQ(calendar_period(label), (DateRange{on(2025, 4, 1), on(2025, 6, 30)}));
    EXPECT_TRUE(parse_period("CY2025Q2", why)->calendar);
    EXPECT_EQ(calendar_period(parse_period("2024", why).value()).last, on(2024, 12, 31));
}

TEST(ClaimPeriod, WhatIsNone) {
    std::string why;
    for (const char* text :
         {"", "Q5 2025", "25Q2", "FY", "FY20266", "2025Q2Q3", "spring", "1800"}) {
        EXPECT_FALSE(parse_period(text, why)) << text;
    }
    for (const char* text : {"", "last Someday of May", "13-01", "02-30", "Sunday of May"}) {
        EXPECT_FALSE(parse_calendar(text, why)) << text;
        EXPECT_NE(why, "");
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
