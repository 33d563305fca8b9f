// Layouts that deployments come in.
#include "millwright/serve/layouts.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

TEST(LayoutsWithin, AreDifferentAndNoLargerThanAsked) {
    for (const Model& model : {tiny_model(), tiny_experts()}) {
        for (const double chips : {1, 3, 8, 32}) {
            for (const double domain : {1, 2, 8}) {
                const std::vector<ServeWays> all = layouts_within(model, {}, chips, domain);
                ASSERT_FALSE(all.empty());
                EXPECT_TRUE(std::ranges::is_sorted(all, {}, &ServeWays::chips));
                for (std::size_t i = 0; i < all.size(); ++i) {
                    EXPECT_LE(all[i].chips(), chips);
                    EXPECT_LE(all[i].tensor, domain);
                    EXPECT_LE(all[i].pipeline, 4);
                    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(all[i] == all[j]);
                }
            }
        }
    }
}

TEST(LayoutsWithin, OnlyExpertsAreSpread) {
    for (const ServeWays& w : layouts_within(tiny_model(), {}, 16, 8)) {
        EXPECT_EQ(w.expert, 1);
        EXPECT_EQ(w.attention_data, 1);
    }
    const std::vector<ServeWays> some = layouts_within(tiny_experts(), {}, 4, 4);
    EXPECT_TRUE(std::ranges::any_of(some, [](const ServeWays& w) {
        return w.attention_data == 4 && w.expert == 4 && w.tensor == 1;
    }));
    for (const ServeWays& w : some) {
        EXPECT_TRUE(w.expert == 1 || w.expert == w.stage_chips());
        EXPECT_LE(w.expert, 4);
    }
}

TEST(LayoutsWithin, PinnedWaysStandBesideAllOpenOnes) {
    const std::vector<ServeWays> open = layouts_within(tiny_model(), {}, 16, 8);
    const std::vector<ServeWays> two = layouts_within(tiny_model(), {.pipeline = 2}, 16, 8);
    for (const double tensor : {1, 2, 4}) {
        EXPECT_EQ(std::ranges::count(two, tensor, &ServeWays::tensor), 1) << tensor;
    }
    for (const ServeWays& w : two) EXPECT_EQ(w.pipeline, 2);
    for (const ServeWays& w : layouts_within(tiny_experts(), {.expert = 2}, 8, 8)) {
        EXPECT_EQ(w.expert, 2);
    }
    EXPECT_FALSE(open.empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
