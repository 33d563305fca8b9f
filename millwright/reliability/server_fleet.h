// Servers of a job and beside it, as classes with counts: lemon or not, failed so often. No server
// has a record of its own, so that 14,000 of them cost what a dozen do.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "millwright/reliability/fleet_job.h"
#include "millwright/reliability/run_random.h"

namespace millwright {

/// What tells one server from another.
struct ServerClass {
    bool lemon = false;
    std::int64_t failures = 0;
};

/// Where a server that came into the job is from.
enum class SupplyKind : std::uint8_t { standby, pool, none };

/// Servers at work, at hand and short. Without a pool there is always another one.
class ServerFleet {
public:
    ServerFleet(const FleetJob& job, RunRandom& random);

    /// Hazard of the servers at work over that of as many with the mean mixture.
    double exposure() const;

    /// One that failed leaves the job: lemons in proportion to how much more often they fail.
    ServerClass lose();
    /// One that did not fail leaves it, evicted by mistake.
    ServerClass lose_by_mistake();
    /// Another comes into the job, if there is one.
    SupplyKind replace();

    /// A repair has ended: the server stands by, or is of the pool again.
    void put_back(const ServerClass& server);
    /// A new one was delivered.
    void deliver();
    /// One of the pool stands by, where one is short; false if none does.
    bool refill();
    bool is_short_of_standbys() const;

    bool is_worn(const ServerClass& server) const;
    std::int64_t at_hand() const;

private:
    using Counts = std::vector<std::int64_t>;

    ServerClass fresh();
    ServerClass taken(bool lemon);
    void add(const ServerClass& server);

    const FleetJob& job_;
    RunRandom& random_;
    std::array<Counts, 2> at_work_;  // by failures; those that are no lemons first
    std::array<std::int64_t, 2> sum_{};
    std::deque<ServerClass> standbys_, spares_;
    double mean_weight_ = 1;  // hazard of a server of the mean mixture
    bool alike_ = true;       // nothing tells servers apart, so none is looked at
};

}  // namespace millwright
