// Replicas on several servers.
#include "millwright/api/launch_nodes.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/catalog/catalog.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

const EngineLaunch& launch_of(const char* engine) {
    return part_named(catalog().engines, engine).launch;
}

TEST(LaunchNodes, AReplicaLiesOnFewEvenParts) {
    const auto split = [](ServeWays ways, double host) {
        const NodeSplit made = split_over_nodes(ways, host);
        return std::pair(made.nodes, made.local);
    };
    EXPECT_EQ(split({.tensor = 8}, 8), std::pair(1L, 8L));
    EXPECT_EQ(split({.tensor = 2}, 8), std::pair(1L, 2L));
    EXPECT_EQ(split({.tensor = 16}, 8), std::pair(2L, 8L));
    EXPECT_EQ(split({.tensor = 8, .pipeline = 3}, 8), std::pair(3L, 8L));
    EXPECT_EQ(split({.tensor = 4, .pipeline = 3}, 8), std::pair(3L, 4L));  // a stage is not cut
    EXPECT_EQ(split({.tensor = 1, .attention_data = 32}, 8), std::pair(4L, 8L));
    EXPECT_EQ(split({.tensor = 8}, 4), std::pair(2L, 4L));
    EXPECT_EQ(split({.tensor = 3}, 2), std::pair(3L, 1L));
}

TEST(LaunchNodes, RacksAreHosts) {
    EXPECT_EQ(host_chips(part_named(catalog().servers, "gb200-nvl72")), 4);
    EXPECT_EQ(host_chips(part_named(catalog().servers, "hgx-h100")), 8);
    for (const Server& server : catalog().servers)
        EXPECT_LE(host_chips(server), server.chips.value);
}

TEST(LaunchNodes, EachServerHasItsRank) {
    const ServeWays ways{.tensor = 16};
    const auto commands = node_commands(launch_of("vllm-0.14"), "vllm serve m", ways, {2, 8});
    ASSERT_EQ(commands.size(), 2U);
    EXPECT_EQ(commands[0], "vllm serve m --nnodes 2 --node-rank 0 --master-addr \"$HEAD_ADDRESS\"");
    EXPECT_EQ(commands[1],
              "vllm serve m --nnodes 2 --node-rank 1 --master-addr \"$HEAD_ADDRESS\" --headless");
    const auto ray = node_commands(launch_of("vllm-0.8"), "vllm serve m", ways, {2, 8});
    ASSERT_EQ(ray.size(), 2U);
    EXPECT_EQ(ray[1], "ray start --address \"$HEAD_ADDRESS\":6379 --block");
    const auto mpi = node_commands(launch_of("tensorrt-llm-1.2"), "trtllm-serve m", ways, {2, 8});
    ASSERT_EQ(mpi.size(), 1U);
    EXPECT_TRUE(mpi[0].starts_with("srun --nodes 2 --ntasks 16 --ntasks-per-node 8 ")) << mpi[0];
    EXPECT_TRUE(mpi[0].ends_with("trtllm-serve m --gpus_per_node 8")) << mpi[0];
    const auto alone = node_commands(launch_of("vllm-0.14"), "vllm serve m", {.tensor = 8}, {1, 8});
    EXPECT_EQ(alone, std::vector<std::string>{"vllm serve m"});
}

TEST(LaunchNodes, AttentionRanksAreCountedOn) {
    const ServeWays ways{.tensor = 2, .attention_data = 16};
    const auto commands = node_commands(launch_of("vllm-0.14"), "vllm serve m", ways, {4, 8});
    ASSERT_EQ(commands.size(), 4U);
    EXPECT_TRUE(contains(commands[3], "--data-parallel-size-local 4 ")) << commands[3];
    EXPECT_TRUE(contains(commands[3], "--data-parallel-start-rank 12 ")) << commands[3];
    EXPECT_TRUE(contains(commands[3], "--headless"));
    EXPECT_FALSE(contains(commands[0], "--headless"));
}

TEST(LaunchNodes, WhatCannotStartHasNoCommand) {
    const ServeWays wide{.tensor = 16, .attention_data = 2};  // a rank is more than a server
    EXPECT_FALSE(node_obstacle(launch_of("vllm-0.14"), wide, {4, 8}).empty());
    EXPECT_TRUE(node_commands(launch_of("vllm-0.14"), "vllm serve m", wide, {4, 8}).empty());
    EXPECT_TRUE(node_obstacle(launch_of("sglang-0.5"), wide, {4, 8}).empty());
    const ServeWays ranks{.tensor = 1, .attention_data = 16};
    EXPECT_FALSE(node_obstacle(launch_of("vllm-0.8"), ranks, {2, 8}).empty());
}

}  // namespace TEST_FILE
}  // namespace millwright
