// The event queue: time first, then order of entry.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "millwright/sim/events.h"

namespace millwright {
namespace TEST_FILE {

Seconds at(double seconds) { return seconds * unit::s; }

TEST(EventQueue, TakesEarlierEventsFirst) {
    EventQueue<std::string> queue;
    queue.put(at(3), "c");
    queue.put(at(1), "a");
    queue.put(at(2), "b");
    EXPECT_EQ(queue.next(), at(1));
    EXPECT_EQ(queue.take().what, "a");
    EXPECT_EQ(queue.take().what, "b");
    EXPECT_FALSE(queue.empty());
    EXPECT_EQ(queue.take().what, "c");
    EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, BreaksTiesByOrderOfEntry) {
    EventQueue<int> queue;
    for (int i = 0; i < 100; ++i) queue.put(at(i % 3), i);
    int before = -1;
    Seconds time = at(0);
    while (!queue.empty()) {
        const auto event = queue.take();
        if (event.at == time) {
            EXPECT_GT(event.what, before);
        }
        EXPECT_GE(event.at, time);
        time = event.at;
        before = event.what;
    }
}

/// Events put in while others are taken come in their turn, and an event at the present time comes
/// after those that stood there before.
TEST(EventQueue, RunsWhatEventsPutIn) {
    EventQueue<int> queue;
    queue.put(at(1), 1);
    queue.put(at(1), 2);
    std::vector<int> seen;
    while (!queue.empty()) {
        const auto event = queue.take();
        seen.push_back(event.what);
        if (event.what == 1) queue.put(event.at, 3);
        if (event.what == 2) queue.put(event.at + at(0.5), 4);
    }
    EXPECT_EQ(seen, (std::vector{1, 2, 3, 4}));
}

TEST(EventQueue, SortsAsAStableSortDoes) {
    std::mt19937_64 random(7);
    std::vector<std::pair<Seconds, int>> all;
    EventQueue<int> queue;
    for (int i = 0; i < 2000; ++i) {
        const Seconds time = at(static_cast<double>(random() % 50));
        all.emplace_back(time, i);
        queue.put(time, i);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [time, what] : all) {
        const auto event = queue.take();
        EXPECT_EQ(event.at, time);
        EXPECT_EQ(event.what, what);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
