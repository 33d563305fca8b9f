// The context of a step is made in one place: what a study, a plan and a designed chip train with
// is the same framework.
#include <gtest/gtest.h>

#include "millwright/factory/resolve.h"
#include "millwright/lawful/design.h"
#include "millwright/study/train_job.h"

namespace millwright {
namespace TEST_FILE {

Factory h100s(double chips) {
    const Catalog& catalog = built_in_catalog();
    return resolve_factory(catalog, part_named(catalog.servers, "hgx-h100"),
                           part_named(catalog.fabrics, "rail-fat-tree"), chips, {});
}

TEST(TrainContext, IsWhatTheFrameworkDoes) {
    const Catalog& catalog = built_in_catalog();
    const Factory factory = h100s(64);
    const Model& model = part_named(catalog.models, "llama-3.1-8b");
    bool balances = false;
    for (const Framework& framework : catalog.frameworks) {
        const TrainContext c =
            train_context({model, 8192, Precision::fp8},
                          {factory.rates, factory.network, factory.host}, framework);
        EXPECT_EQ(c.assume.host_layer, framework.host_layer.value) << framework.id;
        EXPECT_EQ(c.assume.tensor_overlap, framework.tensor_overlap.value) << framework.id;
        EXPECT_EQ(c.balance.head > 0, framework.balance != StageBalancing::none) << framework.id;
        EXPECT_EQ(c.sequence, 8192);
        EXPECT_EQ(c.precision, Precision::fp8);
        balances = balances || framework.balance != StageBalancing::none;
    }
    EXPECT_TRUE(balances);
}

TEST(TrainContext, OfAScenarioTakesItsOverlaps) {
    const Factory factory = h100s(64);
    const TrainJob job{.model = part_named(built_in_catalog().models, "llama-3.1-8b"),
                       .sequence = 4096};
    Scenario scenario;
    const double own = factory.framework.data_overlap.value;
    EXPECT_EQ(train_context(scenario, factory, job).assume.data_overlap, own);
    scenario.data_overlap = 0.123;
    const TrainContext c = train_context(scenario, factory, job);
    EXPECT_EQ(c.assume.data_overlap, 0.123);
    EXPECT_EQ(c.assume.replicated_overlap, 0.123);
    EXPECT_EQ(c.assume.tensor_overlap, factory.framework.tensor_overlap.value);
}

// A designed chip was once timed with no framework at all: no host time, no jitter.
TEST(TrainContext, OfADesignedChipIsItsServersFramework) {
    const Catalog& catalog = built_in_catalog();
    DesignQuestion q{.process = part_named(catalog.processes, "hopper-4n"),
                     .model = part_named(catalog.models, "llama-3.1-8b")};
    q.training_chips = 64;
    q.global_batch = 256;
    const Chip& chip = part_named(catalog.chips, "h100-sxm");
    const double found = tokens_of(q, catalog, chip, DesignJob::training);
    const Factory factory = h100s(64);
    const TrainContext context =
        train_context({q.model, q.sequence, Precision::bf16},
                      {factory.rates, factory.network, factory.host}, factory.framework);
    const SearchResult best = search(context, {64, 256, 256}, {.by_cost = true, .best_only = true});
    EXPECT_NEAR(found, q.sequence / best.best.score, 1e-6 * found);
}

}  // namespace TEST_FILE
}  // namespace millwright
