// What is kept, held and forgotten, beside a list that is searched from end to end.
#include "millwright/serve/prefix_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <vector>

namespace millwright {
namespace TEST_FILE {

using Ids = std::vector<std::uint64_t>;

/// Pieces in the order in which they were let go of, and how many hold each.
struct PlainPrefixes {
    std::map<std::uint64_t, int> holders;
    Ids idle;

    std::size_t kept(const Ids& ids) const {
        const auto missing = [&](std::uint64_t id) { return !holders.contains(id); };
        return static_cast<std::size_t>(std::ranges::find_if(ids, missing) - ids.begin());
    }
    void hold(const Ids& ids) {
        for (const std::uint64_t id : ids) {
            ++holders[id];
            std::erase(idle, id);
        }
    }
    void release(const Ids& ids) {
        for (std::size_t i = ids.size(); i-- > 0;) {
            if (--holders[ids[i]] == 0) idle.push_back(ids[i]);
        }
    }
    void shrink_to(std::size_t pieces) {
        while (idle.size() > pieces) {
            holders.erase(idle.front());
            idle.erase(idle.begin());
        }
    }
    double held() const { return static_cast<double>(holders.size() - idle.size()); }
};

/// Ids of a tree, so that prompts share beginnings: node n has children 3n + 1 to 3n + 3.
Ids drawn_path() {
    Ids path;
    std::uint64_t node = 0;
    const int depth = *rc::gen::inRange(0, 6);
    for (int i = 0; i < depth; ++i) path.push_back(node = 3 * node + *rc::gen::inRange(1U, 4U));
    return path;
}

TEST(PrefixCache, ForgetsWhatAPlainListForgets) {
    EXPECT_TRUE(rc::check([] {
        constexpr double tokens = 16;
        PrefixCache cache;
        PlainPrefixes plain;
        std::vector<Ids> holding;
        for (int step = 0; step < 60; ++step) {
            const int what = *rc::gen::inRange(0, 4);
            if (what <= 1) {
                const Ids path = drawn_path();
                RC_ASSERT(cache.kept(path).pieces == plain.kept(path));
                cache.hold(path, tokens);
                plain.hold(path);
                holding.push_back(path);
            } else if (what == 2 && !holding.empty()) {
                const auto at = *rc::gen::inRange<std::size_t>(0, holding.size());
                cache.release(holding[at]);
                plain.release(holding[at]);
                holding.erase(holding.begin() + static_cast<std::ptrdiff_t>(at));
            } else if (what == 3) {
                const auto pieces = *rc::gen::inRange<std::size_t>(0, 20);
                cache.shrink_to(tokens * static_cast<double>(pieces));
                plain.shrink_to(pieces);
            }
            RC_ASSERT(cache.held_tokens() == tokens * plain.held());
            RC_ASSERT(cache.idle_tokens() == tokens * static_cast<double>(plain.idle.size()));
        }
    }));
}

TEST(PrefixCache, KeptStopsAtTheFirstThatIsMissing) {
    PrefixCache cache;
    cache.hold(Ids{1, 2}, 10);
    cache.hold(Ids{4}, 10);
    EXPECT_EQ(cache.kept(Ids{1, 2, 3, 4}).pieces, 2U);
    EXPECT_EQ(cache.kept(Ids{1, 2, 3, 4}).held_tokens, 20);
    EXPECT_EQ(cache.kept(Ids{3}).pieces, 0U);
    cache.release(Ids{1, 2});
    EXPECT_EQ(cache.kept(Ids{1, 2}).pieces, 2U);
    EXPECT_EQ(cache.kept(Ids{1, 2}).held_tokens, 0);
}

TEST(PrefixCache, NeverForgetsWhatIsHeld) {
    PrefixCache cache;
    cache.hold(Ids{1, 2}, 10);
    cache.hold(Ids{1}, 10);
    cache.release(Ids{1, 2});
    cache.shrink_to(0);
    EXPECT_EQ(cache.kept(Ids{1, 2}).pieces, 1U);
    EXPECT_EQ(cache.idle_tokens(), 0);
    EXPECT_EQ(cache.held_tokens(), 10);
}

TEST(PrefixCache, WhatWasNeverComputedRestsNowhere) {
    PrefixCache cache;
    Ids idle, lost;
    cache.listen([&](PrefixCache::Change change, std::uint64_t id, double) {
        if (change == PrefixCache::Change::idle) idle.push_back(id);
        if (change == PrefixCache::Change::lost) lost.push_back(id);
    });
    const Ids ids{1, 2, 3};
    cache.hold(ids, 16);
    cache.hold(Ids{1}, 16);
    cache.lose(ids);
    EXPECT_EQ(lost, (Ids{2, 3}));
    EXPECT_EQ(cache.held_tokens(), 16);  // the other's
    EXPECT_EQ(cache.idle_tokens(), 0);
    cache.release(Ids{1});
    EXPECT_EQ(idle, Ids{1});
    EXPECT_THROW(cache.lose(Ids{1}), BrokenContract);
}

TEST(PrefixCache, ForgetsEndsBeforeBeginnings) {
    PrefixCache cache;
    cache.hold(Ids{1, 2, 3}, 10);
    cache.release(Ids{1, 2, 3});
    cache.shrink_to(10);
    EXPECT_EQ(cache.kept(Ids{1, 2, 3}).pieces, 1U);
}

TEST(PrefixCache, APrefixIsReleasedAsOftenAsItWasHeld) {
    PrefixCache cache;
    cache.hold(Ids{1}, 10);
    cache.release(Ids{1});
    EXPECT_ANY_THROW(cache.release(Ids{1}));
}

}  // namespace TEST_FILE
}  // namespace millwright
