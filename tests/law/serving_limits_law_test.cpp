// Limits of a serving replica that are known: queues with steps of constant cost, mixed
// steps beside
// their parts, and more of a chip beside less.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <queue>

#include "millwright/base/random.h"
#include "millwright/base/whole.h"
#include "millwright/evidence/row_system.h"
#include "millwright/serve/step_cost.h"
#include "millwright/serve/traffic.h"
#include "tests/fixtures.h"
#include "tests/serving.h"

namespace millwright {
namespace TEST_FILE {

/// A mean over seeds, and its standard error.
struct Estimate {
    double mean = 0, error = 0;
};

template <class Of>
Estimate over_seeds(std::uint64_t seeds, Of&& of) {
    double sum = 0, squares = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const double x = of(seed);
        sum += x;
        squares += x * x;
    }
    const double n = real(seeds), mean = sum / n;
    return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean) / (n - 1))};
}

/// Exponential numbers; `mirrored` ones are short where the others are long, so that the mean of
/// both runs varies less than that of two independent ones.
struct Draws {
    std::uint64_t seed = 0;
    bool mirrored = false;

    double exponential(std::uint64_t stream, std::uint64_t i, double mean) const {
        const double u = RandomStream{seed, stream}.at(i).uniform_open();
        return -mean * std::log(mirrored ? 1 - u : u);
    }
};

std::int64_t one_token(const Draws&, std::uint64_t) { return 1; }

/// Answers of exponential lengths, rounded up: each step is the last with the chance `ends`.
constexpr double mean_answer = 100;
const double ends = 1 - std::exp(-1 / mean_answer);
std::int64_t exponential_answer(const Draws& draws, std::uint64_t i) {
    const double tokens = std::ceil(draws.exponential(2, i, mean_answer));
    return std::max<std::int64_t>(1, std::llround(tokens));
}

/// Poisson arrivals at some servers; a token is a step of a millisecond.
struct Queue {
    int servers = 1;
    double gap = 0;  // mean, in seconds
    std::int64_t (*tokens)(const Draws&, std::uint64_t) = one_token;
    std::uint64_t count = 0, warm_up = 0;
};
constexpr double step = 1e-3;

/// Mean wait of a replica that runs as many sequences at a time as there are servers.
double simulated_wait(const Queue& q, const Draws& draws) {
    Replica r = steady_replica(Seconds::from_si(step));
    r.engine.max_sequences = q.servers;
    double at = 0;
    std::uint64_t i = 0;
    const RequestSource source = [&]() -> std::optional<Request> {
        if (i == q.count) return std::nullopt;
        at += draws.exponential(1, i, q.gap);
        return request_at(Seconds::from_si(at), 1, q.tokens(draws, i++));
    };
    return simulate(r, {.warm_up = q.warm_up}, {}, source).queue.mean().si();
}

/// The same where servers begin at any time (Lindley; Kiefer and Wolfowitz).
double plain_wait(const Queue& q, const Draws& draws) {
    std::priority_queue<double, std::vector<double>, std::greater<>> free;
    for (int i = 0; i < q.servers; ++i) free.push(0);
    double at = 0, sum = 0;
    for (std::uint64_t i = 0; i < q.count; ++i) {
        at += draws.exponential(1, i, q.gap);
        const double begins = std::max(at, free.top());
        free.pop();
        free.push(begins + step * real(q.tokens(draws, i)));
        if (i >= q.warm_up) sum += begins - at;
    }
    return sum / real(q.count - q.warm_up);
}

/// Over pairs of mirrored runs.
template <class Of>
Estimate over_pairs(std::uint64_t pairs, Of&& of) {
    return over_seeds(pairs, [&](std::uint64_t seed) {
        return (of(Draws{seed, false}) + of(Draws{seed, true})) / 2;
    });
}

/// The replica's mean wait: the recursion's over many runs, and what the replica's differs by over
/// a few with the same draws, which varies little.
Estimate mean_wait(const Queue& q, std::uint64_t pairs) {
    const Estimate plain = over_pairs(pairs, [&](const Draws& d) { return plain_wait(q, d); });
    const Estimate more =
        over_pairs(4, [&](const Draws& d) { return simulated_wait(q, d) - plain_wait(q, d); });
    return {plain.mean + more.mean, std::hypot(plain.error, more.error)};
}

void expect_within(const Estimate& is, double exact, double load) {
    EXPECT_NEAR(is.mean, exact, std::max(0.02 * exact, 2 * is.error)) << "load " << load;
    EXPECT_LT(is.error, 0.02 * exact) << "load " << load;  // else this says nothing
}

// One sequence at a time of one token waits what Lindley's recursion says; on average load /
// (1 - load) / 2 services (Pollaczek, Khinchine). 100 pairs of runs of 60,000 requests.
TEST(QueueLaw, OneByOneWaitsAsInMD1) {
    for (const double load : {0.5, 0.8, 0.95}) {
        const Queue q{.gap = step / load, .count = 60'000, .warm_up = 5000};
        EXPECT_NEAR(simulated_wait(q, {7}), plain_wait(q, {7}), 1e-9) << load;
        expect_within(mean_wait(q, load > 0.9 ? 100 : 20), step * load / (1 - load) / 2, load);
    }
}

/// Chance that all of k servers are busy under an offered load of `offered` of them (Erlang C).
double erlang_c(int k, double offered) {
    double blocked = 1;  // Erlang B
    for (int i = 1; i <= k; ++i) blocked = offered * blocked / (i + offered * blocked);
    return blocked / (1 - offered / k * (1 - blocked));
}

// As many servers as sequences may run, and answers of exponential lengths. Sequences begin with
// steps, so that who finds others running waits half a step more; answers of whole steps vary a
// little less than exponential ones. 200 pairs of runs of 20,000 requests.
TEST(QueueLaw, SomeAtATimeWaitAsInMMk) {
    for (const auto& [k, load] : {std::pair(4, 0.8), std::pair(8, 0.8), std::pair(8, 0.9)}) {
        const double service = step / ends;
        const Queue q{.servers = k,
                      .gap = service / (k * load),
                      .tokens = exponential_answer,
                      .count = 20'000,
                      .warm_up = 2000};
        EXPECT_NEAR(simulated_wait(q, {7}), plain_wait(q, {7}) + step / 2, step / 5);
        const double erlang = erlang_c(k, k * load) * service / (k * (1 - load));
        expect_within(mean_wait(q, 200), erlang * (1 - ends / 2) + step / 2, load);
    }
}

Replica catalog_replica(const char* model, const char* chip_name, double chips) {
    const Catalog& catalog = built_in_catalog();
    const Chip& chip = part_named(catalog.chips, chip_name);
    Replica r{.model = part_named(catalog.models, model)};
    r.ways.tensor = chips;
    r.chip = resolve_rates(catalog, chip);
    r.network = network_of_chip(catalog, chip, chips);
    r.engine = settings_of(part_named(catalog.engines, std::string(default_engine)), chip);
    return r;
}

// The weights are read once and kernels start once; but what a prompt and next tokens add stays.
// Steps of next tokens are of sizes that graphs are held for, so that none is padded.
TEST(StepLaw, AMixedStepCostsNoMoreThanItsPartsAndNoLessThanTheLarger) {
    for (const auto& [model, chip, chips] :
         {std::tuple("llama-3.1-8b", "h100-sxm", 1.0), std::tuple("llama-3.1-70b", "h200-sxm", 4.0),
          std::tuple("qwen3-30b-a3b", "a100-80gb-sxm", 2.0),
          std::tuple("gemma-3-27b", "mi300x", 1.0)}) {
        StepCost cost(catalog_replica(model, chip, chips));
        EXPECT_TRUE(rc::check(model, [&] {
            const std::int64_t running = 8 * *rc::gen::inRange(1, 33);
            const double cached = real(running) * *rc::gen::inRange(16, 20'000);
            const double queries = *rc::gen::inRange(1, 4096);
            const PromptChunk chunk{queries, queries + *rc::gen::inRange(0, 10'000)};
            const std::int64_t prompt_ends = *rc::gen::inRange(0, 2);
            const Seconds decode =
                cost.step({.running = running, .cached = cached, .sequences = running});
            const Seconds prompt =
                cost.step({.chunks = {&chunk, 1}, .prompts_ended = prompt_ends, .sequences = 1});
            const Seconds mixed = cost.step({.running = running,
                                             .cached = cached,
                                             .chunks = {&chunk, 1},
                                             .prompts_ended = prompt_ends,
                                             .sequences = running + 1});
            RC_ASSERT(mixed <= (1 + 1e-9) * (decode + prompt));
            RC_ASSERT(mixed >= (1 - 1e-9) * max(decode, prompt));
        }));
    }
}

/// Requests in time, a second, of a load near what the replica takes.
double goodput(const Replica& r, std::uint64_t seed) {
    RequestTraffic traffic;
    traffic.arrivals.rate = RequestRate::from_si(14);
    traffic.requests = 400;
    traffic.seed = seed;
    traffic.tenants[0].prompt = LognormalLength{900, 1};
    traffic.tenants[0].output = LognormalLength{300, 0.8};
    const ServeObjectives within{.first_token = 500 * unit::ms, .per_token = 25 * unit::ms};
    const ServeOutcome o = simulate(r, {}, within, requests_of(traffic).value());
    return o.good / o.seconds.si();
}

// A single seed may lose where a batch falls otherwise; 30 seeds together do not, within two
// standard errors of the difference.
TEST(GoodputLaw, MoreOfAChipNeverLowersTheMean) {
    Replica base = catalog_replica("llama-3.1-8b", "h100-sxm", 1);
    base = with_blocks(base, 3000);  // 48,000 tokens: some give way
    base.engine.max_sequences = 128;
    for (const double more : {1.1, 1.5}) {
        Replica memory = base, products = base, cache = with_blocks(base, std::lround(3000 * more));
        memory.chip.memory_bandwidth = more * base.chip.memory_bandwidth;
        for (FlopRate& rate : products.chip.dense) rate = more * rate;
        for (const auto& [name, better] :
             {std::pair("bandwidth", &memory), std::pair("FLOPs", &products),
              std::pair("cache", &cache)}) {
            const Estimate gain = over_seeds(30, [&](std::uint64_t seed) {
                return goodput(*better, seed) - goodput(base, seed);
            });
            EXPECT_GE(gain.mean, -2 * gain.error - 1e-12) << name << " x " << more;
        }
    }
    const Estimate is = over_seeds(30, [&](std::uint64_t seed) { return goodput(base, seed); });
    EXPECT_GT(is.mean, 2);  // neither all in time nor none
    EXPECT_LT(is.mean, 13);
}

}  // namespace TEST_FILE
}  // namespace millwright
