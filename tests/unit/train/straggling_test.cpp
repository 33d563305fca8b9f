// How much longer steps take because passes are unlike, against what 1F1B gives by hand: all stages
// once, then the slowest for each further micro-batch.
#include "millwright/train/straggling.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace millwright {
namespace TEST_FILE {

/// Backward passes take twice as long as forward ones; each times what `factor` says.
template <class Factor>
TimedStep step_of(std::int64_t replicas, std::int64_t stages, std::int64_t batches,
                  Factor&& factor) {
    TimedStep step{.replicas = replicas, .stages = stages, .micro_batches = batches};
    for (std::int64_t r = 0; r < replicas; ++r) {
        for (std::int64_t s = 0; s < stages; ++s) {
            for (std::int64_t m = 0; m < batches; ++m) {
                for (const bool backward : {false, true}) {
                    const double times = (backward ? 2 : 1) * factor(r, s, m);
                    step.passes.push_back({r, s, m, backward, times * unit::ms});
                }
            }
        }
    }
    return step;
}

double explained(const Straggling& s, const char* name) {
    for (const StragglingCause& cause : s.causes) {
        if (cause.name == name) return cause.explained;
    }
    ADD_FAILURE() << name;
    return 0;
}

TEST(Straggling, PassesThatAreAlikeHoldNobodyUp) {
    const Straggling s = straggling_of({step_of(2, 4, 8, [](auto...) { return 1.0; })});
    EXPECT_DOUBLE_EQ(s.slowdown, 1);
    EXPECT_EQ(s.variation, 0);
    EXPECT_DOUBLE_EQ(s.steps[0].took.in(unit::ms), (4 + 8 - 1) * 3);
    for (const StragglingCause& cause : s.causes) EXPECT_EQ(cause.explained, 0) << cause.name;
}

// Three jobs of ByteDance's analysis were 1.537, 1.179 and 1.973 times as long as even ones; their
// timelines are not at hand. A last stage that takes k times as long as the others gives the same:
// ((stages - 1 + k) + (n - 1) k) / ((stages + n - 1) (stages - 1 + k) / stages).
TEST(Straggling, AHeavyLastStageGivesTheSlowdownsOfByteDance) {
    constexpr double stages = 4, n = 32;
    for (const double slowdown : {1.537, 1.179, 1.973}) {
        const double even = slowdown * (stages + n - 1) / stages;
        const double k = (even - 1) * (stages - 1) / (n - even);
        const TimedStep step =
            step_of(2, 4, 32, [&](auto, std::int64_t s, auto) { return s == 3 ? k : 1.0; });
        const Straggling found = straggling_of({step, step});
        EXPECT_NEAR(found.slowdown, slowdown, 0.01 * slowdown);
        EXPECT_NEAR(explained(found, "stages"), 1, 1e-9);
        EXPECT_NEAR(explained(found, "micro-batches"), 0, 1e-9);
        EXPECT_EQ(found.variation, 0);
    }
}

// One worker of 8 x 4 that takes 3.04 times as long, as few do: its replica holds up all others.
TEST(Straggling, ASlowWorkerIsToldFromAHeavyStage) {
    const TimedStep step = step_of(8, 4, 16, [](std::int64_t r, std::int64_t s, auto) {
        return r == 5 && s == 1 ? 3.04 : 1.0;
    });
    const Straggling found = straggling_of({step});
    EXPECT_GT(found.slowdown, 2);
    EXPECT_GT(explained(found, "workers"), 0.9);
    EXPECT_LT(explained(found, "stages"), 0.3);
}

// Sequences of unlike lengths: a micro-batch is long in every stage.
TEST(Straggling, LongMicroBatchesAreToldFromSlowWorkers) {
    const TimedStep step = step_of(4, 4, 8, [](std::int64_t r, auto, std::int64_t m) {
        return (r + 3 * m) % 5 == 0 ? 2.5 : 1.0;
    });
    const Straggling found = straggling_of({step});
    EXPECT_GT(found.slowdown, 1.2);
    EXPECT_GT(explained(found, "micro-batches"), 0.9);
    EXPECT_LT(explained(found, "stages"), 0.1);
}

TEST(Straggling, MendingEverythingIsEvenAndOrderOfStepsIsOfNoAccount) {
    EXPECT_TRUE(rc::check("laws", [] {
        const auto stages = *rc::gen::inRange<std::int64_t>(1, 6);
        const auto batches = *rc::gen::inRange<std::int64_t>(1, 12);
        const auto factors = *rc::gen::container<std::vector<int>>(
            static_cast<std::size_t>(2 * stages * batches), rc::gen::inRange(1, 100));
        const TimedStep step = step_of(2, stages, batches, [&](auto r, auto s, auto m) {
            return factors[static_cast<std::size_t>((r * stages + s) * batches + m)] / 10.0;
        });
        const TimedStep even = step_of(2, stages, batches, [](auto...) { return 2.0; });
        const Straggling one = straggling_of({step, even});
        const Straggling other = straggling_of({even, step});
        RC_ASSERT(std::abs(one.slowdown - other.slowdown) < 1e-12);
        // the slowest replica has the mean work of a pass at least, and waits as an even one does
        RC_ASSERT(one.steps[0].took.si() > 0);
        RC_ASSERT(one.steps[0].slowdown > 0.999 / static_cast<double>(stages));
        RC_ASSERT(std::abs(one.steps[1].slowdown - 1) < 1e-12);
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
