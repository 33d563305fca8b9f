// Replicas under one clock: what one of them does moves what the others get.
//
// A router gives requests to replicas by what it knows of them. Prompts and answers may have pools
// of their own: a request's cache then goes from one to the other, layer by layer while later ones
// are computed, so that the last is left when the prompt ends, or as a whole behind it; a replica
// sends, and one receives, one cache after the other. Replicas may start and stop with the load,
// and fail: what one loses goes to others.
#pragma once

#include <functional>
#include <vector>

#include "millwright/serve/availability.h"
#include "millwright/serve/fleet.h"
#include "millwright/serve/router.h"

namespace millwright {

struct Cluster {
    std::vector<Fleet> pools;  // one that does all, or that of prompts and that of answers
    Network between;           // joins the chips of two pools
    bool by_layers = true;     // so the cache goes
    RouterSettings router;     // in front of the first pool; answers go to the least loaded or by
                               // turns
    Elasticity elasticity;     // of a pool that does all
    ReplicaFailures failures;  // of each replica
};

struct ClusterOutcome {
    std::vector<ServeOutcome> pools;  // each as if it were all
    ServeOutcome all;                 // of the requests
    LatencyCounts transfer;           // from a prompt's end until its cache is there
    std::uint64_t rejected = 0;       // no replica took more; they are dropped
    std::uint64_t failures = 0, moved = 0, starts = 0;  // of replicas; requests that these lost
    std::vector<double> mean_on;                        // replicas paid for, over time, by pool
};

/// What listeners are told while it goes on; each may be none.
struct ClusterSinks {
    ServedSink served;  // requests, from their arrival to their last token, as they end
    std::function<void(std::size_t pool, std::size_t replica, const ServedRequest&)> of_replica;
    std::function<void(std::size_t pool, std::size_t replica, const ServeStep&)> steps;
};

/// Simulates until the source is empty and every answer has ended.
ClusterOutcome simulate_cluster(const Cluster& cluster, const ServeLoad& load,
                                const ServeObjectives& objectives, const RequestSource& requests,
                                const ClusterSinks& sinks);

/// `record`, if there is one, gets what it asks for: requests from their arrival to their last
/// token, the rest of the last pool.
ClusterOutcome simulate_cluster(const Cluster& cluster, const ServeLoad& load,
                                const ServeObjectives& objectives, const RequestSource& requests,
                                FleetRecord* record = nullptr);

}  // namespace millwright
