// How the simulation of a job on machines that fail grows with its failures: work goes with events,
// not with chips.
#include <benchmark/benchmark.h>

#include "millwright/reliability/simulate.h"

namespace millwright {
namespace {

/// A year of a job on so many chips at 3.79 failures of 1,000 nodes a day; items are failures.
void year(benchmark::State& state) {
    const auto chips = static_cast<double>(state.range(0));
    FleetJob job{.servers = state.range(0) / 8, .horizon = 365 * unit::day};
    const double per_day = 3.79 / 1000 * chips / 8;
    job.causes = {{.name = "failures", .rate = EventRate::from_si(per_day / unit::day.si())}};
    job.path.reschedule = constantly(10 * unit::minute);
    job.checkpoints.levels = {{.name = "remote", .blocking = 10 * unit::s}};
    job.checkpoints.period = closed_best_period(job);
    std::uint64_t seed = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(simulate_job(job, {.replications = 8, .seed = ++seed}));
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(8 * 365 * per_day) * state.iterations());
}
BENCHMARK(year)
    ->Arg(1'800)
    ->Arg(14'400)
    ->Arg(115'200)
    ->Unit(benchmark::kMillisecond)
    ->Name("reliability/year");

}  // namespace
}  // namespace millwright
