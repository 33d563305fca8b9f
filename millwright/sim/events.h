// What happens when: events in order of time and, where times are equal, in the order in which
// they were put in. So a run is the same on every machine and needs no rule of its own for ties.
//
// `put` takes any time, also one that has passed; whoever runs the queue goes by `take`, whose
// times never fall if nothing is put in before the time last taken. `next` and `take` must not be
// called on an empty queue. Flows keep heaps of their own (millwright/sim/flows.cpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/base/require.h"

namespace millwright {

/// A queue of events that carry a `What`. `put` and `take` cost O(log n), `next` O(1).
template <class What>
class EventQueue {
public:
    /// What is taken out.
    struct Event {
        Seconds at;
        std::uint64_t entry = 0;  // how many were put in before it
        What what;
    };

    bool empty() const { return heap_.empty(); }

    /// Time of the first event.
    Seconds next() const {
        require(!empty(), "there is a next event");
        return heap_.front().at;
    }

    /// Puts an event in. `at` must be a number: a NaN has no place in the order.
    void put(Seconds at, What what) {
        require(at == at, "an event has a time");  // a NaN is unlike itself
        heap_.push_back({at, entered_++, std::move(what)});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    /// Takes the first event out.
    Event take() {
        require(!empty(), "there is an event to take");
        std::pop_heap(heap_.begin(), heap_.end(), later);
        Event first = std::move(heap_.back());
        heap_.pop_back();
        return first;
    }

private:
    // the standard heaps have the greatest in front, so "less" is "later"
    static bool later(const Event& a, const Event& b) {
        return a.at != b.at ? a.at > b.at : a.entry > b.entry;
    }

    std::vector<Event> heap_;
    std::uint64_t entered_ = 0;
};

}  // namespace millwright
