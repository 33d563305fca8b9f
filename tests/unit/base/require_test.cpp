// Preconditions are loud in every build, and say where.
#include "millwright/base/require.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

TEST(Require, SaysWhatAndWhere) {
    require(true, "never told");
    try {
        require(false, "the list has an entry");
        FAIL();
    } catch (const BrokenContract& e) {
        const std::string text = e.what();
        EXPECT_NE(text.find("require_test.cpp:"), std::string::npos) << text;
        EXPECT_NE(text.find("the list has an entry"), std::string::npos) << text;
    }
}

TEST(Narrow, KeepsWhatFitsToTheLastUnit) {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    EXPECT_EQ(narrow<std::uint32_t>(most), 4294967295U);
    EXPECT_THROW(narrow<std::uint32_t>(most + 1), BrokenContract);
    EXPECT_EQ(narrow<std::uint32_t>(std::int64_t{0}), 0U);
    EXPECT_THROW(narrow<std::uint32_t>(std::int64_t{-1}), BrokenContract);
    EXPECT_EQ(narrow<std::int8_t>(-128), -128);
    EXPECT_THROW(narrow<std::int8_t>(-129), BrokenContract);
    EXPECT_THROW(narrow<std::int64_t>(std::numeric_limits<std::uint64_t>::max()), BrokenContract);
}

TEST(Narrow, OfDoublesTakesWholeNumbersAlone) {
    EXPECT_EQ(narrow<std::int64_t>(3.0), 3);
    EXPECT_EQ(narrow<std::int64_t>(-0.0), 0);
    EXPECT_THROW(narrow<std::int64_t>(2.5), BrokenContract);
    EXPECT_EQ(narrow<std::uint32_t>(4294967295.0), 4294967295U);
    EXPECT_THROW(narrow<std::uint32_t>(4294967296.0), BrokenContract);
    EXPECT_THROW(narrow<std::uint32_t>(-1.0), BrokenContract);
    // 2^63 is the first that 64 signed bits cannot hold
    EXPECT_THROW(narrow<std::int64_t>(9223372036854775808.0), BrokenContract);
    EXPECT_EQ(narrow<std::int64_t>(-9223372036854775808.0),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_THROW(narrow<std::int64_t>(std::numeric_limits<double>::quiet_NaN()), BrokenContract);
    EXPECT_THROW(narrow<std::int64_t>(std::numeric_limits<double>::infinity()), BrokenContract);
}

}  // namespace TEST_FILE
}  // namespace millwright
