// Pairs of rows of inputs that differ in all uncertain ones, and a model asked with mixtures.
#pragma once

#include <functional>
#include <span>

#include "millwright/chance/indices.h"
#include "millwright/chance/inverse.h"
#include "millwright/chance/sobol.h"

namespace millwright {

/// Some of the pairs, by the number of the first.
struct RowPairs {
    std::uint64_t first;
    Matrix one, other;
};

/// A model with its inputs, ready to be asked.
class PickFreeze {
public:
    /// Asks the model once for how many outputs there are and about how large they are.
    PickFreeze(const std::vector<Spread>& spreads, std::uint64_t points, std::uint64_t seed,
               int threads, const BlockModel& model);

    /// Places of inputs that are not certain.
    const std::vector<std::size_t>& uncertain() const { return uncertain_; }
    std::size_t inputs() const { return quantiles_.size(); }
    std::size_t outputs() const { return centre_.size(); }

    /// The model's outputs, each less about its mean, so that sums of squares keep their digits.
    Matrix outputs_of(const Matrix& inputs) const;

    /// What is taken off the outputs.
    double centre(std::size_t output) const { return centre_[output]; }

    /// `count` sums over all pairs. `add` gets some of the pairs and adds to its own sums.
    std::vector<double> sums(
        std::size_t count,
        const std::function<void(const RowPairs&, std::span<double>)>& add) const;

private:
    RowPairs pairs(std::uint64_t from, std::uint64_t to) const;

    std::vector<Quantiles> quantiles_;
    std::vector<std::size_t> uncertain_;
    SobolPoints points_;
    std::uint64_t count_;
    int threads_;
    const BlockModel& model_;
    std::vector<double> centre_;
};

/// The places of spreads that are not certain.
std::vector<std::size_t> uncertain_of(const std::vector<Spread>& spreads);

}  // namespace millwright
