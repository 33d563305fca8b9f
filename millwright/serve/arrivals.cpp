// Constant gaps are products, as sums of many would drift. A two-state process begins in either
// state as often as it is in it, so that it is stationary from the start; the calm rate is what
// keeps the mean. A gap that outlasts its state is drawn anew in the next, which the exponential
// law, without memory, allows.
#include "millwright/serve/arrivals.h"

#include <fmt/format.h>

#include "millwright/base/limits.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

// requests a second: no service sees more, and times of long runs keep their digits
constexpr double least_rate = 1e-9, most_rate = 1e9;
constexpr double least_variation = 1e-3, most_variation = 100;

Seconds gap_of(RequestRate rate) { return Seconds::from_si(1 / rate.si()); }

/// Of the calm state, so that the mean over both is `rate`; zero where bursts bring everything.
RequestRate calm_rate(const Arrivals& arrivals) {
    const Bursts& b = arrivals.bursts;
    const double left = 1 - b.factor * b.share;
    return (left > 0 ? left / (1 - b.share) : 0) * arrivals.rate;
}

Faults burst_faults(const Bursts& bursts, const std::string& name) {
    Faults faults;
    if (!(bursts.share > 0 && bursts.share < 1)) {
        faults.push_back(
            {{name, 0, 0}, "the share of time in bursts is out of range", "above 0 and below 1"});
    } else if (!(bursts.factor > 1 && bursts.factor * bursts.share <= 1)) {
        faults.push_back(
            {{name, 0, 0},
             fmt::format("bursts of {:g} times the mean rate for {:g} of the time are none",
                         bursts.factor, bursts.share),
             "the factor is above 1, and factor x share is 1 at most"});
    }
    if (!(bursts.length > Seconds{} && is_within(bursts.length.si(), limits_in(unit::s)))) {
        faults.push_back({{name, 0, 0}, "the mean length of bursts is out of range", "above 0 s"});
    }
    return faults;
}

}  // namespace

Faults arrival_faults(const Arrivals& arrivals, const std::string& name) {
    if (arrivals.kind == ArrivalKind::at_once) return {};
    Faults faults;
    const double rate = arrivals.rate.si();
    if (!(rate >= least_rate && rate <= most_rate)) {
        faults.push_back({{name, 0, 0},
                          fmt::format("a rate of {:g} requests a second is out of range", rate),
                          fmt::format("from {:g} to {:g}", least_rate, most_rate)});
    }
    const double variation = arrivals.variation;
    const bool varies = arrivals.kind == ArrivalKind::gamma;
    if (varies && !(variation >= least_variation && variation <= most_variation)) {
        faults.push_back({{name, 0, 0},
                          fmt::format("a variation of {:g} of the gaps is out of range", variation),
                          fmt::format("deviation over mean, from {:g} to {:g}", least_variation,
                                      most_variation)});
    }
    if (arrivals.kind == ArrivalKind::markov) {
        for (Fault& fault : burst_faults(arrivals.bursts, name)) {
            faults.push_back(std::move(fault));
        }
    }
    return faults;
}

ArrivalClock::ArrivalClock(const Arrivals& arrivals, RandomStream stream)
    : arrivals_(arrivals), stream_(stream) {
    if (arrivals_.kind == ArrivalKind::constant) phase_ = stream_.at(drawn_++).uniform();
    if (arrivals_.kind == ArrivalKind::markov) {
        // the state at the start is that of any moment
        const Bursts& b = arrivals_.bursts;
        busy_ = stream_.at(drawn_++).uniform() < b.share;
        const double calm = b.length.si() * (1 - b.share) / b.share;
        const double mean = busy_ ? b.length.si() : calm;
        state_ends_ = Seconds::from_si(stream_.at(drawn_++).exponential(mean));
    }
}

Seconds ArrivalClock::next() {
    const Seconds mean = gap_of(arrivals_.rate);
    switch (arrivals_.kind) {
        case ArrivalKind::poisson:
            now_ += Seconds::from_si(stream_.at(drawn_++).exponential(mean.si()));
            break;
        case ArrivalKind::gamma: {
            const double shape = 1 / (arrivals_.variation * arrivals_.variation);
            now_ += Seconds::from_si(stream_.at(drawn_++).gamma(shape, mean.si() / shape));
            break;
        }
        // a product, as a sum of many gaps would drift
        case ArrivalKind::constant:
        case ArrivalKind::at_once: now_ = (real(given_) + phase_) * mean; break;
        case ArrivalKind::markov: now_ = bursting(); break;
    }
    ++given_;
    return now_;
}

/// Within a state gaps have no memory: one that outlasts its state is drawn anew in the next.
Seconds ArrivalClock::bursting() {
    const Bursts& b = arrivals_.bursts;
    const double calm = b.length.si() * (1 - b.share) / b.share;
    Seconds at = now_;
    for (;;) {
        const RequestRate rate = busy_ ? b.factor * arrivals_.rate : calm_rate(arrivals_);
        if (rate.si() > 0) {
            const Seconds gap =
                Seconds::from_si(stream_.at(drawn_++).exponential(gap_of(rate).si()));
            if (at + gap <= state_ends_) return at + gap;
        }
        at = state_ends_;
        busy_ = !busy_;
        state_ends_ +=
            Seconds::from_si(stream_.at(drawn_++).exponential(busy_ ? b.length.si() : calm));
    }
}

}  // namespace millwright
