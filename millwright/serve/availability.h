// Which replicas of a pool are on: started and stopped by how much there is to do, and failing.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// As horizontal autoscalers do: every `interval` as many replicas are wanted as keep `target`
/// requests each. More start at once and serve after `cold_start`; fewer are kept once no more were
/// wanted for `settle`: those get no new requests and stop when they are empty.
struct Elasticity {
    std::int64_t least = 0;  // replicas, also at the beginning; 0: all are always on
    double target = 0;       // requests of a replica
    Seconds interval = 15 * unit::s, cold_start, settle = 300 * unit::s;

    bool on() const { return least > 0; }
    friend bool operator==(const Elasticity&, const Elasticity&) = default;
};

/// Failures of a replica that is on, exponential; zero: none. What it had goes to others, answers
/// as far as they are.
struct ReplicaFailures {
    Seconds mean_between, repair;
    std::uint64_t seed = 0;

    bool on() const { return mean_between > Seconds{}; }
    friend bool operator==(const ReplicaFailures&, const ReplicaFailures&) = default;
};

/// States of replicas over time. Who asks for `next` and passes every change in order gets the same
/// for the same seed.
class Availability {
public:
    /// What happens to a replica at one moment: it takes requests from now on, it takes no more, or
    /// it loses what it has.
    enum class Change : std::uint8_t { opens, closes, fails };
    struct Event {
        std::size_t replica = 0;
        Change change = Change::opens;
    };

    Availability(std::size_t replicas, const Elasticity& elasticity,
                 const ReplicaFailures& failures);

    bool starts_open(std::size_t replica) const { return states_[replica].phase == Phase::on; }
    /// When something changes next; none if nothing ever does.
    std::optional<Seconds> next() const;
    /// Passes that moment; so many requests are there.
    std::vector<Event> pass(std::int64_t outstanding);
    /// A replica has no request any more.
    void empty(std::size_t replica, Seconds at);

    /// Replicas times time for which they are paid, until `end`.
    Seconds paid(Seconds end) const;
    std::uint64_t failures() const { return failed_; }
    std::uint64_t starts() const { return starts_; }

private:
    enum class Phase : std::uint8_t { off, starting, on, draining, failed };
    enum class Kind : std::uint8_t { tick, started, fails, repaired };
    struct State {
        Phase phase = Phase::off;
        Seconds since;           // paid
        std::uint64_t stay = 0;  // which start; what was noted of older ones is void
        std::uint64_t draws = 0;
    };
    struct Moment {
        Seconds at;
        std::uint64_t order;
        Kind kind;
        std::size_t replica;
        std::uint64_t stay;
        bool operator>(const Moment& o) const { return at != o.at ? at > o.at : order > o.order; }
    };

    void at(Seconds when, Kind kind, std::size_t replica);
    void expect_failure(std::size_t replica, Seconds from);
    void start(std::size_t replica, Seconds now);
    void resize(std::int64_t outstanding, Seconds now, std::vector<Event>& events);
    void grow(std::int64_t more, Seconds now, std::vector<Event>& events);
    void shrink(std::int64_t fewer, std::vector<Event>& events);
    std::int64_t wanted_on() const;

    std::vector<State> states_;
    Elasticity elasticity_;
    ReplicaFailures failures_;
    std::priority_queue<Moment, std::vector<Moment>, std::greater<>> moments_;
    std::uint64_t order_ = 0, failed_ = 0, starts_ = 0;
    std::optional<Seconds> fewer_since_;
    Seconds paid_;
};

}  // namespace millwright
