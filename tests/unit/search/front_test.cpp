// The front of three figures against comparing all with all.
#include "millwright/search/front.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace millwright {
namespace TEST_FILE {

Entry entry(double score, double memory, std::int64_t chips, std::uint64_t number) {
    return {score, memory * unit::B, score * unit::s, chips, number};
}

/// No worse in anything; of equal ones the first that came.
bool beats(const Entry& a, const Entry& b) {
    return a.score <= b.score && a.memory <= b.memory && a.chips <= b.chips;
}
bool equal(const Entry& a, const Entry& b) { return beats(a, b) && beats(b, a); }

/// Entries that no other beats, equal ones but for the first left out.
std::vector<std::uint64_t> unbeaten(const std::vector<Entry>& all) {
    std::vector<Entry> kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
        bool beaten = false;
        for (std::size_t j = 0; j < all.size(); ++j) {
            if (i == j) continue;
            beaten = beaten || (equal(all[j], all[i]) ? j < i : beats(all[j], all[i]));
        }
        if (!beaten) kept.push_back(all[i]);
    }
    std::sort(kept.begin(), kept.end(), better);
    std::vector<std::uint64_t> numbers;
    for (const Entry& e : kept) numbers.push_back(e.number);
    return numbers;
}

std::vector<std::uint64_t> front_of(const std::vector<Entry>& all) {
    Front front;
    for (const Entry& e : all) front.add(e);
    std::vector<std::uint64_t> numbers;
    for (const Entry& e : front.sorted()) numbers.push_back(e.number);
    return numbers;
}

TEST(Front, KeepsWhatNoOtherBeats) {
    EXPECT_TRUE(front_of({}).empty());
    EXPECT_EQ(front_of({entry(1, 1, 1, 0)}), (std::vector<std::uint64_t>{0}));
    // the same twice; slower with less memory; slower on fewer chips; worse in all
    EXPECT_EQ(front_of({entry(1, 5, 8, 0), entry(1, 5, 8, 1), entry(2, 4, 8, 2), entry(2, 9, 4, 3),
                        entry(3, 9, 8, 4)}),
              (std::vector<std::uint64_t>{0, 3, 2}));
    // a newcomer on fewer chips clears what has more
    EXPECT_EQ(front_of({entry(2, 5, 8, 0), entry(3, 4, 16, 1), entry(1, 3, 4, 2)}),
              (std::vector<std::uint64_t>{2}));
}

// Few values, so that ties of one, two and all three figures come up.
TEST(FrontLaw, IsThatOfComparingAllWithAll) {
    EXPECT_TRUE(rc::check([] {
        const int count = *rc::gen::inRange(0, 40);
        std::vector<Entry> all;
        for (int i = 0; i < count; ++i) {
            all.push_back(entry(*rc::gen::inRange(1, 7), *rc::gen::inRange(1, 7),
                                *rc::gen::inRange(1, 4), static_cast<std::uint64_t>(i)));
        }
        RC_ASSERT(front_of(all) == unbeaten(all));
    }));
}

TEST(Front, OrdersByScoreThenChipsThenNumber) {
    EXPECT_TRUE(better(entry(1, 9, 9, 9), entry(2, 1, 1, 1)));
    EXPECT_TRUE(better(entry(1, 9, 2, 9), entry(1, 1, 3, 1)));
    EXPECT_TRUE(better(entry(1, 9, 2, 1), entry(1, 1, 2, 2)));
    EXPECT_FALSE(better(entry(1, 1, 2, 2), entry(1, 1, 2, 2)));
    EXPECT_TRUE(smaller(entry(9, 1, 9, 9), entry(1, 2, 1, 1)));
    EXPECT_TRUE(smaller(entry(9, 1, 9, 1), entry(1, 1, 1, 2)));
}

TEST(Front, IsThinnedToItsEndsAndEvenRanks) {
    for (const std::size_t size : {0UL, 1UL, 64UL, 65UL, 127UL, 1000UL}) {
        std::vector<Entry> front;
        for (std::size_t i = 0; i < size; ++i) front.push_back(entry(1, 1, 1, i));
        const std::vector<Entry> kept = thinned(front);
        ASSERT_EQ(kept.size(), std::min<std::size_t>(size, 64));
        if (size == 0) continue;
        EXPECT_EQ(kept.front().number, 0U);
        EXPECT_EQ(kept.back().number, size - 1);
        for (std::size_t i = 1; i < kept.size(); ++i) {
            const std::uint64_t gap = kept[i].number - kept[i - 1].number;
            EXPECT_LE(gap, (size - 1) / 63 + 1);
            EXPECT_GE(gap, size > 64 ? (size - 1) / 63 : 1);
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
