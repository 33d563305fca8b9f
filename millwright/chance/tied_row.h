// A row of tied inputs that becomes another row, input by input, and stays one of the same ties.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "millwright/chance/dependence.h"

namespace millwright {

/// Those of the uncertain inputs that are tied.
struct TiedInputs {
    std::vector<std::size_t> places;   // among the uncertain ones, rising
    std::vector<double> correlations;  // of their normal numbers, row by row
    std::optional<double> freedom;     // degrees, of Student's copula
};

/// `uncertain` are places among all quantities, rising; those that are certain tell nothing of
/// others. `Copula::iman_conover` ties as the normal copula does.
TiedInputs tied_inputs(const Dependence& ties, const std::vector<std::size_t>& uncertain);

/// The tied inputs of a row, which become another's in an order. By Cholesky's factor of the ties,
/// with those that change last standing first, each hangs on those before it alone: what is not yet
/// changed is kept, and what is changed is drawn on condition of it.
class TiedRow {
public:
    /// Of two rows of independent uniform numbers, one for each uncertain input and one more for
    /// Student's copula; `order` has all places of uncertain inputs. The ties outlive the row.
    TiedRow(const TiedInputs& tied, const std::vector<std::size_t>& order,
            std::span<const double> one, std::span<const double> other);

    /// Writes all tied inputs' uniform numbers into a row in which the `changed` first of them in
    /// the order are the other's.
    void put(std::size_t changed, std::span<double> row) const;

    bool has(std::size_t input) const;

private:
    const TiedInputs& tied_;
    double other_share_;               // of Student's copula
    std::vector<std::size_t> inputs_;  // from the last to change to the first
    std::vector<double> kept_, fresh_, factor_;
};

}  // namespace millwright
