// Each replica pulls all requests and takes its own: they are made by counter, so that nothing is
// shared between threads, and a replica's part does not hang on how fast others are.
#include "millwright/serve/fleet.h"

#include <algorithm>
#include <memory>

#include "millwright/base/parallel.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// One replica of several, and the numbers that its requests have among all.
struct FleetPart {
    std::uint64_t number = 0, of = 1;
    std::vector<std::uint64_t>* numbers = nullptr;  // if somebody asks
};

RequestSource part_of(RequestSource all, const FleetPart& part) {
    return
        [all = std::move(all), part, index = std::uint64_t{0}]() mutable -> std::optional<Request> {
            while (std::optional<Request> request = all()) {
                const std::uint64_t number = index++;
                const std::uint64_t by = request->session != 0 ? request->session : number;
                if (by % part.of != part.number) continue;
                if (part.numbers != nullptr) part.numbers->push_back(number);
                return request;
            }
            return std::nullopt;
        };
}

/// The `number`-th of `parts` shares of a count.
std::int64_t share_of(std::int64_t count, std::uint64_t number, std::uint64_t parts) {
    const auto all = narrow<std::uint64_t>(count);
    return narrow<std::int64_t>(all / parts + (number < all % parts ? 1 : 0));
}

std::vector<ServedRequest> in_order(std::vector<std::vector<ServedRequest>> lists) {
    std::vector<ServedRequest> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    std::ranges::sort(all, {}, &ServedRequest::index);
    return all;
}

/// What is counted, and what holds of all where it holds of one.
void add_counts(const ServeOutcome& one, ServeOutcome& all) {
    all.requests += one.requests;
    all.completed += one.completed;
    all.dropped += one.dropped;
    all.input_tokens += one.input_tokens;
    all.output_tokens += one.output_tokens;
    all.cached_tokens += one.cached_tokens;
    all.first_token.add(one.first_token);
    all.per_token.add(one.per_token);
    all.between_tokens.add(one.between_tokens);
    all.latency.add(one.latency);
    all.queue.add(one.queue);
    all.good += one.good;
    all.preemptions += one.preemptions;
    all.steps += one.steps;
    all.busy += one.busy;
    all.most_cache = std::max(all.most_cache, one.most_cache);
    all.drift += one.drift * real(one.completed);
    all.saturated = all.saturated || one.saturated;
}

}  // namespace

std::vector<ServeOutcome> simulate_fleet(const Fleet& fleet, const ServeLoad& load,
                                         const ServeObjectives& objectives,
                                         const RequestsAnew& requests, int threads,
                                         std::vector<ServedRequest>* served) {
    const std::int64_t busy =
        load.concurrency > 0 ? std::min(fleet.replicas, load.concurrency) : fleet.replicas;
    const auto count = narrow<std::uint64_t>(busy);
    std::vector<ServeOutcome> outcomes(count);
    std::vector<std::vector<ServedRequest>> lists(count);
    parallel_for(count, threads, [&](std::size_t i) {
        ServeLoad part = load;
        part.concurrency = share_of(load.concurrency, i, count);
        part.warm_up = (load.warm_up + count - 1) / count;
        std::vector<std::uint64_t> numbers;
        const FleetPart mine{i, count, served != nullptr ? &numbers : nullptr};
        ServedSink sink;
        if (served != nullptr) {
            sink = [&](const ServedRequest& one) {
                lists[i].push_back(one);
                lists[i].back().index = numbers[one.index];
            };
        }
        outcomes[i] = simulate(fleet.replica, part, objectives, part_of(requests(), mine), sink);
    });
    if (served != nullptr) *served = in_order(std::move(lists));
    return outcomes;
}

ServeOutcome together(const std::vector<ServeOutcome>& outcomes, std::int64_t replicas) {
    require(replicas >= narrow<std::int64_t>(outcomes.size()), "every outcome is a replica's");
    ServeOutcome all;
    all.lanes = 0;
    for (const ServeOutcome& one : outcomes) all.seconds = max(all.seconds, one.seconds);
    const double span = all.seconds.si();
    for (const ServeOutcome& one : outcomes) {
        add_counts(one, all);
        all.lanes += one.lanes;
        if (span <= 0) continue;
        const double part = one.seconds.si() / span;
        all.mean_cache += one.mean_cache * part / real(replicas);
        all.mean_running += one.mean_running * part;
    }
    // replicas without a request stand idle for the whole run
    if (!outcomes.empty()) all.lanes *= real(replicas) / real(outcomes.size());
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
