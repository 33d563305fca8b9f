// Words of command lines.
#include "millwright/api/shell.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

using Words = std::vector<std::string>;

TEST(Shell, WordsAreAsAShellTakesThem) {
    EXPECT_EQ(shell_words("a  b\tc\n"), (Words{"a", "b", "c"}));
    EXPECT_EQ(shell_words("a \\\n  b"), (Words{"a", "b"}));
    EXPECT_EQ(shell_words("a \\ b"), (Words{"a", "b"}));  // of a line that was joined
    EXPECT_EQ(shell_words("'a b' \"c d\"e f\\ g"), (Words{"a b", "c de", "f g"}));
    EXPECT_EQ(shell_words("'{\"k\":1}' ''"), (Words{"{\"k\":1}", ""}));
    EXPECT_EQ(shell_words("'open"), (Words{"open"}));
    EXPECT_EQ(shell_words(""), Words{});
}

TEST(Shell, AQuoteThatDoesNotEndIsTold) {
    EXPECT_TRUE(has_open_quote("vllm serve 'a"));
    EXPECT_TRUE(has_open_quote("\"it's"));
    EXPECT_FALSE(has_open_quote("'a' \"it's\" \\'"));
    EXPECT_FALSE(has_open_quote(""));
}

TEST(Shell, WhatIsQuotedIsReadAgain) {
    const Words words{"plain", "two words", "it's", "$(reboot)", "", "\\", "a\nb", "{\"k\":1}"};
    EXPECT_EQ(shell_words(shell_text(words)), words);
}

}  // namespace TEST_FILE
}  // namespace millwright
