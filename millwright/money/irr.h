// Internal rates of return: all of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// The yearly rates at which the present value of a flow is zero, rising. `rate` is the one at
/// which it changes its sign, where there is exactly one; else `why` says what there is instead.
struct Irr {
    std::vector<double> roots;
    std::optional<double> rate;
    std::string why;
};

/// Of at most 1,200 monthly amounts, effective rates a year between -0.99 a year and 10 (1000 %) a
/// month.
///
/// All are found, each to the rounding of the sum: the present value is a polynomial in the monthly
/// factor x, and Descartes' rule is made constructive. Divided by x^k, with k where the amounts
/// change their sign, its derivative has one change fewer, and between the derivative's zeros,
/// found first in the same way, the quotient is monotone. A value that is zero within rounding at
/// such a turn is a root that touches: listed, but no rate.
Irr irr(std::span<const Dollars> monthly);

}  // namespace millwright
