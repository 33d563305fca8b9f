// The pools are simulated one after the other: nothing that happens to an answer moves a prompt, as
// long as requests come at their own times. A closed loop is then a rate.
#include "millwright/serve/apart.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/collective/collectives.h"
#include "millwright/serve/roofline.h"

namespace millwright {
namespace {

/// What a request got of the pool of prompts, and where its answer goes.
struct Half {
    ServedRequest prompt;
    std::int64_t output = 0;
    std::size_t from = 0, replica = 0;  // of the pool of prompts, and of that of answers
    Seconds there;                      // its cache is with the other pool
};

std::size_t count_of(const Fleet& fleet) { return narrow<std::size_t>(fleet.replicas); }

/// Requests at a constant rate in place of their own times.
RequestsAnew evenly(const RequestsAnew& requests, double rate) {
    return [requests, rate] {
        return [source = requests(), rate, index = 0.0]() mutable -> std::optional<Request> {
            auto request = source();
            if (request) request->arrival = Seconds::from_si(index++ / rate);
            return request;
        };
    };
}

/// The same requests, each a prompt with its first token alone.
RequestsAnew prompts_of(const RequestsAnew& requests) {
    return [requests] {
        return [source = requests()]() mutable -> std::optional<Request> {
            auto request = source();
            if (!request) return request;
            request->output = 1;
            request->follows = false;
            return request;
        };
    };
}

/// What the pool of prompts is not told of a request, and by what its replicas take turns.
struct Rest {
    std::int64_t output = 0;
    std::uint64_t turn = 0;
};

std::vector<Rest> rests_of(const RequestsAnew& requests) {
    std::vector<Rest> rests;
    const RequestSource source = requests();
    while (const auto request = source()) {
        rests.push_back({request->output, request->session != 0 ? request->session : rests.size()});
    }
    return rests;
}

/// Prompts in the order of their ends, answers by turns; each link carries one cache at a time.
void send_caches(const ApartPools& pools, std::vector<Half>& halves, LatencyCounts& transfer) {
    std::ranges::stable_sort(halves, {}, [](const Half& h) { return h.prompt.first_token.si(); });
    std::vector<Seconds> receives(count_of(pools.answers));
    std::vector<Seconds> sends(count_of(pools.prompts));
    const double layers = real(pools.prompts.replica.model.layers.value);
    std::size_t next = 0;
    for (Half& h : halves) {
        h.replica = next++ % receives.size();
        Seconds& from = sends[h.from];
        Seconds& to = receives[h.replica];
        const Seconds whole = transfer_time(pools, real(h.prompt.prompt));
        const Seconds begins = max(max(from, to), h.prompt.scheduled);
        h.there = max(begins + whole, h.prompt.first_token + whole / layers);
        from = to = h.there;
        transfer.add(h.there - h.prompt.first_token);
    }
}

/// Answers in the order in which their caches come. A session for each replica keeps them there.
RequestsAnew answers_of(std::vector<Half> halves, std::size_t replicas) {
    std::ranges::stable_sort(halves, {}, [](const Half& h) { return h.there.si(); });
    std::vector<Request> requests;
    for (const Half& h : halves) {
        Request r{.arrival = h.there, .prompt = h.prompt.prompt, .output = h.output};
        r.prefilled = true;
        r.session = replicas + h.replica;
        requests.push_back(std::move(r));
    }
    return [requests = std::move(requests)] {
        return [&requests, next = std::size_t{0}]() mutable -> std::optional<Request> {
            if (next == requests.size()) return std::nullopt;
            return requests[next++];
        };
    };
}

/// Of the whole what only pools know.
void add_pools(ApartOutcome& out) {
    ServeOutcome& all = out.all;
    const ServeOutcome& p = out.prompts;
    const ServeOutcome& a = out.answers;
    all.requests = p.requests;
    all.dropped = p.dropped + a.dropped;
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

ApartOutcome at_own_times(const ApartPools& pools, const ServeLoad& load,
                          const ServeObjectives& objectives, const RequestsAnew& requests,
                          int threads, FleetRecord* record) {
    ApartOutcome out;
    const std::vector<Rest> rests = rests_of(requests);
    FleetRecord prompts{.requests = true};
    out.prompts =
        together(simulate_fleet(pools.prompts, load, {}, prompts_of(requests), threads, &prompts),
                 pools.prompts.replicas);
    std::vector<ServedRequest> done;
    std::vector<Half> halves;
    for (const ServedRequest& one : prompts.served) {
        const Rest& rest = rests[one.index];
        if (rest.output > 1) {
            halves.push_back({one, rest.output, rest.turn % count_of(pools.prompts), 0, {}});
        } else {
            done.push_back(one);
        }
    }
    send_caches(pools, halves, out.transfer);
    FleetRecord answers{.requests = true};
    const RequestsAnew second = answers_of(halves, count_of(pools.answers));
    out.answers = together(simulate_fleet(pools.answers, {}, {}, second, threads, &answers),
                           pools.answers.replicas);
    std::ranges::stable_sort(halves, {}, [](const Half& h) { return h.there.si(); });
    for (const ServedRequest& answer : answers.served) {
        ServedRequest one = halves[answer.index].prompt;
        one.output = answer.output;
        one.end = answer.end;
        done.push_back(one);
    }
    std::ranges::sort(done, {}, &ServedRequest::index);
    for (const ServedRequest& one : done) count(one, load, objectives, out.all);
    add_pools(out);
    if (record == nullptr) return out;
    record->timeline = std::move(answers.timeline);
    if (!record->requests) return out;
    record->first = std::move(answers.first);
    record->served = std::move(done);
    return out;
}

/// Requests there on average.
double in_flight(const ServeOutcome& o) {
    return o.seconds > Seconds{} ? real(o.completed) * o.latency.mean().si() / o.seconds.si() : 0;
}

}  // namespace

Seconds transfer_time(const ApartPools& pools, double tokens) {
    const Replica& from = pools.prompts.replica;
    const double bf16 = 2;
    const Bytes held = (from.formats.cache_bytes / bf16) * sequence_cache(from.model, tokens).held;
    const double chips = std::min(from.ways.chips(), pools.answers.replica.ways.chips());
    // from one pool's first chips to the other's: as far as the pools are long
    const double apart = from.ways.chips() * real(pools.prompts.replicas);
    return point_to_point_time(pools.between, apart, held / chips);
}

ApartOutcome simulate_apart(const ApartPools& pools, const ServeLoad& load,
                            const ServeObjectives& objectives, const RequestsAnew& requests,
                            int threads, FleetRecord* record) {
    const ServeLoad open{.concurrency = 0, .warm_up = load.warm_up};
    if (load.concurrency == 0) {
        return at_own_times(pools, open, objectives, requests, threads, record);
    }
    const auto at = [&](double rate, FleetRecord* all) {
        return at_own_times(pools, open, objectives, evenly(requests, rate), threads, all);
    };
    const auto fewer = [&](double rate) {
        return in_flight(at(rate, nullptr).all) < real(load.concurrency);
    };
    double low = 1e-3, high = 1;
    while (high < 1e6 && fewer(high)) {
        low = high;
        high *= 4;
    }
    if (high <= 1) {
        while (low > 1e-9 && !fewer(low)) {
            high = low;
            low /= 4;
        }
    }
    while (high > 1.01 * low) {
        const double middle = std::sqrt(low * high);
        (fewer(middle) ? low : high) = middle;
    }
    ApartOutcome out = at(low, record);
    // waits of a loop do not grow: who asks next waits for an answer
    out.all.saturated = out.prompts.saturated = out.answers.saturated = false;
    return out;
}

}  // namespace millwright
