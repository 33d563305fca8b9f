// How the simulation of many jobs on one cluster grows with the jobs: work goes with events, not
// with chips or with how many wait.
#include <benchmark/benchmark.h>

#include "millwright/base/random.h"
#include "millwright/reliability/cluster.h"

namespace millwright {
namespace {

/// So many jobs on 16,384 chips in domains of 72 servers, which they fill to nine tenths; items are
/// jobs. Sizes are powers of two, each half as frequent as the one below it.
ClusterLoad busy_load(std::int64_t jobs) {
    ClusterLoad load{.cluster = {.servers = 2048, .servers_per_domain = 72}};
    load.until = 1e6 * unit::day;
    load.failures = {.rate = EventRate::from_si(3.79e-3 / 86400),
                     .repair = constantly(1 * unit::hour),
                     .restart = 10 * unit::minute,
                     .cost = 10 * unit::s};
    Seconds arrival;
    for (std::int64_t i = 0; i < jobs; ++i) {
        Draw draw(1, 1, static_cast<std::uint64_t>(i));
        std::int64_t chips = 1;
        while (chips < 1024 && draw.uniform() < 0.5) chips *= 2;
        const Seconds work = Seconds::from_si(draw.lognormal(7200, 2) + 1);
        load.jobs.push_back({.arrival = arrival, .chips = chips, .work = work});
        // 6 chips and two hours on average
        arrival += Seconds::from_si(draw.exponential(6.0 * 7200 / (0.9 * 16384)));
    }
    return load;
}

void shared_cluster(benchmark::State& state, Backfill backfill, bool preempts) {
    ClusterLoad load = busy_load(state.range(0));
    load.rules.backfill = backfill;
    load.rules.preempts = preempts;
    if (preempts) {
        for (std::size_t i = 0; i < load.jobs.size(); ++i) {
            load.jobs[i].priority = static_cast<std::int32_t>(i % 3);
        }
    }
    for (auto _ : state) benchmark::DoNotOptimize(run_cluster(load, 1, 0));
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK_CAPTURE(shared_cluster, fifo, Backfill::none, false)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Name("jobs/fifo");
BENCHMARK_CAPTURE(shared_cluster, easy, Backfill::easy, false)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Name("jobs/easy");
BENCHMARK_CAPTURE(shared_cluster, preempting, Backfill::easy, true)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Name("jobs/preempting");

}  // namespace
}  // namespace millwright
