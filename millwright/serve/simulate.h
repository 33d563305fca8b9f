// One replica of a served model, request by request, in simulated time.
//
// A replica has a lane for each attention rank and each pipeline stage. Attention ranks work side
// by side; lanes of a pipeline take turns, each passing through all stages, so that a lane's step
// takes a whole pass while as many lanes are under way as there are stages. Every lane has queues
// and a cache of its own, and the chip's part of the cache is shared by the lanes of a pipeline.
// Scheduling is that of the engine (docs/serving.md). Nothing is kept of requests that ended.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "millwright/parts/request.h"
#include "millwright/serve/latencies.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// How requests come: each at its own time, or so many being there at all times, the next one
/// coming when an answer ends. A conversation keeps its place between its turns.
struct ServeLoad {
    std::int64_t concurrency = 0;  // of the whole replica; 0: at their own times
    std::uint64_t warm_up = 0;     // first requests, whose latencies do not count
    std::size_t tenants = 0;       // that are counted one by one; 0: none is
};

/// How often what is in flight changes in a run that shows how a replica serves.
inline constexpr std::int64_t rounds_of_run = 10;

/// What users count as served in time; zero: anything.
struct ServeObjectives {
    Seconds first_token, per_token;
};

/// What one request got. One that no replica of the kind holds was dropped: it has no output.
struct ServedRequest {
    std::uint64_t index = 0;  // in the order in which the source gave them
    Seconds arrival, scheduled, first_token, end;
    std::int64_t prompt = 0, output = 0, cached = 0;
    std::uint32_t tenant = 0;

    /// Between its tokens, on average; zero of a single one.
    Seconds per_token() const;
};
using ServedSink = std::function<void(const ServedRequest&)>;

/// A step of a lane, and what the lane held while it was under way.
struct ServeStep {
    std::size_t lane = 0;  // of its replica
    Seconds begin, duration;
    double prompt_tokens = 0;            // that it computed
    std::int64_t prompts = 0;            // of which these are parts
    std::int64_t answering = 0;          // sequences that got tokens
    std::int64_t running = 0;            // with a cache, those that stood still too
    std::int64_t waiting = 0;            // that came and have none
    double blocks = 0, cache_share = 0;  // in use
};
using StepSink = std::function<void(const ServeStep&)>;

/// What some requests got. Latencies are of those that ended.
struct RequestCounts {
    std::uint64_t completed = 0, dropped = 0;
    double input_tokens = 0, output_tokens = 0, cached_tokens = 0;
    LatencyCounts first_token, per_token, latency, queue;
    double good = 0;  // requests within the objectives

    void add(const RequestCounts& other);
};

/// A run of one replica, and what all requests got.
struct ServeOutcome : RequestCounts {
    std::uint64_t requests = 0;
    Seconds seconds;  // to the last token
    LatencyCounts between_tokens;
    std::uint64_t preemptions = 0, steps = 0;
    Seconds busy;             // lanes in steps, all together
    double most_cache = 0;    // share of the blocks in use, at most
    double mean_cache = 0;    // and over time
    double mean_running = 0;  // sequences, over time, of all lanes
    double lanes = 1;
    /// Growth of the wait, in seconds for each second of arrivals (least squares).
    double drift = 0;
    /// Requests came faster than they went: the wait grew by a twentieth of the time or more, and
    /// over the run by ten times what a first token takes beside it. Latencies are then of this
    /// run's length alone.
    bool saturated = false;
    std::vector<RequestCounts> tenants;  // where the load counts them

    double output_tokens_per_s() const;
    double requests_per_s() const;
};

/// Adds an answered request: to the counts, those of its tenant too, and to latencies and those in
/// time unless it is one of the load's first that only warm up.
void count(const ServedRequest& served, const ServeLoad& load, const ServeObjectives& objectives,
           ServeOutcome& outcome);

/// Of a tenant that the load counts.
RequestCounts& tenant_of(std::uint32_t tenant, const ServeLoad& load, ServeOutcome& outcome);

/// Runs until the source is empty and every answer has ended. The replica holds a sequence
/// (why_not). `sink`, if there is one, gets every request that ends, in the order of their ends
/// within a lane; `steps`, if there is one, every step, in the order of their begins within a lane.
ServeOutcome simulate(const Replica& replica, const ServeLoad& load,
                      const ServeObjectives& objectives, const RequestSource& source,
                      const ServedSink& sink = {}, const StepSink& steps = {});

}  // namespace millwright
