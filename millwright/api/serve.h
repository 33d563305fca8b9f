// What do users of a served model wait for, and what does it cost?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millwright/api/cluster_asked.h"
#include "millwright/api/setting.h"
#include "millwright/api/tenants.h"
#include "millwright/base/result.h"
#include "millwright/factory/factory.h"
#include "millwright/serve/arrivals.h"
#include "millwright/serve/curves.h"
#include "millwright/serve/fleet.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/lengths.h"
#include "millwright/serve/token_times.h"
#include "millwright/study/token_prices.h"

namespace millwright {

/// Format of keys and values in the cache.
enum class CacheForm : std::uint8_t { bf16, fp8 };

template <>
struct EnumNames<CacheForm> {
    static constexpr std::array<std::string_view, 2> names{"bf16", "fp8"};
};

/// What is asked of the deployment: the requests of a trace, or made-up ones that come at a rate or
/// of which so many are there at all times.
struct LoadAsked {
    std::string trace;             // path; empty: made-up requests
    std::optional<double> rate;    // requests a second
    std::int64_t concurrency = 0;  // zero: requests come at their own times
    std::optional<ArrivalKind> arrivals;
    std::optional<double> variation;  // of gamma gaps: deviation over mean
    std::int64_t requests = 0;        // zero: all of a trace, else 1,000 or ten for each in flight
    std::uint64_t warm_up = 0;        // first requests, whose latencies do not count
    std::optional<Lengths> prompt, output;
    std::int64_t prefix_tokens = 0;    // with which prompts of a group begin alike
    std::int64_t prefix_groups = 0;    // as likely as each other; zero: one
    std::optional<Lengths> turns;      // of a conversation; a prompt is then what is new of a turn
    std::optional<Seconds> think;      // mean, before the next turn
    std::vector<NamedTenant> tenants;  // in place of the lengths above; none: all users are alike
    bool fair = false;                 // lanes are shared by what each tenant was served
    std::int64_t images = 0;           // of each prompt, before its text
    std::int64_t image_tokens = 0;     // that each becomes; set by the model
    std::uint64_t seed = 0;
};

/// A model on so many chips of one kind of server, and what is asked of it; what is left out is as
/// on the command line.
struct ServeQuestion {
    std::string model;   // of the catalog, or the path of a config.json
    std::string server;  // of the catalog
    std::string engine;  // by the chip's maker if empty
    std::int64_t chips = 0;
    std::optional<WeightForm> precision;  // as published where that is narrow, else FP8 or BF16
    CacheForm cache = CacheForm::bf16;
    LayoutPins layout;
    std::int64_t data = 1;      // copies of a replica behind its own door
    std::int64_t replicas = 0;  // zero: as many as the chips hold
    // chips of a pool for prompts and one for answers; zero, both: every replica does both
    std::int64_t prefill = 0, decode = 0;
    std::string decode_server;  // of the pool for answers; as that of prompts if empty
    ClusterAsked cluster;
    EngineOverrides limits;
    LoadAsked load;
    ServeObjectives objectives;
    std::optional<Dollars> chip_hour;  // a price of an hour of a chip, in place of its cost
    bool keep_requests = false;        // and the first replica's steps, and what was held over time
    bool timeline = false;             // what was held over time alone
    bool curves = false;
};

/// What the requests were, all of them, before any was served.
struct RequestSpan {
    std::int64_t count = 0;
    std::int64_t shortest = 0, longest = 0;  // tokens of a prompt with its answer
    double prompt = 0, output = 0;           // mean tokens
    Seconds last;                            // arrival
    bool shares = false;                     // some prompts may begin alike
};

/// Replicas alike that do the same, and what came of it.
struct ServePool {
    std::string role;
    Fleet fleet;
    ReplicaMemory memory;
    ServeOutcome outcome;
    TokenTimes times;
    std::optional<double> mean_on;   // replicas paid for, over time; all of them if none
    std::optional<Factory> factory;  // of its chips, where they are not those of the answer's

    double chips() const {
        return fleet.replica.ways.chips() * static_cast<double>(fleet.replicas);
    }
    /// Part of the run in which steps were under way, over all lanes.
    double busy_share() const;
    double paid_replicas() const { return mean_on.value_or(static_cast<double>(fleet.replicas)); }
    double paid_chips() const { return fleet.replica.ways.chips() * paid_replicas(); }
};

/// What happened between a router and its replicas.
struct ClusterCounts {
    std::uint64_t rejected = 0;                         // requests
    std::uint64_t failures = 0, moved = 0, starts = 0;  // of replicas, requests that these lost
};

/// The two curves of one of the replicas, which get requests by turns. `closed` is by requests in
/// flight, `open` by rate; that one has no points where requests come at no times of their own or
/// no rate is kept up with.
struct ServeCurves {
    std::int64_t replicas = 1;  // of the deployment
    std::vector<ClosedPoint> closed;
    OpenCurve open;
    RequestRate asked;          // of the deployment: given, a trace's mean, or what came of it
    std::int64_t requests = 0;  // of the replica at each rate
    bool of_part = false;       // of the trace, its beginning

    /// Of the deployment: requests a second up to which waits do not grow; none if there is none.
    std::optional<RequestRate> knee() const;
};

/// A deployment that holds no request is an answer, not a fault: then `infeasible` says why, and
/// `fewest` how many chips would do (zero: none).
struct ServeAnswer {
    ServeQuestion asked;
    Factory factory;  // of whole servers
    std::string engine;
    std::string forms;  // formats of weights, in words
    RequestSpan span;
    std::string infeasible;
    std::int64_t fewest = 0;
    std::vector<ServePool> pools;  // one, or that of prompts and that of answers
    LatencyCounts transfer;        // of caches between them, beyond what prompts hide
    ClusterCounts cluster;
    ServeOutcome outcome;  // of all
    TokenShares shares;    // of what the chips did
    std::string bound_by;
    Dollars cost;  // of the run
    TokenPrices prices;
    std::optional<Joules> energy;  // of the chips; unknown where their power is
    std::vector<std::string> notes;
    FleetRecord record;                 // where it was asked for
    std::optional<ServeCurves> curves;  // where they were asked for

    bool feasible() const { return infeasible.empty(); }
    double chips() const;  // that serve
    /// Of requests whose latency counts, within the objectives; and as a rate of all.
    double good_share() const;
    double good_per_s() const;
    /// Of the question's so-manieth tenant; nothing where none of its requests ended.
    RequestCounts of_tenant(std::size_t tenant) const {
        return tenant < outcome.tenants.size() ? outcome.tenants[tenant] : RequestCounts{};
    }
    /// Part of the prompts' tokens that the prefix cache had.
    double hit_share() const;
};

/// What an idle chip draws, over its rated power: a judgement, as makers print none.
inline constexpr double idle_power_share = 0.3;

/// Simulates the deployment, each replica request by request. Faults: names that the catalog lacks,
/// no load or several, lengths beside a trace, a faulty trace, ways that cannot be or need more
/// chips than there are, a format that the chip lacks, pools of their own for prompts and answers.
Result<ServeAnswer> serve(const ServeQuestion& question, const Setting& setting);

}  // namespace millwright
