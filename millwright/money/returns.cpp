// Present values multiply their discount up month by month. Payback is the last time that the sum
// comes up from below zero, not the first: every later fall takes it back. Brent's method keeps a
// bracket and falls back to its middle wherever a curve would leave it or gains too little.
#include "millwright/money/returns.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "millwright/base/require.h"

namespace millwright {

double month_discount(double yearly) {
    require(yearly > -1, "a rate is above -1");
    return std::pow(1 + yearly, -1.0 / 12);
}

Dollars present_value(std::span<const Dollars> monthly, double yearly) {
    const double month = month_discount(yearly);
    double factor = 1;
    Dollars sum;
    for (const Dollars amount : monthly) {
        sum += amount * factor;
        factor *= month;
    }
    return sum;
}

double present_amount(std::span<const double> monthly, double yearly) {
    const double month = month_discount(yearly);
    double factor = 1;
    double sum = 0;
    for (const double amount : monthly) {
        sum += amount * factor;
        factor *= month;
    }
    return sum;
}

Dollars annuity(Dollars loan, double yearly, int months) {
    require(yearly > -1 && months > 0, "a loan has a rate above -1 and a length");
    if (yearly == 0) return loan / months;
    // expm1 and log1p: rates near zero lose no digits
    const double growth = std::log1p(yearly) / 12;
    return loan * (std::expm1(growth) / -std::expm1(-growth * months));
}

std::optional<double> payback_months(std::span<const Dollars> monthly) {
    return discounted_payback_months(monthly, 0);
}

std::optional<double> discounted_payback_months(std::span<const Dollars> monthly, double yearly) {
    const double month = month_discount(yearly);
    double factor = 1;
    double sum = 0;
    std::optional<double> paid = 0;
    for (std::size_t t = 0; t < monthly.size(); ++t) {
        const double amount = monthly[t].si() * factor;
        if (sum + amount < 0) {
            paid.reset();
        } else if (!paid) {
            paid = static_cast<double>(t) - (sum + amount) / amount;
        }
        sum += amount;
        factor *= month;
    }
    return paid;
}

std::optional<double> modified_irr(std::span<const Dollars> monthly, double finance,
                                   double reinvestment) {
    require(finance > -1 && reinvestment > -1, "rates are above -1");
    if (monthly.size() < 2) return std::nullopt;
    const double years = static_cast<double>(monthly.size() - 1) / 12;
    double paid = 0;
    double earned = 0;
    for (std::size_t t = 0; t < monthly.size(); ++t) {
        const double at = static_cast<double>(t) / 12;
        const double amount = monthly[t].si();
        if (amount < 0) paid -= amount * std::pow(1 + finance, -at);
        if (amount > 0) earned += amount * std::pow(1 + reinvestment, years - at);
    }
    if (paid == 0 || earned == 0) return std::nullopt;
    return std::pow(earned / paid, 1 / years) - 1;
}

std::optional<Dollars> levelised_cost(std::span<const Dollars> costs, std::span<const double> units,
                                      double yearly) {
    require(costs.size() == units.size(), "costs and units are of the same months");
    const double amount = present_amount(units, yearly);
    if (amount <= 0) return std::nullopt;
    return present_value(costs, yearly) / amount;
}

RentOrBuy rent_or_buy(std::span<const Dollars> owning, std::span<const double> hours, Dollars hour,
                      double yearly) {
    return {.owning = present_value(owning, yearly),
            .renting = hour * present_amount(hours, yearly),
            .break_even = levelised_cost(owning, hours, yearly)};
}

namespace {

/// Brent's three points: `best` and `other` lie on either side, `last` is the best before.
struct BrentPoints {
    double best, other, last;
    double best_miss, other_miss, last_miss;
};

void keep_either_side(BrentPoints& p) {
    if ((p.best_miss > 0) == (p.other_miss > 0)) {
        p.other = p.last;
        p.other_miss = p.last_miss;
    }
    if (std::abs(p.other_miss) < std::abs(p.best_miss)) {
        p.last = p.best;
        p.last_miss = p.best_miss;
        std::swap(p.best, p.other);
        std::swap(p.best_miss, p.other_miss);
    }
}

/// A step from the best point by a parabola through three, or a line through two.
double interpolated(const BrentPoints& p) {
    const double s = p.best_miss / p.last_miss;
    if (p.last == p.other) return (p.other - p.best) * s / (s - 1);
    const double q = p.last_miss / p.other_miss;
    const double r = p.best_miss / p.other_miss;
    const double up = s * ((p.other - p.best) * q * (q - r) - (p.best - p.last) * (r - 1));
    return -up / ((q - 1) * (r - 1) * (s - 1));
}

double brent(const std::function<double(double)>& miss, BrentPoints p, double tolerance) {
    double step = p.best - p.last;
    double before = step;
    for (int i = 0; i < 500; ++i) {
        keep_either_side(p);
        const double half = 0.5 * (p.other - p.best);
        const double least =
            2 * std::numeric_limits<double>::epsilon() * std::abs(p.best) + 0.5 * tolerance;
        if (p.best_miss == 0 || std::abs(half) <= least) break;
        const bool try_curve =
            std::abs(before) >= least && std::abs(p.last_miss) > std::abs(p.best_miss);
        const double curve = try_curve ? interpolated(p) : half;
        const bool toward = curve * half > 0 && std::abs(curve) < 1.5 * std::abs(half);
        const bool short_enough = std::abs(curve) < 0.5 * std::abs(before);
        before = try_curve && toward && short_enough ? step : half;
        step = try_curve && toward && short_enough ? curve : half;
        p.last = p.best;
        p.last_miss = p.best_miss;
        p.best += std::abs(step) > least ? step : std::copysign(least, half);
        p.best_miss = miss(p.best);
    }
    return p.best;
}

/// An input, the function there, and how far that is from the target.
struct SolverPoint {
    double at = 0, value = 0, miss = 0;
};

/// A function with gaps, less the target.
class GappedMiss {
public:
    GappedMiss(const std::function<std::optional<double>(double)>& f, double target)
        : f_(f), target_(target) {}

    std::optional<SolverPoint> operator()(double x) const {
        const std::optional<double> value = f_(x);
        if (!value) return std::nullopt;
        require(std::isfinite(*value), "a function that is solved is finite");
        return SolverPoint{x, *value, *value - target_};
    }

    /// The last point with a value on the way from one that has some to one that has none.
    SolverPoint edge(SolverPoint has, double none) const {
        constexpr int halvings = 40;
        for (int i = 0; i < halvings; ++i) {
            const double middle = 0.5 * (has.at + none);
            if (const auto point = (*this)(middle)) {
                has = *point;
            } else {
                none = middle;
            }
        }
        return has;
    }

    /// Those of a grid that have a value, and the edges of where they have: the first stretch.
    std::vector<SolverPoint> stretch(double low, double high) const {
        constexpr int steps = 32;
        const bool wide = low > 0 && high / low > 100;
        std::vector<SolverPoint> points;
        double before = low;
        for (int i = 0; i <= steps; ++i) {
            const double share = static_cast<double>(i) / steps;
            const double x = i == steps ? high
                             : wide     ? low * std::pow(high / low, share)
                                        : low + share * (high - low);
            const auto point = (*this)(x);
            if (point && points.empty() && i > 0) points.push_back(edge(*point, before));
            if (point) points.push_back(*point);
            if (!point && !points.empty()) {
                points.push_back(edge(points.back(), x));
                break;
            }
            before = x;
        }
        return points;
    }

    /// Between two points on either side; none where the function has a gap there.
    std::optional<double> between(const SolverPoint& a, const SolverPoint& b) const {
        bool gap = false;
        const auto miss = [&](double x) {
            const auto point = (*this)(x);
            gap = gap || !point;
            return point ? point->miss : 0;  // which ends the search
        };
        const double at =
            brent(miss, {b.at, a.at, a.at, b.miss, a.miss, a.miss}, 1e-12 * (b.at - a.at));
        return gap ? std::nullopt : std::optional(at);
    }

private:
    const std::function<std::optional<double>(double)>& f_;
    double target_;
};

}  // namespace

Solved solve(const std::function<std::optional<double>(double)>& f, double low, double high,
             double target) {
    require(low <= high && std::isfinite(target), "a range rises and a target is finite");
    const GappedMiss miss(f, target);
    const auto first = miss(low), last = miss(high);
    std::vector<SolverPoint> points;
    if (first && last) {
        points = {*first, *last};
    } else {
        points = miss.stretch(low, high);
    }
    Solved solved;
    if (points.empty()) return solved;
    solved.low = points.front().at;
    solved.high = points.back().at;
    solved.low_value = points.front().value;
    solved.high_value = points.back().value;
    for (std::size_t i = 0; i < points.size() && !solved.at; ++i) {
        if (points[i].miss == 0) {
            solved.at = points[i].at;
        } else if (i > 0 && (points[i - 1].miss > 0) != (points[i].miss > 0)) {
            solved.at = miss.between(points[i - 1], points[i]);
        }
    }
    return solved;
}

}  // namespace millwright
