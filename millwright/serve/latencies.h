// Latencies of any number of requests in little memory: exact sums, and counts by size.
#pragma once

#include <cstdint>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// Of latencies the mean, and quantiles from counts in bins 0.28 % wide (HdrHistogram's idea:
/// powers of two cut into 256 equal parts), from a nanosecond up. What is less counts as nothing.
class LatencyCounts {
public:
    /// `times` of the same value.
    void add(Seconds value, double times = 1);
    void add(const LatencyCounts& other);

    double count() const { return count_; }
    /// Zero of none.
    Seconds mean() const;
    Seconds least() const { return least_; }
    Seconds most() const { return most_; }
    /// The value that `share` of all are not above, to half a bin; zero of none.
    Seconds quantile(double share) const;

private:
    std::vector<double> bins_;
    double count_ = 0;
    Seconds sum_, least_, most_;
};

}  // namespace millwright
