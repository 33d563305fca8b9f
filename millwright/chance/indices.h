// What the variance of a model's outputs owes to each of its inputs. They are independent where
// nothing else is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "millwright/chance/sample.h"

namespace millwright {

/// A model: a row of inputs gives a row of outputs, as many rows out as in and always as many
/// columns, all finite. Called from several threads, with blocks of some hundred rows; a row's
/// outputs depend on that row alone.
using BlockModel = std::function<Matrix(const Matrix& inputs)>;

/// Sobol indices of one output, an entry for each input.
struct Indices {
    std::vector<double> first;  // share of variance that goes when this input alone is known
    std::vector<double> total;  // share that is left when all others are known
    double mean = 0, variance = 0;
};

/// Of each output, from base_points x (2 + uncertain inputs) rows. Pairs of rows are scrambled
/// Sobol points of twice as many dimensions as there are uncertain inputs; first indices are
/// Saltelli's (Saltelli et al., Comput. Phys. Commun. 181 (2010) 259-270, table 2 (b)), totals
/// Jansen's (Comput. Phys. Commun. 117 (1999) 35-43). Estimates: a first index near zero may come
/// out below it. Inputs that are certain have zeros, as have all where the output does not vary.
/// The same bits for any number of threads.
std::vector<Indices> sobol_indices(const std::vector<Spread>& spreads, std::uint64_t base_points,
                                   std::uint64_t seed, int threads, const BlockModel& model);

/// How many uncertain inputs have their Shapley effects from all sets of them.
constexpr std::size_t most_inputs_of_sets = 10;

/// Shapley effects of each output, an entry for each input (Owen, "Sobol' indices and Shapley
/// value", SIAM/ASA J. Uncertainty Quantif. 2 (2014) 245-251): an input's share of variance, where
/// what inputs make together is divided alike among them. They sum to one; all are zero where the
/// output does not vary. What a set of inputs is worth is the variance left when all others are
/// known, from pairs of rows as above. By `shapley_by_sets` up to `most_inputs_of_sets` uncertain
/// inputs, by `shapley_by_orders` beyond.
std::vector<std::vector<double>> shapley_effects(const std::vector<Spread>& spreads,
                                                 std::uint64_t base_points, std::uint64_t seed,
                                                 int threads, const BlockModel& model);

/// From the worth of every set: base_points x 2^(uncertain inputs) rows. Sixteen inputs at most.
std::vector<std::vector<double>> shapley_by_sets(const std::vector<Spread>& spreads,
                                                 std::uint64_t base_points, std::uint64_t seed,
                                                 int threads, const BlockModel& model);

/// From an order of the inputs drawn for each pair of rows, along which one row becomes the other
/// (Song, Nelson and Staum, SIAM/ASA J. Uncertainty Quantif. 4 (2016) 1060-1083, with one pair an
/// order as Goda, Reliab. Eng. Syst. Saf. 213 (2021) 107702): base_points x (1 + uncertain inputs)
/// rows.
std::vector<std::vector<double>> shapley_by_orders(const std::vector<Spread>& spreads,
                                                   std::uint64_t base_points, std::uint64_t seed,
                                                   int threads, const BlockModel& model);

/// The same of inputs that are tied: what a set of them is worth is the variance left when all
/// others are known, with what these say of it by their ties, so an input that moves nothing itself
/// has a share of what those do that it is tied to. Inputs are drawn anew on condition of the
/// others: `Copula::iman_conover` counts as normal numbers with its correlations. Where nothing is
/// tied it is `shapley_by_orders`. `ties` are of as many quantities as there are spreads.
std::vector<std::vector<double>> shapley_of_tied(const std::vector<Spread>& spreads,
                                                 const Dependence& ties, std::uint64_t base_points,
                                                 std::uint64_t seed, int threads,
                                                 const BlockModel& model);

}  // namespace millwright
