// Samples of uncertain quantities: how a million rows of ten inputs and a model of them grow.
#include <benchmark/benchmark.h>

#include "millwright/chance/sample.h"

namespace millwright {
namespace {

std::vector<Spread> ten_inputs() {
    return {{Pert{1, 2, 5}},        {Lognormal{2, 3}},
            {Uniform{0, 1}},        {Normal{9, 1}},
            {Triangular{1, 2, 3}},  {Pert{0, 2, 7}},
            {Pert{1, 3, 9}},        {Uniform{1, 3}},
            {Normal{3, 1}, 1, 1e9}, {Discrete{{1, 2}, {0.5, 0.5}}}};
}

/// Costs over rates, as models of price are.
double price(std::span<const double> x) {
    return (x[0] * x[1] + x[2] * x[3]) / x[4] + x[5] * x[6] / x[7] + x[8] * x[9];
}

/// So many rows drawn on two threads and the model worked out of each; items are rows. With ties,
/// three of the inputs are tied by a copula.
void sample_of_ten(benchmark::State& state, bool tied) {
    const auto rows = static_cast<std::uint64_t>(state.range(0));
    std::vector<Correlation> pairs;
    if (tied) pairs = {{0, 1, 0.5}, {1, 3, -0.3}};
    const auto ties = dependence(10, pairs);
    for (auto _ : state) {
        const Matrix sample = draw(ten_inputs(), *ties, rows, 1, 2);
        std::vector<double> outputs(sample.rows);
        for (std::size_t r = 0; r < sample.rows; ++r) outputs[r] = price(sample.row(r));
        benchmark::DoNotOptimize(outputs);
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK_CAPTURE(sample_of_ten, independent, false)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Name("chance/independent");
BENCHMARK_CAPTURE(sample_of_ten, tied, true)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Name("chance/tied");

}  // namespace
}  // namespace millwright
