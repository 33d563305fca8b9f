// The first number goes over a fixed grid, and the second is solved for at each value by Brent's
// method. Paths and ranges are checked for all factories before any point is. Chunks of the grid
// are tasks with copies of their own and write to places of their own.
#include "millwright/study/break_even.h"

#include <algorithm>
#include <array>
#include <utility>

#include "millwright/base/parallel.h"
#include "millwright/base/text.h"
#include "millwright/money/returns.h"
#include "millwright/study/output_at.h"

namespace millwright {
namespace {

// values that share a copy of the catalog, which takes as long as resolving a few
constexpr std::size_t values_of_chunk = 5;
static_assert(break_even_values % values_of_chunk == 0);

using Ends = std::pair<double, double>;

Ends ends_of(const Spread& spread) { return {quantile(spread, 0.01), quantile(spread, 0.99)}; }

/// The two uncertain numbers that a factory's value hangs on most; none where they are not known.
std::vector<std::string> heaviest_two(const FactorySamples& factory,
                                      const UncertainInputs& uncertain) {
    std::vector<std::string> paths;
    for (const OutputIndices& indices : factory.indices) {
        if (indices.output != name_of(BooksOutput::npv)) continue;
        for (const InputShare& share : indices.inputs) {
            const UncertainInput& input = uncertain.inputs[share.input];
            const auto [low, high] = ends_of(input.spread);
            const bool moves = input.from != RangeFrom::prediction && low < high;
            if (moves && share.weight() > 0 && paths.size() < 2) paths.push_back(input.name);
        }
    }
    return paths.size() == 2 ? paths : std::vector<std::string>{};
}

/// Within `wide_range`, above its low end: a price of zero is no price.
Ends searched_range(const FigurePath& number) {
    const auto [low, high] = wide_range(number);
    return {low + 1e-6 * (high - low), high};
}

/// Ends that a page can show steps between.
Ends stepped_range(const FigurePath& number) {
    if (!number.now || *number.now == 0) return searched_range(number);
    const auto [low, high] = std::minmax({*number.now / 2, *number.now * 2});
    return {std::max(low, number.range.low), std::min(high, number.range.high)};
}

/// Both numbers with their ends.
Result<std::pair<MovedNumber, MovedNumber>> moved_pair(const OutputAt& at,
                                                       const UncertainInputs& uncertain,
                                                       const std::vector<std::string>& paths) {
    if (!at.faults().empty()) return failure(at.faults());
    std::array<MovedNumber, 2> moved;
    Faults faults;
    for (std::size_t i = 0; i < moved.size(); ++i) {
        const FigurePath& number = at.numbers()[i];
        const auto input = std::ranges::find(uncertain.inputs, paths[i], &UncertainInput::name);
        const auto [low, high] = input != uncertain.inputs.end() ? ends_of(input->spread)
                                 : i == 0                        ? stepped_range(number)
                                                                 : searched_range(number);
        if (!(low < high)) {
            faults.push_back({{},
                              "'" + excerpt(paths[i]) + "' has but one value",
                              "give it a range by [[uncertain]]"});
            continue;
        }
        moved[i] = {paths[i], number.dimension, low, high, number.now};
    }
    if (!faults.empty()) return failure(std::move(faults));
    return std::pair{moved[0], moved[1]};
}

BreakEvenPoint point_at(const OutputAt& npv, const BreakEven& curve, double first) {
    const auto value = [&](double second) { return npv(curve.factory, std::array{first, second}); };
    const double low = curve.second.low, high = curve.second.high;
    BreakEvenPoint point{first, {}, value(low), value(high)};
    point.second = solve(value, low, high, 0).at;
    return point;
}

double value_of_step(const MovedNumber& number, std::size_t step) {
    const double share = static_cast<double>(step) / static_cast<double>(break_even_values - 1);
    return step + 1 == break_even_values ? number.high
                                         : number.low + (number.high - number.low) * share;
}

}  // namespace

Result<std::vector<BreakEven>> break_even(const BooksSite& site, const Study& study,
                                          const UncertainInputs& uncertain,
                                          const SampledBooks& books,
                                          const std::vector<std::string>& paths, int threads) {
    const std::string npv{name_of(BooksOutput::npv)};
    std::vector<BreakEven> curves;
    for (const FactorySamples& factory : books.factories) {
        const auto pair = paths.empty() ? heaviest_two(factory, uncertain) : paths;
        if (pair.empty()) continue;
        const OutputAt at(site.text, site.catalog, study, pair, npv);
        auto moved = moved_pair(at, uncertain, pair);
        if (!moved) return failure(std::move(moved.error()));
        if (!factory.point.priced) continue;
        curves.push_back({factory.factory, moved->first, moved->second,
                          std::vector<BreakEvenPoint>(break_even_values)});
    }
    constexpr std::size_t chunks = break_even_values / values_of_chunk;
    parallel_for(curves.size() * chunks, threads, [&](std::size_t i) {
        BreakEven& curve = curves[i / chunks];
        const OutputAt at(site.text, site.catalog, study, {curve.first.path, curve.second.path},
                          npv);
        for (std::size_t k = 0; k < values_of_chunk; ++k) {
            const std::size_t step = i % chunks * values_of_chunk + k;
            curve.points[step] = point_at(at, curve, value_of_step(curve.first, step));
        }
    });
    return curves;
}

}  // namespace millwright
