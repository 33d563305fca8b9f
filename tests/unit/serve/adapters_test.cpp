// Adapters: their products, their room, and what they add to a step.
#include "millwright/serve/adapters.h"

#include <gtest/gtest.h>

#include "millwright/serve/layer_times.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

Replica with_adapters(std::int64_t count, std::int64_t rank) {
    Replica r = plain_replica();
    r.engine.adapters = {count, rank};
    return r;
}

std::vector<Product> products(const Replica& r, double tokens) {
    const Pattern pattern = pattern_of(r.model);
    return adapter_products(r, pattern.kinds[pattern.order.front()], tokens);
}

TEST(Adapters, AreNoneUnlessThereAreAny) {
    EXPECT_TRUE(products(plain_replica(), 8).empty());
    EXPECT_EQ(adapter_bytes(plain_replica()), Bytes{});
}

/// Down to the rank and up from it, for each product that is adapted.
TEST(Adapters, TakeTwoProductsEach) {
    const Replica r = with_adapters(1, 4);
    const std::vector<Product> all = products(r, 10);
    ASSERT_FALSE(all.empty());
    ASSERT_EQ(all.size() % 2, 0U);
    for (std::size_t i = 0; i < all.size(); i += 2) {
        EXPECT_EQ(all[i].n, 4);
        EXPECT_EQ(all[i + 1].k, 4);
        for (const Product& p : {all[i], all[i + 1]}) {
            EXPECT_EQ(p.m, 10);
            EXPECT_EQ(p.count, 1);
        }
    }
}

/// Of many adapters few tokens meet few, and many tokens all of them.
TEST(Adapters, TokensChooseThemByChance) {
    const std::vector<Product> one = products(with_adapters(100, 4), 1);
    EXPECT_NEAR(one.front().count, 1, 1e-9);
    const std::vector<Product> many = products(with_adapters(100, 4), 5000);
    EXPECT_NEAR(many.front().count, 100, 1e-9);
    const std::vector<Product> two = products(with_adapters(2, 4), 2);
    EXPECT_DOUBLE_EQ(two.front().count, 1.5);
    for (const Product& p : two) EXPECT_DOUBLE_EQ(p.m * p.count, 2);
}

/// In BF16, rank x (inputs + outputs) each.
TEST(Adapters, TakeTheirRoomInMemory) {
    const Replica r = with_adapters(3, 4);
    double values = 0;
    const Pattern pattern = pattern_of(r.model);
    for (const std::size_t kind : pattern.order) {
        const std::vector<Product> all = adapter_products(r, pattern.kinds[kind], 1e6);
        for (std::size_t i = 0; i < all.size(); i += 2) {
            values += 4 * (all[i].k + all[i + 1].n);
        }
    }
    EXPECT_DOUBLE_EQ(adapter_bytes(r).si(), 3 * values * 2);
    EXPECT_DOUBLE_EQ(memory_of(r).weights.si() - memory_of(plain_replica()).weights.si(),
                     adapter_bytes(r).si());
    Replica staged = r;
    staged.ways.pipeline = 2;
    EXPECT_DOUBLE_EQ(adapter_bytes(staged).si(), adapter_bytes(r).si() / 2);
}

TEST(Adapters, MoreOfThemAndWiderOnesTakeLonger) {
    Seconds last;
    for (const auto& [count, rank] : std::initializer_list<std::pair<std::int64_t, std::int64_t>>{
             {0, 16}, {1, 16}, {8, 16}, {64, 16}, {64, 64}}) {
        const Seconds time = token_time(with_adapters(count, rank), 64).time;
        EXPECT_GT(time, last) << count << " of " << rank;
        last = time;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
