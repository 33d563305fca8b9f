// How deep a file of TOML may be nested, which is not how long its lists are.
#include <gtest/gtest.h>

#include "millwright/catalog/toml_reader.h"

namespace millwright {
namespace TEST_FILE {

std::string repeated(int times, const std::string& text) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

std::string fault_of(const std::string& text) {
    const auto table = parse_toml(text, "f.toml");
    return table ? "" : to_text(table.error());
}

TEST(Nesting, ListsSideBySideAreNotNested) {
    EXPECT_EQ(fault_of("a = [" + repeated(500, "[1],") + "]\n"), "");
    EXPECT_EQ(fault_of("a = [" + repeated(500, "{b = [1]}, ") + "]\n"), "");
    EXPECT_EQ(fault_of(repeated(100, "[[a]]\nb = [[1], [2]]\n")), "");
    EXPECT_EQ(fault_of("a = " + repeated(64, "[") + repeated(64, "]") + "\n"), "");
}

// The 65th bracket stands behind the four characters of "a = ".
TEST(Nesting, WhatIsTooDeepIsToldWhereItIs) {
    const std::string hint = "f.toml:2:69: error: brackets or keys are nested more than 64 deep";
    EXPECT_TRUE(fault_of("b = 1\na = " + repeated(65, "[")).starts_with(hint));
    EXPECT_TRUE(fault_of("b = 1\na = " + repeated(99'999, "[") + "\n").starts_with(hint));
    EXPECT_NE(fault_of("a = " + repeated(100'000, "[\n")),
              "");  // toml++ counts those of many lines
    EXPECT_NE(fault_of("a = " + repeated(100'000, "[\"]\", ")), "");
    EXPECT_NE(fault_of("a = " + repeated(100'000, "{a=")), "");
    EXPECT_NE(fault_of("a" + repeated(100'000, ".a") + " = 1\n"), "");
}

}  // namespace TEST_FILE
}  // namespace millwright
