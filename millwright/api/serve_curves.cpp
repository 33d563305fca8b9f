// Replicas are alike and get requests by turns, so one of them is simulated, and of many it gets
// every 64th request: turns of more make arrivals no more even.
#include "millwright/api/serve_curves.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/api/serve_load.h"
#include "millwright/base/plural.h"
#include "millwright/base/whole.h"
#include "millwright/serve/capacity.h"

namespace millwright {
namespace {

constexpr std::int64_t fewest_requests = 1000, most_requests = 10'000;
constexpr double most_tokens = 4e6;  // of answers at each rate: seconds in all

RequestSource held_only(RequestSource all, const Replica& replica) {
    return [all = std::move(all), memory = memory_of(replica),
            engine = replica.engine]() mutable -> std::optional<Request> {
        while (std::optional<Request> request = all()) {
            if (holds(memory, engine, request->prompt + request->output)) return request;
        }
        return std::nullopt;
    };
}

/// Arrivals times a factor; what people pause stays.
RequestSource spread(RequestSource all, double factor) {
    return [all = std::move(all), factor]() mutable {
        std::optional<Request> request = all();
        if (request) request->arrival = factor * request->arrival;
        return request;
    };
}

RequestRate mean_rate(const RequestSpan& span) {
    if (span.last <= Seconds{}) return {};
    return RequestRate::from_si(real(span.count) / span.last.si());
}

/// Requests for one replica.
class CurveLoad {
public:
    CurveLoad(const ServeAnswer& answer, const RequestsAnew& asked)
        : load_(answer.asked.load),
          asked_(asked),
          replica_(answer.pools.front().fleet.replica),
          turns_(std::min(most_turns, answer.pools.front().fleet.replicas)) {}

    bool traced() const { return !load_.trace.empty(); }

    RequestSource at_once(std::int64_t count) const {
        return held_only(of_load({.concurrency = 1}, count)(), replica_);
    }

    RequestSource at_rate(RequestRate rate, std::int64_t count) const {
        const RequestRate all = real(turns_) * rate;
        RequestSource source;
        if (traced()) {
            source = spread(first_of(asked_, turns_ * count)(), traced_rate(count) / all);
        } else {
            source = of_load({.rate = all.si()}, turns_ * count)();
        }
        return held_only(share_of_replica(std::move(source), 0, narrow<std::uint64_t>(turns_)),
                         replica_);
    }

    /// Of the first requests of the trace; zero where they come at once.
    RequestRate traced_rate(std::int64_t count) const {
        return mean_rate(span_of(first_of(asked_, turns_ * count)));
    }

    std::int64_t turns() const { return turns_; }

private:
    RequestsAnew of_load(const LoadAsked& how, std::int64_t count) const {
        if (traced()) return first_of(asked_, count);
        LoadAsked load = load_;
        load.rate = how.rate;
        load.concurrency = how.concurrency;
        load.requests = count;
        std::vector<std::string> ignored;
        return requests_anew(load, ignored).value();
    }

    const LoadAsked& load_;
    const RequestsAnew& asked_;
    const Replica& replica_;
    std::int64_t turns_;
};

RequestRate rate_asked(const ServeAnswer& answer) {
    if (answer.asked.load.rate) return RequestRate::from_si(*answer.asked.load.rate);
    const RequestRate traced = mean_rate(answer.span);
    const bool timed = answer.asked.load.concurrency == 0 && traced > RequestRate{};
    return timed ? traced : RequestRate::from_si(answer.outcome.requests_per_s());
}

/// At each rate: enough that what is in flight changes ten times, and no more than takes seconds.
std::int64_t requests_at_a_rate(std::int64_t full, double output) {
    const std::int64_t wanted = std::clamp(rounds_of_run * full, fewest_requests, most_requests);
    const auto quick = static_cast<std::int64_t>(most_tokens / std::max(1.0, output));
    return std::clamp(quick, std::min(fewest_requests, 2 * full), wanted);
}

}  // namespace

std::optional<RequestRate> ServeCurves::knee() const {
    if (!open.knee) return std::nullopt;
    return real(replicas) * *open.knee;
}

ServeCurves curves_of(const ServeAnswer& answer, const RequestsAnew& asked, int threads) {
    const CurveLoad load(answer, asked);
    const Fleet& fleet = answer.pools.front().fleet;
    ServeCurves curves{.replicas = fleet.replicas, .asked = rate_asked(answer)};
    const std::int64_t full =
        full_concurrency(fleet.replica, answer.span.prompt, answer.span.output);
    curves.requests = requests_at_a_rate(full, answer.span.output);
    curves.closed = closed_curve(
        fleet.replica, full, [&](std::int64_t count) { return load.at_once(count); }, threads);
    double guess = 0;
    for (const ClosedPoint& p : curves.closed) guess = std::max(guess, p.outcome.requests_per_s());
    if (load.traced()) {
        curves.of_part = answer.span.count > load.turns() * curves.requests;
        if (!curves.of_part) {
            curves.requests = (answer.span.count + load.turns() - 1) / load.turns();
        }
        if (load.traced_rate(curves.requests) <= RequestRate{}) return curves;
    }
    if (guess <= 0) return curves;
    curves.open = open_curve(
        fleet.replica, [&](RequestRate rate) { return load.at_rate(rate, curves.requests); },
        RequestRate::from_si(guess), threads);
    return curves;
}

std::string text_of_counts(const ServeCurves& curves) {
    return fmt::format("curves are of one replica: {} at each rate{}",
                       counted(curves.requests, "request"),
                       curves.of_part ? ", the first of the trace" : "");
}

}  // namespace millwright
