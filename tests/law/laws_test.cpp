// Properties that hold for any input.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "millwright/collective/collectives.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/rules/verdict.h"
#include "millwright/search/search.h"
#include "millwright/study/study.h"
#include "tests/fixtures.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

std::int64_t power_of_two(int most) { return std::int64_t{1} << *rc::gen::inRange(0, most + 1); }

const std::vector<std::pair<const char*, const char*>>& systems() {
    static const std::vector<std::pair<const char*, const char*>> list{
        {"llama-3.1-70b", "hgx-h100"},  {"gpt-3-175b", "hgx-a100"},
        {"deepseek-v3", "gb200-nvl72"}, {"mixtral-8x7b", "rtx-pro-6000d"},
        {"gpt-oss-120b", "hgx-b200"},   {"qwen3-30b-a3b", "cloudmatrix-384"}};
    return list;
}

TrainContext any_context() {
    const auto [model, server] = *rc::gen::elementOf(systems());
    const auto precision = *rc::gen::element(Precision::bf16, Precision::fp8);
    TrainContext c = context_on(model, server, 2048, static_cast<double>(1024 * power_of_two(3)));
    if (c.chip.rate(precision) > FlopRate{}) c.precision = precision;
    c.assume.tensor_overlap = *rc::gen::inRange(0, 11) / 10.0;
    c.assume.data_overlap = *rc::gen::inRange(0, 11) / 10.0;
    return c;
}

Plan any_plan(const TrainContext& c) {
    Plan p;
    p.tensor = power_of_two(3);
    p.pipeline = power_of_two(2);
    p.context = power_of_two(1);
    p.data = power_of_two(5);
    p.expert = is_moe(c.model) ? std::min<std::int64_t>(power_of_two(3), p.tensor * p.data) : 1;
    p.micro_batch = power_of_two(1);
    // four micro-batches a stage: whole rounds for every schedule drawn below
    p.global_batch = p.data * p.micro_batch * 4 * p.pipeline;
    p.recompute = *rc::gen::element(Recompute::none, Recompute::selective, Recompute::full);
    const Sharding gathered = p.pipeline == 1 ? Sharding::zero_3 : Sharding::zero_1;
    p.sharding = *rc::gen::element(Sharding::none, Sharding::zero_1, gathered);
    if (p.pipeline > 1) {
        p.schedule =
            *rc::gen::element(Schedule::one_f_one_b, Schedule::interleaved, Schedule::zero_bubble);
    }
    if (p.schedule == Schedule::interleaved) p.virtual_stages = 2;
    return p;
}

template <class Q>
double worst_gap(const Ledger<Q>& ledger) {
    double gap = 0;
    Q sum{};
    for (const Ledger<Q>& part : ledger.parts) {
        sum += part.value;
        gap = std::max(gap, worst_gap(part));
    }
    if (ledger.parts.empty() || ledger.value == Q{}) return gap;
    return std::max(gap, std::abs(sum / ledger.value - 1));
}

// At every level, and the root is what the engine says: nothing is told twice, and nothing left
// out.
TEST(Law, LedgersSum) {
    EXPECT_TRUE(rc::check([] {
        const TrainContext c = any_context();
        const Step step = evaluate(c, any_plan(c));
        const Ledger<Seconds> time = time_ledger(step.times);
        const Ledger<Bytes> memory = memory_ledger(step.memory);
        RC_ASSERT(worst_gap(time) < 1e-12);
        RC_ASSERT(worst_gap(memory) < 1e-12);
        RC_ASSERT(std::abs(time.value / step.times.total - 1) < 1e-9);
        RC_ASSERT(std::abs(memory.value / step.memory.total - 1) < 1e-9);
        RC_ASSERT(std::isfinite(time.value.si()) && time.value > Seconds{});
    }));
}

// Where compute gets faster there is less of it for communication to hide behind; but of a second
// less at most a second is exposed (left_exposed()), so the step is no longer than before.
TEST(Law, MoreOfAnythingNeverSlows) {
    EXPECT_TRUE(rc::check([] {
        const TrainContext c = any_context();
        const Plan plan = any_plan(c);
        const double factor = 1 + *rc::gen::inRange(1, 300) / 100.0;
        const double before = evaluate(c, plan).times.total.si();
        TrainContext flops = c;
        for (FlopRate& rate : flops.chip.dense) rate = factor * rate;
        TrainContext memory = c;
        memory.chip.memory_bandwidth = factor * memory.chip.memory_bandwidth;
        TrainContext inner = c;
        inner.network.inner.per_chip = factor * inner.network.inner.per_chip;
        TrainContext outer = c;
        outer.network.outer.per_chip = factor * outer.network.outer.per_chip;
        for (const TrainContext& more : {flops, memory, inner, outer}) {
            RC_ASSERT(evaluate(more, plan).times.total.si() <= before * (1 + 1e-12));
        }
    }));
}

// Twice the data ways with twice the batch leave each rank the same micro-batches: to the last bit
// the same work. Only exchanges between replicas, and waits for the slowest chip, may change.
TEST(Law, DataWaysAtFixedLocalBatchKeepCompute) {
    EXPECT_TRUE(rc::check([] {
        const TrainContext c = any_context();
        const Plan one = any_plan(c);
        Plan two = one;
        two.data *= 2;
        two.global_batch *= 2;
        const StepTimes a = evaluate(c, one).times;
        const StepTimes b = evaluate(c, two).times;
        for (std::size_t i = 0; i < block_count; ++i) RC_ASSERT(a.compute[i] == b.compute[i]);
        RC_ASSERT(a.recompute == b.recompute);
        RC_ASSERT(a.bubble == b.bubble);
    }));
}

// Counts too: the bound that cuts plans off is fixed before threads share them out.
TEST(Law, SameBitsForAnyThreadCount) {
    const TrainContext c = context_on("mixtral-8x22b", "hgx-h200", 512);
    const SearchResult one = search(c, {512, 1024, 2048}, {.threads = 1});
    const SearchResult two = search(c, {512, 1024, 2048}, {.threads = 2});
    EXPECT_EQ(one.best.plan, two.best.plan);
    EXPECT_EQ(one.best.step.si(), two.best.step.si());
    EXPECT_EQ(one.in_space, two.in_space);
    EXPECT_EQ(one.evaluated, two.evaluated);
    ASSERT_EQ(one.pareto.size(), two.pareto.size());
    for (std::size_t i = 0; i < one.pareto.size(); ++i) {
        EXPECT_EQ(one.pareto[i].number, two.pareto[i].number);
        EXPECT_EQ(one.pareto[i].memory.si(), two.pareto[i].memory.si());
    }
}

// Restriction ranks before time and money, so it never falls along the ranking; beside this, money
// adds up, and no job takes more chips than its factory has for one.
TEST(Law, TheFirstIsNeverOneThatIsDenied) {
    const std::string path = repository_root() + "/examples/yiwu-115k/scenario.toml";
    const auto text = read_scenario(path);
    ASSERT_TRUE(text);
    auto scenario = resolve(*text, built_in_catalog());
    ASSERT_TRUE(scenario);
    const Study study = run(*scenario, built_in_catalog());
    int last = 0;
    for (const std::size_t i : study.ranking) {
        const int now = restriction(study.factories[i].verdict);
        EXPECT_GE(now, last);
        last = now;
        for (const auto* ledger : {&study.factories[i].capital, &study.factories[i].yearly}) {
            EXPECT_LT(worst_gap(*ledger), 1e-12);
        }
    }
    EXPECT_EQ(restriction(study.factories[study.ranking.front()].verdict), 0);
    for (const FactoryReport& f : study.factories) {
        for (const JobReport& job : f.jobs) {
            if (const auto* trained = std::get_if<TrainReport>(&job.of)) {
                EXPECT_LE(static_cast<double>(chips_used(trained->plan)), f.job_chips);
            } else {
                EXPECT_LE(std::get<ServeReport>(job.of).layout.chips(), f.chips);
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
