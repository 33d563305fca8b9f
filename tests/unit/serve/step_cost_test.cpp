// The table beside the kernels that it is made of, padding, and what the host adds.
#include "millwright/serve/step_cost.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "millwright/evidence/row_system.h"
#include "tests/fixtures.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

/// A load that owns its chunks.
struct OwnLoad {
    std::vector<PromptChunk> chunks;
    std::int64_t running = 0, ends = 0;
    double cached = 0;

    StepLoad load() const {
        return {.running = running,
                .cached = cached,
                .chunks = chunks,
                .prompts_ended = ends,
                .sequences = running + static_cast<std::int64_t>(chunks.size())};
    }
};

/// Every kernel timed for this load, none from a table.
Seconds direct(const Replica& r, const OwnLoad& l) {
    double count = static_cast<double>(l.running);
    Seconds sum;
    for (const PromptChunk& c : l.chunks) {
        sum += chunk_time(r, c).time;
        count += c.queries;
    }
    sum += token_time(r, count).time;
    if (l.running > 0) {
        const auto running = static_cast<double>(l.running);
        sum += cache_time(r, running, l.cached / running).time;
    }
    const auto sampled = static_cast<double>(l.running + l.ends);
    if (sampled > 0) sum += sample_time(r, sampled).time;
    return sum;
}

/// By their logarithms, so that small ones are drawn as often.
double log_uniform(double most) {
    return std::floor(std::pow(most, 1e-6 * *rc::gen::inRange(0, 1'000'001)));
}

OwnLoad drawn_load() {
    OwnLoad l;
    l.running = static_cast<std::int64_t>(*rc::gen::inRange(0, 4) > 0 ? log_uniform(1024) : 0);
    for (std::int64_t i = 0; i < l.running; ++i) l.cached += 1;
    l.cached *= log_uniform(200'000);
    const int chunks = *rc::gen::inRange(l.running > 0 ? 0 : 1, 3);
    for (int i = 0; i < chunks; ++i) {
        const double queries = log_uniform(4096);
        l.chunks.push_back({queries, queries + log_uniform(30'000) - 1});
    }
    l.ends = *rc::gen::inRange(0, chunks + 1);
    return l;
}

struct Pair {
    const char *model, *chip;
    double tensor = 1, expert = 1;
    bool fp8 = false;
    double error = 0.005;
};

Replica replica_on(const Pair& p) {
    const Catalog& catalog = built_in_catalog();
    const Chip& chip = part_named(catalog.chips, p.chip);
    Replica r{.model = part_named(catalog.models, p.model)};
    if (p.fp8) {
        const WeightFormat fp8{Precision::fp8, 1};
        r.formats = {fp8, fp8, fp8, 1};
    }
    r.ways = {.tensor = p.tensor, .expert = p.expert};
    r.chip = resolve_rates(catalog, chip);
    r.network = network_of_chip(catalog, chip, p.tensor);
    r.engine = settings_of(part_named(catalog.engines, std::string(default_engine)), chip);
    r.engine.largest_graph = 0;  // no padding
    return r;
}

void expect_near_direct(const Replica& r, const char* what, double error) {
    StepCost cost(r);
    EXPECT_TRUE(rc::check(what, [&] {
        for (int i = 0; i < 10; ++i) {
            const OwnLoad l = drawn_load();
            const double exact = direct(r, l).si();
            RC_ASSERT(std::abs(cost.kernels(l.load()).time.si() - exact) <= error * exact);
        }
    }));
}

// More where balanced experts fill one more tile each between two places.
TEST(StepCost, TableIsWithinHalfAPercentOfTheKernels) {
    expect_near_direct(plain_replica(), "made up", 0.005);
    for (const Pair& p :
         {Pair{"llama-3.1-8b", "h100-sxm"}, Pair{"llama-3.1-70b", "h100-sxm", 4, 1, true},
          Pair{"mixtral-8x7b", "a100-80gb-sxm", 2, 1, false, 0.04},
          Pair{"deepseek-v3", "h200-sxm", 8, 8, true, 0.04},
          Pair{"gpt-oss-120b", "b200-sxm", 2, 1, false, 0.04}, Pair{"gemma-3-27b", "mi300x"},
          Pair{"qwen3-next-80b-a3b", "h100-sxm", 2, 1, false, 0.04},
          Pair{"deepseek-v3.2", "h20", 8, 8, true, 0.04}, Pair{"qwen3-32b", "ascend-910b3", 4},
          Pair{"llama-3.1-8b", "l40s"}}) {
        expect_near_direct(replica_on(p), p.model, p.error);
    }
}

TEST(StepCost, HangsNotOnWhatWasAskedBefore) {
    EXPECT_TRUE(rc::check([] {
        const Replica r = plain_replica();
        StepCost used(r);
        for (int i = 0; i < 20; ++i) used.kernels(drawn_load().load());
        const OwnLoad l = drawn_load();
        RC_ASSERT(used.kernels(l.load()).time == StepCost(r).kernels(l.load()).time);
    }));
}

TEST(StepCost, PadsStepsToTheirGraphs) {
    Replica r = plain_replica();
    r.engine.largest_graph = 64;
    r.engine.graph_step = 8;
    StepCost cost(r);
    const std::pair<std::int64_t, double> sizes[] = {{1, 1},   {2, 2},   {3, 4},    {4, 4},
                                                     {5, 8},   {8, 8},   {9, 16},   {33, 40},
                                                     {64, 64}, {65, 65}, {100, 100}};
    for (const auto& [running, padded] : sizes) {
        const auto count = static_cast<double>(running);
        const Seconds expected = token_time(r, padded).time + sample_time(r, padded).time +
                                 cache_time(r, count, 64).time;
        const StepLoad load{.running = running, .cached = 64 * count};
        EXPECT_NEAR(cost.kernels(load).time / expected, 1, 1e-12) << running;
    }
    const PromptChunk chunk{10, 10};  // beside prompts nothing is padded
    const Seconds mixed = token_time(r, 9 + 10).time + chunk_time(r, chunk).time +
                          cache_time(r, 9, 64).time + sample_time(r, 10).time;
    const StepLoad load{.running = 9, .cached = 64 * 9, .chunks = {&chunk, 1}, .prompts_ended = 1};
    EXPECT_NEAR(cost.kernels(load).time / mixed, 1, 1e-12);
}

TEST(StepCost, TheHostAddsWhatItHidesNot) {
    Replica r = steady_replica(10 * unit::ms, 1 * unit::ms);
    const StepLoad load{.running = 5, .cached = 100, .sequences = 5};
    EXPECT_NEAR(StepCost(r).step(load).in(unit::ms), 15, 1e-9);
    r.engine.figures.hidden = 0.8;  // behind kernels that take no time
    EXPECT_NEAR(StepCost(r).step(load).in(unit::ms), 15, 1e-9);
    Replica busy = plain_replica();
    const Seconds kernels = StepCost(busy).step(load);
    busy.engine.figures.step = 0.5 * kernels;
    EXPECT_NEAR(StepCost(busy).step(load) / kernels, 1.5, 1e-12);
    busy.engine.figures.hidden = 0.8;
    EXPECT_NEAR(StepCost(busy).step(load) / kernels, 1.1, 1e-12);
}

TEST(StepCost, LaunchesAreTheHostsWhereNoGraphHoldsThem) {
    Replica r = steady_replica(Seconds{});
    r.engine.figures.launch = 1 * unit::ms;
    r.engine.largest_graph = 8;
    StepCost cost(r);
    const auto launched = [&](const StepLoad& load) {
        return cost.step(load).in(unit::ms) / cost.kernels(load).kernels;
    };
    EXPECT_NEAR(launched({.running = 8, .cached = 8}), 0, 1e-9);
    EXPECT_NEAR(launched({.running = 9, .cached = 9}), 1, 1e-9);
    const PromptChunk chunk{10, 10};
    EXPECT_NEAR(launched({.chunks = {&chunk, 1}}), 1, 1e-9);
}

TEST(StepCost, DraftsAreCheckedBesideTheTokenThatIsDue) {
    Replica r = plain_replica();
    r.engine.speculation = {.depth = 3, .acceptance = 0.7};
    r.model.layers.value = 10;
    StepCost cost(r);
    const StepLoad load{.running = 10, .cached = 640};
    const Seconds checked =
        token_time(r, 40).time + sample_time(r, 40).time + cache_time(r, 10, 64, 4).time;
    EXPECT_NEAR(cost.kernels(load).time / checked, 1, 1e-12);
    EXPECT_NEAR(cost.step(load) / checked, 1.3, 1e-12);
}

/// The mask of each sequence that is sampled, of those that are held to a grammar.
TEST(StepCost, AnswersHeldToAGrammarTakeTimeOfTheHost) {
    Replica r = steady_replica(1 * unit::ms);
    r.engine.figures.grammar = 40 * unit::us;
    const StepLoad load{.running = 100, .cached = 1e4, .chunks = {}, .sequences = 100};
    const auto step = [&](double share) {
        r.engine.structured_share = share;
        return StepCost(r).step(load).in(unit::ms);
    };
    EXPECT_NEAR(step(0), 1, 1e-6);
    EXPECT_NEAR(step(1), 5, 1e-6);
    EXPECT_NEAR(step(0.25), 2, 1e-6);
}

}  // namespace TEST_FILE
}  // namespace millwright
