// Why two products differ: their difference as a sum of terms, one for each part of each factor.
//
// By the logarithmic mean Divisia index (Ang 2005) a factor that goes from a to b has the term
// L(A, B) ln(b / a), L being the logarithmic mean of the two products. Terms sum to B - A without a
// rest, hang on no order of the factors, and change their sign where the sides are exchanged. Of a
// factor that is a sum each part has a share of the term as its own difference is of the factor's.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "millwright/base/ledger_leaves.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// One summand of a factor on both sides. It may be negative.
struct FactorPart {
    std::string name;
    double a = 0, b = 0;
};

/// One factor on both sides, the sum of its parts: finite, not negative, and above zero where the
/// product is divided by it. `dimension` is that of its parts, for whoever prints them.
struct ProductFactor {
    std::string name;
    Dimension dimension{};
    std::vector<FactorPart> parts;
    bool divides = false;

    double a() const;
    double b() const;
};

/// Two products of like factors; `scale` is a constant of both, such as of a change of units.
struct TwoProducts {
    double scale = 1;
    std::vector<ProductFactor> factors;

    double a() const;
    double b() const;
};

/// What one part does to the difference, in the unit of the product.
struct SplitTerm {
    std::string factor, part;
    Dimension dimension{};  // of `a` and `b`, what the part is on either side
    double a = 0, b = 0;
    double difference = 0;
};

/// (b - a) / ln(b / a); the number itself where both are alike, zero where one is zero. Neither is
/// negative.
double logarithmic_mean(double a, double b);

/// Whether all factors are as `ProductFactor` says, and both products finite and zero only where a
/// factor is: what can be split.
bool can_be_split(const TwoProducts& products);

/// B - A by parts, in the order of factors and their parts; they sum to it but for rounding. Where
/// a product is zero its factors that are zero there have the difference in equal parts, which is
/// the limit for one of them. Products that cannot be split are a broken contract.
std::vector<SplitTerm> split_difference(const TwoProducts& products);

/// A factor whose parts are the leaves of two ledgers by their paths, times a number a side. What a
/// side lacks is zero there.
template <class Q>
ProductFactor factor_of(const std::string& name, const Ledger<Q>& a, double times_a,
                        const Ledger<Q>& b, double times_b) {
    std::map<std::string, Q> of_a, of_b;
    add_leaves(a, "", of_a);
    add_leaves(b, "", of_b);
    ProductFactor factor{.name = name, .dimension = Q::dimension};
    for (const auto& [path, value] : of_b) of_a.try_emplace(path, Q{});
    for (const auto& [path, value] : of_a) {
        factor.parts.push_back({path, times_a * value.si(), times_b * of_b[path].si()});
    }
    return factor;
}

}  // namespace millwright
