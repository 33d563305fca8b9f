#include "millwright/serve/simulate.h"

#include "millwright/serve/cluster.h"

namespace millwright {

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
    ClusterSinks sinks{.served = sink, .of_replica = {}, .steps = {}};
    if (steps) {
        sinks.steps = [&](std::size_t, std::size_t, const ServeStep& step) { steps(step); };
    }
    return simulate_cluster({.pools = {{replica, 1, {}}}}, load, objectives, source, sinks).all;
}

}  // namespace millwright
