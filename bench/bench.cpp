// Cost per plan, per sharding, per collective, per verdict, and of the main job.
#include <benchmark/benchmark.h>

#include "millwright/collective/algorithms.h"
#include "millwright/collective/collectives.h"
#include "millwright/fabric/shape.h"
#include "millwright/intake/read.h"
#include "millwright/intake/rule_query.h"
#include "millwright/rules/verdict.h"
#include "millwright/sim/hash.h"
#include "millwright/study/study.h"
#include "tests/fixtures.h"

namespace millwright {
namespace {

/// One plan, time and memory, its sharding's costs known.
void one_plan(benchmark::State& state) {
    const TrainContext context = context_on("deepseek-v3", "hgx-h100", 16384, 8192);
    Plan plan{.tensor = 2, .pipeline = state.range(0), .data = 64, .expert = 64};
    plan.global_batch = 64 * 4 * plan.pipeline;
    const ShardCosts costs = shard_costs(context, plan);
    const Stages stages = stages_of(context.model, plan.pipeline);
    for (auto _ : state) benchmark::DoNotOptimize(evaluate(context, plan, costs, stages));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(one_plan)->Arg(1)->Arg(8)->Arg(32)->Name("plan/pipeline");

void one_sharding(benchmark::State& state) {
    const TrainContext context = context_on("deepseek-v3", "hgx-h100", 16384, 8192);
    const Plan plan{.tensor = 2, .data = 64, .expert = 64, .global_batch = 64};
    for (auto _ : state) benchmark::DoNotOptimize(shard_costs(context, plan));
}
BENCHMARK(one_sharding)->Name("sharding");

/// Every plan that fits is timed; items are plans timed, one thread.
void whole_search(benchmark::State& state) {
    const TrainContext context = context_on("llama-3.1-405b", "hgx-h100", 16384, 8192);
    std::uint64_t timed = 0;
    for (auto _ : state) {
        timed += search(context, {16384, 2048, 2048}, {.exhaustive = true, .threads = 1}).evaluated;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(timed));
}
BENCHMARK(whole_search)->Unit(benchmark::kMillisecond)->Name("search/exhaustive/one-thread");

/// GPT-3 175B on 4,096 chips, every plan that fits timed; items are plans timed.
void gpt3_search(benchmark::State& state) {
    const TrainContext context = context_on("gpt3-175b", "hgx-h100", 4096, 2048);
    const SpaceLimits limits{4096, 2048, 2048};
    std::uint64_t timed = 0;
    for (auto _ : state) {
        timed += search(context, limits, {.exhaustive = true, .threads = 1}).evaluated;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(timed));
}
BENCHMARK(gpt3_search)->Unit(benchmark::kMillisecond)->Name("search/gpt3-175b/one-thread");

/// One matrix product of the kernel model.
void one_product(benchmark::State& state) {
    const TrainContext context = context_on("gpt3-175b", "hgx-h100", 8);
    const Product product{.m = 4096, .n = 12288, .k = 6144};
    for (auto _ : state) benchmark::DoNotOptimize(product_time(context.chip, product));
}
BENCHMARK(one_product)->Name("kernel/product");

/// Attention of one new token of a batch to its caches, and of whole sequences.
void one_decode(benchmark::State& state) {
    const TrainContext context = context_on("gpt3-175b", "hgx-h100", 8);
    CacheAttention cache{.heads = 32, .kv_heads = 8};
    double keys = 0;
    for (auto _ : state) {
        cache.keys = 1000 + keys;
        keys = keys < 9000 ? keys + 1 : 0;
        benchmark::DoNotOptimize(decode_attention_time(context.chip, cache));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(one_decode)->Name("kernel/decode");

void one_attention(benchmark::State& state) {
    const TrainContext context = context_on("gpt3-175b", "hgx-h100", 8);
    const Attention a{.heads = 12, .kv_heads = 12, .queries = 2048, .keys = 2048};
    for (auto _ : state) {
        benchmark::DoNotOptimize(attention_time(context.chip, context.chip.attention, a, true));
    }
}
BENCHMARK(one_attention)->Name("kernel/attention");

void pruned_search(benchmark::State& state) {
    const TrainContext context =
        context_on("deepseek-v3", "hgx-h100", static_cast<double>(state.range(0)), 8192);
    std::uint64_t plans = 0;
    for (auto _ : state) {
        plans += search(context, {state.range(0), 15360, 15360}, {.threads = 1}).in_space;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(plans));
}
BENCHMARK(pruned_search)
    ->Arg(1024)
    ->Arg(16384)
    ->Arg(115000)
    ->Unit(benchmark::kMillisecond)
    ->Name("search/pruned/chips");

void one_collective(benchmark::State& state) {
    const TrainContext context = context_on("llama-3.1-8b", "hgx-h100", 16384);
    const Group group = group_on(context.network, 1024, 8);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            collective_time(context.network, Collective::all_reduce, group, 1 * unit::GB));
    }
}
BENCHMARK(one_collective)->Name("collective");

FabricGraph fat_tree(std::uint32_t hosts, Routing routing) {
    return graph_of({.kind = FabricKind::fat_tree, .endpoints = hosts, .routing = routing});
}

/// A permutation of 250 MiB flows over hashed ways: no symmetry to use.
void permutation(benchmark::State& state) {
    const auto hosts = static_cast<std::uint32_t>(state.range(0));
    const FabricGraph graph = fat_tree(hosts, Routing::ecmp);
    std::vector<std::uint32_t> to(hosts);
    for (std::uint32_t i = 0; i < hosts; ++i) to[i] = i;
    for (std::uint32_t i = hosts - 1; i > 0; --i) std::swap(to[i], to[mixed_bits(i) % (i + 1)]);
    FlowProblem problem = problem_of(graph);
    Ways ways;
    for (std::uint32_t i = 0; i < hosts; ++i) {
        ways.clear();
        ways_on(graph, i, to[i], i, ways);
        problem.add(ways.way(0), 250 * unit::MiB, Seconds{});
    }
    for (auto _ : state) benchmark::DoNotOptimize(run_flows(problem));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(permutation)
    ->Arg(16384)
    ->Arg(115200)
    ->Unit(benchmark::kMillisecond)
    ->Name("flows/permutation");

void ring_by_flows(benchmark::State& state) {
    const auto ranks = static_cast<std::uint32_t>(state.range(0));
    const FabricGraph graph = fat_tree(ranks, Routing::ecmp);
    const CollectiveRequest request{Collective::all_reduce, 1 * unit::GiB, {.size = ranks}, {}};
    const auto ring = phases_of(Algorithm::ring, graph, request);
    for (auto _ : state) benchmark::DoNotOptimize(flow_time(graph, request.team, ring));
}
BENCHMARK(ring_by_flows)->Arg(4096)->Arg(115200)->Unit(benchmark::kMillisecond)->Name("flows/ring");

void hierarchical_by_flows(benchmark::State& state) {
    const auto ranks = static_cast<std::uint32_t>(state.range(0));
    const FabricGraph graph = fat_tree(ranks, Routing::ecmp);
    const CollectiveRequest request{Collective::all_reduce, 1 * unit::GiB, {.size = ranks}, {}};
    const auto phases = phases_of(Algorithm::hierarchical, graph, request);
    for (auto _ : state) benchmark::DoNotOptimize(flow_time(graph, request.team, phases));
}
BENCHMARK(hierarchical_by_flows)
    ->Arg(16384)
    ->Unit(benchmark::kMillisecond)
    ->Name("flows/hierarchical");

void one_verdict(benchmark::State& state) {
    const Catalog& catalog = built_in_catalog();
    const Rulebook book = resolve_rulebook(catalog).value();
    RuleQuery query{.chip = chip_facts(catalog, part_named(catalog.chips, "h200-sxm")),
                    .date = on(2026, 2, 1)};
    query.party.to = query.party.headquarters = "CN";
    for (auto _ : state) benchmark::DoNotOptimize(judge(book, query));
}
BENCHMARK(one_verdict)->Name("verdict");

/// Every chip of `chips` invented ones on 50 days for 200 countries.
void all_verdicts(benchmark::State& state) {
    const Catalog& catalog = built_in_catalog();
    const Rulebook book = resolve_rulebook(catalog).value();
    std::vector<ChipFacts> chips;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        const auto at = static_cast<std::size_t>(i) % catalog.chips.size();
        chips.push_back(chip_facts(catalog, catalog.chips[at]));
        chips.back().tpp = exactly(static_cast<double>(i));
    }
    std::vector<Date> days;
    for (int i = 0; i < 50; ++i) {
        days.push_back(on(2022 + i / 12, static_cast<unsigned>(1 + i % 12), 1));
    }
    std::vector<std::string> places = part_named(catalog.groups, "world").countries.value;
    places.resize(200);
    for (auto _ : state) benchmark::DoNotOptimize(judge_all(book, chips, days, places));
    state.SetItemsProcessed(state.iterations() * state.range(0) * 50 * 200);
}
BENCHMARK(all_verdicts)
    ->Arg(1000)
    ->Arg(10000)
    ->Unit(benchmark::kMillisecond)
    ->Name("verdicts/chips");

void the_story(benchmark::State& state) {
    const auto text = read_scenario(MILLWRIGHT_ROOT "/examples/yiwu-115k/scenario.toml");
    const auto scenario = resolve(*text, built_in_catalog());
    const RunOptions options{.threads = static_cast<int>(state.range(0))};
    for (auto _ : state) benchmark::DoNotOptimize(run(*scenario, built_in_catalog(), options));
}
BENCHMARK(the_story)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Name("yiwu/threads");

}  // namespace
}  // namespace millwright
