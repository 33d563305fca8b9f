// A data loop as written: values with their places, and all faults at once.
#include <gtest/gtest.h>

#include <string>

#include "millwright/intake/loop_text.h"

namespace millwright {
namespace TEST_FILE {

const std::string sound = R"(name = "small"
[fleet]
vehicles = 100
hours_a_day = 2
triggers_an_hour = 0.5
event_size = "1 MB"
[curation]
kept = 0.5
[training]
rate = "1 EFLOPS"
precision = "fp8"
mfu = 0.4
flops = "1e21 FLOP"
every_days = 7
[[release]]
share = 0.2
soak = "2 days"
[[release]]
share = 1
soak = "1 day"
)";

std::string with(const std::string& old, const std::string& by) {
    std::string text = sound;
    const std::size_t at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return text.replace(at, old.size(), by);
}

TEST(LoopText, ValuesHaveTheirPlaces) {
    const auto text = parse_data_loop(sound, "a.toml");
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->faults.empty()) << to_text(text->faults);
    EXPECT_EQ(text->fleet.vehicles.value, 100);
    EXPECT_EQ(text->fleet.vehicles.at.line, 3);
    EXPECT_EQ(text->training.precision.value, Precision::fp8);
    EXPECT_DOUBLE_EQ(text->training.rate.value.si(), 1e18);
    ASSERT_EQ(text->release.size(), 2U);
    EXPECT_DOUBLE_EQ(text->release[0].soak.value.in(unit::day), 2);
    EXPECT_FALSE(text->run.days.given);
}

TEST(LoopText, EveryFaultIsTold) {
    const struct {
        std::string text, told;
        int line;
    } cases[] = {
        {with("vehicles = 100", "vehicles = 0"), "outside the range 1 to", 3},
        {with("kept = 0.5", "kept = 2"), "'kept'", 8},
        {with("mfu", "mfuu"), "mfu", 12},
        {with("\"1 MB\"", "\"1 s\""), "wrong unit", 6},
        {with("share = 0.2", "share = 1"), "does not grow", 19},
        {with("share = 1\n", "share = 0.9\n"), "not the whole fleet", 19},
    };
    for (const auto& [written, told, line] : cases) {
        const auto text = parse_data_loop(written, "a.toml");
        ASSERT_TRUE(text);
        ASSERT_FALSE(text->faults.empty()) << told;
        EXPECT_NE(to_text(text->faults).find(told), std::string::npos) << to_text(text->faults);
        EXPECT_EQ(in_order(text->faults).back().at.line, line) << told;
        for (const Fault& fault : text->faults) EXPECT_FALSE(fault.hint.empty());
    }
}

TEST(LoopText, WhatIsMissingIsNamed) {
    const auto text = parse_data_loop("name = \"x\"\n", "a.toml");
    ASSERT_TRUE(text);
    const std::string told = to_text(text->faults);
    for (const char* section : {"[fleet]", "[curation]", "[training]", "[[release]]"}) {
        EXPECT_NE(told.find(std::string("lacks ") + section), std::string::npos) << told;
    }
    EXPECT_FALSE(parse_data_loop("[fleet\n", "a.toml"));
    EXPECT_FALSE(read_data_loop("no-such-file.toml"));
}

}  // namespace TEST_FILE
}  // namespace millwright
