// Requests a second of one simulated replica: a closed loop, and minutes of open load.
#include <benchmark/benchmark.h>

#include "millwright/evidence/row_system.h"
#include "millwright/factory/resolve.h"
#include "millwright/serve/simulate.h"
#include "millwright/serve/traffic.h"

namespace millwright {
namespace {

/// Llama 3.1 70B in FP8 on so many H100.
Replica llama_on(double chips) {
    const Catalog& catalog = built_in_catalog();
    const Chip& chip = part_named(catalog.chips, "h100-sxm");
    Replica r{.model = part_named(catalog.models, "llama-3.1-70b")};
    const WeightFormat fp8{Precision::fp8, 1};
    r.formats = {fp8, fp8, fp8, 1};
    r.ways.tensor = chips;
    r.chip = resolve_rates(catalog, chip);
    r.network = network_of_chip(catalog, chip, chips);
    r.engine = settings_of(part_named(catalog.engines, std::string(default_engine)), chip);
    r.engine.max_sequences = 1024;
    return r;
}

RequestTraffic chats(ArrivalKind kind, double rate, std::int64_t requests) {
    RequestTraffic traffic;
    traffic.arrivals = {.kind = kind, .rate = RequestRate::from_si(rate)};
    traffic.requests = requests;
    traffic.tenants[0].prompt = LognormalLength{512, 0.8};
    traffic.tenants[0].output = LognormalLength{256, 0.8};
    return traffic;
}

/// 1,024 at a time; items are requests.
void closed_loop(benchmark::State& state) {
    const Replica replica = llama_on(8);
    const RequestTraffic traffic = chats(ArrivalKind::at_once, 1, state.range(0));
    for (auto _ : state) {
        const RequestSource source = requests_of(traffic).value();
        const ServeOutcome o = simulate(replica, {.concurrency = 1024}, {}, source);
        if (o.completed != o.requests) state.SkipWithError("not all requests were answered");
        benchmark::DoNotOptimize(o);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(closed_loop)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Name("serving/closed-loop");

/// Twenty minutes at so many requests a second.
void open_loop(benchmark::State& state) {
    const Replica replica = llama_on(4);
    const auto rate = static_cast<double>(state.range(0));
    const RequestTraffic traffic = chats(ArrivalKind::poisson, rate, 1200 * state.range(0));
    for (auto _ : state) {
        const RequestSource source = requests_of(traffic).value();
        benchmark::DoNotOptimize(simulate(replica, {}, {}, source));
    }
    state.SetItemsProcessed(state.iterations() * 1200 * state.range(0));
}
BENCHMARK(open_loop)->Arg(4)->Arg(16)->Unit(benchmark::kMillisecond)->Name("serving/open-loop");

}  // namespace
}  // namespace millwright
