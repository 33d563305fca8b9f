// The two curves of a replica that serves: throughput against interactivity, and latency against
// rate with its knee.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "millwright/serve/capacity.h"
#include "millwright/serve/fleet.h"

namespace millwright {

/// Requests in flight beside each other that fill the replica: the engine's limit of sequences, or
/// as many of these lengths as the cache holds half-way through their answers; one at least.
std::int64_t full_concurrency(const Replica& replica, double prompt, double output);

/// What a replica does with so many requests in flight at all times.
struct ClosedPoint {
    std::int64_t concurrency = 0;
    ServeOutcome outcome;
};

/// So many requests that are there at once, from the beginning; asked by several threads.
using RequestsOf = std::function<RequestSource(std::int64_t count)>;

/// Requests in flight doubled from one to `full`, and `full` itself. Each point is of ten requests
/// for each in flight, 64 at least, or as many as there are; those with fewer than two for each in
/// flight are left out. The same bits for any number of threads; the replica holds every request.
std::vector<ClosedPoint> closed_curve(const Replica& replica, std::int64_t full,
                                      const RequestsOf& requests, int threads);

/// What a replica does with requests that come at a rate.
struct OpenPoint {
    RequestRate rate;
    ServeOutcome outcome;
};

/// Latency against rate; empty points where no rate is kept up with.
struct OpenCurve {
    std::vector<OpenPoint> points;  // rates rise from a tenth of the knee to a little beyond it
    // one of the points: the highest rate at which waits do not grow (highest_rate with nothing
    // promised), and not more than is answered where more come, as a run may be too short to tell
    std::optional<RequestRate> knee;
};

/// The curve and its knee, looked for from `guess` on. `requests` are asked by several threads. The
/// same bits for any number of them; the replica holds every request.
OpenCurve open_curve(const Replica& replica, const RequestsAt& requests, RequestRate guess,
                     int threads);

}  // namespace millwright
