// The most that a replica serves while its users wait no longer than promised.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "millwright/parts/request.h"
#include "millwright/serve/simulate.h"

namespace millwright {

/// What is promised: 99 requests in a hundred wait no longer than this for their first token, and
/// for each of the others. Zero: only that waits do not grow for as long as requests come.
struct ServicePromise {
    Seconds first_token, per_token;
};

/// The 99th percentile over what was promised, of the later of the two; infinite where waits grow
/// or requests were dropped. One and less keeps the promise.
double lateness(const ServeOutcome& outcome, const ServicePromise& promise);
bool keeps(const ServeOutcome& outcome, const ServicePromise& promise);

/// The same requests at another rate, from the beginning.
using RequestsAt = std::function<RequestSource(RequestRate)>;

/// Replicas by turns whose requests are drawn for one of them: turns of more make arrivals no more
/// even.
inline constexpr std::int64_t most_turns = 64;
/// Of what a replica does in the mean, as a rule: where a search for its highest rate begins.
inline constexpr double usually_kept = 0.93;

/// A rate that keeps the promise and what came of it.
struct Capacity {
    RequestRate rate;
    ServeOutcome outcome;
    std::int64_t simulated = 0;  // runs that it took to find
};

/// The highest rate that keeps the promise, within 2 %: doubled or halved from `guess`, then
/// bisected. Empty where none down to a thousandth of the guess does. As chance makes waits, a rate
/// a little beyond may keep it too. The replica holds every request. No rate above `most` is tried,
/// where it is given: it stands where a run is too short to show that the rate is not kept.
std::optional<Capacity> highest_rate(const Replica& replica, const ServicePromise& promise,
                                     const RequestsAt& requests, RequestRate guess,
                                     RequestRate most = {});

}  // namespace millwright
