// Scripts that start a deployment and check it; tests/cli/test_deploy.py runs them.
#include "millwright/report/deploy_files.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

DeployAnswer answered(std::vector<std::string> commands) {
    DeployAnswer answer;
    answer.best.emplace_back();
    answer.best.front().meets = true;
    answer.launch.commands = std::move(commands);
    if (!answer.launch.commands.empty()) answer.launch.command = answer.launch.commands.front();
    answer.launch.benchmarks = {{"vllm bench serve", "its page", "vllm bench serve --x", ""},
                                {"other", "its page", "other --y", "all lengths are the means"}};
    return answer;
}

std::string text_of(const DeployAnswer& answer, const std::string& name) {
    for (const auto& [file, text] : deploy_files(answer)) {
        if (file == name) return text;
    }
    return "";
}

TEST(DeployFiles, OneServerHasOneCommand) {
    EXPECT_EQ(text_of(answered({"vllm serve m"}), "launch.sh"),
              "#!/bin/sh\nset -e\nvllm serve m\n");
}

TEST(DeployFiles, ServersHaveBranches) {
    const std::string text =
        text_of(answered({"vllm serve m --a", "vllm serve m --b"}), "launch.sh");
    EXPECT_TRUE(contains(text, "\n0)\n    vllm serve m --a\n    ;;\n1)\n    vllm serve m --b\n"));
    EXPECT_TRUE(contains(text, "exit 2"));
}

TEST(DeployFiles, ToolsHaveBranchesAndWhatIsExpected) {
    const std::string text = text_of(answered({"vllm serve m"}), "benchmark.sh");
    EXPECT_TRUE(contains(text, "# benchmark.sh [vllm|other]"));
    EXPECT_TRUE(contains(text, "# expected p99"));
    EXPECT_TRUE(contains(text, "case \"${1:-vllm}\" in\n"));
    EXPECT_TRUE(contains(text, "# differs from what was asked: all lengths are the means\n"));
}

TEST(DeployFiles, WhatCannotBeStartedHasNoScript) {
    EXPECT_EQ(text_of(answered({}), "launch.sh"), "");
    EXPECT_NE(text_of(answered({}), "benchmark.sh"), "");
    DeployAnswer late = answered({"vllm serve m"});
    late.best.front().meets = false;
    EXPECT_TRUE(deploy_files(late).empty());
}

TEST(DeployFiles, EveryNameIsKnown) {
    DeployAnswer answer = answered({"vllm serve m"});
    answer.launch.options = {"a: 1"};
    answer.launch.manifests = {{"dynamo.yaml", "x"}, {"llm-d.yaml", "y"}};
    const std::vector<std::string> names = deploy_file_names();
    EXPECT_EQ(deploy_files(answer).size(), 5U);
    for (const auto& [file, text] : deploy_files(answer)) {
        EXPECT_NE(std::ranges::find(names, file), names.end()) << file;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
