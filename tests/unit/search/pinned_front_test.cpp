// Pins that leave more plans than are listed one and all: counts, fits and deadlines hold together.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/search/search.h"
#include "tests/fixtures.h"

namespace millwright {
namespace TEST_FILE {

struct Case {
    const char *model, *server;
    std::int64_t chips;
    double host_gb;   // memory of the host for a chip
    double deadline;  // seconds a sequence; zero for none
    bool by_cost;
};

/// In time and out of it, within and without memory, with plans that keep states in a small host.
std::vector<Case> cases() {
    std::vector<Case> all;
    for (const double host : {0.0, 2.0, 200.0}) {
        for (const double deadline : {0.0, 1e-9, 0.05, 10.0}) {
            for (const bool by_cost : {false, true}) {
                all.push_back({"llama-3.1-8b", "hgx-h100", 64, host, deadline, by_cost});
                all.push_back({"llama-3.1-405b", "hgx-h100", 16, host, deadline, by_cost});
            }
        }
    }
    return all;
}

TEST(PinnedFront, HoldsTogetherWithItsCounts) {
    for (const Case& k : cases()) {
        TrainContext c = context_on(k.model, k.server, static_cast<double>(k.chips));
        c.host.memory = k.host_gb * unit::GB;
        PlanPins pins;
        pins.tensor.values = {1, 2, 4};
        pins.offload = {Offload::none, Offload::both};
        if (k.host_gb == 0) pins.offload = {Offload::none};
        const SpaceLimits limits{k.chips, 64, 64, pins};
        const SearchOptions options{.by_cost = k.by_cost, .slowest = k.deadline * unit::s};
        const SearchResult found = search_pinned(c, limits, options);
        SCOPED_TRACE(fmt::format("{} host {} GB deadline {} cost {}", k.model, k.host_gb,
                                 k.deadline, k.by_cost));
        EXPECT_EQ(found.evaluated + found.pruned, found.in_space);
        EXPECT_GE(found.evaluated, found.pareto.size());
        ASSERT_FALSE(found.pareto.empty());
        for (std::size_t i = 0; i < found.pareto.size(); ++i) {
            const Candidate& one = found.pareto[i];
            EXPECT_EQ(one.fits, evaluate(c, one.plan).fits) << describe(one.plan);
            const double each = one.step.si() / 64;
            EXPECT_EQ(one.late, k.deadline > 0 && each > k.deadline) << describe(one.plan);
            if (i == 0) continue;
            const Candidate& before = found.pareto[i - 1];
            EXPECT_GE(before.fits, one.fits);
            if (before.fits == one.fits) {
                EXPECT_LE(before.late, one.late);
            }
        }
        EXPECT_EQ(found.feasible, found.pareto.front().fits && !found.pareto.front().late);
        if (found.late > 0) {
            EXPECT_TRUE(found.pareto.front().fits);
        }
    }
}

// What divides a batch that there may be can be pinned, though not every batch is divided by it.
TEST(PinFaults, AreOfNoBatchThatThereMayBe) {
    const TrainContext c = context_on("llama-3.1-8b", "hgx-h100", 64);
    PlanPins pins;
    pins.tensor.values = {1};
    pins.data.values = {64};
    EXPECT_TRUE(pin_faults(c, {64, 32, 1024, pins}).empty());
    EXPECT_FALSE(pin_faults(c, {64, 32, 32, pins}).empty());
    EXPECT_TRUE(pin_faults(c, {64, 48, 1024, pins}).empty());  // 192 does
    EXPECT_GT(search(c, {64, 48, 1024, pins}).in_space, 0U);
}

}  // namespace TEST_FILE
}  // namespace millwright
