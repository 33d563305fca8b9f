// Where factories are worth nothing: lines over two numbers, all else as the scenario stands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/study/sampled_books.h"

namespace millwright {

/// A number that is moved, in SI units, and the ends between which it is.
struct MovedNumber {
    std::string path;
    Dimension dimension;
    double low = 0, high = 0;
    std::optional<double> now;  // nothing where the scenario leaves it out
};

/// Of one value of the first number.
struct BreakEvenPoint {
    double first = 0;
    std::optional<double> second;  // at which the net present value is nil; none between its ends
    /// Dollars, where the second is at its ends; nothing where the factory cannot be built then.
    std::optional<double> npv_low, npv_high;
};

struct BreakEven {
    std::size_t factory = 0;
    MovedNumber first, second;
    std::vector<BreakEvenPoint> points;  // the first number rises from end to end
};

/// Of as many values of the first number.
constexpr std::size_t break_even_values = 20;

/// Of each factory that has a value and two numbers that move it: of the two at `paths`, or where
/// none are given of those that its net present value hangs on most. What is uncertain is moved
/// from the 1st to the 99th percentile. Any other first number goes from half to twice what it is;
/// where the scenario leaves it out, and as the second one, it goes anywhere within `wide_range`.
/// Faults, without places, are of paths. The same for any number of threads.
Result<std::vector<BreakEven>> break_even(const BooksSite& site, const Study& study,
                                          const UncertainInputs& uncertain,
                                          const SampledBooks& books,
                                          const std::vector<std::string>& paths, int threads);

}  // namespace millwright
