// Faults come in two rounds: numbers of the distribution, then its ends, which need a law to lie
// in. A mean between ends is a difference of chances: times its value, a lognormal or beta
// density is one of the same family with other shapes. Laws are solved exactly here, not read
// from tables.
#include "millwright/chance/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/random.h"
#include "millwright/chance/inverse.h"
#include "millwright/chance/special.h"

namespace millwright {
namespace {

using Words = std::vector<std::string>;

constexpr double most_factor = 1e12, least_shape = 0.01, most_shape = 1e4, least_share = 1e-9;

/// Says so and is false where a number is infinite or none.
bool finite(Words& faults, const char* what, double value) {
    if (std::isfinite(value)) return true;
    faults.push_back(fmt::format("{} is {}, not a finite number", what, value));
    return false;
}

void check_ends(Words& faults, double low, double high) {
    const bool starts = finite(faults, "the low end", low);
    const bool ends = finite(faults, "the high end", high);
    if (!starts || !ends) return;
    if (low > high) {
        faults.push_back(fmt::format("the low end {} is above the high end {}", low, high));
    } else if (!std::isfinite(high - low)) {
        faults.push_back(fmt::format("from {} to {} is too far for a number", low, high));
    }
}

void check_typical(Words& faults, double low, double typical, double high) {
    check_ends(faults, low, high);
    if (!finite(faults, "the typical value", typical)) return;
    if (typical < low) {
        faults.push_back(fmt::format("the typical value {} is below the low end {}", typical, low));
    } else if (typical > high) {
        faults.push_back(
            fmt::format("the typical value {} is above the high end {}", typical, high));
    }
}

void check(Words& faults, const Point& d) { finite(faults, "the value", d.value); }

void check(Words& faults, const Uniform& d) { check_ends(faults, d.low, d.high); }

void check(Words& faults, const Triangular& d) { check_typical(faults, d.low, d.typical, d.high); }

void check(Words& faults, const Pert& d) { check_typical(faults, d.low, d.typical, d.high); }

void check(Words& faults, const Normal& d) {
    finite(faults, "the mean", d.mean);
    if (finite(faults, "the deviation", d.deviation) && d.deviation < 0) {
        faults.push_back(fmt::format("the deviation {} is below zero", d.deviation));
    }
}

void check(Words& faults, const Lognormal& d) {
    if (finite(faults, "the median", d.median) && d.median <= 0) {
        faults.push_back(fmt::format("the median {} is not above zero", d.median));
    }
    if (!finite(faults, "the factor", d.factor)) return;
    if (d.factor < 1) faults.push_back(fmt::format("the factor {} is below one", d.factor));
    if (d.factor > most_factor) {
        faults.push_back(fmt::format("the factor {} is above {}", d.factor, most_factor));
    }
}

void check_shape(Words& faults, const char* what, double shape) {
    if (!finite(faults, what, shape) || (shape >= least_shape && shape <= most_shape)) return;
    faults.push_back(
        fmt::format("{} is {}, not from {} to {}", what, shape, least_shape, most_shape));
}

void check(Words& faults, const Beta& d) {
    check_shape(faults, "the shape a", d.a);
    check_shape(faults, "the shape b", d.b);
    check_ends(faults, d.low, d.high);
}

void check(Words& faults, const Discrete& d) {
    if (d.values.empty()) faults.emplace_back("there is no value");
    for (const double value : d.values) finite(faults, "a value", value);
    if (d.values.size() != d.weights.size()) {
        faults.push_back(
            fmt::format("there are {} values and {} weights", d.values.size(), d.weights.size()));
        return;
    }
    bool fine = !d.weights.empty();
    for (const double weight : d.weights) {
        fine = finite(faults, "a weight", weight) && fine;
        if (weight < 0) faults.push_back(fmt::format("a weight is {}, below zero", weight));
    }
    const double sum = std::accumulate(d.weights.begin(), d.weights.end(), 0.0);
    constexpr double rounding = 1e-6;
    if (fine && std::fabs(sum - 1) > rounding) {
        faults.push_back(fmt::format("the weights sum to {}, not to 1", sum));
    }
}

void check(Words& faults, const Empirical& d) {
    if (d.values.empty()) faults.emplace_back("there is no value");
    for (const double value : d.values) finite(faults, "a value", value);
}

/// What lies between the ends of a spread whose distribution is fine.
void check_between(Words& faults, const Spread& spread) {
    if (std::isnan(spread.least) || std::isnan(spread.most)) {
        faults.emplace_back("an end that it lies between is not a number");
        return;
    }
    if (spread.least > spread.most) {
        faults.push_back(
            fmt::format("it is to be at least {} and at most {}", spread.least, spread.most));
        return;
    }
    const double share = Quantiles(spread, Solving::exact).share();
    if (share >= least_share) return;
    faults.push_back(fmt::format("{} of it lies between {} and {}",
                                 share == 0 ? "nothing" : "less than a billionth", spread.least,
                                 spread.most));
}

/// What a mean between ends is made of: the ends, the chance below them and between.
struct Between {
    double least, most, below, share;
};

double mean_of(const Point& law, const Between& /*unused*/) { return law.value; }

double mean_of(const Uniform& law, const Between& cut) {
    const double low = std::max(law.low, cut.least), high = std::min(law.high, cut.most);
    return low + (high - low) / 2;
}

/// x times the density is a parabola on either side of the typical value; Simpson's rule is exact.
double mean_of(const Triangular& law, const Between& cut) {
    const double low = std::max(law.low, cut.least), high = std::min(law.high, cut.most);
    const double width = law.high - law.low;
    const auto integral = [&](double from, double to, double foot, double side) {
        if (to <= from) return 0.0;
        const auto moment = [&](double x) {
            return (x - law.low) * 2 * std::fabs(x - foot) / (width * side);
        };
        return (to - from) / 6 * (moment(from) + 4 * moment(from + (to - from) / 2) + moment(to));
    };
    const double rising =
        integral(low, std::min(high, law.typical), law.low, law.typical - law.low);
    const double falling =
        integral(std::max(low, law.typical), high, law.high, law.high - law.typical);
    return law.low + (rising + falling) / cut.share;
}

double mean_of(const Normal& law, const Between& cut) {
    const double from = (cut.least - law.mean) / law.deviation;
    const double to = (cut.most - law.mean) / law.deviation;
    return law.mean + law.deviation * (normal_density(from) - normal_density(to)) / cut.share;
}

/// Weighed by its value a lognormal law is one of a median higher by the deviation squared.
double mean_of(const LogLaw& law, const Between& cut) {
    const auto upto = [&](double x) {
        if (x <= 0) return 0.0;
        return normal_share(std::log(x / law.median) / law.deviation - law.deviation);
    };
    const double whole = law.median * portable_exp(law.deviation * law.deviation / 2);
    return whole * (upto(cut.most) - upto(cut.least)) / cut.share;
}

/// Weighed by its value a beta law is one with a higher by one.
double mean_of(const BetaLaw& beta, const Between& cut) {
    const auto& [a, b, low, high] = beta.law;
    const double width = high - low;
    const double from = std::clamp((cut.least - low) / width, 0.0, 1.0);
    const double to = std::clamp((cut.most - low) / width, 0.0, 1.0);
    const double part = beta_share(a + 1, b, to) - beta_share(a + 1, b, from);
    return low + width * (a / (a + b)) * part / cut.share;
}

double mean_of(const Steps& law, const Between& /*unused*/) {
    double sum = 0, before = 0;
    for (std::size_t i = 0; i < law.values.size(); ++i) {
        sum += law.values[i] * (law.upto[i] - before);
        before = law.upto[i];
    }
    return sum;
}

/// The quantile function is straight between values: trapezia.
double mean_of(const Empirical& law, const Between& cut) {
    const double steps = static_cast<double>(law.values.size() - 1);
    const double from = cut.below * steps, to = (cut.below + cut.share) * steps;
    double sum = 0;
    for (std::size_t i = 0; i + 1 < law.values.size(); ++i) {
        const double left = std::max(from - static_cast<double>(i), 0.0);
        const double right = std::min(to - static_cast<double>(i), 1.0);
        if (right <= left) continue;
        const double middle = left + (right - left) / 2;
        const double value = law.values[i] + middle * (law.values[i + 1] - law.values[i]);
        sum += value * (right - left);
    }
    return sum / (to - from);
}

}  // namespace

std::vector<std::string> faults_of(const Spread& spread) {
    Words faults;
    std::visit([&](const auto& d) { check(faults, d); }, spread.of);
    if (faults.empty()) check_between(faults, spread);
    return faults;
}

double quantile(const Spread& spread, double u) { return Quantiles(spread, Solving::exact).at(u); }

double mean(const Spread& spread) {
    const Quantiles made(spread, Solving::exact);
    const Between cut{spread.least, spread.most, made.below(), made.share()};
    const double value = std::visit([&](const auto& law) { return mean_of(law, cut); }, made.law());
    return std::clamp(value, spread.least, spread.most);
}

bool is_certain(const Spread& spread) {
    return std::holds_alternative<Point>(Quantiles(spread, Solving::exact).law());
}

}  // namespace millwright
