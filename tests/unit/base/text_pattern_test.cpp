#include "millwright/base/text_pattern.h"

#include <gtest/gtest.h>

#include "millwright/base/require.h"

namespace millwright {
namespace TEST_FILE {

TEST(TextPattern, TellsWhatItsGroupsTook) {
    const TextPattern size(R"((\d+)\s?(GB|MB)?)");
    const auto first = size.find("about 80 GB");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->groups, (std::vector<std::string>{"80 GB", "80", "GB"}));
    EXPECT_EQ(first->end, 11U);
    EXPECT_EQ(size.find("80")->groups[2], "");
    EXPECT_FALSE(size.find("none"));
}

TEST(TextPattern, GoesOnBehindWhatItFound) {
    const TextPattern word(R"(\b[a-z]+)");
    const std::string text = "two words";
    const auto first = word.find(text);
    EXPECT_EQ(word.find(text, first->end)->groups[0], "words");
    EXPECT_FALSE(word.find(text, text.size()));
}

// "wo" of "two" begins no word, and 1 is not the beginning of the text
TEST(TextPattern, AssertionsSeeWhatStandsBefore) {
    EXPECT_FALSE(TextPattern(R"(\bwo)").find("two", 1));
    EXPECT_FALSE(TextPattern("^wo").find("two", 1));
    EXPECT_TRUE(TextPattern("^two").find("two"));
}

TEST(TextPattern, WhatIsNoneIsABrokenContract) {
    EXPECT_THROW(TextPattern("("), BrokenContract);
    EXPECT_THROW(TextPattern("a").find("a", 2), BrokenContract);
}

}  // namespace TEST_FILE
}  // namespace millwright
