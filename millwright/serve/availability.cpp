// Moments stand in a heap, by time and then by when they were noted; those of an older start are
// void by its number (`stay`) and not searched for. A replica draws its failures from a stream of
// its own, whatever happens to others. It is paid for from its start until it is off: while it
// starts, empties and is repaired too.
#include "millwright/serve/availability.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::uint64_t draws_of_failures = 0x6661696c;  // streams from here on, one a replica

}  // namespace

Availability::Availability(std::size_t replicas, const Elasticity& elasticity,
                           const ReplicaFailures& failures)
    : states_(replicas), elasticity_(elasticity), failures_(failures) {
    require(elasticity.least <= narrow<std::int64_t>(replicas), "fewest replicas are some of all");
    require(!elasticity.on() || (elasticity.target > 0 && elasticity.interval > Seconds{}),
            "replicas are wanted for so many requests each, and looked at now and then");
    const std::size_t first = elasticity.on() ? narrow<std::size_t>(elasticity.least) : replicas;
    for (std::size_t i = 0; i < first; ++i) {
        states_[i].phase = Phase::on;
        expect_failure(i, {});
    }
    if (elasticity.on()) at(elasticity.interval, Kind::tick, 0);
}

void Availability::at(Seconds when, Kind kind, std::size_t replica) {
    moments_.push({when, order_++, kind, replica, states_[replica].stay});
}

void Availability::expect_failure(std::size_t replica, Seconds from) {
    if (!failures_.on()) return;
    Draw draw(failures_.seed, draws_of_failures + replica, states_[replica].draws++);
    at(from + Seconds::from_si(draw.exponential(failures_.mean_between.si())), Kind::fails,
       replica);
}

std::optional<Seconds> Availability::next() const {
    if (moments_.empty()) return std::nullopt;
    return moments_.top().at;
}

std::vector<Availability::Event> Availability::pass(std::int64_t outstanding) {
    const Moment moment = moments_.top();
    moments_.pop();
    std::vector<Event> events;
    State& s = states_[moment.replica];
    if (moment.kind == Kind::tick) {
        resize(outstanding, moment.at, events);
        at(moment.at + elasticity_.interval, Kind::tick, 0);
        return events;
    }
    if (moment.stay != s.stay) return events;
    if (moment.kind == Kind::fails) {
        ++failed_;
        events.push_back({moment.replica, Change::fails});
        if (s.phase == Phase::draining) {
            empty(moment.replica, moment.at);
            return events;
        }
        s.phase = Phase::failed;
        at(moment.at + failures_.repair, Kind::repaired, moment.replica);
        return events;
    }
    s.phase = Phase::on;
    events.push_back({moment.replica, Change::opens});
    expect_failure(moment.replica, moment.at);
    return events;
}

/// Replicas that serve or will, failed ones too.
std::int64_t Availability::wanted_on() const {
    return std::ranges::count_if(states_, [](const State& s) {
        return s.phase == Phase::on || s.phase == Phase::starting || s.phase == Phase::failed;
    });
}

void Availability::resize(std::int64_t outstanding, Seconds now, std::vector<Event>& events) {
    const double load = std::ceil(real(outstanding) / elasticity_.target);
    const double most = real(states_.size());
    const auto wanted = static_cast<std::int64_t>(std::clamp(load, real(elasticity_.least), most));
    const std::int64_t have = wanted_on();
    if (wanted >= have) fewer_since_.reset();
    if (wanted > have) grow(wanted - have, now, events);
    if (wanted >= have) return;
    if (!fewer_since_) fewer_since_ = now;
    if (now - *fewer_since_ >= elasticity_.settle) shrink(have - wanted, events);
}

/// Those that still have requests take new ones again before others start.
void Availability::grow(std::int64_t more, Seconds now, std::vector<Event>& events) {
    for (std::size_t i = 0; i < states_.size() && more > 0; ++i) {
        if (states_[i].phase != Phase::draining) continue;
        states_[i].phase = Phase::on;
        events.push_back({i, Change::opens});
        --more;
    }
    for (std::size_t i = 0; i < states_.size() && more > 0; ++i) {
        if (states_[i].phase != Phase::off) continue;
        start(i, now);
        --more;
    }
}

void Availability::start(std::size_t replica, Seconds now) {
    State& s = states_[replica];
    s.phase = Phase::starting;
    s.since = now;
    ++s.stay;
    ++starts_;
    at(now + elasticity_.cold_start, Kind::started, replica);
}

/// The last first. Those that are still starting or failed stay: they will have been wanted.
void Availability::shrink(std::int64_t fewer, std::vector<Event>& events) {
    for (std::size_t i = states_.size(); i-- > 0 && fewer > 0;) {
        if (states_[i].phase != Phase::on) continue;
        states_[i].phase = Phase::draining;
        events.push_back({i, Change::closes});
        --fewer;
    }
}

void Availability::empty(std::size_t replica, Seconds at) {
    State& s = states_[replica];
    if (s.phase != Phase::draining) return;
    s.phase = Phase::off;
    ++s.stay;
    paid_ += at - s.since;
}

Seconds Availability::paid(Seconds end) const {
    Seconds sum = paid_;
    for (const State& s : states_) {
        if (s.phase != Phase::off) sum += max(Seconds{}, end - s.since);
    }
    return sum;
}

}  // namespace millwright
