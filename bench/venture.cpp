// What a venture's months cost: a study of chance reckons tens of thousands of them for an answer.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "millwright/money/cash_flow.h"
#include "tests/unit/money/ventures.h"

namespace millwright {
namespace {

/// Three phases, two products, debt and tax; so many months.
Venture lasting(std::int64_t months) {
    Venture v = rich_venture();
    v.phases = months < 20 ? std::vector<VenturePhase>{} : v.phases;
    v.months = static_cast<int>(months);
    return v;
}

void months_of_cash(benchmark::State& state) {
    const Venture v = lasting(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(cash_flows(v));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(months_of_cash)->Arg(12)->Arg(60)->Arg(120)->Arg(240)->Name("venture/months");

void whole_books(benchmark::State& state) {
    const Venture v = lasting(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(books_of(v));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(whole_books)->Arg(12)->Arg(60)->Arg(120)->Arg(240)->Name("venture/books");

}  // namespace
}  // namespace millwright
