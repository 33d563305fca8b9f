// Order statistics of short lists.
#pragma once

#include <vector>

namespace millwright {

/// Quantile with linear interpolation between order statistics (Hyndman and Fan's type 7);
/// zero of an empty list. `share` is from 0 to 1.
double quantile(std::vector<double> values, double share);

/// Rank correlation of Spearman (1904), ties at their mean rank; zero for fewer than two pairs
/// or where one list is constant. Lists are of one length.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace millwright
