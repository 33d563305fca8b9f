#include "millwright/serve/capacity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "millwright/base/require.h"

namespace millwright {
namespace {

constexpr double near_enough = 1.02, furthest = 1000;

/// Tries rates, and keeps the best of those that do.
class Search {
public:
    Search(const Replica& replica, const ServicePromise& promise, const RequestsAt& requests)
        : replica_(replica), promise_(promise), requests_(requests) {}

    bool keeps_at(double rate) {
        ServeOutcome outcome = simulate(replica_, {}, {}, requests_(RequestRate::from_si(rate)));
        ++simulated_;
        const bool kept = keeps(outcome, promise_);
        if (kept) best_ = {RequestRate::from_si(rate), std::move(outcome), 0};
        return kept;
    }

    std::optional<Capacity> found() {
        if (best_) best_->simulated = simulated_;
        return std::move(best_);
    }

private:
    const Replica& replica_;
    const ServicePromise& promise_;
    const RequestsAt& requests_;
    std::int64_t simulated_ = 0;
    std::optional<Capacity> best_;
};

}  // namespace

double lateness(const ServeOutcome& outcome, const ServicePromise& promise) {
    if (outcome.saturated || outcome.dropped > 0) return std::numeric_limits<double>::infinity();
    const auto over = [](const LatencyCounts& waits, Seconds limit) {
        constexpr double of_all = 0.99;
        return limit > Seconds{} ? waits.quantile(of_all) / limit : 0.0;
    };
    return std::max(over(outcome.first_token, promise.first_token),
                    over(outcome.per_token, promise.per_token));
}

bool keeps(const ServeOutcome& outcome, const ServicePromise& promise) {
    return lateness(outcome, promise) <= 1;
}

std::optional<Capacity> highest_rate(const Replica& replica, const ServicePromise& promise,
                                     const RequestsAt& requests, RequestRate guess,
                                     RequestRate most) {
    const double limit = most > RequestRate{} ? most.si() : std::numeric_limits<double>::infinity();
    const double first = std::min(guess.si(), limit);
    require(first > 0 && std::isfinite(first), "a rate is positive");
    Search search(replica, promise, requests);
    double low = first, high = first;
    if (search.keeps_at(first)) {
        do {
            low = high;
            if (low >= limit) return search.found();
            high = std::min(2 * low, limit);
        } while (high < furthest * first && search.keeps_at(high));
    } else {
        do {
            high = low;
            low /= 2;
            if (low < first / furthest) return std::nullopt;
        } while (!search.keeps_at(low));
    }
    while (high > near_enough * low) {
        const double middle = std::sqrt(low * high);
        (search.keeps_at(middle) ? low : high) = middle;
    }
    return search.found();
}

}  // namespace millwright
