// The bound of makers' rates, worked by hand for a small model.
#include "millwright/serve/bound.h"

#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/compute/weights.h"
#include "millwright/serve/roofline.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

double tables(const Model& m) {
    return static_cast<double>(m.vocab.value) * static_cast<double>(m.hidden.value);
}

/// Whether tables are one or two, the embedding's is looked up and the head's is not a prompt's.
TEST(ServeBound, OfProductsCountsWhatEachTokenMeets) {
    Replica r = plain_replica(1e9);  // memory takes no time
    const Model& m = r.model;
    const double inner =
        active_parameters(m) - (m.tied_embeddings ? 1 : 2) * tables(m) -
        static_cast<double>(m.positions.value) * static_cast<double>(m.hidden.value);
    const ServeBound bound = serve_bound(r, 1, {100, 10}, {});
    const double flops = 2 * (109 * inner + 10 * tables(m));
    EXPECT_NEAR(bound.rate.si(), r.chip.rate(Precision::bf16).si() / flops, 1e-9 * bound.rate.si());
    EXPECT_EQ(bound.limited_by, "products");
    // of several chips each does as much
    EXPECT_NEAR(serve_bound(r, 4, {100, 10}, {}).rate / bound.rate, 1, 1e-9);
}

TEST(ServeBound, OfMemoryReadsWeightsOnceForAllThatItHolds) {
    Replica r = plain_replica(1e-3);
    r.chip.dense.fill(FlopRate::from_si(1e40));
    const Model& m = r.model;
    const double grown = 0.5 * (sequence_cache(m, 20).held + sequence_cache(m, 50).held).si();
    const double weights = 2 * parameters(m);
    r.chip.memory_capacity = (weights + 7 * grown) * unit::B;
    r.chip.memory_reported = Bytes{};
    const ServeBound bound = serve_bound(r, 1, {20, 30}, {});
    EXPECT_NEAR(bound.batch, 7, 1e-6);
    const double read = weights - (m.tied_embeddings ? 0 : 2 * tables(m));
    const double moved = 0.5 * (sequence_cache(m, 20).moved + sequence_cache(m, 50).moved).si();
    const double bytes = 29 * (read / 7 + moved);  // the first token is of the prompt
    EXPECT_NEAR(bound.rate.si(), r.chip.memory_bandwidth.si() / bytes, 1e-6 * bound.rate.si());
    // less time for a token lets fewer share the weights' reading
    const Seconds token = (read + 4 * moved) * unit::B / r.chip.memory_bandwidth;
    const ServeBound sooner = serve_bound(r, 1, {20, 30}, token);
    EXPECT_NEAR(sooner.batch, 4, 0.01);
    EXPECT_LT(sooner.rate, bound.rate);
    EXPECT_EQ(serve_bound(r, 1, {20, 30}, 0.9 * (read * unit::B / r.chip.memory_bandwidth)).batch,
              0);
    r.chip.memory_capacity = (weights + 0.5 * grown) * unit::B;
    EXPECT_EQ(serve_bound(r, 1, {20, 30}, {}).rate, RequestRate{});
}

TEST(ServeBound, WhatACacheHoldsIsNeitherComputedNorHeldAgain) {
    const Replica r = plain_replica();
    const ServeBound plain = serve_bound(r, 1, {200, 10}, {});
    const ServeBound found = serve_bound(r, 1, {100, 10, 100}, {});
    const ServeBound shorter = serve_bound(r, 1, {100, 10}, {});
    EXPECT_GE(found.rate, plain.rate);
    EXPECT_LE(found.rate, shorter.rate);
    EXPECT_GT(found.batch, plain.batch);
}

}  // namespace TEST_FILE
}  // namespace millwright
