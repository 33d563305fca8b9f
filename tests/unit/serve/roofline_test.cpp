// A replica by hand: what it keeps, what a token reads, and which batch and size are best.
#include "millwright/serve/roofline.h"

#include <gtest/gtest.h>

#include <cmath>

#include "millwright/compute/weights.h"
#include "tests/tiny.h"

namespace millwright {
namespace TEST_FILE {

constexpr double whole = 4 * 976 + 2 * 128 + 8;  // weights (tests/tiny.h), the last norm too
constexpr double of_token = 4 * 2 * 4 * 2;       // bytes: four layers' keys and values of 4, BF16

ServeContext tiny_serving(const Model& model = tiny_model()) {
    ServeContext c{.model = model, .chip = plain_chip(), .network = plain_network(8, 8)};
    c.chip.memory_bandwidth = unit::GBps;
    c.chip.memory_capacity = 100 * unit::kB;
    return c;
}

const ServeRequest request{.prompt = 30, .output = 20, .per_token = 1 * unit::s};

TEST(Cache, IsKeysAndValuesOfAllLayers) {
    EXPECT_EQ(sequence_cache(tiny_model(), 50).held.si(), 50 * of_token);
    EXPECT_EQ(sequence_cache(tiny_model(), 50).moved.si(), 50 * of_token);
    Model windowed = tiny_model();
    windowed.window.value = 8;
    windowed.full_every.value = 4;  // three layers keep eight tokens at most
    EXPECT_EQ(sequence_cache(windowed, 50).held.si(), (50 + 3 * 8) * of_token / 4);
    EXPECT_EQ(sequence_cache(windowed, 5).held.si(), 5 * of_token);
    Model latent = tiny_model();
    latent.kv_lora.value = 6;
    latent.rope_dim.value = 2;
    EXPECT_EQ(sequence_cache(latent, 50).held.si(), 4 * 50 * (6 + 2) * 2);
    EXPECT_EQ(sequence_cache(tiny_model(), 0).held, Bytes{});
}

// Nine tenths of memory hold the weights, and as many sequences of 50 tokens as go in beside them.
TEST(Replica, HoldsAsManySequencesAsFit) {
    const ServeContext c = tiny_serving();
    for (const double chips : {1.0, 2.0, 4.0}) {
        const Served s = replica_of(c, request, chips);
        EXPECT_DOUBLE_EQ(s.usable.si(), 90e3 * chips);
        EXPECT_DOUBLE_EQ(s.weights.si(), 2 * whole);
        EXPECT_DOUBLE_EQ(s.cache_per_sequence.si(), 50 * of_token);
        const double room = (90e3 * chips - 2 * whole) / (50 * of_token);
        EXPECT_EQ(s.batch, static_cast<std::int64_t>(room)) << chips;
        EXPECT_TRUE(s.feasible && s.in_time);
    }
    ServeContext large = c;
    large.chip.memory_capacity = unit::TB;
    EXPECT_EQ(replica_of(large, request, 1).batch, 4096);  // no more than anyone gains by
}

TEST(Replica, IsInfeasibleWhereOneSequenceDoesNotFit) {
    ServeContext c = tiny_serving();
    const double needed = (2 * whole + 50 * of_token) / 0.9;
    c.chip.memory_capacity = needed * 1.0001 * unit::B;
    EXPECT_EQ(replica_of(c, request, 1).batch, 1);
    c.chip.memory_capacity = needed * 0.9999 * unit::B;
    const Served none = replica_of(c, request, 1);
    EXPECT_FALSE(none.feasible);
    EXPECT_EQ(none.batch, 0);
    EXPECT_EQ(none.decode, TokenRate{});
    EXPECT_DOUBLE_EQ(none.weights.si(), 2 * whole);  // says what was needed
}

// A token reads all weights but the table that is looked up in, once for the batch, and the cache
// of each sequence, of 40 tokens in the middle of its answer.
TEST(Replica, DecodesWhatItCanRead) {
    ServeContext c = tiny_serving();
    const Served s = replica_of(c, request, 1);
    const double b = static_cast<double>(s.batch);
    EXPECT_NEAR(s.token_time.weights.si(), 2 * (whole - 128) / 1e9, 1e-15);
    EXPECT_NEAR(s.token_time.cache.si(), b * 40 * of_token / 1e9, 1e-15);
    EXPECT_NEAR(s.token_time.products.si(), 2 * whole * b / 1e12, 1e-15);
    EXPECT_EQ(s.token_time.communication, Seconds{});
    EXPECT_DOUBLE_EQ((s.decode * s.token_time.total()).si(), b);
    EXPECT_DOUBLE_EQ((s.prefill * s.prompt_time).si(), 30);
    c.model.tied_embeddings = true;  // the one matrix is the head, and read
    EXPECT_NEAR(replica_of(c, request, 1).token_time.weights.si(), 2 * (whole - 128) / 1e9, 1e-15);
    c.chip.launch = 1 * unit::us;
    EXPECT_NEAR(replica_of(c, request, 1).token_time.launches.si(), 8 * 4 * 1e-6, 1e-12);
    c.precision = Precision::fp8;
    EXPECT_NEAR(replica_of(c, request, 1).token_time.weights.si(), (whole - 128) / 1e9, 1e-15);
}

// Two all-reduces a layer of the batch's tokens, 8 wide in two bytes: twice a half between two.
TEST(Replica, AddsUpItsPartsOverItsChips) {
    const ServeContext c = tiny_serving();
    const Served s = replica_of(c, request, 2);
    const double tokens = static_cast<double>(s.batch);
    EXPECT_NEAR(s.token_time.communication.si(), 4 * 2 * tokens * 16 * 2 / 2 / 1e9, 1e-15);
    EXPECT_NEAR(s.token_time.weights.si(), 2 * (whole - 128) / 2e9, 1e-15);
}

/// Mean share of experts that some token of a batch picks, by all draws of two of four.
double experts_met(int batch) {
    const unsigned pairs[] = {0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100};
    const int draws = static_cast<int>(std::pow(6, batch));
    double sum = 0;
    for (int draw = 0; draw < draws; ++draw) {
        unsigned met = 0;
        for (int i = 0, rest = draw; i < batch; ++i, rest /= 6) met |= pairs[rest % 6];
        for (unsigned expert = 0; expert < 4; ++expert) sum += met >> expert & 1U;
    }
    return sum / draws / 4;
}

TEST(Replica, ReadsTheExpertsThatItsBatchPicks) {
    ServeContext c = tiny_serving(tiny_experts());
    const double routed = 3 * 4 * 384;
    const double always = parameters(c.model) - 128 - routed;
    const double cache = sequence_cache(c.model, 50).held.si();
    for (const int batch : {1, 2, 3}) {
        c.chip.memory_capacity = (2 * parameters(c.model) + (batch + 0.5) * cache) / 0.9 * unit::B;
        const Served s = replica_of(c, request, 1);
        ASSERT_EQ(s.batch, batch);
        const double read = 2 * (always + routed * experts_met(batch));
        EXPECT_NEAR(s.token_time.weights.si(), read / 1e9, 1e-15) << batch;
    }
}

// The largest batch whose token is in time, found by trying each.
TEST(Replica, DecodesTheLargestBatchInTime) {
    const ServeContext c = tiny_serving();
    const Served most = replica_of(c, request, 1);
    ServeRequest hurried = request;
    for (const double share : {0.3, 0.5, 0.9}) {
        hurried.per_token = share * most.token_time.total();
        const Served s = replica_of(c, hurried, 1);
        const auto total = [&](double batch) {
            const double weights = 2 * (whole - 128) / 1e9;
            return weights + batch * 40 * of_token / 1e9;
        };
        double batch = 1;
        while (total(batch + 1) <= hurried.per_token.si()) ++batch;
        EXPECT_EQ(static_cast<double>(s.batch), batch) << share;
        EXPECT_TRUE(s.in_time);
    }
    hurried.per_token = 1 * unit::ns;  // one sequence is served however long it takes
    EXPECT_EQ(replica_of(c, hurried, 1).batch, 1);
    EXPECT_FALSE(replica_of(c, hurried, 1).in_time);
}

// The best of the sizes one, two, four and eight is what comparing them one by one finds.
TEST(BestReplica, HasTheMostTokensAChip) {
    ServeContext c = tiny_serving();
    for (const double capacity : {8e3, 20e3, 100e3}) {
        c.chip.memory_capacity = capacity * unit::B;
        for (const bool by_prefill : {false, true}) {
            ServeRequest r = request;
            r.by_prefill = by_prefill;
            double most = 0;
            std::int64_t wanted = 0;
            for (const std::int64_t chips : {1, 2, 4, 8}) {
                const Served s = replica_of(c, r, static_cast<double>(chips));
                const TokenRate rate = by_prefill ? s.prefill : s.decode;
                const double each = rate.si() / static_cast<double>(chips);
                if (s.feasible && each > most) wanted = chips, most = each;
            }
            EXPECT_GT(wanted, 0);
            EXPECT_EQ(best_replica(c, r).chips, wanted) << capacity;
        }
    }
    c.chip.memory_capacity = 10 * unit::B;
    EXPECT_FALSE(best_replica(c, request).feasible);
    EXPECT_EQ(best_replica(c, request).chips, 8);  // the largest says how much is missing
    ServeRequest few = request;
    few.chips_at_most = 3;
    EXPECT_EQ(best_replica(c, few).chips, 2);
}

}  // namespace TEST_FILE
}  // namespace millwright
