// A sample's columns in a few numbers.
#pragma once

#include <vector>

#include "millwright/chance/sample.h"

namespace millwright {

/// Mean, standard deviation and percentiles, linear between order statistics.
struct Summary {
    double mean = 0, deviation = 0;
    double p5 = 0, p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0, p95 = 0;
};

/// Of a column of a sample with at least one row; the deviation is that of the population from
/// which the sample is, over n - 1, and zero of one row.
Summary summary(const Matrix& sample, std::size_t column);

/// What an output is on average in the lowest and in the highest tenth of an input.
struct Swing {
    double low = 0, high = 0;
};

/// Of one output with each input, for a tornado chart. Tenths are by rank; a tenth that ends within
/// rows of equal inputs takes them all in, so both are the mean where an input does not vary. The
/// matrices have as many rows, at least one.
std::vector<Swing> tornado(const Matrix& inputs, const Matrix& outputs, std::size_t output);

}  // namespace millwright
