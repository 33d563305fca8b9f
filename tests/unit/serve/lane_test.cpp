// One lane step by step: who is admitted, what a step holds, who gives way, what is found.
#include "millwright/serve/lane.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

/// A lane whose requests came at once, in the order given, and what ended of them by index.
struct OneLane {
    explicit OneLane(const Replica& r)
        : cost(r), lane(r, cost, [this](const ServedRequest& one, const Request&) {
              ended[one.index] = one;
          }) {}

    void take(const Request& request) { lane.take({request, taken++, {}}, request.arrival); }
    void run() {
        while (lane.there() > 0) lane.advance();
    }
    /// In steps of a millisecond.
    double first(std::uint64_t i) { return steps_to(ended.at(i).first_token); }
    double end(std::uint64_t i) { return steps_to(ended.at(i).end); }
    static double steps_to(Seconds time) { return std::round(time.in(unit::ns)) / 1e6; }

    StepCost cost;
    std::map<std::uint64_t, ServedRequest> ended;
    ServeLane lane;
    std::uint64_t taken = 0;
};

Request one(std::int64_t prompt, std::int64_t output, std::int64_t priority = 0) {
    return {.prompt = prompt, .output = output, .priority = priority};
}

/// A token takes a step of a millisecond, the first one with its prompt.
TEST(ServeLane, ARequestAloneTakesAStepForEachToken) {
    OneLane l(steady_replica());
    l.take(one(100, 7));
    EXPECT_EQ(l.lane.there(), 1U);
    l.run();
    EXPECT_DOUBLE_EQ(l.first(0), 1);
    EXPECT_DOUBLE_EQ(l.end(0), 7);
    EXPECT_EQ(l.lane.steps, 7U);
    EXPECT_DOUBLE_EQ(l.lane.busy.in(unit::ms), 7);
    EXPECT_DOUBLE_EQ(l.lane.between_tokens.count(), 6);
}

TEST(ServeLane, PromptsAreCutToTheBudgetInOrder) {
    Replica r = steady_replica();
    r.engine.max_batched_tokens = 100;
    OneLane l(r);
    l.take(one(250, 1));
    l.take(one(60, 1));
    l.take(one(90, 1));
    l.run();
    EXPECT_DOUBLE_EQ(l.first(0), 3);  // 100, 100, 50
    EXPECT_DOUBLE_EQ(l.first(1), 4);  // 50 beside these, 10
    EXPECT_DOUBLE_EQ(l.first(2), 4);  // 90 beside these
    EXPECT_EQ(l.lane.steps, 4U);
}

TEST(ServeLane, NextTokensComeBeforePromptsInTheBudget) {
    Replica r = steady_replica();
    r.engine.max_batched_tokens = 100;
    OneLane l(r);
    for (int i = 0; i < 40; ++i) l.take(one(1, 50));
    l.lane.advance();
    l.take(one(120, 1));
    l.run();
    EXPECT_DOUBLE_EQ(l.first(40), 3);  // 60 a step beside 40 next tokens
    OneLane drafts([&] {
        r.engine.speculation.depth = 1;
        return r;
    }());
    for (int i = 0; i < 40; ++i) drafts.take(one(1, 50));
    drafts.lane.advance();
    drafts.take(one(120, 1));
    drafts.run();
    EXPECT_DOUBLE_EQ(drafts.first(40), 7);  // 20 beside 40 next tokens and as many drafts
}

TEST(ServeLane, WholePromptsWaitForAStepThatHoldsThem) {
    Replica r = steady_replica();
    r.engine.max_batched_tokens = 100;
    r.engine.chunked = false;
    OneLane l(r);
    l.take(one(70, 1));
    l.take(one(40, 1));
    l.take(one(300, 1));  // longer than any budget: a step of its own
    l.take(one(10, 1));
    l.run();
    EXPECT_DOUBLE_EQ(l.first(0), 1);
    EXPECT_DOUBLE_EQ(l.first(1), 2);
    EXPECT_DOUBLE_EQ(l.first(2), 3);
    EXPECT_DOUBLE_EQ(l.first(3), 4);
}

TEST(ServeLane, NoMoreSequencesRunThanTheLimit) {
    Replica r = steady_replica();
    r.engine.max_sequences = 2;
    OneLane l(r);
    for (int i = 0; i < 5; ++i) l.take(one(10, 4));
    l.run();
    for (std::uint64_t i = 0; i < 5; ++i) {
        EXPECT_DOUBLE_EQ(l.end(i), 4 * static_cast<double>(1 + i / 2)) << i;
    }
}

TEST(ServeLane, PromptsFirstHoldUpNextTokens) {
    Replica r = steady_replica();
    r.engine.batching = Batching::prefill_first;
    OneLane l(r);
    l.take(one(10, 3));
    l.lane.advance();
    l.take(one(10, 3));
    l.run();
    EXPECT_DOUBLE_EQ(l.first(1), 2);
    EXPECT_DOUBLE_EQ(l.end(0), 4);
    EXPECT_DOUBLE_EQ(l.end(1), 4);
    // the first one's next token comes after two steps, the second one's after one
    EXPECT_DOUBLE_EQ(l.lane.between_tokens.count(), 4);
    EXPECT_DOUBLE_EQ(l.lane.between_tokens.mean().in(unit::ms), (2 + 1 + 1 + 1) / 4.0);
}

TEST(ServeLane, AFixedBatchEndsBeforeTheNextBegins) {
    Replica r = steady_replica();
    r.engine.batching = Batching::fixed;
    r.engine.max_sequences = 2;
    r.engine.max_batched_tokens = 10;
    OneLane l(r);
    l.take(one(100, 3));
    l.take(one(100, 9));
    l.take(one(100, 2));
    l.run();
    EXPECT_DOUBLE_EQ(l.first(0), 1);  // prompts of a batch are one step, whatever their lengths
    EXPECT_DOUBLE_EQ(l.first(1), 1);
    EXPECT_DOUBLE_EQ(l.end(1), 9);
    EXPECT_DOUBLE_EQ(l.first(2), 10);
}

TEST(ServeLane, HigherPriorityGoesFirstAndLikeOnesInOrder) {
    Replica r = steady_replica();
    r.engine.max_sequences = 1;
    OneLane l(r);
    l.take(one(1, 1));
    l.take(one(1, 1, 1));
    l.take(one(1, 1, 5));
    l.take(one(1, 1, 1));
    l.take(one(1, 1, -1));
    l.run();
    EXPECT_DOUBLE_EQ(l.end(2), 1);
    EXPECT_DOUBLE_EQ(l.end(1), 2);
    EXPECT_DOUBLE_EQ(l.end(3), 3);
    EXPECT_DOUBLE_EQ(l.end(0), 4);
    EXPECT_DOUBLE_EQ(l.end(4), 5);
}

// Two sequences of blocks of one token grow to 30 each; 45 hold both to 22 each.
TEST(ServeLane, TheLastThatCameGivesWayAndIsComputedAgain) {
    OneLane l(with_blocks(steady_replica(), 45));
    l.take(one(10, 20));
    l.take(one(10, 20));
    l.run();
    EXPECT_EQ(l.lane.preemptions, 1U);
    EXPECT_DOUBLE_EQ(l.end(0), 20);  // the first is not held up
    // the second has 13 tokens by then, and the others after the first has ended
    EXPECT_DOUBLE_EQ(l.first(1), 1);
    EXPECT_DOUBLE_EQ(l.end(1), 27);
    EXPECT_EQ(l.ended.at(1).output, 20);
    EXPECT_LE(l.lane.most_cache, 1);
}

TEST(ServeLane, RetractionTakesThoseThatAnsweredLeast) {
    Replica r = with_blocks(steady_replica(), 60);
    r.engine.preemption = Preemption::fewest_answered;
    OneLane l(r);
    l.take(one(10, 30));
    for (int i = 0; i < 5; ++i) l.lane.advance();
    l.take(one(20, 30));
    l.run();
    EXPECT_GE(l.lane.preemptions, 1U);
    EXPECT_DOUBLE_EQ(l.end(0), 30);
    EXPECT_GT(l.end(1), 36);
}

TEST(ServeLane, WholeReservationsNeverGiveWay) {
    Replica r = with_blocks(steady_replica(), 45);
    r.engine.reservation = Reservation::whole;
    OneLane l(r);
    l.take(one(10, 20));
    l.take(one(10, 20));
    l.run();
    EXPECT_EQ(l.lane.preemptions, 0U);
    EXPECT_DOUBLE_EQ(l.first(1), 21);
    EXPECT_DOUBLE_EQ(l.lane.most_cache, 30.0 / 45);
}

TEST(ServeLane, ARequestThatNeverFitsIsDropped) {
    OneLane l(with_blocks(steady_replica(), 45));
    l.take(one(30, 15));
    l.take(one(30, 14));
    EXPECT_EQ(l.lane.there(), 1U);
    EXPECT_EQ(l.lane.dropped, 1U);
    EXPECT_EQ(l.ended.at(0).output, 0);
    l.run();
    EXPECT_EQ(l.ended.at(1).output, 14);
}

TEST(ServeLane, FoundPrefixesAreWholeBlocksAndLeaveAToken) {
    Replica r = steady_replica();
    r.engine.block_size = 16;
    r.engine.prefix_cache = true;
    r = with_blocks(r, 1000);
    const auto found = [&](std::int64_t prompt, std::int64_t piece) {
        OneLane l(r);
        Request request = one(prompt, 1);
        request.prefix = {1, 2};
        request.prefix_tokens = piece;
        l.take(request);
        l.run();
        EXPECT_EQ(l.ended.at(0).cached, 0);
        l.take(request);
        l.run();
        return l.ended.at(1).cached;
    };
    EXPECT_EQ(found(100, 32), 64);
    EXPECT_EQ(found(100, 40), 80);
    EXPECT_EQ(found(100, 45), 80);  // 90 tokens are five blocks
    EXPECT_EQ(found(64, 32), 48);   // all but the block with the last token
    EXPECT_EQ(found(70, 40), 32);   // the second piece is not whole in the prompt
    r.engine.prefix_cache = false;
    EXPECT_EQ(found(100, 32), 0);
}

/// Blocks hold 99 tokens: prefixes of those that ended go when others need them, oldest first.
TEST(ServeLane, PrefixesGiveWayToRunningSequences) {
    for (const Reservation reservation : {Reservation::growing, Reservation::whole}) {
        Replica r = steady_replica();
        r.engine.prefix_cache = true;
        r.engine.reservation = reservation;
        OneLane l(with_blocks(r, 99));
        const auto cached = [&](std::uint64_t id) {
            Request request = one(40, 1);
            request.prefix = {id};
            request.prefix_tokens = 30;
            l.take(request);
            l.run();
            return l.ended.at(l.taken - 1).cached;
        };
        EXPECT_EQ(cached(1), 0);
        EXPECT_EQ(cached(2), 0);
        EXPECT_EQ(cached(1), 30);
        EXPECT_EQ(cached(3), 0);  // 59 are left beside it: 2 goes
        EXPECT_EQ(cached(1), 30);
        EXPECT_EQ(cached(2), 0);
        l.take(one(90, 1));
        l.run();
        EXPECT_EQ(cached(1), 0);
    }
}

TEST(ServeLane, DraftsEndAnswersInFewerSteps) {
    Replica r = steady_replica();
    r.engine.speculation = {.depth = 3, .acceptance = 1};
    OneLane l(r);
    l.take(one(10, 21));
    l.run();
    EXPECT_DOUBLE_EQ(l.end(0), 1 + 20 / 4.0);
}

TEST(ServeLane, StatesAreAdmittedByTheirNumber) {
    Replica r = steady_replica();
    r.model = tiny_states();
    OneLane l(with_blocks(r, 3));
    for (int i = 0; i < 6; ++i) l.take(one(100'000, 10));
    l.run();
    EXPECT_EQ(l.lane.dropped, 0U);
    EXPECT_DOUBLE_EQ(l.end(2), 10);
    EXPECT_GT(l.end(3), 10);
    EXPECT_LE(l.lane.most_cache, 1);
}

TEST(ServeLane, KeepsMemoryForThoseThereAtOnce) {
    OneLane l(steady_replica());
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 9; ++i) l.take(one(10, 1 + (round + i) % 5));
        l.run();
    }
    EXPECT_EQ(l.lane.most_there(), 9U);
}

/// One tenant floods the lane first; the other's requests do not wait for all of it.
TEST(ServeLane, TenantsWhoShareByTokensTakeTurns) {
    Replica r = steady_replica();
    r.engine.max_sequences = 1;
    const auto last_of_second = [&] {
        OneLane l(r);
        for (int i = 0; i < 20; ++i) l.take(one(100, 1));
        for (int i = 0; i < 5; ++i) {
            Request second = one(100, 1);
            second.tenant = 1;
            l.take(second);
        }
        l.run();
        EXPECT_EQ(l.ended.size(), 25U);
        EXPECT_EQ(l.ended.at(24).tenant, 1U);
        return l.first(24);
    };
    EXPECT_DOUBLE_EQ(last_of_second(), 25);
    r.engine.tenant_weights = {1, 1};
    EXPECT_LE(last_of_second(), 11);
    r.engine.tenant_weights = {3, 1};  // three of the first for one of the second
    const double weighted = last_of_second();
    EXPECT_GT(weighted, 15);
    EXPECT_LT(weighted, 25);
}

}  // namespace TEST_FILE
}  // namespace millwright
