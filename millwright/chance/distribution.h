// Uncertain quantities: how likely which values of a number are. Units are the caller's.
#pragma once

#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace millwright {

/// This value for certain.
struct Point {
    double value = 0;
};

/// Every value from low to high alike.
struct Uniform {
    double low = 0, high = 0;
};

/// Likelier in a straight line from low up to typical, and down to high.
struct Triangular {
    double low = 0, typical = 0, high = 0;
};

/// A beta law from low to high with its mode at typical and its mean at (low + 4 typical + high) /
/// 6, as in the Program Evaluation and Review Technique: a = 1 + 4 (typical - low) / (high - low),
/// b = 1 + 4 (high - typical) / (high - low) (Vose, "Risk Analysis", 2008).
struct Pert {
    double low = 0, typical = 0, high = 0;
};

/// By mean and standard deviation.
struct Normal {
    double mean = 0, deviation = 0;
};

/// Four fifths of it lie from median / factor to median x factor, a tenth on either side; the
/// factor is at least one, the median above zero.
struct Lognormal {
    double median = 1, factor = 1;
};

/// Beta's law with shapes a and b, stretched from low to high; mean low + (high - low) a / (a + b).
struct Beta {
    double a = 1, b = 1, low = 0, high = 1;
};

/// One of the values, each with its weight for a chance; weights sum to one. In any order.
struct Discrete {
    std::vector<double> values, weights;
};

/// As observed: linear between the order statistics, of which the k-th of n is the quantile of
/// (k - 1) / (n - 1) (Hyndman and Fan's type 7). In any order; a value may come twice.
struct Empirical {
    std::vector<double> values;
};

using Distribution =
    std::variant<Point, Uniform, Triangular, Pert, Normal, Lognormal, Beta, Discrete, Empirical>;

/// A distribution on condition that its value lies between two ends, which both belong to it.
struct Spread {
    Distribution of;
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
};

/// What is wrong with a spread, in words; empty where nothing is. All other functions of this room
/// require that nothing is. Limits: a factor to 1e12, shapes of beta from 0.01 to 10,000, weights
/// that sum to one within a millionth, ends that leave a billionth of the chance or more.
std::vector<std::string> faults_of(const Spread& spread);

/// The value that the quantity does not exceed with chance `u`, above zero and below one. Rises
/// with u. A spread of a single value gives that value, bit for bit.
double quantile(const Spread& spread, double u);

/// The expectation, in closed form also between ends.
double mean(const Spread& spread);

/// Whether there is but one value: equal low and high, no deviation, a factor of one, one value
/// that has a weight, or one that is left between the ends.
bool is_certain(const Spread& spread);

}  // namespace millwright
