// Within a step errors are straight lines of the logarithms, and the least of their sum is found by
// reweighted least squares (Holland 1977): a row counts with weight / rho(e) in the next solution.
#include "millwright/evidence/robust_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millwright {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

constexpr double difference = 0.1;     // of logarithms, for slopes
constexpr double longest_step = 0.7;   // of a logarithm, as errors are not straight
constexpr double least_gain = 2e-4;    // of the loss; below it a fit has ended
constexpr int most_steps = 8;          // of each of the two rounds
constexpr int most_reweightings = 60;  // within a step
constexpr double uncapped = std::numeric_limits<double>::infinity();

double rho(double error, double cap) { return std::min(std::hypot(error, repeat_noise), cap); }

/// What the pull to a start adds to the second derivative of the loss.
double pull_of(const FittedNumber& number) {
    return 2 * repeat_noise / (number.spread * number.spread);
}

/// A fit under way: the numbers by their logarithms.
struct Fitting {
    const std::vector<FittedNumber>& numbers;
    const Vector& weights;
    std::vector<bool> seen;
    Vector start, low, high;

    Fitting(const std::vector<FittedNumber>& all, const Vector& weights_of)
        : numbers(all), weights(weights_of), seen(all.size(), true) {
        for (const FittedNumber& n : all) {
            low.push_back(std::log(n.low));
            high.push_back(std::log(n.high));
            start.push_back(std::log(std::clamp(n.start, n.low, n.high)));
        }
    }

    double loss(const Vector& errors, const Vector& x, double cap) const {
        double sum = 0;
        for (std::size_t i = 0; i < errors.size(); ++i) {
            if (weights[i] <= 0) continue;
            if (!std::isfinite(errors[i])) return uncapped;
            sum += weights[i] * rho(errors[i], cap);
        }
        for (std::size_t k = 0; k < x.size(); ++k) {
            const double away = (x[k] - start[k]) / numbers[k].spread;
            sum += repeat_noise * away * away;
        }
        return sum;
    }
};

/// The lower triangle L of a = L L'. `a` is positive definite, as every number is drawn somewhere.
Matrix cholesky(const Matrix& a) {
    Matrix l(a.size(), Vector(a.size()));
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = a[i][j];
            for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
            l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
        }
    }
    return l;
}

Vector solved(const Matrix& a, Vector b) {
    const Matrix l = cholesky(a);
    for (std::size_t i = 0; i < b.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= l[i][k] * b[k];
        b[i] /= l[i][i];
    }
    for (std::size_t i = b.size(); i-- > 0;) {
        for (std::size_t k = i + 1; k < b.size(); ++k) b[i] -= l[k][i] * b[k];
        b[i] /= l[i][i];
    }
    return b;
}

/// Least squares of the straight errors: a x = b for the change x of all numbers.
struct NormalEquations {
    Matrix a;
    Vector b;
};

/// Errors as lines about `x`, each row by its weight over rho; beyond the cap it counts nothing.
NormalEquations normal_of(const Fitting& f, const Vector& x, const Vector& errors,
                          const Matrix& slopes, double cap) {
    const std::size_t n = x.size();
    NormalEquations normal{Matrix(n, Vector(n)), Vector(n)};
    for (std::size_t i = 0; i < errors.size(); ++i) {
        if (f.weights[i] <= 0 || std::abs(errors[i]) > cap) continue;
        const double weight = f.weights[i] / rho(errors[i], cap);
        for (std::size_t p = 0; p < n; ++p) {
            const double part = weight * slopes[i][p];
            normal.b[p] -= part * errors[i];
            for (std::size_t q = 0; q < n; ++q) normal.a[p][q] += part * slopes[i][q];
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        const double pull = pull_of(f.numbers[k]);
        normal.a[k][k] += pull;
        normal.b[k] -= pull * (x[k] - f.start[k]);
    }
    return normal;
}

/// Holds a number where it is changed by so much, whatever the others do.
void hold(NormalEquations& normal, std::size_t k, double change) {
    for (std::size_t j = 0; j < normal.b.size(); ++j) {
        if (j != k) normal.b[j] -= normal.a[j][k] * change;
        normal.a[j][k] = normal.a[k][j] = 0;
    }
    normal.a[k][k] = 1;
    normal.b[k] = change;
}

/// The solution within bounds on the changes: what would leave them is held there, and the rest
/// solved again.
Vector solved_within(NormalEquations normal, const Vector& low, const Vector& high) {
    std::vector<bool> held(low.size());
    while (true) {
        Vector x = solved(normal.a, normal.b);
        bool inside = true;
        for (std::size_t k = 0; k < x.size(); ++k) {
            if (held[k] || (x[k] >= low[k] && x[k] <= high[k])) continue;
            hold(normal, k, std::clamp(x[k], low[k], high[k]));
            held[k] = true;
            inside = false;
        }
        if (!inside) continue;
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = std::clamp(x[k], low[k], high[k]);
        return x;
    }
}

/// Where the loss is least as far as errors are lines with these slopes about `from`, a step away
/// at most.
Vector least_of_lines(const Fitting& f, const Vector& from, const Vector& errors,
                      const Matrix& slopes, double cap) {
    constexpr double still = 1e-5;
    Vector x = from, low(x.size()), high(x.size());
    for (int round = 0; round < most_reweightings; ++round) {
        Vector there = errors;
        for (std::size_t i = 0; i < there.size(); ++i) {
            for (std::size_t k = 0; k < x.size(); ++k) there[i] += slopes[i][k] * (x[k] - from[k]);
        }
        for (std::size_t k = 0; k < x.size(); ++k) {
            const double reach = f.seen[k] ? longest_step : 0;
            low[k] = std::max(f.low[k], from[k] - reach) - x[k];
            high[k] = std::min(f.high[k], from[k] + reach) - x[k];
        }
        const Vector change = solved_within(normal_of(f, x, there, slopes, cap), low, high);
        double longest = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
            x[k] += change[k];
            longest = std::max(longest, std::abs(change[k]));
        }
        if (longest < still) break;
    }
    return x;
}

Vector exponentials(Vector x) {
    for (double& value : x) value = std::exp(value);
    return x;
}

/// Slopes by differences upwards, downwards where that would leave the bounds. A point that gives
/// no result says nothing.
Matrix slopes_at(const Fitting& f, const Vector& x, const Vector& errors,
                 const ErrorsAt& errors_at) {
    Matrix points;
    std::vector<std::size_t> moved;
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (!f.seen[k]) continue;
        Vector point = x;
        point[k] += x[k] + difference > f.high[k] ? -difference : difference;
        points.push_back(exponentials(std::move(point)));
        moved.push_back(k);
    }
    const Matrix there = errors_at(points);
    Matrix slopes(errors.size(), Vector(x.size()));
    for (std::size_t m = 0; m < moved.size(); ++m) {
        const double step = std::log(points[m][moved[m]]) - x[moved[m]];
        for (std::size_t i = 0; i < errors.size(); ++i) {
            const double change = there[m][i] - errors[i];
            if (std::isfinite(change)) slopes[i][moved[m]] = change / step;
        }
    }
    return slopes;
}

/// Numbers that some row tells of: doubled, they move it by more than runs repeated differ.
std::vector<bool> seen_in(const Matrix& slopes, std::size_t numbers) {
    std::vector<bool> seen(numbers);
    for (const Vector& row : slopes) {
        for (std::size_t k = 0; k < numbers; ++k) {
            if (std::abs(row[k]) * std::log(2) > repeat_noise) seen[k] = true;
        }
    }
    return seen;
}

/// One less the part of its spread that a number keeps.
Vector told_by(const Fitting& f, const RobustFit& fit, const Vector& x) {
    Vector told(x.size());
    const Matrix a = normal_of(f, x, fit.errors, fit.slopes, error_cap).a;
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (!f.seen[k]) continue;
        Vector one(x.size());
        one[k] = 1;
        const double left = solved(a, one)[k] * pull_of(f.numbers[k]);
        told[k] = std::clamp(1 - std::sqrt(left), 0.0, 1.0);
    }
    return told;
}

}  // namespace

RobustFit robust_fit(const std::vector<FittedNumber>& numbers, const std::vector<double>& weights,
                     const ErrorsAt& errors_at) {
    Fitting f(numbers, weights);
    Vector x = f.start;
    RobustFit fit;
    fit.errors = errors_at({exponentials(x)}).front();
    fit.slopes = slopes_at(f, x, fit.errors, errors_at);
    f.seen = seen_in(fit.slopes, numbers.size());
    // first all rows count, however far off: a system may be unlike the catalog in all of them
    for (const double cap : {uncapped, error_cap}) {
        for (int step = 0; step < most_steps; ++step) {
            const double before = f.loss(fit.errors, x, cap);
            const Vector aim = least_of_lines(f, x, fit.errors, fit.slopes, cap);
            double gain = 0;
            for (const double share : {1.0, 0.6, 0.3, 0.1}) {
                Vector there = x;
                for (std::size_t k = 0; k < x.size(); ++k) there[k] += share * (aim[k] - x[k]);
                Vector errors = errors_at({exponentials(there)}).front();
                gain = before - f.loss(errors, there, cap);
                if (gain <= 0) continue;
                x = std::move(there);
                fit.errors = std::move(errors);
                break;
            }
            if (gain <= 0) break;
            fit.slopes = slopes_at(f, x, fit.errors, errors_at);
            if (gain < least_gain * before) break;
        }
    }
    fit.values = exponentials(x);
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (!f.seen[k]) fit.values[k] = numbers[k].start;  // without a trip over its logarithm
    }
    fit.seen = f.seen;
    fit.told = told_by(f, fit, x);
    return fit;
}

std::vector<double> refitted(const std::vector<FittedNumber>& numbers,
                             const std::vector<double>& weights, const RobustFit& fit) {
    Fitting f(numbers, weights);
    f.seen = fit.seen;
    Vector x(numbers.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
        x[k] = f.seen[k] ? std::log(fit.values[k]) : f.start[k];
    }
    Vector values = exponentials(least_of_lines(f, x, fit.errors, fit.slopes, error_cap));
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (!f.seen[k]) values[k] = fit.values[k];
    }
    return values;
}

}  // namespace millwright
