// Days of the calendar as files write them.
#include "millwright/base/date.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace millwright {
namespace TEST_FILE {

TEST(DateByHand, LeapYearsAreThoseOfGregory) {
    EXPECT_TRUE(parse_date("2024-02-29"));
    EXPECT_TRUE(parse_date("2000-02-29"));   // by 400
    EXPECT_FALSE(parse_date("1900-02-29"));  // by 100
    EXPECT_FALSE(parse_date("2023-02-29"));
    EXPECT_FALSE(parse_date("2024-02-30"));
}

TEST(DateByHand, MonthsEndOnTheirLastDay) {
    constexpr std::array lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (unsigned month = 1; month <= 12; ++month) {
        const int last = lengths[month - 1];
        const std::string stem =
            "2026-" + std::string(month < 10 ? "0" : "") + std::to_string(month) + "-";
        EXPECT_TRUE(parse_date(stem + std::to_string(last))) << stem;
        EXPECT_FALSE(parse_date(stem + std::to_string(last + 1))) << stem;
    }
}

// Four digits, two and two: what a library's reader of numbers takes besides is no date.
TEST(DateByHand, OnlyDigitsAndDashes) {
    for (const char* bad : {"",           "2026",        "2026-02",     "2026-2-01",
                            "2026-02-1",  "2026-02-01 ", " 2026-02-01", "26-02-01",
                            "2026/02/01", "2026-02/01",  "20260201",    "2026-02-01T00:00",
                            "-123-01-01", "-001-01-01",  "+123-01-01",  "2026--1-01",
                            "2026-01--1", "2026-+1-01",  " 026-01-01",  "2026- 1-01",
                            "0x10-01-01", "2026-00-01",  "2026-01-00",  "2026-13-01",
                            "２０26-0",   "2026-02-0a"}) {
        EXPECT_FALSE(parse_date(bad)) << bad;
    }
    EXPECT_EQ(parse_date("0001-01-01"), on(1, 1, 1));
    EXPECT_EQ(parse_date("9999-12-31"), on(9999, 12, 31));
}

TEST(DateByHand, PublicationsHaveYearsMonthsDaysOrSpans) {
    for (const char* good :
         {"2023", "2023-11", "2023-11-17", "2023-2023", "2022-2024", "2024-02-29"}) {
        EXPECT_TRUE(is_publication_date(good)) << good;
    }
    for (const char* bad : {"", "23", "2023-", "2023-1", "2023-13", "2023-00", "2023-11-31",
                            "2023-2022", "2023-202", "2023-20244", "2023 ", "-123", "-123-01",
                            "2023--123", "2023-11-17-18", "2023/11", "202a", "2023-Q4"}) {
        EXPECT_FALSE(is_publication_date(bad)) << bad;
    }
}

TEST(DateLaw, EveryDayIsReadAsItIsWritten) {
    EXPECT_TRUE(rc::check([] {
        const auto days = std::chrono::days(*rc::gen::inRange(-700'000, 2'900'000));
        const Date date{std::chrono::sys_days(days)};
        RC_PRE(static_cast<int>(date.year()) >= 0 && static_cast<int>(date.year()) <= 9999);
        RC_ASSERT(parse_date(to_text(date)) == date);
        RC_ASSERT(is_publication_date(to_text(date)));
        RC_ASSERT(is_publication_date(to_text(date).substr(0, 7)));
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
