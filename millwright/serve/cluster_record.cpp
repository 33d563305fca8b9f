// A cluster's run whose requests, steps and timeline are kept.
#include <algorithm>

#include "millwright/serve/cluster.h"

namespace millwright {

ClusterOutcome simulate_cluster(const Cluster& cluster, const ServeLoad& load,
                                const ServeObjectives& objectives, const RequestSource& requests,
                                FleetRecord* record) {
    if (record == nullptr)
        return simulate_cluster(cluster, load, objectives, requests, ClusterSinks{});
    const std::size_t last = cluster.pools.size() - 1;
    TraceKeeper trace;
    ClusterSinks sinks;
    sinks.steps = [&](std::size_t pool, std::size_t replica, const ServeStep& step) {
        if (pool != last) return;
        record->timeline.add(step);
        if (record->requests && replica == 0) trace.add(step);
    };
    if (record->requests) {
        sinks.served = [&](const ServedRequest& one) { record->served.push_back(one); };
        sinks.of_replica = [&](std::size_t pool, std::size_t replica, const ServedRequest& one) {
            if (pool == last && replica == 0) trace.add(one);
        };
    }
    ClusterOutcome out = simulate_cluster(cluster, load, objectives, requests, sinks);
    if (record->requests) {
        record->first = trace.take();
        std::ranges::sort(record->served, {}, &ServedRequest::index);
    }
    return out;
}

}  // namespace millwright
