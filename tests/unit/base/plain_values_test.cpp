// Ledgers, curves, counts, faults and threads: small things that everything else leans on.
#include <atomic>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/curve.h"
#include "millwright/base/faults.h"
#include "millwright/base/ledger.h"
#include "millwright/base/limits.h"
#include "millwright/base/parallel.h"
#include "millwright/base/plural.h"
#include "millwright/base/quantity.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace TEST_FILE {

TEST(LedgerByHand, ZeroLeavesAreLeftOutAndNegativeOnesCount) {
    Ledger<Dollars> bill{.name = "bill"};
    bill.add("chips", 100 * unit::USD).add("rebate", -20 * unit::USD).add("none", Dollars{});
    EXPECT_DOUBLE_EQ(bill.value.si(), 80);
    ASSERT_EQ(bill.parts.size(), 2U);
    EXPECT_EQ(bill.parts[1].name, "rebate");
    bill.add(Ledger<Dollars>{.name = "empty"});
    EXPECT_EQ(bill.parts.size(), 2U);
    EXPECT_EQ(find(bill, "empty"), nullptr);
}

TEST(LedgerByHand, TheFirstOfOneNameIsFoundAndNoGrandchild) {
    Ledger<Seconds> inner{.name = "inner"};
    inner.add("deep", 1 * unit::s);
    Ledger<Seconds> root{.name = "root"};
    root.add("twice", 1 * unit::s).add("twice", 2 * unit::s).add(inner);
    EXPECT_DOUBLE_EQ(find(root, "twice")->value.si(), 1);
    EXPECT_EQ(find(root, "deep"), nullptr);
    EXPECT_EQ(find(root, "root"), nullptr);
}

/// Of whole numbers, so that sums are exact.
Ledger<Bytes> any_ledger(int depth) {
    Ledger<Bytes> node{.name = "n"};
    for (const int leaf : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-1000, 1000))) {
        node.add("leaf", leaf * unit::B);
    }
    for (int i = *rc::gen::inRange(0, depth + 1); i > 0; --i) node.add(any_ledger(depth - 1));
    return node;
}

/// The sum of all leaves.
Bytes leaves_of(const Ledger<Bytes>& node) {
    if (node.parts.empty()) return node.value;
    Bytes sum;
    for (const Ledger<Bytes>& part : node.parts) sum += leaves_of(part);
    return sum;
}

TEST(LedgerLaw, LeavesSumToTheRoot) {
    EXPECT_TRUE(rc::check([] {
        const Ledger<Bytes> root = any_ledger(3);
        RC_ASSERT(leaves_of(root) == root.value);
    }));
}

// Times of the points are 10/0.1 = 100, 100/0.5 = 200 and 1000/0.8 = 1250; between them straight.
TEST(CurveByHand, TimeIsStraightBetweenPoints) {
    const Curve curve{{10, 100, 1000}, {0.1, 0.5, 0.8}};
    EXPECT_DOUBLE_EQ(value(curve, 10), 0.1);
    EXPECT_DOUBLE_EQ(value(curve, 100), 0.5);
    EXPECT_DOUBLE_EQ(value(curve, 1000), 0.8);
    EXPECT_DOUBLE_EQ(value(curve, 550), 550 / 725.0);    // half way: (200 + 1250) / 2
    EXPECT_DOUBLE_EQ(value(curve, 32.5), 32.5 / 125.0);  // a quarter of the way
    EXPECT_DOUBLE_EQ(value(curve, 0), 0.1);
    EXPECT_DOUBLE_EQ(value(curve, 1e12), 0.8);
    const Curve one{{5}, {0.7}};
    for (const double at : {1.0, 5.0, 9.0}) EXPECT_DOUBLE_EQ(value(one, at), 0.7);
    EXPECT_TRUE(Curve{}.empty());
    EXPECT_EQ(time_falls({}), 0U);
}

// 100/0.9 = 111 after 10/0.05 = 200: a larger size in less time, told at its point.
TEST(CurveByHand, FallingTimeIsFound) {
    EXPECT_EQ(time_falls({{10, 100}, {0.05, 0.9}}), 1U);
    EXPECT_EQ(time_falls({{10, 100}, {0.05, 0.5}}), 2U);  // as long is no less
    EXPECT_EQ(time_falls({{1, 10, 100}, {0.1, 0.5, 1}}), 3U);
    EXPECT_EQ(time_falls({{1, 10, 11}, {0.1, 0.5, 0.9}}), 2U);
}

TEST(CurveLaw, MoreNeverTakesLessWhereNoPointFalls) {
    EXPECT_TRUE(rc::check([] {
        Curve curve;
        double size = 1, time = 1;
        for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
            curve.x.push_back(size);
            curve.y.push_back(size / time);
            size *= 1 + *rc::gen::inRange(1, 50) / 10.0;
            time *= 1 + *rc::gen::inRange(0, 50) / 10.0;
        }
        RC_ASSERT(time_falls(curve) == curve.x.size());
        double before = 0;
        for (double at = 0.5; at < 2 * size; at *= 1.07) {
            const double now = at / value(curve, at);
            RC_ASSERT(now >= before * (1 - 1e-12));
            before = now;
        }
    }));
}

TEST(PluralByHand, WholeNumbersOfThings) {
    EXPECT_EQ(counted(-1, "chip"), "-1 chips");
    EXPECT_EQ(counted(1.0, "mesh", "meshes"), "1 mesh");
    EXPECT_EQ(counted(0, "mesh", "meshes"), "0 meshes");
    EXPECT_EQ(counted(1e15, "byte"), "1000000000000000 bytes");
}

TEST(WholeByHand, CountsAreExactUpTo53Bits) {
    EXPECT_EQ(real(std::int64_t{1} << 53), 9007199254740992.0);
}

TEST(LimitsByHand, ZeroIsWithinAndWhatIsNoNumberIsNot) {
    constexpr Limits limits{1e-3, 1e3};
    for (const double in : {0.0, -0.0, 1e-3, -1e-3, 1e3, -1e3, 1.0}) {
        EXPECT_TRUE(is_within(in, limits)) << in;
    }
    for (const double out : {9e-4, -9e-4, 1001.0, -1001.0, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        EXPECT_FALSE(is_within(out, limits)) << out;
    }
    EXPECT_DOUBLE_EQ(limits_in(unit::GBps).most, 1e12);
    EXPECT_DOUBLE_EQ(limits_in(unit::GBps).least, 1e-12);
    // a dimension without a row of its own has the limits of a plain number
    EXPECT_EQ(limits_of({.bytes = 2}).name, "a plain number");
}

Fault at(const char* file, int line, int column, const char* message) {
    return {{file, line, column}, message, ""};
}

TEST(FaultsByHand, PlacesCountFromOneInBytes) {
    const std::string text = "ab\n\n\u00e9x";
    const auto place = [&](std::size_t offset) {
        const Place p = place_at(text, offset, "f");
        return std::pair(p.line, p.column);
    };
    EXPECT_EQ(place(0), std::pair(1, 1));
    EXPECT_EQ(place(2), std::pair(1, 3));
    EXPECT_EQ(place(3), std::pair(2, 1));
    EXPECT_EQ(place(4), std::pair(3, 1));
    EXPECT_EQ(place(6), std::pair(3, 3));
    EXPECT_EQ(place(7), std::pair(3, 4));  // the end of the text
}

TEST(FaultsByHand, AreWrittenAsCompilersWriteThem) {
    EXPECT_EQ(to_text(Fault{{"f", 2, 3}, "m", "h"}), "f:2:3: error: m\n  hint: h\n");
    EXPECT_EQ(to_text(Fault{{"f", 0, 0}, "m", ""}), "f: error: m\n");
    EXPECT_EQ(to_text(Fault{{"", 2, 3}, "m", ""}), "2:3: error: m\n");
    EXPECT_EQ(to_text(Fault{{"", 0, 0}, "m", "h"}), "error: m\n  hint: h\n");
    EXPECT_EQ(to_text(Faults{}), "");
}

// Files in the order in which they were first told of, each from its top; what stands twice once.
TEST(FaultsByHand, AreInOrderAndOnce) {
    const Faults sorted =
        in_order({at("b", 2, 1, "x"), at("a", 9, 1, "x"), at("b", 1, 5, "y"), at("b", 1, 5, "x"),
                  at("b", 1, 5, "y"), at("a", 9, 1, "x"), at("b", 1, 2, "y"), at("a", 0, 0, "z")});
    std::string text;
    for (const Fault& f : sorted) text += to_text(f);
    EXPECT_EQ(text,
              "b:1:2: error: y\nb:1:5: error: y\nb:1:5: error: x\nb:2:1: error: x\n"
              "a: error: z\na:9:1: error: x\n");
    Faults all{at("a", 1, 1, "one")};
    append(all, {at("a", 1, 1, "two")});
    append(all, {});
    EXPECT_EQ(all.size(), 2U);
}

TEST(Threads, EveryNumberIsVisitedOnce) {
    for (const int threads : {0, 1, 2, 3, 16}) {
        for (const std::size_t count : {0UL, 1UL, 2UL, 7UL, 1000UL}) {
            std::vector<std::atomic<int>> seen(count);
            parallel_for(count, threads, [&](std::size_t i) { ++seen[i]; });
            for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(seen[i], 1) << threads << " " << i;
        }
    }
}

TEST(Threads, NoMoreRunAtATimeThanAreAllowed) {
    for (const int threads : {1, 2}) {
        std::atomic<int> running{0}, most{0};
        parallel_for(400, threads, [&](std::size_t) {
            const int now = ++running;
            int before = most;
            while (now > before && !most.compare_exchange_weak(before, now)) {
            }
            double busy = 0;
            for (int i = 0; i < 20'000; ++i) busy = busy + std::sqrt(i);
            EXPECT_GT(busy, 0);
            --running;
        });
        EXPECT_LE(most, threads);
    }
}

TEST(Threads, WhatACallThrowsIsThrownOn) {
    for (const int threads : {1, 2, 4}) {
        EXPECT_THROW(parallel_for(100, threads,
                                  [](std::size_t i) {
                                      if (i == 57) throw std::runtime_error("57");
                                  }),
                     std::runtime_error);
    }
}

TEST(Threads, CallsMayDoTheSameInside) {
    std::atomic<int> sum{0};
    parallel_for(10, 2, [&](std::size_t) { parallel_for(10, 2, [&](std::size_t) { ++sum; }); });
    EXPECT_EQ(sum, 100);
}

}  // namespace TEST_FILE
}  // namespace millwright
