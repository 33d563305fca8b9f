// A spread made ready to be asked for many quantiles.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "millwright/chance/distribution.h"

namespace millwright {

/// A lognormal law by the deviation of its logarithm.
struct LogLaw {
    double median, deviation;
};

/// Values that rise, and the chance of each and all below it.
struct Steps {
    std::vector<double> values, upto;
};

/// A quantile function of beta's law between its nodes: cubic pieces with the right values and
/// slopes at nodes (Hermite's), bounded so that they rise (Fritsch and Carlson, SIAM J. Numer.
/// Anal. 17 (1980) 238-246). Nodes halve their distance from octave to octave of the chance.
struct BetaTable {
    struct Node {
        double value, slope;
    };
    std::vector<Node> lower, upper;  // of the law, and of the law turned round
};

/// Beta's law; without nodes each quantile is solved for.
struct BetaLaw {
    Beta law;
    BetaTable table;
};

/// A distribution in the form that quantiles are read from: values sorted, constants worked out.
using Law = std::variant<Point, Uniform, Triangular, Normal, LogLaw, BetaLaw, Steps, Empirical>;

/// How quantiles of beta's law with shapes of one or more are found: solved for, or read from a
/// table, within 1e-6 of the law's deviation.
enum class Solving { exact, table };

/// The quantile function of a spread without faults. The same as `quantile`, and to the bit but
/// for tables.
class Quantiles {
public:
    explicit Quantiles(const Spread& spread, Solving solving = Solving::table);

    /// `u` is above zero and below one.
    double at(double u) const;

    /// The chance that lies between the spread's ends.
    double share() const { return share_; }

    /// The chance below its lower end; zero where the law is cut there itself.
    double below() const { return below_; }

    /// Steps are those between the ends alone.
    const Law& law() const { return law_; }

private:
    void cut(const Steps& steps);

    Law law_;
    double least_, most_;
    double below_ = 0, share_ = 1;
    double width_ = 1;  // of the chances of the law that are asked for, from below_ on
};

}  // namespace millwright
