// Logarithms of ratios near one are taken of the difference, so that sides that are nearly alike
// lose no digits; those far apart are taken one by one, as their ratio may be past a double.
#include "millwright/base/split.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"

namespace millwright {
namespace {

double sum_of_side(const ProductFactor& factor, double FactorPart::*side) {
    double sum = 0;
    for (const FactorPart& part : factor.parts) sum += part.*side;
    return sum;
}

double product_of_side(const TwoProducts& products, double FactorPart::*side) {
    double product = products.scale;
    for (const ProductFactor& factor : products.factors) {
        const double value = sum_of_side(factor, side);
        product = factor.divides ? product / value : product * value;
    }
    return product;
}

/// ln(b / a) of two numbers above zero.
double log_ratio(double a, double b) {
    const double low = std::min(a, b), more = std::abs(b - a);
    const double ratio = more < low ? std::log1p(more / low) : std::abs(std::log(b) - std::log(a));
    return b < a ? -ratio : ratio;
}

/// What a factor does to the difference B - A of the products.
class FactorTerms {
public:
    explicit FactorTerms(const TwoProducts& products)
        : a_(products.a()), b_(products.b()), mean_(logarithmic_mean(a_, b_)) {
        for (const ProductFactor& factor : products.factors) {
            if (is_zero(factor)) ++zeros_;
        }
    }

    double operator()(const ProductFactor& factor) const {
        if (a_ == 0 || b_ == 0) return is_zero(factor) ? (b_ - a_) / zeros_ : 0;
        const double term = mean_ * log_ratio(factor.a(), factor.b());
        return factor.divides ? -term : term;
    }

    /// Of the factor's own difference that of the product, where the factor does not change.
    double slope(const ProductFactor& factor) const {
        const double at = factor.a();
        return at > 0 ? (factor.divides ? -mean_ : mean_) / at : 0;
    }

private:
    /// On the side whose product is zero, where the other's is not.
    bool is_zero(const ProductFactor& factor) const {
        if (a_ == b_) return false;
        return (a_ == 0 && factor.a() == 0) || (b_ == 0 && factor.b() == 0);
    }

    double a_, b_, mean_;
    double zeros_ = 0;
};

/// A product of zero has a factor of zero: it is none that is only too small for a double.
bool can_split_side(const TwoProducts& products, double FactorPart::*side) {
    bool any_zero = false;
    for (const ProductFactor& factor : products.factors) {
        const double value = sum_of_side(factor, side);
        if (!std::isfinite(value) || value < 0 || (factor.divides && value == 0)) return false;
        any_zero |= value == 0;
    }
    const double product = product_of_side(products, side);
    return std::isfinite(product) && (product > 0) != any_zero;
}

}  // namespace

double ProductFactor::a() const { return sum_of_side(*this, &FactorPart::a); }

double ProductFactor::b() const { return sum_of_side(*this, &FactorPart::b); }

double TwoProducts::a() const { return product_of_side(*this, &FactorPart::a); }

double TwoProducts::b() const { return product_of_side(*this, &FactorPart::b); }

double logarithmic_mean(double a, double b) {
    if (a == b) return a;
    if (a == 0 || b == 0) return 0;
    return (b - a) / log_ratio(a, b);
}

bool can_be_split(const TwoProducts& products) {
    return can_split_side(products, &FactorPart::a) && can_split_side(products, &FactorPart::b);
}

std::vector<SplitTerm> split_difference(const TwoProducts& products) {
    require(can_be_split(products), "factors are finite and above zero where they divide");
    const FactorTerms terms(products);
    std::vector<SplitTerm> split;
    for (const ProductFactor& factor : products.factors) {
        const double whole = factor.b() - factor.a();
        const double slope = whole == 0 ? terms.slope(factor) : terms(factor) / whole;
        for (const FactorPart& part : factor.parts) {
            split.push_back({factor.name, part.name, factor.dimension, part.a, part.b,
                             slope * (part.b - part.a)});
        }
    }
    return split;
}

}  // namespace millwright
