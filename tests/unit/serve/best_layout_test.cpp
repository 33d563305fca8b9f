// The layout that serves most: against each layout tried alone, and what there is none of.
#include "millwright/serve/best_layout.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/factory/resolve.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/weight_forms.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

LayoutQuestion question(const char* model, const char* server, double chips) {
    const Catalog& catalog = built_in_catalog();
    const Factory factory =
        resolve_factory(catalog, part_named(catalog.servers, server),
                        part_named(catalog.fabrics, "rail-fat-tree"), chips, {});
    const Model& of = part_named(catalog.models, model);
    const Engine& engine = engine_for(catalog, factory.chip);
    const auto forms = forms_of({}, of, engine, factory.chip, factory.rates);
    LayoutQuestion q{.replica = replica_in(forms, of, engine, factory.chip, factory.rates)};
    q.replica.network = factory.network;
    q.replica.longest = 1152;
    q.chips = q.replica_chips = chips;
    q.domain = factory.server.domain.value;
    q.requests = {1024, 128};
    q.promise.per_token = 50 * unit::ms;
    return q;
}

TEST(BestLayout, ServesNoLessThanAnyOtherAlone) {
    const LayoutQuestion q = question("qwen3-30b-a3b", "hgx-h100", 4);
    const BestLayout best = best_layout(q, 2);
    ASSERT_EQ(best.why_not, "");
    EXPECT_TRUE(keeps(best.capacity.outcome, q.promise));
    EXPECT_LE(best.chips(), 4);
    EXPECT_GT(best.simulated, 0);
    EXPECT_GT(best.in_space, 5);
    // each size of a replica alone: what is best of all is best of its own size too
    double most = 0;
    for (const double chips : {1, 2, 4}) {
        LayoutQuestion alone = q;
        alone.chips = alone.replica_chips = chips;
        const BestLayout of_size = best_layout(alone, 2);
        if (!of_size.why_not.empty()) continue;
        most = std::max(most, of_size.rate().si() * std::floor(4 / chips));
    }
    // turns of more replicas make arrivals a little more even
    EXPECT_GE(best.rate().si(), 0.97 * most);
}

TEST(BestLayout, IsTheSameForAnyNumberOfThreads) {
    const LayoutQuestion q = question("llama-3.1-8b", "hgx-h100", 2);
    const BestLayout one = best_layout(q, 1), two = best_layout(q, 2);
    EXPECT_EQ(one.rate(), two.rate());
    EXPECT_EQ(one.replica.ways, two.replica.ways);
    EXPECT_EQ(one.simulated, two.simulated);
    EXPECT_EQ(one.capacity.outcome.per_token.mean(), two.capacity.outcome.per_token.mean());
}

TEST(BestLayout, KeepsLessThanTheMeanSays) {
    const LayoutQuestion q = question("llama-3.1-8b", "hgx-h100", 1);
    const BestLayout best = best_layout(q, 1);
    EXPECT_LE(best.capacity.rate, best.steady.rate);
    EXPECT_GT(best.capacity.rate, 0.5 * best.steady.rate);
    EXPECT_EQ(best.replicas, 1);
    // and waits less for less
    const ServeOutcome calm = outcome_at(q, best, 0.3 * best.rate());
    EXPECT_LT(calm.per_token.mean(), best.capacity.outcome.per_token.mean());
    EXPECT_EQ(calm.dropped, 0U);
}

TEST(BestLayout, WhereThereIsNoneSaysWhy) {
    LayoutQuestion q = question("llama-3.1-405b", "hgx-h100", 1);
    EXPECT_TRUE(contains(best_layout(q, 1).why_not, "memory: a sequence of 1152 tokens"));
    q = question("llama-3.1-8b", "hgx-h100", 1);
    q.promise.per_token = 100 * unit::us;
    const std::string late = best_layout(q, 1).why_not;
    EXPECT_TRUE(contains(late, "at best, 100 us are allowed")) << late;
    q.promise = {.first_token = 100 * unit::us};
    const std::string first = best_layout(q, 1).why_not;
    EXPECT_TRUE(contains(first, "hardly any request is in time")) << first;
}

TEST(BestLayout, APrefixIsFoundByWholeBlocks) {
    Replica r = steady_replica();
    r.engine.block_size = 16;
    EXPECT_EQ(mean_of({100, 10, 50}, r).found, 0);
    r.engine.prefix_cache = true;
    const MeanRequest mean = mean_of({100, 10, 50}, r);
    EXPECT_EQ(mean.found, 48);
    EXPECT_EQ(mean.prompt, 52);
    EXPECT_EQ(mean.output, 10);
}

}  // namespace TEST_FILE
}  // namespace millwright
