// The best plan where failures count: more chips do a step sooner and fail more often.
#pragma once

#include <functional>

#include "millwright/search/search.h"
#include "millwright/study/useful_time.h"

namespace millwright {

/// What is searched. Its references live as long as the call.
struct UsefulSearch {
    UsefulTimeQuestion on;  // its chips are those of the limits
    SpaceLimits limits;
    SearchOptions options;  // `slowest` aside
    /// What a deadline leaves for a sequence at a useful share of time; zero: there is none.
    std::function<Seconds(double)> slowest;
    bool pinned = false;  // by `search_pinned`
};

/// What was found, and where.
struct UsefulFound {
    SearchResult found;  // on no more chips than the best ceiling
    Candidate best;      // of them, with failures counted; as found.best where nothing fits
    Seconds slowest;     // that the ceiling allowed
};

/// The search on all chips; where less than half of the time is useful on them, on half as many
/// too, and so on: work over time, N e^(-N a) on N chips whose failures cost a of each other's
/// time, grows with N as long as more than e^-1 of the time is useful. The best is that of the
/// least score over useful share, of all fronts.
UsefulFound search_in_time(const UsefulSearch& asked);

}  // namespace millwright
