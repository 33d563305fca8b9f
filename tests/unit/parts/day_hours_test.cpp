// Parts of a day: what is read, how long they are, what two of them share.
#include "millwright/parts/day_hours.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

DayHours hours(const char* text) {
    const auto read = parse_day_hours(text);
    EXPECT_TRUE(read) << text;
    return read.value_or(DayHours{});
}

TEST(DayHours, AreReadAndWrittenAlike) {
    for (const char* text : {"08:00..24:00", "00:00..24:00", "22:30..06:15", "13:05..13:06"}) {
        EXPECT_EQ(to_text(hours(text)), text);
    }
    EXPECT_EQ(hours("08:30..24:00"), (DayHours{8.5, 24}));
}

TEST(DayHours, AreRefusedWhereTheyAreNoneOfADay) {
    for (const char* text : {"", "14", "8:00..24:00", "08:00-24:00", "08:00..24:01", "08:60..09:00",
                             "08:00..08:00", "24:00..08:00", "08:00..25:00", "08:00..24:00 ",
                             "-8:00..09:00", "08:00..1a:00", "08.00..09.00", "08:00...09:00"}) {
        EXPECT_FALSE(parse_day_hours(text)) << text;
    }
}

TEST(DayHours, MayGoOverMidnight) {
    EXPECT_EQ(hours("08:00..24:00").length(), 16);
    EXPECT_EQ(hours("22:00..06:00").length(), 8);
    EXPECT_EQ(hours("22:00..00:00").length(), 2);
}

TEST(DayHours, ShareWhatLiesInBoth) {
    const DayHours day = hours("08:00..24:00");
    EXPECT_EQ(shared_hours(day, day), 16);
    EXPECT_EQ(shared_hours(day, hours("00:00..08:00")), 0);
    EXPECT_EQ(shared_hours(day, hours("22:00..06:00")), 2);
    EXPECT_EQ(shared_hours(hours("20:00..10:00"), hours("22:00..06:00")), 8);
    EXPECT_EQ(shared_hours(hours("20:00..10:00"), hours("09:00..21:00")), 2);
}

}  // namespace TEST_FILE
}  // namespace millwright
