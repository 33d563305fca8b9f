// Values of a sweep as they are typed: lists, ranges by steps and by ratios, and what is neither.
#include "millwright/api/sweep_values.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

using Texts = std::vector<std::string>;

constexpr ValuesOf counts{Dimension{}, true}, numbers{Dimension{}, false}, words{{}, false};
const ValuesOf prices{Dimension{.dollars = 1, .joules = -1}, false};

Texts values(const std::string& text, const ValuesOf& of) {
    Faults faults;
    const auto found = written_values(text, of, 100, {}, faults);
    EXPECT_EQ(faults.empty(), found.has_value()) << text;
    return found ? found->texts : Texts{};
}

std::string refused(const std::string& text, const ValuesOf& of) {
    Faults faults;
    EXPECT_FALSE(written_values(text, of, 100, {"--over", 0, 0}, faults)) << text;
    EXPECT_FALSE(faults.empty()) << text;
    return faults.empty() ? "" : to_text(faults);
}

TEST(SweepValues, OfAListStayAsTheyAre) {
    EXPECT_EQ(values("8", counts), (Texts{"8"}));
    EXPECT_EQ(values("16k, 8", counts), (Texts{"16k", "8"}));
    EXPECT_EQ(values("0.05 USD/kWh,0.06 USD/kWh", prices), (Texts{"0.05 USD/kWh", "0.06 USD/kWh"}));
    // of words two points are two points
    EXPECT_EQ(values("08:00..24:00", words), (Texts{"08:00..24:00"}));
    EXPECT_EQ(values("../a.toml,b", words), (Texts{"../a.toml", "b"}));
}

TEST(SweepValues, OfARangeGoFromEndToEnd) {
    EXPECT_EQ(values("2048..16384:x4", counts), (Texts{"2048", "4096", "8192", "16384"}));
    EXPECT_EQ(values("1k..2k:3", counts), (Texts{"1000", "1500", "2000"}));
    EXPECT_EQ(values("1..3:5", counts), (Texts{"1", "2", "3"}));  // rounded, each once
    EXPECT_EQ(values("0..1:3", numbers), (Texts{"0", "0.5", "1"}));
    EXPECT_EQ(values("-1 .. 1 : 2", numbers), (Texts{"-1", "1"}));
    EXPECT_EQ(values("0.05..0.09 USD/kWh:3", prices),
              (Texts{"0.05 USD/kWh", "0.07 USD/kWh", "0.09 USD/kWh"}));
    EXPECT_EQ(values("0.05 USD/kWh..0.06 USD/kWh:2", prices),
              (Texts{"0.05 USD/kWh", "0.06 USD/kWh"}));
    EXPECT_EQ(values("1..4T:x3", {Dimension{.tokens = 1}, false}), (Texts{"1T", "2T", "4T"}));
}

TEST(SweepValues, ThatAreNoneAreRefused) {
    for (const auto& [text, said] : {std::pair{"", "empty value"},
                                     {"1,,2", "empty value"},
                                     {"1,1", "stands twice"},
                                     {"1..9", "how many"},
                                     {"1..9:", "number of values"},
                                     {"1..9:1", "number of values"},
                                     {"1..9:101", "number of values"},
                                     {"1..9:x", "number of values"},
                                     {"1..9:2.5", "number of values"},
                                     {"x..9:3", "no range of numbers"},
                                     {"nan..9:3", "no range of numbers"},
                                     {"1..inf:3", "no range of numbers"},
                                     {"9..1:3", "at or below"},
                                     {"1..1:3", "at or below"},
                                     {"0..1:x3", "above zero"},
                                     {"1 kW..1 MW:3", "two units"}}) {
        EXPECT_TRUE(contains(refused(text, numbers), said)) << text << refused(text, numbers);
    }
    EXPECT_TRUE(contains(refused("1.5..9:3", counts), "whole numbers"));
    EXPECT_TRUE(contains(refused("1,1,,", numbers), "stands twice"));
    EXPECT_TRUE(contains(refused("1,1,,", numbers), "empty value"));
}

}  // namespace TEST_FILE
}  // namespace millwright
