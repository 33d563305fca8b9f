// The search finds what trying every plan finds, and no plan that a framework would refuse.
#include <set>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "millwright/search/search.h"
#include "millwright/study/smallest.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

/// A job on a small or middling system.
struct Case {
    TrainContext context;
    SpaceLimits limits;
    std::string words;
};

Case random_case() {
    const auto model = *rc::gen::element(std::string("llama-3.1-8b"), std::string("llama-3.1-70b"),
                                         std::string("deepseek-v3"), std::string("mixtral-8x7b"),
                                         std::string("gpt3-175b"), std::string("llama-3.1-405b"));
    const auto server = *rc::gen::element(std::string("hgx-h100"), std::string("hgx-h20"),
                                          std::string("gb200-nvl72"), std::string("mi300x-8"),
                                          std::string("rtx-pro-6000"));
    const auto chips = *rc::gen::element(1, 2, 8, 24, 64, 96, 256, 512, 720);
    const auto batch = *rc::gen::element(1, 6, 32, 60, 128, 256, 512);
    const auto sequence = *rc::gen::element(1024, 4096, 16384);
    const auto precision = *rc::gen::element(Precision::bf16, Precision::fp8);
    Case c{context_on(model.c_str(), server.c_str(), chips, sequence, precision),
           {chips, batch, batch},
           model + " on " + std::to_string(chips) + " of " + server + ", batch " +
               std::to_string(batch)};
    const Catalog& catalog = built_in_catalog();
    const auto which = *rc::gen::inRange<std::size_t>(0, catalog.frameworks.size());
    c.context.assume = assumptions_of(catalog.frameworks[which]);
    if (*rc::gen::inRange(0, 4) == 0) {
        c.context.frozen_weights = true;
        c.context.low_rank.rank = *rc::gen::inRange<std::int64_t>(1, 65);
        c.words += ", adapters";
    }
    if (*rc::gen::inRange(0, 4) == 0) {
        c.context.host = {64 * unit::GB / unit::s, 200 * unit::GB, 50 * unit::GB / unit::s};
    }
    return c;
}

/// Plans of the space that are not the best, by whatever reason.
std::uint64_t lost(const SearchResult& found) {
    std::uint64_t sum = 0;
    for (const LossReason& reason : found.reasons) sum += reason.count;
    return sum;
}

// A plan is passed over only when what its stages do by themselves already takes longer than a plan
// that was timed, and that is never over its step. So the best is that of the whole space. Counts
// agree, too: every plan is the best or lost for one reason.
RC_GTEST_PROP(SearchLaw, PruningLosesNothing, ()) {
    const Case c = random_case();
    RC_LOG() << c.words << "\n";
    SearchOptions options{.by_cost = *rc::gen::arbitrary<bool>()};
    SearchOptions all = options;
    all.exhaustive = true;
    const SearchResult pruned = search(c.context, c.limits, options);
    const SearchResult tried = search(c.context, c.limits, all);
    RC_ASSERT(pruned.in_space == tried.in_space);
    RC_ASSERT(pruned.feasible == tried.feasible);
    RC_ASSERT(lost(pruned) + (pruned.feasible ? 1 : 0) == pruned.in_space);
    RC_ASSERT(lost(tried) + (tried.feasible ? 1 : 0) == tried.in_space);
    if (!pruned.feasible) return;
    RC_ASSERT(pruned.best.score == tried.best.score);
    RC_ASSERT(pruned.best.plan == tried.best.plan);
    options.best_only = true;
    options.threads = 1;
    RC_ASSERT(search(c.context, c.limits, options).best.plan == tried.best.plan);
}

// The deadline is a share of what the quickest plan takes for a sequence: under one nothing can
// meet it, from one on that plan does.
RC_GTEST_PROP(SearchLaw, ADeadlineLeavesTheBestThatMeetsIt, ()) {
    const Case c = random_case();
    const SearchResult quick = search(c.context, c.limits);
    if (!quick.feasible) return;
    const double slack = *rc::gen::element(0.5, 1.0, 1.3, 4.0);
    SearchOptions options{.by_cost = true};
    options.slowest = slack * Seconds::from_si(quick.best.score);
    SearchOptions all = options;
    all.exhaustive = true;
    const SearchResult found = search(c.context, c.limits, options);
    const SearchResult tried = search(c.context, c.limits, all);
    RC_ASSERT(found.feasible == (slack >= 1));
    RC_ASSERT(tried.feasible == found.feasible);
    RC_ASSERT(found.feasible || found.late > 0U);
    if (!found.feasible) return;
    RC_ASSERT(found.best.plan == tried.best.plan);
    RC_ASSERT(found.best.step.si() / static_cast<double>(found.best.plan.global_batch) <=
              options.slowest.si());
    for (const Candidate& one : found.pareto) {
        RC_ASSERT(one.step.si() / static_cast<double>(one.plan.global_batch) <=
                  options.slowest.si());
    }
}

/// Some layout gives each chunk whole layers, alike but for one fewer here and there; only the
/// first and the last may be empty.
bool some_layout(std::int64_t layers, std::int64_t pipeline, std::int64_t v) {
    const std::vector<std::int64_t> stages = stage_layers(layers, pipeline);
    const std::int64_t fullest = *std::max_element(stages.begin(), stages.end());
    if (fullest % v != 0) return false;
    const std::int64_t chunk = fullest / v;
    const std::int64_t short_of = pipeline * fullest - layers;
    return chunk > 1 ? short_of <= pipeline * v : short_of <= 2;
}

TEST(SearchLaw, EveryChunkHasWholeLayers) {
    for (std::int64_t layers = 1; layers <= 130; ++layers) {
        for (std::int64_t p = 2; p <= layers; ++p) {
            for (std::int64_t v = 1; v * p <= layers + 2; ++v) {
                const bool layout = can_split(StageDivision::layout, layers, p, v);
                const bool ends = can_split(StageDivision::ends, layers, p, v);
                const bool even = can_split(StageDivision::even, layers, p, v);
                ASSERT_EQ(even, layers % (p * v) == 0);
                ASSERT_TRUE(!even || ends);
                ASSERT_TRUE(!ends || layout) << layers << " " << p << " " << v;
                ASSERT_EQ(layout, some_layout(layers, p, v)) << layers << " " << p << " " << v;
                ASSERT_FALSE(can_split(StageDivision::one, layers, p, v));
            }
            ASSERT_TRUE(can_split(StageDivision::layout, layers, p, 1)) << layers << " " << p;
        }
    }
    EXPECT_FALSE(can_split(StageDivision::layout, 80, 16, 2));  // two and a half
    EXPECT_TRUE(can_split(StageDivision::layout, 80, 16, 5));
    EXPECT_TRUE(can_split(StageDivision::ends, 126, 16, 8));
    EXPECT_FALSE(can_split(StageDivision::even, 126, 16, 1));
}

// On the front of every framework: stages that it can split, schedules that it has. Those that do
// so alike are asked once.
TEST(SearchLaw, NoFrameworkIsGivenAPlanThatItRefuses) {
    const Catalog& catalog = built_in_catalog();
    std::set<std::pair<StageDivision, std::vector<std::string>>> asked;
    for (const Framework& framework : catalog.frameworks) {
        if (!asked.emplace(framework.stages, framework.schedules).second) continue;
        for (const char* model : {"llama-3.1-70b", "mixtral-8x7b", "gpt3-175b"}) {
            TrainContext c = context_on(model, "hgx-h100", 64);
            c.assume = assumptions_of(framework);
            const SearchResult found = search(c, {64, 32, 32});
            EXPECT_FALSE(found.pareto.empty()) << framework.id << ": " << model;
            for (const Candidate& one : found.pareto) {
                const Plan& p = one.plan;
                EXPECT_TRUE(
                    can_split(framework.stages, c.model.layers.value, p.pipeline, p.virtual_stages))
                    << framework.id << ": " << describe(p);
                const auto& has = framework.schedules;
                EXPECT_TRUE(has.empty() ||
                            std::find(has.begin(), has.end(), name_of(p.schedule)) != has.end())
                    << framework.id << ": " << describe(p);
            }
        }
    }
}

TEST(SearchLaw, EveryDivisorOfAStageIsTried) {
    const TrainContext c = context_on("llama-3.1-70b", "hgx-h100", 1024);  // 80 layers
    const PlanSpace space = plan_space(c, {1024, 512, 512});
    for (const std::int64_t v : {2, 4, 5, 8, 10, 20, 40}) {
        const bool there = std::any_of(space.schedules.begin(), space.schedules.end(),
                                       [&](const auto& s) { return s.virtual_stages == v; });
        EXPECT_TRUE(there) << v;
    }
}

// The fewest are found by memory alone; here by whole searches with that many and one server less.
// More chips have all plans of fewer, so these two tell of all.
TEST(SearchLaw, TheFewestChipsHoldAndFewerDoNot) {
    const Catalog& catalog = built_in_catalog();
    for (const auto& [model, server] :
         {std::pair{"llama-3.1-70b", "hgx-h100"}, std::pair{"llama-3.1-405b", "hgx-h200"},
          std::pair{"deepseek-v3", "hgx-h20"}, std::pair{"gpt3-175b", "mi300x-8"},
          std::pair{"mixtral-8x7b", "rtx-pro-6000"}}) {
        const Server& bought = part_named(catalog.servers, server);
        const Factory factory =
            resolve_factory(catalog, bought, part_named(catalog.fabrics, "rail-fat-tree"), 1, {});
        const TrainContext one = context_on(model, server, 1);
        const std::int64_t fewest = fewest_that_hold(catalog, factory, one, {1, 64, 64});
        const auto each = static_cast<std::int64_t>(bought.chips.value);
        ASSERT_GT(fewest, 0) << model << " on " << server;
        EXPECT_EQ(fewest % each, 0);
        const auto holds = [&](std::int64_t chips) {
            const TrainContext c = context_on(model, server, static_cast<double>(chips));
            return search(c, {chips, 64, 64}, {.best_only = true}).feasible;
        };
        EXPECT_TRUE(holds(fewest)) << model << " on " << server << ": " << fewest;
        if (fewest > each) {
            EXPECT_FALSE(holds(fewest - each)) << model << " on " << server << ": " << fewest;
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
