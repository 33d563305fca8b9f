#include "millwright/study/useful_search.h"

#include <algorithm>
#include <map>

#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr double mostly_useful = 0.5;

class UsefulSearcher {
public:
    explicit UsefulSearcher(const UsefulSearch& asked) : asked_(asked) {}

    UsefulFound run() {
        std::optional<UsefulFound> best;
        for (std::int64_t chips = asked_.limits.chips; chips >= 1; chips /= 2) {
            UsefulFound one = search_on(chips);
            const bool first = !best;
            if (first || (one.found.feasible &&
                          (!best->found.feasible || score(one.best) < score(best->best)))) {
                best = std::move(one);
            }
            if (asked_.pinned || share_on(chips) >= mostly_useful) break;
        }
        return std::move(*best);
    }

private:
    /// Never zero, so that scores compare where no time is left at all.
    double share_on(std::int64_t chips) {
        const auto known = shares_.find(chips);
        if (known != shares_.end()) return known->second;
        UsefulTimeQuestion on = asked_.on;
        on.chips = real(chips);
        const double share = std::max(least_useful * least_useful, useful_time(on).share);
        return shares_.emplace(chips, share).first->second;
    }

    /// Seconds, or chip-seconds, of a sequence that counts.
    double score(const Candidate& c) { return c.score / share_on(chips_used(c.plan)); }

    UsefulFound search_on(std::int64_t chips) {
        SpaceLimits limits = asked_.limits;
        limits.chips = chips;
        SearchOptions options = asked_.options;
        options.slowest = asked_.slowest(share_on(chips));
        UsefulFound one{.slowest = options.slowest};
        one.found = (asked_.pinned ? search_pinned : search)(asked_.on.context, limits, options);
        one.best = one.found.best;
        for (const Candidate& c : one.found.pareto) {
            const bool does = one.found.feasible && c.fits && !c.late;
            if (does && score(c) < score(one.best)) one.best = c;
        }
        return one;
    }

    const UsefulSearch& asked_;
    std::map<std::int64_t, double> shares_;
};

}  // namespace

UsefulFound search_in_time(const UsefulSearch& asked) { return UsefulSearcher(asked).run(); }

}  // namespace millwright
