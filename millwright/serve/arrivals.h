// When requests come: processes of arrivals, drawn by counter and read in order.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/base/random.h"
#include "millwright/base/result.h"
#include "millwright/parts/request.h"

namespace millwright {

enum class ArrivalKind : std::uint8_t {
    poisson,   // gaps exponential
    gamma,     // gaps gamma, by their deviation over mean
    constant,  // gaps all alike
    markov,    // Poisson at one of two rates that take turns
    at_once    // all at the start: offline, and a closed loop, whose turns the engine's clock gives
};

template <>
struct EnumNames<ArrivalKind> {
    static constexpr std::array<std::string_view, 5> names{"poisson", "gamma", "constant", "markov",
                                                           "at-once"};
};

/// The busy state of a two-state process; the calm one is what keeps the mean.
struct Bursts {
    double factor = 4;                      // rate in it over the mean rate, above one
    double share = 0.1;                     // of all time; factor x share is one at most
    Seconds length = Seconds::from_si(10);  // mean, of an exponential law
};

/// A process of arrivals.
struct Arrivals {
    ArrivalKind kind = ArrivalKind::poisson;
    RequestRate rate = RequestRate::from_si(1);  // mean; of no effect where all come at once
    double variation = 1;                        // of gamma gaps: deviation over mean
    Bursts bursts;                               // of `markov`
};

/// What is wrong with the process; empty if nothing is. `name` is what faults call it.
Faults arrival_faults(const Arrivals& arrivals, const std::string& name);

/// Gives one arrival after another, from a start at which none need be. The process has no faults.
/// The next depends on seed, stream and how many were given alone.
class ArrivalClock {
public:
    ArrivalClock(const Arrivals& arrivals, RandomStream stream);
    /// The next arrival, no earlier than the one before. Of a process at a constant rate the first
    /// comes anywhere within the first gap; where all come at once, arrivals are those of such a
    /// process without that, as who shares an instant still has an order.
    Seconds next();

private:
    Seconds bursting();

    Arrivals arrivals_;
    RandomStream stream_;
    std::uint64_t given_ = 0, drawn_ = 0;
    Seconds now_, state_ends_;
    bool busy_ = false;
    double phase_ = 0;
};

}  // namespace millwright
