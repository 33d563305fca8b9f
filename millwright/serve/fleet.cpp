// Each replica pulls all requests and takes its own: they are made by counter, so that nothing is
// shared between threads, and a replica's part does not hang on how fast others are.
#include "millwright/serve/fleet.h"

#include <algorithm>
#include <memory>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/serve/cluster.h"

namespace millwright {
namespace {

std::vector<ServedRequest> in_order(std::vector<std::vector<ServedRequest>> lists) {
    std::vector<ServedRequest> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    std::ranges::sort(all, {}, &ServedRequest::index);
    return all;
}

/// What is counted, and what holds of all where it holds of one.
void add_counts(const ServeOutcome& one, ServeOutcome& all) {
    all.add(one);
    all.requests += one.requests;
    all.between_tokens.add(one.between_tokens);
    all.preemptions += one.preemptions;
    all.steps += one.steps;
    all.busy += one.busy;
    all.most_cache = std::max(all.most_cache, one.most_cache);
    all.drift += one.drift * real(one.completed);
    all.saturated = all.saturated || one.saturated;
    all.tenants.resize(std::max(all.tenants.size(), one.tenants.size()));
    for (std::size_t i = 0; i < one.tenants.size(); ++i) all.tenants[i].add(one.tenants[i]);
}

/// What one replica leaves beside its outcome; written by one thread. Sinks point to this.
class ReplicaRecord {
public:
    ReplicaRecord(const FleetRecord& asked, std::size_t replica)
        : requests_(asked.requests), traced_(asked.requests && replica == 0) {}

    ServedSink served_sink() {
        if (!requests_) return {};
        return [this](const ServedRequest& one) {
            served_.push_back(one);
            served_.back().index = numbers_[one.index];
            if (traced_) trace_.add(served_.back());
        };
    }
    void add(const ServeStep& step) {
        timeline_.add(step);
        if (traced_) trace_.add(step);
    }

    std::vector<std::uint64_t>* numbers_kept() { return requests_ ? &numbers_ : nullptr; }
    ReplicaTrace take_trace() { return trace_.take(); }
    const ServeTimeline& timeline() const { return timeline_; }
    std::vector<ServedRequest> take_served() { return std::move(served_); }

private:
    bool requests_, traced_;
    std::vector<std::uint64_t> numbers_;  // of requests, among all
    std::vector<ServedRequest> served_;
    TraceKeeper trace_;
    ServeTimeline timeline_;
};

void put_together(std::vector<ReplicaRecord>& parts, FleetRecord& record) {
    for (const ReplicaRecord& part : parts) record.timeline.add(part.timeline());
    if (!record.requests) return;
    record.first = parts.front().take_trace();
    std::vector<std::vector<ServedRequest>> lists;
    for (ReplicaRecord& part : parts) lists.push_back(part.take_served());
    record.served = in_order(std::move(lists));
}

}  // namespace

RequestSource share_of_replica(RequestSource all, std::uint64_t number, std::uint64_t replicas,
                               std::vector<std::uint64_t>* numbers) {
    require(number < replicas, "a replica is one of them");
    return [all = std::move(all), number, replicas, numbers,
            index = std::uint64_t{0}]() mutable -> std::optional<Request> {
        while (std::optional<Request> request = all()) {
            const std::uint64_t place = index++;
            const std::uint64_t by = request->session != 0 ? request->session : place;
            if (by % replicas != number) continue;
            if (numbers != nullptr) numbers->push_back(place);
            return request;
        }
        return std::nullopt;
    };
}

ServeOutcome simulate_fleet(const Fleet& fleet, const ServeLoad& load,
                            const ServeObjectives& objectives, const RequestsAnew& requests,
                            int threads, FleetRecord* record) {
    if (load.concurrency % fleet.replicas != 0) {
        return simulate_cluster({.pools = {fleet}}, load, objectives, requests(), record).all;
    }
    const auto count = narrow<std::uint64_t>(fleet.replicas);
    std::vector<ServeOutcome> outcomes(count);
    std::vector<ReplicaRecord> parts;
    for (std::size_t i = 0; record != nullptr && i < count; ++i) parts.emplace_back(*record, i);
    parallel_for(count, threads, [&](std::size_t i) {
        ServeLoad part = load;
        part.concurrency = load.concurrency / fleet.replicas;
        part.warm_up = (load.warm_up + count - 1) / count;
        ReplicaRecord* kept = record != nullptr ? &parts[i] : nullptr;
        const RequestSource mine = share_of_replica(
            requests(), i, count, kept != nullptr ? kept->numbers_kept() : nullptr);
        ClusterSinks sinks;
        if (kept != nullptr) {
            sinks.served = kept->served_sink();
            sinks.steps = [kept](std::size_t, std::size_t, const ServeStep& s) { kept->add(s); };
        }
        const Cluster alone{.pools = {{fleet.replica, 1, fleet.tiers}}};
        outcomes[i] = simulate_cluster(alone, part, objectives, mine, sinks).all;
    });
    if (record != nullptr) put_together(parts, *record);
    return together(outcomes);
}

ServeOutcome together(const std::vector<ServeOutcome>& outcomes) {
    const auto replicas = static_cast<double>(outcomes.size());
    ServeOutcome all;
    all.lanes = 0;
    for (const ServeOutcome& one : outcomes) all.seconds = max(all.seconds, one.seconds);
    const double span = all.seconds.si();
    for (const ServeOutcome& one : outcomes) {
        add_counts(one, all);
        all.lanes += one.lanes;
        if (span <= 0) continue;
        const double part = one.seconds.si() / span;
        all.mean_cache += one.mean_cache * part / replicas;
        all.mean_running += one.mean_running * part;
    }
    if (all.completed > 0) all.drift /= real(all.completed);
    return all;
}

ServeOutcome in_turn(const std::vector<ServeOutcome>& outcomes) {
    ServeOutcome all;
    for (const ServeOutcome& one : outcomes) {
        add_counts(one, all);
        all.seconds += one.seconds;
        all.lanes = one.lanes;
        all.mean_cache += one.mean_cache * one.seconds.si();
        all.mean_running += one.mean_running * one.seconds.si();
    }
    if (all.seconds > Seconds{}) {
        all.mean_cache /= all.seconds.si();
        all.mean_running /= all.seconds.si();
    }
    if (all.completed > 0) all.drift /= real(all.completed);
    return all;
}

}  // namespace millwright
