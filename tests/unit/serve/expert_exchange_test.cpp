// Tokens on their way to experts and back, and what is computed meanwhile.
#include "millwright/serve/expert_exchange.h"

#include <gtest/gtest.h>

#include "millwright/collective/collectives.h"
#include "millwright/serve/step_cost.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

/// Sixteen ranks on two domains of eight, each with experts of its own.
Replica wide() {
    Replica r = plain_replica();
    r.model = tiny_experts();
    r.model.experts.value = 64;
    r.model.top_k.value = 4;
    r.network = plain_network(16, 8);
    r.ways = {.tensor = 1, .pipeline = 1, .expert = 16, .attention_data = 16};
    return r;
}

TEST(ExpertExchange, NothingIsSentWithoutAttentionRanks) {
    Replica r = wide();
    r.ways.attention_data = 1;
    EXPECT_EQ(exchange_time(r, 100), Seconds{});
}

TEST(ExpertExchange, MoreTokensAndSlowerLinksTakeLonger) {
    const Replica r = wide();
    EXPECT_LT(exchange_time(r, 100), exchange_time(r, 1000));
    Replica slow = r;
    slow.network.outer.per_chip = 0.5 * r.network.outer.per_chip;
    EXPECT_LT(exchange_time(r, 1000), exchange_time(slow, 1000));
    EXPECT_LE(exchange_time(slow, 1000), 2 * exchange_time(r, 1000));
}

TEST(ExpertExchange, IsNoSlowerThanGatheringAll) {
    for (const double tokens : {1.0, 30.0, 3000.0}) {
        const Replica r = wide();
        const Group group = group_on(r.network, 16, 1);
        const Bytes all = tokens * 16 * static_cast<double>(r.model.hidden.value) * 2 * unit::B;
        EXPECT_LE(exchange_time(r, tokens),
                  collective_time(r.network, Collective::all_gather, group, all).time +
                      collective_time(r.network, Collective::reduce_scatter, group, all).time);
    }
}

TEST(ExpertExchange, OnlyWideExpertsHaveCopiesAndOverlapUnlessAsked) {
    Replica r = wide();
    EXPECT_TRUE(has_wide_experts(r));
    EXPECT_EQ(redundant_experts(r), 32);
    EXPECT_TRUE(overlaps_exchange(r));
    r.engine.redundant_experts = 0;
    r.engine.two_batch_overlap = false;
    EXPECT_EQ(redundant_experts(r), 0);
    EXPECT_FALSE(overlaps_exchange(r));
    r = wide();
    r.ways.expert = r.ways.attention_data = 8;
    EXPECT_FALSE(has_wide_experts(r));
    EXPECT_EQ(redundant_experts(r), 0);
    EXPECT_FALSE(overlaps_exchange(r));
    r.network.domain = 4;  // they span two
    EXPECT_TRUE(has_wide_experts(r));
    r.network.domain = 72;
    EXPECT_FALSE(has_wide_experts(r));
    r.ways.expert = r.ways.attention_data = 16;  // of one domain, but many
    EXPECT_TRUE(has_wide_experts(r));
    r.ways.expert = r.ways.attention_data = 8;
    r.engine.two_batch_overlap = true;
    EXPECT_TRUE(overlaps_exchange(r));
}

TEST(ExpertExchange, CopiesTakeMemory) {
    Replica r = wide();
    r.engine.redundant_experts = 0;
    const Bytes none = memory_of(r).weights;
    r.engine.redundant_experts = r.model.experts.value;
    EXPECT_GT(memory_of(r).weights, none);
}

// Halves take turns: no slower than in sequence, and no faster than what is computed or exchanged.
TEST(ExpertExchange, OverlapHidesTheShorterOfTheTwoAtMost) {
    Replica on = wide(), off = wide();
    off.engine.two_batch_overlap = false;
    StepCost with(on), without(off);
    for (const std::int64_t running : {1, 8, 60, 200}) {
        const StepLoad load{.running = running, .cached = 300.0 * static_cast<double>(running)};
        const Seconds together = with.kernels(load).time, apart = without.kernels(load).time;
        EXPECT_LE(together, apart);
        EXPECT_GE(2 * together, apart);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
