// Distributions of lengths: forms as people write them, faults, draws by counter.
#include "millwright/serve/lengths.h"

#include <gtest/gtest.h>

#include <set>

#include "millwright/base/text.h"
#include "millwright/parts/request.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

Lengths read(const std::string& text) {
    const auto lengths = read_lengths(text, "--prompt");
    EXPECT_TRUE(lengths) << text << (lengths ? "" : to_text(lengths.error()));
    return lengths ? *lengths : Lengths{};
}

std::string told(const std::string& text) {
    const auto lengths = read_lengths(text, "--prompt");
    return lengths ? "" : to_text(lengths.error());
}

TEST(Lengths, ANumberIsAlwaysThatLong) {
    const Lengths lengths = read(" 512 ");
    for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(length_at(lengths, {1, 2}, i), 512);
    EXPECT_EQ(mean_of(lengths), 512);
    EXPECT_EQ(longest_of(read("1e3")), 1000);
}

TEST(Lengths, UniformOnesHaveBothEnds) {
    const Lengths lengths = read("uniform(3, 6)");
    std::set<std::int64_t> seen;
    for (std::uint64_t i = 0; i < 200; ++i) seen.insert(length_at(lengths, {1, 2}, i));
    EXPECT_EQ(seen, (std::set<std::int64_t>{3, 4, 5, 6}));
    EXPECT_EQ(mean_of(lengths), 4.5);
    EXPECT_EQ(longest_of(lengths), 6);
    EXPECT_EQ(length_at(read("Uniform(7,7)"), {1, 2}, 0), 7);
}

TEST(Lengths, LognormalOnesAreWholeAndOneAtLeast) {
    const Lengths lengths = read("lognormal(2,3)");
    bool one = false;
    for (std::uint64_t i = 0; i < 200; ++i) {
        const std::int64_t tokens = length_at(lengths, {5, 2}, i);
        EXPECT_GE(tokens, 1);
        one = one || tokens == 1;
    }
    EXPECT_TRUE(one);
    EXPECT_EQ(length_at(read("lognormal(100,0)"), {5, 2}, 9), 100);
    // a variation without sense still gives lengths
    EXPECT_LE(length_at(read("lognormal(1e9,100)"), {5, 2}, 3), most_request_tokens);
}

TEST(Lengths, AFileGivesWhatStandsInItAndAsOften) {
    const TestFolder folder;
    const std::string path = folder.put("lengths.txt",
                                        "\xEF\xBB\xBF"
                                        "20\r\n5\r\n\r\n5\r\n5");
    const Lengths lengths = read(path);
    EXPECT_EQ(mean_of(lengths), 35.0 / 4);
    EXPECT_EQ(longest_of(lengths), 20);
    int short_ones = 0;
    for (std::uint64_t i = 0; i < 4000; ++i) {
        const std::int64_t tokens = length_at(lengths, {1, 2}, i);
        EXPECT_TRUE(tokens == 5 || tokens == 20);
        short_ones += tokens == 5 ? 1 : 0;
    }
    EXPECT_NEAR(short_ones, 3000, 5 * 27.4);  // five deviations
    // the order of lines is of no effect
    const std::string other = folder.put("other.txt", "5\n5\n5\n20\n");
    for (std::uint64_t i = 0; i < 50; ++i) {
        EXPECT_EQ(length_at(lengths, {1, 2}, i), length_at(read(other), {1, 2}, i));
    }
}

TEST(Lengths, ADrawIsAFunctionOfSeedStreamAndCounter) {
    const Lengths lengths = read("lognormal(1000,1)");
    const std::int64_t drawn = length_at(lengths, {7, 3}, 41);
    for (std::uint64_t i = 0; i < 100; ++i) length_at(lengths, {7, 3}, i);
    EXPECT_EQ(length_at(lengths, {7, 3}, 41), drawn);
    int alike = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
        alike += length_at(lengths, {7, 3}, i) == length_at(lengths, {8, 3}, i) ? 1 : 0;
        alike += length_at(lengths, {7, 3}, i) == length_at(lengths, {7, 4}, i) ? 1 : 0;
    }
    EXPECT_LT(alike, 10);
}

TEST(Lengths, OtherFormsAreFaultsWithAHint) {
    EXPECT_TRUE(contains(told(""), "no length is given"));
    for (const char* text : {"0", "-1", "1.5", "1e10", "nan", "inf", "1e999"}) {
        EXPECT_NE(told(text), "") << text;
    }
    EXPECT_TRUE(contains(told("0"), "a whole number of tokens from 1 to"));
    EXPECT_TRUE(contains(told("uniform(6,3)"), "out of order"));
    EXPECT_TRUE(contains(told("uniform(0,3)"), "no length"));
    EXPECT_TRUE(contains(told("uniform(3)"), "one number"));
    EXPECT_TRUE(contains(told("uniform(3,4"), "bracket"));
    EXPECT_TRUE(contains(told("uniform(3,x)"), "two numbers"));
    EXPECT_TRUE(contains(told("uniform(1,2,3)"), "two numbers"));
    const std::string both = told("lognormal(0,-1)");
    EXPECT_TRUE(contains(both, "mean") && contains(both, "variation")) << both;
    EXPECT_TRUE(contains(told("pareto(1,2)"), "lognormal(mean,cv)"));
    EXPECT_TRUE(contains(told("no/such/file"), "the path of a file"));
}

TEST(Lengths, FaultsOfAFileHaveTheirLines) {
    const TestFolder folder;
    const std::string path = folder.put("lengths.txt", "5\nx\n0\n1.5\nnan\n99999999999\n7\n");
    const std::string text = told(path);
    for (const char* part : {":2:1: error: 'x' is no number", ":3:1: error: '0' is out of range",
                             ":4:1: error: '1.5' is no whole", ":5:1:", ":6:1:"}) {
        EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
    }
    EXPECT_FALSE(contains(text, ":7:"));
    EXPECT_TRUE(contains(told(folder.put("empty.txt", "\n\n")), "holds no lengths"));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "x\n";
    const auto all = read_lengths(folder.put("many.txt", many), "--prompt");
    ASSERT_FALSE(all);
    EXPECT_EQ(all.error().size(), 20U);
}

}  // namespace TEST_FILE
}  // namespace millwright
