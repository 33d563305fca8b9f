// Traffic drawn from what was observed of clients: each client's requests come at its own rate
// through the day, their gaps follow the law of each window, their lengths what was seen.
#pragma once

#include <cstdint>

#include "millwright/intake/client_windows.h"
#include "millwright/parts/request.h"

namespace millwright {

/// What to draw of a folder.
struct ClientTraffic {
    ClientFolder folder;
    Seconds begin;                                // of the stretch that is played
    Seconds end = 366 * unit::day;                // of it; the folder's own end, if that is earlier
    double scale = 1;                             // of all rates
    std::int64_t requests = most_request_tokens;  // at most
    std::uint64_t seed = 0;
};

/// The requests, the first at zero, in order of arrival; the tenant is the client's place in the
/// folder. Memory is flat in the number of requests. The mean number of requests of any stretch is
/// what the rates make of it. A client whose lengths are not told has those of one that tells them,
/// by turns. Faults: a stretch that holds no window, a scale or a number out of range.
Result<RequestSource> requests_of(const ClientTraffic& traffic);

/// The gamma function of x above zero and at most 1001, as its logarithm, to 1e-12; the same bits
/// on every machine.
double log_gamma(double x);

}  // namespace millwright
