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

RequestCounts& tenant_of(std::uint32_t tenant, const ServeLoad& load, ServeOutcome& outcome) {
    if (outcome.tenants.size() < load.tenants) outcome.tenants.resize(load.tenants);
    return outcome.tenants[tenant];
}

void RequestCounts::add(const RequestCounts& other) {
    completed += other.completed;
    dropped += other.dropped;
    input_tokens += other.input_tokens;
    output_tokens += other.output_tokens;
    cached_tokens += other.cached_tokens;
    first_token.add(other.first_token);
    per_token.add(other.per_token);
    latency.add(other.latency);
    queue.add(other.queue);
    good += other.good;
}

void count(const ServedRequest& s, const ServeLoad& load, const ServeObjectives& objectives,
           ServeOutcome& outcome) {
    outcome.seconds = max(outcome.seconds, s.end);
    const Seconds first = s.first_token - s.arrival;
    const auto within = [](Seconds is, Seconds limit) { return limit <= Seconds{} || is <= limit; };
    const auto add = [&](RequestCounts& to) {
        ++to.completed;
        to.input_tokens += static_cast<double>(s.prompt);
        to.output_tokens += static_cast<double>(s.output);
        to.cached_tokens += static_cast<double>(s.cached);
        if (s.index < load.warm_up) return;
        to.first_token.add(first);
        if (s.output > 1) to.per_token.add(s.per_token());
        to.latency.add(s.end - s.arrival);
        to.queue.add(s.scheduled - s.arrival);
        if (within(first, objectives.first_token) && within(s.per_token(), objectives.per_token)) {
            ++to.good;
        }
    };
    add(outcome);
    if (s.tenant < load.tenants) add(tenant_of(s.tenant, load, outcome));
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
