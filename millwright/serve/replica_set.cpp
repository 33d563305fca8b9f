#include "millwright/serve/replica_set.h"

#include <algorithm>

#include "millwright/base/whole.h"

namespace millwright {
namespace {

std::size_t lanes_of(const Replica& r) {
    return static_cast<std::size_t>(r.ways.attention_data * r.ways.pipeline);
}

/// Lanes of a pipeline share a chip's cache and the engine's limit of sequences; attention ranks
/// that have no request leave their part of the experts to others.
Replica split(const Fleet& fleet, std::int64_t concurrency) {
    Replica r = fleet.replica;
    const auto stages = static_cast<std::int64_t>(r.ways.pipeline);
    r.engine.max_sequences = std::max<std::int64_t>(1, r.engine.max_sequences / stages);
    if (concurrency > 0) {
        const std::int64_t each = (concurrency + fleet.replicas - 1) / fleet.replicas;
        r.busy_ranks = std::min(r.ways.attention_data, real(each));
    }
    return r;
}

}  // namespace

ReplicaSet::ReplicaSet(const Fleet& fleet, const RouterSettings& router, std::int64_t concurrency,
                       const Ended& ended, const Steps& steps)
    : replica_(split(fleet, concurrency)),
      cost_(replica_),
      each_(lanes_of(replica_)),
      router_(router, narrow<std::size_t>(fleet.replicas)) {
    const ReplicaMemory memory = memory_of(replica_);
    const Bytes token = memory.block / real(replica_.engine.block_size);
    const std::size_t lanes = each_ * narrow<std::size_t>(fleet.replicas);
    const auto shared = shared_tiers(fleet.tiers, token, real(lanes), replica_.ways.pipeline);
    for (std::size_t i = 0; i < lanes; ++i) {
        StepSink sink;
        if (steps) {
            sink = [steps, replica = i / each_, lane = i % each_](ServeStep step) {
                step.lane = lane;
                steps(replica, step);
            };
        }
        lanes_.push_back(std::make_unique<ServeLane>(
            replica_, cost_,
            [ended, i](const ServedRequest& served, const Request& request) {
                ended(i, served, request);
            },
            std::move(sink), tier_links(fleet.tiers, token, replica_.ways.pipeline, shared)));
        if (!router_.reads_caches()) continue;
        lanes_.back()->tell_of_caches([this, i](std::uint64_t id, bool kept, Seconds at) {
            router_.note(id, replica_of(i), kept, at);
        });
    }
}

std::optional<std::size_t> ReplicaSet::choose(const Request& request, Seconds now,
                                              std::optional<std::size_t> last) {
    std::optional<std::size_t> last_replica;
    if (last) last_replica = replica_of(*last);
    const auto replica = router_.choose(request, now, last_replica);
    if (!replica) return std::nullopt;
    return lane_in(*replica, request, last_replica == replica ? last : std::nullopt);
}

/// The one that had the conversation; where the router reads caches that with most of the prompt;
/// else, and among equals, that with fewest requests, of these the one whose clock is behind: it
/// is idle for longer.
std::size_t ReplicaSet::lane_in(std::size_t replica, const Request& request,
                                std::optional<std::size_t> last) const {
    const std::size_t first = first_lane(replica);
    if (each_ == 1) return first;
    if (last) return *last;
    const bool reads = router_.reads_caches() && !request.prefix.empty();
    const auto load = [&](std::size_t i) {
        const double kept = reads ? lanes_[i]->kept_tokens(request) : 0;
        return std::tuple(-kept, lanes_[i]->there(), lanes_[i]->now().si());
    };
    std::size_t best = first;
    for (std::size_t i = first + 1; i < first + each_; ++i) {
        if (load(i) < load(best)) best = i;
    }
    return best;
}

}  // namespace millwright
