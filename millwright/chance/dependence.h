// Quantities that move together: rank correlations and the copulas that have them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace millwright {

/// Spearman's rank correlation of two quantities, told apart by their places.
struct Correlation {
    std::size_t first = 0, second = 0;
    double rank = 0;  // from -1 to 1
};

/// How quantities are tied that have given rank correlations. Correlations say little about whether
/// extremes come together: they do not for normal numbers, and do for Student's.
enum class Copula {
    gaussian,     // ranks of normal numbers
    student,      // ranks of normal numbers over the root of one chi-squared number
    iman_conover  // a sample's columns sorted anew: no row is drawn by itself (iman_conover.h)
};

/// Ties of `size` quantities. Those that no correlation names are independent of all others.
struct Dependence {
    std::size_t size = 0;
    Copula copula = Copula::gaussian;
    double freedom = 0;             // degrees, of Student's copula
    std::vector<std::size_t> tied;  // places of quantities that a correlation names, rising
    std::vector<double> factor;     // Cholesky's of the tied ones' correlations, row by row
};

/// The ties of n quantities; nothing where these correlations cannot all be, which `impossible`
/// explains. Pairs are of two different places below n, each at most once. Pairs that are not
/// named have correlation zero. `freedom` is from 1 to 1000 for Student's copula, otherwise unused.
///
/// Normal numbers with correlation 2 sin(pi r / 6) have rank correlation r (Pearson 1907). For
/// Student's copula that holds within 0.02 from four degrees of freedom on, and less well below.
std::optional<Dependence> dependence(std::size_t n, const std::vector<Correlation>& correlations,
                                     Copula copula = Copula::gaussian, double freedom = 4);

/// Places in the list of correlations that cannot all be, none of which can be left out of the
/// contradiction; empty where all can be. One such set where there are several.
std::vector<std::size_t> impossible(std::size_t n, const std::vector<Correlation>& correlations);

/// How many independent uniform numbers make a row: one a quantity, and one more for Student's.
std::size_t dimensions(const Dependence& ties);

/// A row of uniform numbers with these ties, from `dimensions` independent ones, all above zero
/// and below one. Under `Copula::iman_conover` they stay as they are.
std::vector<double> uniforms(const Dependence& ties, std::span<const double> independent);

/// The lower triangle L with L L' = the matrix, row by row; nothing where it is not positive
/// definite. Only the matrix's lower triangle is read. O(n^3).
std::optional<std::vector<double>> cholesky(std::vector<double> matrix, std::size_t n);

}  // namespace millwright
