// Groups of ranks against coordinates counted one by one.
#include "millwright/train/groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

using Ranks = std::set<std::uint32_t>;

/// Groups of a team as sets of ranks of a stage.
std::set<Ranks> sets_of(const Team& team) {
    std::set<Ranks> sets;
    for (std::uint32_t g = 0; g < team.count; ++g) {
        Ranks ranks;
        for (std::uint32_t i = 0; i < team.size; ++i) ranks.insert(endpoint_of(team, g, i));
        sets.insert(ranks);
    }
    return sets;
}

/// Ranks of a stage of which all but one coordinate agree; `key` drops that one.
template <class Key>
std::set<Ranks> alike(std::uint32_t width, Key key) {
    std::map<std::uint32_t, Ranks> by_key;
    for (std::uint32_t r = 0; r < width; ++r) by_key[key(r)].insert(r);
    std::set<Ranks> sets;
    for (const auto& [k, ranks] : by_key) sets.insert(ranks);
    return sets;
}

std::vector<Plan> some_plans() {
    std::vector<Plan> plans;
    for (const std::int64_t tensor : {1, 2, 4}) {
        for (const std::int64_t context : {1, 2}) {
            for (const std::int64_t data : {1, 3, 4}) {
                plans.push_back({.tensor = tensor,
                                 .pipeline = 3,
                                 .data = data,
                                 .context = context,
                                 .global_batch = 12});
            }
        }
    }
    return plans;
}

// Rank r of a stage is tensor t, context c and data d: r = (d C + c) T + t.
TEST(Groups, AreRanksThatDifferInOneCoordinate) {
    for (const Plan& plan : some_plans()) {
        const auto t = static_cast<std::uint32_t>(plan.tensor);
        const auto inner = static_cast<std::uint32_t>(plan.tensor * plan.context);
        const std::uint32_t width = stage_width(plan);
        ASSERT_EQ(width, static_cast<std::uint32_t>(chips_used(plan) / 3));
        const StageGroups groups = groups_of(plan);
        EXPECT_EQ(sets_of(groups.tensor), alike(width, [&](auto r) { return r / t; }));
        EXPECT_EQ(sets_of(groups.context),
                  alike(width, [&](auto r) { return r / inner * t + r % t; }));
        // context ranks hold the same weights as data ranks do
        EXPECT_EQ(sets_of(groups.dense), alike(width, [&](auto r) { return r % t; }));
        EXPECT_EQ(groups.replicas.size, 1U);
    }
}

TEST(Groups, OfExpertsAndTheirStatesCoverTheStageOnce) {
    for (Plan plan : some_plans()) {
        const std::uint32_t width = stage_width(plan);
        for (const std::int64_t expert : {1, 2, 4}) {
            for (const std::int64_t split : {1, 2}) {
                plan.expert = expert;
                plan.expert_tensor = split;
                const auto spread = static_cast<std::uint32_t>(expert * split);
                if (width % spread != 0) continue;
                const StageGroups g = groups_of(plan);
                const auto s = static_cast<std::uint32_t>(split);
                EXPECT_EQ(sets_of(g.expert_tensor), alike(width, [&](auto r) { return r / s; }));
                EXPECT_EQ(sets_of(g.expert),
                          alike(width, [&](auto r) { return r / spread * s + r % s; }));
                EXPECT_EQ(sets_of(g.routed), alike(width, [&](auto r) { return r % spread; }));
            }
        }
    }
}

TEST(Groups, ThatShareStatesApartAreReplicasOfEachOther) {
    Plan plan{.tensor = 2, .data = 8, .global_batch = 8};
    plan.shard_group = 4;
    const StageGroups g = groups_of(plan);
    EXPECT_EQ(g.dense.size, 4U);
    EXPECT_EQ(g.dense.count, 4U);
    // rank r holds part r / 2 % 4 of tensor part r % 2
    EXPECT_EQ(sets_of(g.replicas), alike(16, [](auto r) { return r % 8; }));
}

TEST(Groups, OfBothEndsLeaveOutTheRanksOfOtherStages) {
    const Plan plan{
        .tensor = 2, .pipeline = 4, .data = 4, .schedule = Schedule::dualpipe, .global_batch = 64};
    EXPECT_EQ(dense_replicas(plan).all, 8);
    EXPECT_EQ(groups_of(plan).dense.size, 4U);
}

// Every rank of every stage has an endpoint of its own; tensor and context ranks stand together;
// stages, or pipelines, do as the placement says.
TEST(Groups, EachRankHasItsEndpoint) {
    for (const Plan& plan : some_plans()) {
        const std::uint32_t width = stage_width(plan);
        const auto inner = static_cast<std::uint32_t>(plan.tensor * plan.context);
        for (const Placement placement : {Placement::stages_apart, Placement::stages_together}) {
            Ranks taken;
            for (std::uint32_t stage = 0; stage < 3; ++stage) {
                for (std::uint32_t r = 0; r < width; ++r) {
                    const std::uint32_t at = endpoint_of_rank(plan, placement, stage, r);
                    EXPECT_TRUE(taken.insert(at).second);
                    EXPECT_EQ(at % inner, r % inner);
                    const bool apart = placement == Placement::stages_apart;
                    EXPECT_EQ(apart ? at / width : at / inner % 3, stage);
                    EXPECT_EQ(apart ? at % width / inner : at / inner / 3, r / inner);
                }
            }
            EXPECT_EQ(*taken.rbegin() + 1, 3 * width);
        }
    }
}

// Ranks that hold an expert are those that share its states times the groups that do so apart.
TEST(Replicas, CountTheRanksThatHoldAWeight) {
    struct Case {
        std::int64_t tensor, data, context, expert, expert_tensor, group;
        double all, sharing, routed_all, routed_sharing;
    };
    for (const Case& c : {
             Case{1, 8, 1, 1, 1, 0, 8, 8, 8, 8},
             {1, 8, 1, 4, 1, 0, 8, 8, 2, 2},
             {1, 8, 1, 8, 1, 0, 8, 8, 1, 1},
             {2, 8, 1, 8, 1, 0, 8, 8, 2, 2},  // 16 ranks, eight ways
             {2, 8, 1, 4, 2, 0, 8, 8, 2, 2},
             {1, 4, 2, 4, 1, 0, 8, 8, 2, 2},
             {1, 8, 1, 1, 1, 2, 8, 2, 8, 2},
             {1, 8, 1, 2, 1, 4, 8, 4, 4, 2},
             {1, 8, 1, 4, 1, 2, 8, 2, 2, 1},  // a group holds no expert twice
         }) {
        Plan plan{.tensor = c.tensor, .data = c.data, .context = c.context, .expert = c.expert};
        plan.expert_tensor = c.expert_tensor;
        plan.shard_group = c.group;
        EXPECT_EQ(dense_replicas(plan).all, c.all);
        EXPECT_EQ(dense_replicas(plan).sharing, c.sharing);
        EXPECT_EQ(routed_replicas(plan).all, c.routed_all);
        EXPECT_EQ(routed_replicas(plan).sharing, c.routed_sharing);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
