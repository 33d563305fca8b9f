// Lanes advance in the order of their clocks, so a request goes to the lane that has the fewest of
// those that are there when it arrives.
#include "millwright/serve/simulate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <queue>

#include "millwright/base/require.h"
#include "millwright/serve/lane.h"
#include "millwright/serve/step_cost.h"

namespace millwright {
namespace {

/// A line through points that are not kept.
class Trend {
public:
    void add(double x, double y) {
        ++n_;
        x_ += x;
        y_ += y;
        xx_ += x * x;
        xy_ += x * y;
        last_ = std::max(last_, x);
    }
    double slope() const {
        const double spread = n_ * xx_ - x_ * x_;
        return spread > 0 ? (n_ * xy_ - x_ * y_) / spread : 0;
    }
    double last() const { return last_; }

private:
    double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0, last_ = 0;
};

struct Arrival {
    Request request;
    std::uint64_t index;
    bool operator>(const Arrival& o) const {
        if (request.arrival != o.request.arrival) return request.arrival > o.request.arrival;
        return index > o.index;
    }
};

/// Of a session that has turns to come: whether a turn is under way, and what waits for it.
struct Session {
    bool under_way = false;
    Seconds ended;
    std::size_t lane = 0;
    std::queue<Arrival> turns;
};

class Run {
public:
    Run(const Replica& replica, const ServeLoad& load, const ServeObjectives& objectives,
        const RequestSource& source, const ServedSink& sink)
        : replica_(split(replica, load)), load_(load), objectives_(objectives), source_(source),
          sink_(sink), cost_(replica_) {
        lanes_.reserve(lanes_of(replica_));
        for (std::size_t i = 0; i < lanes_of(replica_); ++i) {
            lanes_.push_back(std::make_unique<Lane>(
                replica_, cost_, [this](const ServedRequest& served, std::uint64_t session) {
                    ended(served, session);
                }));
        }
    }

    ServeOutcome run() {
        read();
        for (std::int64_t i = 0; i < load_.concurrency; ++i) give_next({});
        for (;;) {
            Lane* lane = earliest();
            if (lane == nullptr) {
                if (!take_first()) break;
                continue;
            }
            if (load_.concurrency == 0 && arrives_by(lane->now())) continue;
            lane->advance();
        }
        return summary();
    }

private:
    static std::size_t lanes_of(const Replica& r) {
        return static_cast<std::size_t>(r.ways.attention_data * r.ways.pipeline);
    }

    /// Lanes of a pipeline share a chip's cache and the engine's limit of sequences; attention
    /// ranks that have no request leave their part of the experts to others.
    static Replica split(Replica r, const ServeLoad& load) {
        const auto stages = static_cast<std::int64_t>(r.ways.pipeline);
        r.cache_lanes = r.ways.pipeline;
        r.engine.max_sequences = std::max<std::int64_t>(1, r.engine.max_sequences / stages);
        if (load.concurrency > 0) {
            r.busy_ranks =
                std::min(r.ways.attention_data, static_cast<double>(load.concurrency));
        }
        return r;
    }

    void read() {
        next_ = source_();
        if (next_) ++outcome_.requests;
    }

    Lane* earliest() {
        Lane* first = nullptr;
        for (const auto& lane : lanes_) {
            if (lane->there() == 0) continue;
            if (first == nullptr || lane->now() < first->now()) first = lane.get();
        }
        return first;
    }

    std::size_t emptiest() const {
        std::size_t best = 0;
        for (std::size_t i = 1; i < lanes_.size(); ++i) {
            if (lanes_[i]->there() < lanes_[best]->there()) best = i;
        }
        return best;
    }

    void give(const Arrival& arrival) {
        const std::uint64_t id = arrival.request.session;
        std::size_t lane = emptiest();
        if (id != 0) {
            Session& session = sessions_[id];
            if (arrival.request.follows) lane = session.lane;
            session.lane = lane;
        }
        lanes_[lane]->take(arrival.request, arrival.index);
    }

    /// What comes first: a request of the source, or a turn whose time has come.
    bool take_first() {
        const bool turn =
            !turns_.empty() &&
            (!next_ || turns_.top().request.arrival <= next_->arrival);
        if (turn) {
            const Arrival arrival = turns_.top();
            turns_.pop();
            give(arrival);
            return true;
        }
        if (!next_) return false;
        give_next(load_.concurrency > 0 ? now_ : next_->arrival);
        return true;
    }

    bool arrives_by(Seconds now) {
        const bool due = (next_ && next_->arrival <= now) ||
                         (!turns_.empty() && turns_.top().request.arrival <= now);
        return due && take_first();
    }

    void give_next(Seconds at) {
        if (!next_) return;
        Arrival arrival{std::move(*next_), index_++};
        if (load_.concurrency > 0) arrival.request.arrival = at;
        read();
        Session* session =
            arrival.request.session != 0 ? &sessions_[arrival.request.session] : nullptr;
        if (session != nullptr && arrival.request.follows &&
            (session->under_way || !session->turns.empty())) {
            session->turns.push(std::move(arrival));
            return;
        }
        if (session != nullptr) {
            if (arrival.request.follows) follow(arrival, *session);
            session->under_way = true;
        }
        if (arrival.request.arrival > at) {
            turns_.push(std::move(arrival));
        } else {
            give(arrival);
        }
    }

    static void follow(Arrival& arrival, const Session& session) {
        arrival.request.arrival =
            max(arrival.request.arrival, session.ended + arrival.request.delay);
    }

    void ended(const ServedRequest& served, std::uint64_t id) {
        now_ = max(now_, served.end);
        if (served.output > 0) {
            note(served);
        } else {
            ++outcome_.dropped;
        }
        if (id != 0) next_turn(sessions_[id], served.end);
        if (load_.concurrency > 0) give_next(served.end);
    }

    void next_turn(Session& session, Seconds end) {
        session.under_way = false;
        session.ended = end;
        if (session.turns.empty()) return;
        Arrival turn = std::move(session.turns.front());
        session.turns.pop();
        follow(turn, session);
        session.under_way = true;
        turns_.push(std::move(turn));
    }

    void note(const ServedRequest& s) {
        ++outcome_.completed;
        outcome_.seconds = max(outcome_.seconds, s.end);
        outcome_.input_tokens += static_cast<double>(s.prompt);
        outcome_.output_tokens += static_cast<double>(s.output);
        if (sink_) sink_(s);
        if (s.index < load_.warm_up) return;
        const Seconds first = s.first_token - s.arrival;
        outcome_.first_token.add(first);
        if (s.output > 1) outcome_.per_token.add(s.per_token());
        outcome_.latency.add(s.end - s.arrival);
        outcome_.queue.add(s.scheduled - s.arrival);
        waits_.add(s.arrival.si(), (s.scheduled - s.arrival).si());
        const auto within = [](Seconds is, Seconds limit) {
            return limit <= Seconds{} || is <= limit;
        };
        if (within(first, objectives_.first_token) &&
            within(s.per_token(), objectives_.per_token)) {
            ++outcome_.good;
        }
    }

    ServeOutcome summary() {
        outcome_.lanes = static_cast<double>(lanes_.size());
        for (const auto& lane : lanes_) {
            outcome_.preemptions += lane->preemptions;
            outcome_.steps += lane->steps;
            outcome_.busy += lane->busy;
            outcome_.cached_tokens += lane->cached_tokens;
            outcome_.most_cache = std::max(outcome_.most_cache, lane->most_cache);
            outcome_.between_tokens.add(lane->between_tokens);
            if (outcome_.seconds <= Seconds{}) continue;
            outcome_.mean_cache += lane->cache_seconds / outcome_.seconds.si() / outcome_.lanes;
            outcome_.mean_running += lane->running_seconds / outcome_.seconds.si();
        }
        outcome_.drift = waits_.slope();
        const Seconds answer = outcome_.latency.mean() - outcome_.queue.mean();
        outcome_.saturated =
            load_.concurrency == 0 && outcome_.drift * waits_.last() > answer.si();
        return std::move(outcome_);
    }

    Replica replica_;
    ServeLoad load_;
    ServeObjectives objectives_;
    const RequestSource& source_;
    const ServedSink& sink_;
    StepCost cost_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::optional<Request> next_;
    std::uint64_t index_ = 0;
    Seconds now_;
    std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> turns_;
    std::map<std::uint64_t, Session> sessions_;
    Trend waits_;
    ServeOutcome outcome_;
};

}  // namespace

Seconds ServedRequest::per_token() const {
    return output > 1 ? (end - first_token) / static_cast<double>(output - 1) : Seconds{};
}

double ServeOutcome::output_tokens_per_s() const {
    return seconds > Seconds{} ? output_tokens / seconds.si() : 0;
}

double ServeOutcome::requests_per_s() const {
    return seconds > Seconds{} ? static_cast<double>(completed) / seconds.si() : 0;
}

ServeOutcome simulate(const Replica& replica, const ServeLoad& load,
                      const ServeObjectives& objectives, const RequestSource& source,
                      const ServedSink& sink) {
    return Run(replica, load, objectives, source, sink).run();
}

}  // namespace millwright
