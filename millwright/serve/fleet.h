// Replicas alike behind a router that gives them requests by turns.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "millwright/serve/simulate.h"
#include "millwright/serve/timeline.h"

namespace millwright {

/// So many replicas of one kind.
struct Fleet {
    Replica replica;
    std::int64_t replicas = 1;
};

/// Gives the same requests from the beginning each time, to several threads at once.
using RequestsAnew = std::function<RequestSource()>;

/// The part of `all` that goes to one of several replicas, `number` counting from zero. `numbers`,
/// if given, gets the place among all of each request that the source gives.
RequestSource share_of_replica(RequestSource all, std::uint64_t number, std::uint64_t replicas,
                               std::vector<std::uint64_t>* numbers = nullptr);

/// What the first replica did from the beginning on.
struct ReplicaTrace {
    std::vector<ServeStep> steps;         // in the order of their begins
    std::vector<ServedRequest> requests;  // that came until then, in the order in which they came
    Seconds until;                        // all that begins before is there
    std::uint64_t left_out = 0;           // requests beyond the most that are kept
    bool whole = false;                   // until the last of the run's steps
};
inline constexpr std::size_t most_traced_steps = 20'000, most_traced_requests = 10'000;

/// What is kept of a run beside its outcome.
struct FleetRecord {
    ServeTimeline timeline;             // of all replicas
    bool requests = false;              // whether what follows is asked for
    std::vector<ServedRequest> served;  // every answered request, in the order in which they came
    ReplicaTrace first;
};

/// Simulates the fleet. Requests go to replicas by turns, a conversation's turns to one; in a
/// closed loop what is in flight is shared out, and replicas without a share have no request.
/// Outcomes are in order of the replicas that had any, the same bits for any number of threads.
/// `record`, if there is one, gets what it asks for.
std::vector<ServeOutcome> simulate_fleet(const Fleet& fleet, const ServeLoad& load,
                                         const ServeObjectives& objectives,
                                         const RequestsAnew& requests, int threads,
                                         FleetRecord* record = nullptr);

/// Runs side by side as one of `replicas`, those without a request idle: what is counted adds up,
/// shares are means over the longest run, and the whole is saturated where one is.
ServeOutcome together(const std::vector<ServeOutcome>& outcomes, std::int64_t replicas);

/// Runs of one deployment one after the other: times and counts add up, shares are means over all
/// the time.
ServeOutcome in_turn(const std::vector<ServeOutcome>& outcomes);

}  // namespace millwright
