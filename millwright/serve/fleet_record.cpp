#include "millwright/serve/fleet_record.h"

#include <algorithm>

namespace millwright {

/// Lanes take turns, so a step that is left out may begin before one that was kept.
void TraceKeeper::add(const ServeStep& step) {
    if (steps_.size() < most_traced_steps) {
        steps_.push_back(step);
        last_ = max(last_, step.begin + step.duration);
    } else {
        past_ = past_ ? min(*past_, step.begin) : step.begin;
    }
}

ReplicaTrace TraceKeeper::take() {
    ReplicaTrace found{.until = past_.value_or(last_), .whole = !past_};
    const auto begin = [](const ServeStep& s) { return std::pair(s.begin, s.lane); };
    std::ranges::stable_sort(steps_, {}, begin);
    if (past_) std::erase_if(steps_, [&](const ServeStep& s) { return s.begin >= *past_; });
    found.steps = std::move(steps_);
    found.requests = std::move(requests_);
    std::erase_if(found.requests, [&](const ServedRequest& r) { return r.arrival > found.until; });
    std::ranges::sort(found.requests, {},
                      [](const ServedRequest& r) { return std::pair(r.arrival, r.index); });
    if (found.requests.size() > most_traced_requests) {
        found.left_out = found.requests.size() - most_traced_requests;
        found.requests.resize(most_traced_requests);
    }
    return found;
}

}  // namespace millwright
