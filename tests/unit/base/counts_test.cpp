// Numbers as typed on a command line, worked by hand.
#include "millwright/base/counts.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

std::string read(const std::string& text, NumberKind kind = NumberKind::whole) {
    std::string why;
    const std::string plain = plain_number(text, kind, why);
    EXPECT_EQ(plain.empty(), !why.empty()) << text;
    return plain;
}

// A comma stands before each group of three, from the first group of one to three digits on.
TEST(CountsByHand, CommasStandBetweenGroupsOfThree) {
    for (const auto& [text, plain] :
         std::vector<std::pair<const char*, const char*>>{{"1,000", "1000"},
                                                          {"12,000", "12000"},
                                                          {"123,000", "123000"},
                                                          {"1,234,567", "1234567"},
                                                          {"-1,234,567", "-1234567"},
                                                          {"1,234,567,890", "1234567890"},
                                                          {"1,000k", "1000000"}}) {
        EXPECT_EQ(read(text), plain) << text;
    }
    for (const char* text : {"1,2345678", "12,3456789", "1,2345,678", "1234,567", "1,234567",
                             "1,234,5678", "123456,789", "1,23", "1,2", ",123", "1,,234", "1,234,",
                             "1,23,456", "-,123", "1,234_567", "1_234,567", "1,234,5,678"}) {
        EXPECT_EQ(read(text), "") << text;
    }
}

TEST(CountsByHand, CommasOfAFractionAreInItsWholePartAlone) {
    EXPECT_EQ(read("1,234.5", NumberKind::real), "1234.5");
    EXPECT_EQ(read("1,234.567", NumberKind::real), "1234.567");
    EXPECT_EQ(read("1,234e3", NumberKind::real), "1234e3");
    EXPECT_EQ(read("1.5,000", NumberKind::real), "");
    EXPECT_EQ(read("1.234,567", NumberKind::real), "");
    EXPECT_EQ(read("1,2345.6", NumberKind::real), "");
    EXPECT_EQ(read("1e1,000", NumberKind::real), "");
}

TEST(CountsByHand, UnderscoresStandBetweenDigits) {
    EXPECT_EQ(read("1_0"), "10");
    EXPECT_EQ(read("11_5_000"), "115000");
    EXPECT_EQ(read("1.000_5M"), "1000500");
    for (const char* text : {"_1", "1_", "1__0", "1_.5", "1._5", "1_k", "-_1", "1_e3"}) {
        EXPECT_EQ(read(text, NumberKind::real), "") << text;
    }
}

// The point is moved, so no digit is rounded: 0.1 and 1.1 have no double of their own.
TEST(CountsByHand, SuffixesMoveThePoint) {
    for (const auto& [text, plain] :
         std::vector<std::pair<const char*, const char*>>{{"1k", "1000"},
                                                          {"1M", "1000000"},
                                                          {"1G", "1000000000"},
                                                          {"1B", "1000000000"},
                                                          {"1T", "1000000000000"},
                                                          {"0.001k", "1"},
                                                          {"1.1k", "1100"},
                                                          {"1.0001T", "1000100000000"},
                                                          {".5k", "500"},
                                                          {"-.5k", "-500"},
                                                          {"5.k", "5000"},
                                                          {"0.000001M", "1"},
                                                          {"007k", "7000"},
                                                          {"0k", "0"}}) {
        EXPECT_EQ(read(text), plain) << text;
    }
    EXPECT_EQ(read("1.2345k"), "");  // 1234.5
    EXPECT_EQ(read("1.2345k", NumberKind::real), "1234.5");
    EXPECT_EQ(read("1.23450k", NumberKind::real), "1234.5");
    for (const char* text : {"k", ".k", "-k", "1kk", "1K1", "1 k", "1P", "1E", "1e3k", "1m"}) {
        EXPECT_EQ(read(text), "") << text;
    }
}

TEST(CountsByHand, WhatIsTakenFits64Bits) {
    EXPECT_EQ(read("9000000000000000000"), "9000000000000000000");
    EXPECT_EQ(read("-9000000000000000000"), "-9000000000000000000");
    for (const char* text : {"9000001T", "9223372036854775808", "-9223372036854775809", "1e5",
                             "99999999999999999999999999999999"}) {
        EXPECT_EQ(read(text), "") << text;
    }
}

TEST(CountsByHand, KindsTakeWhatTheySay) {
    EXPECT_EQ(read("-1", NumberKind::whole), "-1");
    EXPECT_EQ(read("-1", NumberKind::natural), "");
    EXPECT_EQ(read("-1.5", NumberKind::real), "-1.5");
    EXPECT_EQ(read("1e-3", NumberKind::real), "1e-3");
    EXPECT_EQ(read("1e-3", NumberKind::natural), "");
    for (const char* text : {"", " ", "+5", "nan", "-nan", "nan(123)", "inf", "-inf", "infinity",
                             "0x1p3", "1e", "e1", "1-", "1 000", "1\t", "\xEF\xBC\x91", "1'000"}) {
        EXPECT_EQ(read(text, NumberKind::real), "") << text;
    }
}

// Whatever grouping a number is typed in, it is the same number.
TEST(CountsLaw, SeparatorsChangeNothing) {
    EXPECT_TRUE(rc::check([] {
        const auto number = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
        const std::string digits = std::to_string(number);
        std::string commas = digits, underscores = digits;
        for (std::size_t at = digits.size(); at > 3; at -= 3) {
            commas.insert(at - 3, ",");
            underscores.insert(at - 3, "_");
        }
        RC_ASSERT(read(commas) == digits);
        RC_ASSERT(read(underscores) == digits);
        if (number > 0) RC_ASSERT(read(commas + "k") == digits + "000");
        // a comma anywhere else is none of these
        const auto at = *rc::gen::inRange<std::size_t>(1, digits.size() + 1);
        RC_PRE(at < digits.size() && (digits.size() - at != 3 || digits.size() > 6));
        RC_ASSERT(read(std::string(digits).insert(at, ",")) == "");
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
