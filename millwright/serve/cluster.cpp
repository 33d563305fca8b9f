// Lanes advance in the order of their clocks, and what is due by then happens first, so a request
// goes to a lane as it is when the request comes. Steps of lanes do not end in the order in which
// they begin, so what comes after an answer waits in a heap until the clocks are there.
#include "millwright/serve/cluster.h"

#include <algorithm>
#include <queue>
#include <unordered_map>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/serve/cache_links.h"
#include "millwright/serve/first_of.h"
#include "millwright/serve/outcome_count.h"
#include "millwright/serve/replica_set.h"

namespace millwright {
namespace {

/// A request that so many replicas lost is not tried again.
constexpr std::uint64_t most_moves = 20;

/// A request whose prompt and answer are of two pools.
struct Flight {
    std::int64_t output = 0;
    std::uint64_t session = 0;
    ServedRequest prompt;  // what it got of the first
};

/// A prompt that is done, and whose cache is to go to the other pool.
struct Sending {
    std::size_t from = 0;  // replica
    DueRequest due;
    Seconds scheduled, ended;
};

/// A cache on its way.
struct Transfer {
    Seconds there;
    std::size_t replica = 0;  // its lane is chosen there
    DueRequest due;
    bool operator>(const Transfer& o) const {
        return there != o.there ? there > o.there : due.index > o.due.index;
    }
};

RouterSettings router_of(const Cluster& cluster, std::size_t pool) {
    if (pool == 0) return cluster.router;
    const bool turns = cluster.router.kind == RouterKind::round_robin;
    return {.kind = turns ? RouterKind::round_robin : RouterKind::least_loaded};
}

class ClusterRun {
public:
    ClusterRun(const Cluster& cluster, const ServeLoad& load, const ServeObjectives& objectives,
               const RequestSource& requests, const ClusterSinks& sinks)
        : cluster_(cluster),
          sinks_(sinks),
          flow_(requests, load.concurrency),
          first_(0),
          all_(load, objectives) {
        require(cluster.pools.size() == 1 || apart(), "a cluster has one pool or two");
        for (std::size_t i = 0; i < cluster.pools.size(); ++i) add_pool(i, load, objectives);
        first_ = FirstOf(first_lane_.back() + sets_.back()->lanes());
        if (!apart()) return;
        links_.emplace(cluster.pools[0], cluster.pools[1], cluster.between, cluster.by_layers);
    }

    ClusterOutcome run() {
        for (;;) {
            const double lane = first_.time();
            if (pass_what_is_due(lane)) continue;
            if (lane == FirstOf::never) break;
            advance(first_.first());
        }
        return summary();
    }

private:
    bool apart() const { return cluster_.pools.size() == 2; }

    void add_pool(std::size_t pool, const ServeLoad& load, const ServeObjectives& objectives) {
        const Fleet& fleet = cluster_.pools[pool];
        first_lane_.push_back(pool == 0 ? 0 : sets_[0]->lanes());
        ReplicaSet::Steps steps;
        if (sinks_.steps) {
            steps = [this, pool](std::size_t replica, const ServeStep& s) {
                sinks_.steps(pool, replica, s);
            };
        }
        sets_.push_back(std::make_unique<ReplicaSet>(
            fleet, router_of(cluster_, pool), load.concurrency,
            [this, pool](std::size_t lane, const ServedRequest& served, const Request& request) {
                ended(pool, lane, served, request);
            },
            steps));
        const ServeLoad second{.concurrency = load.concurrency};
        counts_.emplace_back(pool == 0 ? load : second, apart() ? ServeObjectives{} : objectives);
        ReplicaFailures failures = cluster_.failures;
        failures.seed = 2 * failures.seed + pool;
        availability_.emplace_back(narrow<std::size_t>(fleet.replicas),
                                   apart() ? Elasticity{} : cluster_.elasticity, failures);
        for (std::size_t i = 0; i < narrow<std::size_t>(fleet.replicas); ++i) {
            sets_[pool]->router().set_open(i, availability_[pool].starts_open(i));
        }
        held_.emplace_back();
    }

    /// What happens first, if by then: an arrival, a cache that is there, a change of a replica.
    bool pass_what_is_due(double by) {
        const auto arrival = flow_.next();
        double first = arrival ? arrival->si() : FirstOf::never;
        enum { of_flow, of_transfer, of_pool } what = of_flow;
        if (!transfers_.empty() && transfers_.top().there.si() < first) {
            first = transfers_.top().there.si();
            what = of_transfer;
        }
        std::size_t pool = 0;
        for (std::size_t i = 0; i < availability_.size(); ++i) {
            const auto next = availability_[i].next();
            if (!next || next->si() >= first) continue;
            if (by == FirstOf::never && nothing_to_do()) return false;
            first = next->si();
            what = of_pool;
            pool = i;
        }
        if (first == FirstOf::never || first > by) return false;
        if (what == of_flow) arrive();
        if (what == of_transfer) receive();
        if (what == of_pool) change(pool, Seconds::from_si(first));
        return true;
    }

    /// No lane has a request: whether none will.
    bool nothing_to_do() const {
        const auto nothing = [](const auto& list) { return list.empty(); };
        return !flow_.next() && transfers_.empty() && unsent_.empty() &&
               std::ranges::all_of(held_, nothing);
    }

    void set_clock(std::size_t pool, std::size_t lane) {
        const ServeLane& one = sets_[pool]->lane(lane);
        first_.set(first_lane_[pool] + lane, one.there() > 0 ? one.next().si() : FirstOf::never);
    }

    void advance(std::size_t number) {
        const std::size_t pool = apart() && number >= first_lane_[1] ? 1 : 0;
        const std::size_t lane = number - first_lane_[pool];
        sets_[pool]->lane(lane).advance();
        set_clock(pool, lane);
    }

    void arrive() {
        auto due = flow_.take();
        if (!due) return;
        if (apart()) {
            flights_[due->index] = {due->request.output, due->request.session, {}};
            due->request.output = 1;
        }
        const Seconds at = due->request.arrival;
        place(0, std::move(*due), at);
    }

    void place(std::size_t pool, DueRequest due, Seconds at) {
        ReplicaSet& set = *sets_[pool];
        const std::uint64_t session = pool == 0 ? due.request.session : 0;
        std::optional<std::size_t> last;
        if (session != 0 && flow_.place(session) > 0) last = flow_.place(session) - 1;
        const auto lane = set.choose(due.request, at, last);
        if (!lane) {
            if (set.router().any_open()) {
                reject(due, at);
            } else {
                held_[pool].push_back(std::move(due));
            }
            return;
        }
        if (session != 0) flow_.place(session) = *lane + 1;
        set.router().sent(set.replica_of(*lane), due.request.prompt);
        take(pool, *lane, due, at);
    }

    void take(std::size_t pool, std::size_t lane, const DueRequest& due, Seconds at) {
        sets_[pool]->lane(lane).take(due, at);
        set_clock(pool, lane);
    }

    void reject(const DueRequest& due, Seconds at) {
        ++out_.rejected;
        give_up(0, due, at);
    }

    /// A request that gets no answer.
    void give_up(std::size_t pool, const DueRequest& due, Seconds at) {
        counts_[pool].dropped(due.request.tenant);
        std::uint64_t session = due.request.session;
        if (apart()) {
            session = flights_[due.index].session;
            flights_.erase(due.index);
            all_.dropped(due.request.tenant);
        }
        flow_.ended(session, at);
    }

    void ended(std::size_t pool, std::size_t lane, const ServedRequest& served,
               const Request& request) {
        const std::size_t replica = sets_[pool]->replica_of(lane);
        leave(pool, replica, request, served.end);
        if (served.output == 0) {
            give_up(pool, {.request = request, .index = served.index, .progress = {}}, served.end);
            return;
        }
        counts_[pool].served(served);
        if (sinks_.of_replica) sinks_.of_replica(pool, replica, served);
        if (!apart()) {
            finish(served, request.session);
            return;
        }
        const auto flight = flights_.find(served.index);
        if (pool == 0 && flight->second.output > 1) {
            flight->second.prompt = served;
            DueRequest due{.request = request, .index = served.index, .progress = {}};
            due.request.output = flight->second.output;
            due.request.prefilled = true;
            due.request.prefix.clear();
            send({replica, std::move(due), served.scheduled, served.first_token});
            return;
        }
        ServedRequest one = pool == 0 ? served : flight->second.prompt;
        one.output = served.output;
        one.end = served.end;
        const std::uint64_t session = flight->second.session;
        flights_.erase(flight);
        all_.served(one);
        finish(one, session);
    }

    void finish(const ServedRequest& one, std::uint64_t session) {
        if (sinks_.served) sinks_.served(one);
        flow_.ended(session, one.end);
    }

    /// A replica has a request less.
    void leave(std::size_t pool, std::size_t replica, const Request& request, Seconds at) {
        RequestRouter& router = sets_[pool]->router();
        router.ended(replica, request.prompt);
        if (router.outstanding(replica) == 0) availability_[pool].empty(replica, at);
    }

    void send(Sending sending) {
        const auto lane = sets_[1]->choose(sending.due.request, sending.ended, {});
        if (!lane) {
            unsent_.push_back(std::move(sending));
            return;
        }
        const std::size_t to = sets_[1]->replica_of(*lane);
        sets_[1]->router().sent(to, sending.due.request.prompt);
        const Seconds there = links_->send(sending.from, to, real(sending.due.request.prompt),
                                           sending.scheduled, sending.ended);
        out_.transfer.add(there - sending.ended);
        sending.due.request.arrival = there;
        transfers_.push({there, to, std::move(sending.due)});
    }

    void receive() {
        Transfer one = transfers_.top();
        transfers_.pop();
        if (sets_[1]->router().is_open(one.replica)) {
            take(1, sets_[1]->lane_in(one.replica, one.due.request, {}), one.due, one.there);
            return;
        }
        leave(1, one.replica, one.due.request, one.there);
        one.due.request.prefilled = false;  // it failed meanwhile
        place(1, std::move(one.due), one.there);
    }

    void change(std::size_t pool, Seconds at) {
        const std::int64_t there =
            sets_[pool]->router().outstanding() + narrow<std::int64_t>(held_[pool].size());
        for (const Availability::Event& event : availability_[pool].pass(there)) {
            const bool opens = event.change == Availability::Change::opens;
            RequestRouter& router = sets_[pool]->router();
            router.set_open(event.replica, opens);
            if (opens) release(pool, at);
            if (event.change == Availability::Change::fails) fail(pool, event.replica, at);
            if (!opens && router.outstanding(event.replica) == 0) {
                availability_[pool].empty(event.replica, at);
            }
        }
    }

    void release(std::size_t pool, Seconds at) {
        for (DueRequest& due : std::exchange(held_[pool], {})) place(pool, std::move(due), at);
        if (pool == 0) return;
        for (Sending& sending : std::exchange(unsent_, {})) {
            sending.ended = max(sending.ended, at);
            send(std::move(sending));
        }
    }

    void fail(std::size_t pool, std::size_t replica, Seconds at) {
        ReplicaSet& set = *sets_[pool];
        std::vector<DueRequest> lost;
        for (std::size_t i = 0; i < set.lanes_of_replica(); ++i) {
            const std::size_t lane = set.first_lane(replica) + i;
            for (DueRequest& due : set.lane(lane).give_up(at)) lost.push_back(std::move(due));
            set_clock(pool, lane);
        }
        for (DueRequest& due : lost) {
            leave(pool, replica, due.request, at);
            ++out_.moved;
            if (++due.progress.moves > most_moves) {
                give_up(pool, due, at);
            } else {
                place(pool, std::move(due), at);
            }
        }
    }

    ClusterOutcome summary();
    void add_pools();

    const Cluster& cluster_;
    const ClusterSinks& sinks_;
    RequestFlow flow_;
    std::vector<std::unique_ptr<ReplicaSet>> sets_;
    std::vector<std::size_t> first_lane_;  // of a pool among all lanes
    FirstOf first_;
    std::vector<OutcomeCount> counts_;
    OutcomeCount all_;
    std::vector<Availability> availability_;
    std::vector<std::vector<DueRequest>> held_;  // while no replica of the pool is open
    std::vector<Sending> unsent_;
    std::unordered_map<std::uint64_t, Flight> flights_;
    std::priority_queue<Transfer, std::vector<Transfer>, std::greater<>> transfers_;
    std::optional<CacheLinks> links_;
    ClusterOutcome out_;
};

/// Of the whole what only pools know.
void ClusterRun::add_pools() {
    ServeOutcome& all = out_.all;
    const ServeOutcome& p = out_.pools[0];
    const ServeOutcome& a = out_.pools[1];
    all.between_tokens = a.between_tokens;
    all.preemptions = p.preemptions + a.preemptions;
    all.steps = p.steps + a.steps;
    all.busy = p.busy + a.busy;
    all.lanes = p.lanes + a.lanes;
    all.most_cache = std::max(p.most_cache, a.most_cache);
    all.mean_cache = a.mean_cache;
    all.mean_running = p.mean_running + a.mean_running;
    all.drift = std::max(p.drift, a.drift);
    all.saturated = p.saturated || a.saturated;
}

ClusterOutcome ClusterRun::summary() {
    for (std::size_t pool = 0; pool < sets_.size(); ++pool) {
        const ReplicaSet& set = *sets_[pool];
        for (std::size_t i = 0; i < set.lanes(); ++i) {
            counts_[pool].add(set.lane(i), real(set.lanes()));
        }
        const std::uint64_t came = pool == 0 ? flow_.given() : counts_[1].ended();
        out_.pools.push_back(counts_[pool].take(came));
        const Seconds end = out_.pools.back().seconds;
        const Availability& a = availability_[pool];
        out_.mean_on.push_back(end > Seconds{} ? a.paid(end) / end
                                               : real(cluster_.pools[pool].replicas));
        out_.failures += a.failures();
        out_.starts += a.starts();
    }
    if (apart()) {
        out_.all = all_.take(flow_.given());
        add_pools();
    } else {
        out_.all = out_.pools[0];
    }
    return std::move(out_);
}

}  // namespace

ClusterOutcome simulate_cluster(const Cluster& cluster, const ServeLoad& load,
                                const ServeObjectives& objectives, const RequestSource& requests,
                                const ClusterSinks& sinks) {
    return ClusterRun(cluster, load, objectives, requests, sinks).run();
}

}  // namespace millwright
