// Replicas alike behind a router that gives them requests by turns.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "millwright/serve/simulate.h"

namespace millwright {

/// So many replicas of one kind.
struct Fleet {
    Replica replica;
    std::int64_t replicas = 1;
};

/// Gives the same requests from the beginning each time, to several threads at once.
using RequestsAnew = std::function<RequestSource()>;

/// Simulates the fleet. Requests go to replicas by turns, a conversation's turns to one; in a
/// closed loop what is in flight is shared out, and replicas without a share have no request.
/// Outcomes are in order of the replicas that had any, the same bits for any number of threads.
/// `served`, if there is one, gets every request that was answered, in the order in which they
/// came.
std::vector<ServeOutcome> simulate_fleet(const Fleet& fleet, const ServeLoad& load,
                                         const ServeObjectives& objectives,
                                         const RequestsAnew& requests, int threads,
                                         std::vector<ServedRequest>* served = nullptr);

/// Runs side by side as one of `replicas`, those without a request idle: what is counted adds up,
/// shares are means over the longest run, and the whole is saturated where one is.
ServeOutcome together(const std::vector<ServeOutcome>& outcomes, std::int64_t replicas);

/// Runs of one deployment one after the other: times and counts add up, shares are means over all
/// the time.
ServeOutcome in_turn(const std::vector<ServeOutcome>& outcomes);

}  // namespace millwright
