// Replicas alike behind a router that gives them requests by turns.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "millwright/serve/cache_tier.h"
#include "millwright/serve/fleet_record.h"
#include "millwright/serve/simulate.h"

namespace millwright {

/// So many replicas of one kind.
struct Fleet {
    Replica replica;
    std::int64_t replicas = 1;
    std::vector<CacheTierSettings> tiers;  // below the chips, nearest first; shared ones last
};

/// Gives the same requests from the beginning each time, to several threads at once.
using RequestsAnew = std::function<RequestSource()>;

/// The part of `all` that goes to one of several replicas, `number` counting from zero. `numbers`,
/// if given, gets the place among all of each request that the source gives.
RequestSource share_of_replica(RequestSource all, std::uint64_t number, std::uint64_t replicas,
                               std::vector<std::uint64_t>* numbers = nullptr);

/// What comes of the fleet. Requests go to replicas by turns, a conversation's turns to one, the
/// same bits for any number of threads. A closed loop of which each replica keeps a share is one
/// loop for each; one that they cannot share evenly runs under one clock, on one thread. `record`,
/// if there is one, gets what it asks for.
ServeOutcome simulate_fleet(const Fleet& fleet, const ServeLoad& load,
                            const ServeObjectives& objectives, const RequestsAnew& requests,
                            int threads, FleetRecord* record = nullptr);

/// Runs of replicas side by side as one: what is counted adds up, shares are means over the longest
/// run, and the whole is saturated where one is.
ServeOutcome together(const std::vector<ServeOutcome>& outcomes);

/// Runs of one deployment one after the other: times and counts add up, shares are means over all
/// the time.
ServeOutcome in_turn(const std::vector<ServeOutcome>& outcomes);

}  // namespace millwright
