#include "millwright/serve/curves.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/serve/layouts.h"

namespace millwright {
namespace {

constexpr std::int64_t fewest_of_point = 64;

/// Of the knee: far apart where little happens, near each other where waits begin to grow.
constexpr std::array shares_of_knee{0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 1.0, 1.1, 1.2};
constexpr double too_many = 1.2;  // of the highest rate that seems to be kept up with

/// Answers a second in the second half of the arrivals: the replica has filled by then, and the
/// end, when it empties, does not count.
RequestRate answered_rate(const Replica& replica, const RequestSource& source) {
    std::vector<double> ends;
    double last = 0;
    simulate(replica, {}, {}, source, [&](const ServedRequest& served) {
        ends.push_back(served.end.si());
        last = std::max(last, served.arrival.si());
    });
    const auto within =
        std::ranges::count_if(ends, [&](double end) { return end > last / 2 && end <= last; });
    return RequestRate::from_si(last > 0 ? real(within) / (last / 2) : 0);
}

/// The highest rate at which waits do not grow, or none.
std::optional<RequestRate> knee_of(const Replica& replica, const RequestsAt& requests,
                                   RequestRate guess) {
    const auto kept = highest_rate(replica, {}, requests, guess);
    if (!kept) return std::nullopt;
    const RequestRate answered = answered_rate(replica, requests(too_many * kept->rate));
    return answered > RequestRate{} ? min(answered, kept->rate) : kept->rate;
}

}  // namespace

std::int64_t full_concurrency(const Replica& replica, double prompt, double output) {
    const double limit = real(replica.engine.max_sequences) * replica.ways.attention_data;
    const double kept = replica.engine.reservation == Reservation::whole ? output : output / 2;
    const auto tokens = std::max<std::int64_t>(1, std::llround(prompt + kept));
    return std::max<std::int64_t>(1, std::llround(std::min(limit, held_beside(replica, tokens))));
}

std::vector<ClosedPoint> closed_curve(const Replica& replica, std::int64_t full,
                                      const RequestsOf& requests, int threads) {
    require(full > 0, "a replica that is full has a request");
    std::vector<ClosedPoint> points;
    for (std::int64_t c = 1; c < full; c *= 2) points.push_back({.concurrency = c});
    points.push_back({.concurrency = full});
    // the longest first, so that no thread begins one while the others are done
    parallel_for(points.size(), threads, [&](std::size_t i) {
        ClosedPoint& point = points[points.size() - 1 - i];
        const std::int64_t count = std::max(fewest_of_point, rounds_of_run * point.concurrency);
        point.outcome = simulate(replica, {.concurrency = point.concurrency}, {}, requests(count));
    });
    std::erase_if(points, [](const ClosedPoint& p) {
        return real(p.outcome.completed) < 2 * real(p.concurrency);
    });
    return points;
}

OpenCurve open_curve(const Replica& replica, const RequestsAt& requests, RequestRate guess,
                     int threads) {
    OpenCurve curve{.knee = knee_of(replica, requests, guess)};
    if (!curve.knee) return curve;
    for (const double share : shares_of_knee) curve.points.push_back({share * *curve.knee, {}});
    parallel_for(curve.points.size(), threads, [&](std::size_t i) {
        OpenPoint& point = curve.points[i];
        point.outcome = simulate(replica, {}, {}, requests(point.rate));
    });
    return curve;
}

}  // namespace millwright
