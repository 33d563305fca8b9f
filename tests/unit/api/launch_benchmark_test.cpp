// Loads as benchmarks write them.
#include "millwright/api/launch_benchmark.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

ServeAnswer asked(Lengths prompt, Lengths output) {
    ServeAnswer answer;
    answer.asked.load.prompt = std::move(prompt);
    answer.asked.load.output = std::move(output);
    answer.span.count = 500;
    return answer;
}

std::string command_of(const ServeAnswer& answer, std::size_t tool, double rate = 8) {
    return benchmark_texts("a/b", answer, rate).at(tool).command;
}

constexpr std::size_t vllm = 0, aiperf = 1, guidellm = 2;

TEST(Benchmark, FixedLengthsAreNumbers) {
    const ServeAnswer answer = asked(FixedLength{1024}, FixedLength{256});
    EXPECT_TRUE(contains(command_of(answer, vllm),
                         "--random-input-len 1024 --random-output-len 256 --ignore-eos "
                         "--request-rate 8 --num-prompts 500"));
    EXPECT_TRUE(contains(command_of(answer, aiperf), "--request-rate 8 --request-count 500"));
    EXPECT_TRUE(contains(command_of(answer, guidellm),
                         "--rate-type poisson --rate 8 --max-requests 500 --data "
                         "prompt_tokens=1024,output_tokens=256"));
    for (const BenchmarkText& b : benchmark_texts("a/b", answer, 8)) EXPECT_EQ(b.differs, "");
}

TEST(Benchmark, LengthsThatVaryAreLaws) {
    const ServeAnswer even = asked(UniformLength{512, 1536}, UniformLength{100, 300});
    EXPECT_TRUE(contains(command_of(even, vllm), "--random-range-ratio 0.5"));
    EXPECT_TRUE(contains(command_of(even, guidellm),
                         "prompt_tokens=1024,prompt_tokens_stdev=296,prompt_tokens_min=512,"
                         "prompt_tokens_max=1536"));
    const ServeAnswer skewed = asked(LognormalLength{1000, 0.8}, FixedLength{256});
    EXPECT_TRUE(contains(command_of(skewed, aiperf), "--synthetic-input-tokens-stddev 800"));
    EXPECT_TRUE(contains(benchmark_texts("m", skewed, 8)[vllm].differs, "means"));
    const ServeAnswer seen =
        asked(ObservedLength{.tokens = {100, 300}, .up_to = {1, 2}}, FixedLength{256});
    EXPECT_TRUE(contains(command_of(seen, guidellm), "prompt_tokens=200,prompt_tokens_stdev=100"));
}

TEST(Benchmark, ArrivalsAndBeginningsAreTold) {
    ServeAnswer answer = asked(FixedLength{1024}, FixedLength{256});
    answer.asked.load.prefix_tokens = 1000;
    EXPECT_TRUE(contains(command_of(answer, vllm), "--random-input-len 24 "));
    EXPECT_TRUE(contains(command_of(answer, vllm), "--random-prefix-len 1000"));
    EXPECT_TRUE(contains(command_of(answer, aiperf), "--prefix-prompt-length 1000"));
    EXPECT_FALSE(benchmark_texts("m", answer, 8)[guidellm].differs.empty());
    answer.asked.load.arrivals = ArrivalKind::gamma;
    answer.asked.load.variation = 2;
    EXPECT_TRUE(contains(command_of(answer, vllm), "--burstiness 0.25"));
    answer.asked.load.arrivals = ArrivalKind::constant;
    EXPECT_TRUE(contains(command_of(answer, guidellm), "--rate-type constant"));
    EXPECT_TRUE(contains(command_of(answer, vllm, 0), "--request-rate inf"));
}

TEST(Benchmark, ConversationsAndManyBeginningsAreTold) {
    ServeAnswer answer = asked(FixedLength{1024}, FixedLength{256});
    answer.asked.load.turns = FixedLength{4};
    for (const BenchmarkText& b : benchmark_texts("m", answer, 8)) {
        EXPECT_TRUE(contains(b.differs, "no conversations")) << b.tool;
    }
    answer.asked.load.turns.reset();
    answer.asked.load.prefix_tokens = 1000;
    answer.asked.load.prefix_groups = 50;
    EXPECT_TRUE(contains(command_of(answer, aiperf), "--num-prefix-prompts 50 "));
    EXPECT_TRUE(contains(benchmark_texts("m", answer, 8)[vllm].differs, "in place of 50"));
}

TEST(Benchmark, NamesAreNoCommands) {
    for (const BenchmarkText& b :
         benchmark_texts("$(reboot)", asked(FixedLength{1}, FixedLength{1}), 1)) {
        EXPECT_TRUE(contains(b.command, " '$(reboot)' ")) << b.command;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
