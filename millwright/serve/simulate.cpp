// Lanes advance in the order of their clocks, so a request goes to the lane that has the fewest of
// those that are there when it arrives. Steps of lanes do not end in the order in which they
// begin, so what comes after an answer waits in a heap until the clocks are there.
#include "millwright/serve/simulate.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <memory>
#include <queue>

#include "millwright/base/require.h"
#include "millwright/serve/lane.h"
#include "millwright/serve/step_cost.h"

namespace millwright {
namespace {

/// Of a wait that grows: what chance makes of loads that are kept up with is less (a law).
constexpr double steady_growth = 0.05, far_grown = 10;

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
    std::queue<Arrival, std::list<Arrival>> turns;
};

class Run {
public:
    Run(const Replica& replica, const ServeLoad& load, const ServeObjectives& objectives,
        const RequestSource& source, const ServedSink& sink, const StepSink& steps)
        : replica_(split(replica, load)),
          load_(load),
          objectives_(objectives),
          source_(source),
          sink_(sink),
          cost_(replica_) {
        lanes_.reserve(lanes_of(replica_));
        for (std::size_t i = 0; i < lanes_of(replica_); ++i) {
            lanes_.push_back(std::make_unique<ServeLane>(
                replica_, cost_,
                [this](const ServedRequest& served, std::uint64_t session) {
                    ended(served, session);
                },
                of_lane(steps, i)));
        }
    }

    ServeOutcome run() {
        read();
        for (std::int64_t i = 0; i < load_.concurrency; ++i) start_next({});
        for (;;) {
            ServeLane* lane = earliest();
            if (lane == nullptr ? take_first() : arrives_by(lane->now())) continue;
            if (lane == nullptr) break;
            lane->advance();
        }
        return summary();
    }

private:
    static std::size_t lanes_of(const Replica& r) {
        return static_cast<std::size_t>(r.ways.attention_data * r.ways.pipeline);
    }

    /// None where nobody listens.
    static StepSink of_lane(const StepSink& steps, std::size_t lane) {
        if (!steps) return {};
        return [&steps, lane](ServeStep step) {
            step.lane = lane;
            steps(step);
        };
    }

    /// Lanes of a pipeline share a chip's cache and the engine's limit of sequences; attention
    /// ranks that have no request leave their part of the experts to others.
    static Replica split(Replica r, const ServeLoad& load) {
        const auto stages = static_cast<std::int64_t>(r.ways.pipeline);
        r.engine.max_sequences = std::max<std::int64_t>(1, r.engine.max_sequences / stages);
        if (load.concurrency > 0) {
            r.busy_ranks = std::min(r.ways.attention_data, static_cast<double>(load.concurrency));
        }
        return r;
    }

    void read() {
        next_ = source_();
        if (next_) ++outcome_.requests;
    }

    ServeLane* earliest() {
        ServeLane* first = nullptr;
        for (const auto& lane : lanes_) {
            if (lane->there() == 0) continue;
            if (first == nullptr || lane->now() < first->now()) first = lane.get();
        }
        return first;
    }

    /// Of lanes with as many requests the one whose clock is behind: it is idle for longer.
    std::size_t emptiest() const {
        const auto load = [this](std::size_t i) {
            return std::pair(lanes_[i]->there(), lanes_[i]->now().si());
        };
        std::size_t best = 0;
        for (std::size_t i = 1; i < lanes_.size(); ++i) {
            if (load(i) < load(best)) best = i;
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

    bool closed() const { return load_.concurrency > 0; }

    /// Of the source and of turns the first is a turn. In a closed loop none comes by itself.
    bool turn_is_first() const {
        if (coming_.empty()) return false;
        return closed() || !next_ || coming_.front().request.arrival <= next_->arrival;
    }

    /// What comes first: a request of the source, or one whose time has come.
    bool take_first() {
        if (turn_is_first()) {
            std::ranges::pop_heap(coming_, std::greater());
            const Arrival arrival = std::move(coming_.back());
            coming_.pop_back();
            give(arrival);
            return true;
        }
        if (closed() || !next_) return false;
        give_next(next_->arrival);
        return true;
    }

    bool arrives_by(Seconds now) {
        const bool due = (!closed() && next_ && next_->arrival <= now) ||
                         (!coming_.empty() && coming_.front().request.arrival <= now);
        return due && take_first();
    }

    void comes(Arrival arrival) {
        coming_.push_back(std::move(arrival));
        std::ranges::push_heap(coming_, std::greater());
    }

    /// A place in a closed loop is free: the source's next request takes it, and what the source
    /// gives before that for conversations under way waits for these.
    void start_next(Seconds at) {
        while (next_ && !give_next(at)) continue;
    }

    /// False if it waits for the answer of a turn before.
    bool give_next(Seconds at) {
        Arrival arrival{std::move(*next_), index_++};
        if (closed()) arrival.request.arrival = at;
        read();
        if (arrival.request.session != 0) {
            Session& session = sessions_[arrival.request.session];
            if (arrival.request.follows && (session.under_way || !session.turns.empty())) {
                session.turns.push(std::move(arrival));
                return false;
            }
            if (arrival.request.follows) follow(arrival, session);
            session.under_way = true;
        }
        if (closed() || arrival.request.arrival > at) {
            comes(std::move(arrival));
        } else {
            give(arrival);
        }
        return true;
    }

    static void follow(Arrival& arrival, const Session& session) {
        arrival.request.arrival =
            max(arrival.request.arrival, session.ended + arrival.request.delay);
    }

    void ended(const ServedRequest& served, std::uint64_t id) {
        if (served.output > 0) {
            note(served);
        } else {
            ++outcome_.dropped;
        }
        const bool goes_on = id != 0 && next_turn(sessions_[id], served.end);
        if (closed() && !goes_on) start_next(served.end);
    }

    /// False if none waits: the conversation has had its answers, as far as the source tells.
    bool next_turn(Session& session, Seconds end) {
        session.under_way = false;
        session.ended = end;
        if (session.turns.empty()) return false;
        Arrival turn = std::move(session.turns.front());
        session.turns.pop();
        follow(turn, session);
        session.under_way = true;
        comes(std::move(turn));
        return true;
    }

    void note(const ServedRequest& s) {
        count(s, load_, objectives_, outcome_);
        if (sink_) sink_(s);
        if (s.index >= load_.warm_up) waits_.add(s.arrival.si(), (s.scheduled - s.arrival).si());
    }

    ServeOutcome summary() {
        outcome_.lanes = static_cast<double>(lanes_.size());
        for (const auto& lane : lanes_) {
            outcome_.preemptions += lane->preemptions;
            outcome_.steps += lane->steps;
            outcome_.busy += lane->busy;
            outcome_.most_cache = std::max(outcome_.most_cache, lane->most_cache);
            outcome_.between_tokens.add(lane->between_tokens);
            if (outcome_.seconds <= Seconds{}) continue;
            outcome_.mean_cache += lane->cache_seconds / outcome_.seconds.si() / outcome_.lanes;
            outcome_.mean_running += lane->running_seconds / outcome_.seconds.si();
        }
        outcome_.drift = waits_.slope();
        const Seconds apart = outcome_.first_token.mean() - outcome_.queue.mean();
        const double grown = outcome_.drift * waits_.last();
        outcome_.saturated = load_.concurrency == 0 && outcome_.drift > steady_growth &&
                             grown > far_grown * apart.si();
        return std::move(outcome_);
    }

    Replica replica_;
    ServeLoad load_;
    ServeObjectives objectives_;
    const RequestSource& source_;
    const ServedSink& sink_;
    StepCost cost_;
    std::vector<std::unique_ptr<ServeLane>> lanes_;
    std::optional<Request> next_;
    std::uint64_t index_ = 0;
    std::vector<Arrival> coming_;  // a heap, the earliest first
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

void count(const ServedRequest& s, const ServeLoad& load, const ServeObjectives& objectives,
           ServeOutcome& outcome) {
    ++outcome.completed;
    outcome.seconds = max(outcome.seconds, s.end);
    outcome.input_tokens += static_cast<double>(s.prompt);
    outcome.output_tokens += static_cast<double>(s.output);
    outcome.cached_tokens += static_cast<double>(s.cached);
    if (s.index < load.warm_up) return;
    const Seconds first = s.first_token - s.arrival;
    outcome.first_token.add(first);
    if (s.output > 1) outcome.per_token.add(s.per_token());
    outcome.latency.add(s.end - s.arrival);
    outcome.queue.add(s.scheduled - s.arrival);
    const auto within = [](Seconds is, Seconds limit) { return limit <= Seconds{} || is <= limit; };
    if (within(first, objectives.first_token) && within(s.per_token(), objectives.per_token)) {
        ++outcome.good;
    }
}

ServeOutcome simulate(const Replica& replica, const ServeLoad& load,
                      const ServeObjectives& objectives, const RequestSource& source,
                      const ServedSink& sink, const StepSink& steps) {
    return Run(replica, load, objectives, source, sink, steps).run();
}

}  // namespace millwright
