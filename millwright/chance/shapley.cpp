// By orders, half the square of how far the output has come from its start grows input by input,
// and the growths sum to that of the whole way, so effects sum to the variance that the pairs
// show. By sets, a set is a number whose bits are its inputs. Tied inputs are walked as uniform
// numbers, those that change drawn on condition of the rest.
#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/chance/pick_freeze.h"
#include "millwright/chance/tied_row.h"

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

/// Orders of so many inputs, one for each of the pairs.
std::vector<std::vector<std::size_t>> orders_of(std::size_t count, std::uint64_t seed,
                                                const RowPairs& pairs) {
    std::vector<std::vector<std::size_t>> orders;
    for (std::size_t r = 0; r < pairs.one.rows; ++r) {
        orders.push_back(order_of(count, seed, pairs.first + r));
    }
    return orders;
}

/// Row by row an input after the other becomes that of another row: `change` makes a row's next one
/// so. What the half square of the whole difference grows by is this input's.
template <class Change>
void add_orders(const PickFreeze& asked, Matrix mixed,
                const std::vector<std::vector<std::size_t>>& orders, const Change& change,
                std::span<double> sums) {
    const Matrix start = asked.outputs_of(mixed);
    const std::size_t n = orders.front().size();
    Matrix before = start;
    for (std::size_t step = 0; step < n; ++step) {
        for (std::size_t r = 0; r < mixed.rows; ++r) change(mixed, r, step);
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

/// As above along rows of shares, of which those that are tied move together.
void add_tied_orders(const PickFreeze& asked, const RowPairs& pairs, const TiedInputs& tied,
                     const std::vector<std::vector<std::size_t>>& orders, std::span<double> sums) {
    Matrix mixed = pairs.one;
    std::vector<TiedRow> rows;
    std::vector<std::size_t> changed(mixed.rows);
    for (std::size_t r = 0; r < mixed.rows; ++r) {
        rows.emplace_back(tied, orders[r], pairs.one.row(r), pairs.other.row(r));
        rows.back().put(0, mixed.row(r));
    }
    const auto change = [&](Matrix& into, std::size_t r, std::size_t step) {
        const std::size_t input = orders[r][step];
        if (rows[r].has(input)) {
            rows[r].put(++changed[r], into.row(r));
        } else {
            into.at(r, input) = pairs.other.at(r, input);
        }
    };
    add_orders(asked, std::move(mixed), orders, change, sums);
}

/// Sums of the uncertain inputs as shares of all, in the places of all inputs.
std::vector<double> shares_of(std::size_t inputs, const std::vector<std::size_t>& uncertain,
                              std::span<const double> sums) {
    std::vector<double> shares(inputs);
    const double whole = std::accumulate(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < sums.size() && whole > 0; ++i) {
        shares[uncertain[i]] = sums[i] / whole;
    }
    return shares;
}

/// The model of rows of shares of the uncertain inputs; what stands behind these is not read.
BlockModel model_of_shares(const std::vector<Spread>& spreads,
                           const std::vector<std::size_t>& uncertain, const BlockModel& model) {
    std::vector<Quantiles> quantiles;
    for (const Spread& spread : spreads) quantiles.emplace_back(spread);
    return [quantiles, uncertain, &model](const Matrix& shares) {
        Matrix inputs = Matrix::of(shares.rows, quantiles.size());
        for (std::size_t c = 0; c < quantiles.size(); ++c) {
            const auto at = std::lower_bound(uncertain.begin(), uncertain.end(), c);
            const bool certain = at == uncertain.end() || *at != c;
            const auto column = static_cast<std::size_t>(at - uncertain.begin());
            for (std::size_t r = 0; r < shares.rows; ++r) {
                inputs.at(r, c) = quantiles[c].at(certain ? 0.5 : shares.at(r, column));
            }
        }
        return model(inputs);
    };
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
        effects.push_back(shares_of(asked.inputs(), asked.uncertain(), sums));
    }
    return effects;
}

Effects shapley_by_orders(const std::vector<Spread>& spreads, std::uint64_t base_points,
                          std::uint64_t seed, int threads, const BlockModel& model) {
    const PickFreeze asked(spreads, base_points, seed, threads, model);
    const std::vector<std::size_t>& uncertain = asked.uncertain();
    const std::size_t n = uncertain.size();
    const auto add = [&](const RowPairs& pairs, std::span<double> own) {
        const auto orders = orders_of(n, seed, pairs);
        const auto change = [&](Matrix& mixed, std::size_t r, std::size_t step) {
            const std::size_t c = uncertain[orders[r][step]];
            mixed.at(r, c) = pairs.other.at(r, c);
        };
        add_orders(asked, pairs.one, orders, change, own);
    };
    const std::vector<double> sums = asked.sums(n * asked.outputs(), add);
    Effects effects;
    for (std::size_t y = 0; y < asked.outputs(); ++y) {
        effects.push_back(shares_of(spreads.size(), uncertain, std::span(sums).subspan(y * n, n)));
    }
    return effects;
}

Effects shapley_of_tied(const std::vector<Spread>& spreads, const Dependence& ties,
                        std::uint64_t base_points, std::uint64_t seed, int threads,
                        const BlockModel& model) {
    require(ties.size == spreads.size(), "ties are of as many quantities as there are");
    const std::vector<std::size_t> uncertain = uncertain_of(spreads);
    const TiedInputs tied = tied_inputs(ties, uncertain);
    if (tied.places.empty()) return shapley_by_orders(spreads, base_points, seed, threads, model);
    const std::size_t n = uncertain.size();
    // Student's copula has a number more, which all that are tied share
    const std::vector<Spread> shares(n + (tied.freedom ? 1 : 0), Spread{Uniform{0, 1}});
    const BlockModel of_shares = model_of_shares(spreads, uncertain, model);
    const PickFreeze asked(shares, base_points, seed, threads, of_shares);
    const auto add = [&](const RowPairs& pairs, std::span<double> own) {
        add_tied_orders(asked, pairs, tied, orders_of(n, seed, pairs), own);
    };
    const std::vector<double> sums = asked.sums(n * asked.outputs(), add);
    Effects effects;
    for (std::size_t y = 0; y < asked.outputs(); ++y) {
        effects.push_back(shares_of(spreads.size(), uncertain, std::span(sums).subspan(y * n, n)));
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
