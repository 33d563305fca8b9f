#include <bit>
#include <numeric>
#include <utility>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/chance/pick_freeze.h"

namespace millwright {
namespace {

using Effects = std::vector<std::vector<double>>;

/// Half the squared difference of outputs: its mean is the variance that the changed inputs leave.
double half_square(double difference) { return difference * difference / 2; }

/// Of one output, the worth of each set of uncertain inputs, a bit an input.
void add_sets(const PickFreeze& asked, const RowPairs& pairs, std::span<double> sums) {
    const std::size_t sets = std::size_t{1} << asked.uncertain().size();
    const Matrix before = asked.outputs_of(pairs.one);
    for (std::size_t set = 1; set < sets; ++set) {
        Matrix mixed = pairs.one;
        for (std::size_t i = 0; i < asked.uncertain().size(); ++i) {
            if ((set >> i & 1U) == 0) continue;
            const std::size_t c = asked.uncertain()[i];
            for (std::size_t r = 0; r < mixed.rows; ++r) mixed.at(r, c) = pairs.other.at(r, c);
        }
        const Matrix after = asked.outputs_of(mixed);
        for (std::size_t r = 0; r < after.rows; ++r) {
            for (std::size_t y = 0; y < after.columns; ++y) {
                sums[y * sets + set] += half_square(after.at(r, y) - before.at(r, y));
            }
        }
    }
}

/// Of n players, how much of the orders have these many before one of them: |S|! (n-|S|-1)! / n!.
std::vector<double> weights_of(std::size_t n) {
    std::vector<double> weights(n);
    double ways = 1;  // of taking so many of the n - 1 others
    for (std::size_t size = 0; size < n; ++size) {
        weights[size] = 1 / (static_cast<double>(n) * ways);
        ways = ways * static_cast<double>(n - 1 - size) / static_cast<double>(size + 1);
    }
    return weights;
}

/// An order of so many inputs, each as likely as the others.
std::vector<std::size_t> order_of(std::size_t count, std::uint64_t seed, std::uint64_t pair) {
    constexpr std::uint64_t stream = 0x0DE125;  // of orders, apart from other draws
    Draw draw(seed, stream, pair);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[draw.below(i)]);
    return order;
}

/// Row by row an input after the other becomes that of the other row; what the half square of the
/// whole difference grows by is this input's.
void add_orders(const PickFreeze& asked, const RowPairs& pairs, std::uint64_t seed,
                std::span<double> sums) {
    const std::size_t n = asked.uncertain().size();
    std::vector<std::vector<std::size_t>> orders;
    for (std::size_t r = 0; r < pairs.one.rows; ++r) {
        orders.push_back(order_of(n, seed, pairs.first + r));
    }
    const Matrix start = asked.outputs_of(pairs.one);
    Matrix mixed = pairs.one, before = start;
    for (std::size_t step = 0; step < n; ++step) {
        for (std::size_t r = 0; r < mixed.rows; ++r) {
            const std::size_t c = asked.uncertain()[orders[r][step]];
            mixed.at(r, c) = pairs.other.at(r, c);
        }
        Matrix after = asked.outputs_of(mixed);
        for (std::size_t r = 0; r < mixed.rows; ++r) {
            for (std::size_t y = 0; y < after.columns; ++y) {
                sums[y * n + orders[r][step]] += half_square(after.at(r, y) - start.at(r, y)) -
                                                 half_square(before.at(r, y) - start.at(r, y));
            }
        }
        before = std::move(after);
    }
}

/// Sums of the uncertain inputs as shares of all, in the places of all inputs.
std::vector<double> shares_of(const PickFreeze& asked, std::span<const double> sums) {
    std::vector<double> shares(asked.inputs());
    const double whole = std::accumulate(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < sums.size() && whole > 0; ++i) {
        shares[asked.uncertain()[i]] = sums[i] / whole;
    }
    return shares;
}

}  // namespace

Effects shapley_by_sets(const std::vector<Spread>& spreads, std::uint64_t base_points,
                        std::uint64_t seed, int threads, const BlockModel& model) {
    const PickFreeze asked(spreads, base_points, seed, threads, model);
    const std::size_t n = asked.uncertain().size();
    require(n <= 16, "the sets of at most sixteen inputs are gone through");
    const std::size_t sets = std::size_t{1} << n;
    const std::vector<double> worth = asked.sums(
        sets * asked.outputs(),
        [&](const RowPairs& pairs, std::span<double> own) { add_sets(asked, pairs, own); });
    const std::vector<double> weights = weights_of(n);
    Effects effects;
    for (std::size_t y = 0; y < asked.outputs(); ++y) {
        std::vector<double> sums(n);
        for (std::size_t set = 0; set < sets; ++set) {
            for (std::size_t i = 0; i < n; ++i) {
                if ((set >> i & 1U) != 0) continue;
                const std::size_t with = set | std::size_t{1} << i;
                sums[i] += weights[static_cast<std::size_t>(std::popcount(set))] *
                           (worth[y * sets + with] - worth[y * sets + set]);
            }
        }
        effects.push_back(shares_of(asked, sums));
    }
    return effects;
}

Effects shapley_by_orders(const std::vector<Spread>& spreads, std::uint64_t base_points,
                          std::uint64_t seed, int threads, const BlockModel& model) {
    const PickFreeze asked(spreads, base_points, seed, threads, model);
    const std::size_t n = asked.uncertain().size();
    const std::vector<double> sums = asked.sums(
        n * asked.outputs(),
        [&](const RowPairs& pairs, std::span<double> own) { add_orders(asked, pairs, seed, own); });
    Effects effects;
    for (std::size_t y = 0; y < asked.outputs(); ++y) {
        effects.push_back(shares_of(asked, std::span(sums).subspan(y * n, n)));
    }
    return effects;
}

Effects shapley_effects(const std::vector<Spread>& spreads, std::uint64_t base_points,
                        std::uint64_t seed, int threads, const BlockModel& model) {
    const bool few = uncertain_of(spreads).size() <= most_inputs_of_sets;
    const auto by = few ? shapley_by_sets : shapley_by_orders;
    return by(spreads, base_points, seed, threads, model);
}

}  // namespace millwright
