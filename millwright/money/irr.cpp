// One change of sign has one zero, so money spent first and earned later takes no recursion; nor
// do flows of which running sums show the same (Norstrom, J. Financ. Quant. Anal. 7 (1972)). All
// others recur at most once for each further change of sign. An evaluation is linear in the
// months and gives the size of the sum's terms too, by which rounding is told from a sign.
#include "millwright/money/irr.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// A factor a month at which the present value is zero.
struct RateRoot {
    double factor = 0;
    bool crosses = false;
};

/// Sum of c_t x^t, of t c_t x^t and of |c_t| x^t.
struct PowerSums {
    double value = 0;
    double slope = 0;
    double size = 0;
};

/// By Horner's rule in x^4 on four chains, as one would wait for each of its own steps.
PowerSums sums_at(std::span<const double> amounts, double x) {
    constexpr std::size_t lanes = 4;
    const double fourth = x * x * x * x;
    std::array<double, lanes> value{};
    std::array<double, lanes> slope{};
    std::array<double, lanes> size{};
    const std::size_t whole = amounts.size() / lanes * lanes;
    for (std::size_t j = whole; j < amounts.size(); ++j) {
        value[j - whole] = amounts[j];
        size[j - whole] = std::abs(amounts[j]);
    }
    for (std::size_t i = whole; i > 0; i -= lanes) {
        for (std::size_t j = 0; j < lanes; ++j) {
            slope[j] = slope[j] * fourth + value[j];
            value[j] = value[j] * fourth + amounts[i - lanes + j];
            size[j] = size[j] * fourth + std::abs(amounts[i - lanes + j]);
        }
    }
    PowerSums sums;
    double power = 1;
    for (std::size_t j = 0; j < lanes; ++j) {
        sums.value += power * value[j];
        sums.slope += power * (lanes * fourth * slope[j] + static_cast<double>(j) * value[j]);
        sums.size += power * size[j];
        power *= x;
    }
    return sums;
}

/// -1, 0 or 1; zero where the sum is no more than its rounding.
int sign_at(std::span<const double> amounts, double x) {
    const PowerSums sums = sums_at(amounts, x);
    if (std::abs(sums.value) <= 1e-13 * sums.size) return 0;
    return sums.value > 0 ? 1 : -1;
}

/// Months between which the amounts change their sign, in order: half-way from one to the other.
std::vector<double> sign_changes(std::span<const double> amounts) {
    std::vector<double> places;
    std::optional<std::size_t> last;
    for (std::size_t t = 0; t < amounts.size(); ++t) {
        if (amounts[t] == 0) continue;
        if (last && (amounts[*last] > 0) != (amounts[t] > 0)) {
            places.push_back(0.5 * static_cast<double>(*last + t));
        }
        last = t;
    }
    return places;
}

/// How often sums of the amounts from one end change their sign, and where they end.
struct RunningSums {
    int changes = 0;
    double sum = 0;
    double size = 0;

    void add(double amount) {
        const double before = sum;
        sum += amount;
        size += std::abs(amount);
        if (sum == 0) sum = std::copysign(0.0, before);
        if (std::signbit(sum) != std::signbit(before)) ++changes;
    }
};

/// Whether it is plain that no more than one factor makes the sum zero. Sums from the first amount
/// on are the coefficients of the sum over 1 - x, so that their changes of sign bound the factors
/// below 1 (Descartes); sums from the last one bound those above 1 (Norstrom 1972).
bool at_most_one(std::span<const double> amounts) {
    RunningSums from_first;
    RunningSums from_last;
    // nothing has the sign of what follows, or a change too many is counted
    from_first.sum = std::copysign(0.0, amounts.front());
    from_last.sum = std::copysign(0.0, amounts.back());
    for (std::size_t t = 0; t < amounts.size(); ++t) {
        from_first.add(amounts[t]);
        from_last.add(amounts[amounts.size() - 1 - t]);
    }
    const bool ends_at_zero = std::abs(from_first.sum) <= 1e-12 * from_first.size;
    return !ends_at_zero && from_first.changes + from_last.changes <= 1;
}

/// The zero between two factors at which the sum has opposite signs, by Newton's method on the
/// logarithm of the factor for the sum over x^k; bisected where a step leaves the bracket or is not
/// half the one before the last.
double root_between(std::span<const double> amounts, double k, double low, double high) {
    const bool rises = sums_at(amounts, high).value > 0;
    double x = low < 1 && 1 < high ? 1 : std::sqrt(low * high);
    double before = high / low - 1;
    for (int i = 0; i < 200; ++i) {
        const PowerSums sums = sums_at(amounts, x);
        if (sums.value == 0) return x;
        ((sums.value > 0) == rises ? high : low) = x;
        const double step = -sums.value / (sums.slope - k * sums.value);
        double next = x * (1 + step);
        if (!(next > low && next < high) || std::abs(step) > 0.5 * before) {
            next = std::sqrt(low * high);
            before = high / low - 1;
        } else {
            // the next step would be as its square
            if (std::abs(step) < 1e-9) return next;
            before = std::abs(step);
        }
        if (std::abs(next - x) <= 2e-16 * x) return next;
        x = next;
    }
    return x;
}

constexpr double least_factor = 1.0 / 11;
// 100^(1/12)
constexpr double most_factor = 1.4677992676220695;

/// All zeros of the sum, rising in the factor.
std::vector<RateRoot> rate_roots(std::span<const double> amounts) {
    const std::vector<double> changes = sign_changes(amounts);
    if (changes.empty()) return {};
    const double k = changes.back();
    std::vector<double> turns{least_factor};
    if (changes.size() > 1 && !at_most_one(amounts)) {
        std::vector<double> derived(amounts.begin(), amounts.end());
        const auto months = static_cast<double>(derived.size());  // a scale that keeps it finite
        for (std::size_t t = 0; t < derived.size(); ++t) {
            derived[t] *= (static_cast<double>(t) - k) / months;
        }
        for (const RateRoot& root : rate_roots(derived)) turns.push_back(root.factor);
    }
    turns.push_back(most_factor);
    std::vector<int> signs(turns.size());
    for (std::size_t i = 0; i < turns.size(); ++i) signs[i] = sign_at(amounts, turns[i]);
    std::vector<RateRoot> roots;
    int before = 0;  // the sign last met
    for (std::size_t i = 0; i < turns.size(); ++i) {
        if (signs[i] == 0) {
            const auto after = std::find_if(signs.begin() + static_cast<std::ptrdiff_t>(i),
                                            signs.end(), [](int sign) { return sign != 0; });
            roots.push_back({turns[i], after != signs.end() && before * *after < 0});
            continue;
        }
        if (i > 0 && signs[i - 1] * signs[i] < 0) {
            roots.push_back({root_between(amounts, k, turns[i - 1], turns[i]), true});
        }
        before = signs[i];
    }
    return roots;
}

std::string why_no_rate(const Irr& irr, std::size_t crossing, std::span<const double> amounts) {
    if (std::all_of(amounts.begin(), amounts.end(), [](double a) { return a == 0; })) {
        return "nothing is paid and nothing is earned";
    }
    if (irr.roots.empty()) {
        const bool mixed = !sign_changes(amounts).empty();
        return mixed ? "no rate makes the present value zero" : "all amounts have the same sign";
    }
    if (crossing == 0) return "the present value touches zero and does not change its sign";
    std::string text = fmt::format("{} rates make the present value zero:", irr.roots.size());
    for (std::size_t i = 0; i < irr.roots.size(); ++i) {
        text += fmt::format("{} {:.4g} %", i == 0 ? "" : ",", 100 * irr.roots[i]);
    }
    return text;
}

}  // namespace

Irr irr(std::span<const Dollars> monthly) {
    // the largest factor to the power of more months is no finite number
    require(monthly.size() <= 1200, "a flow has at most 1,200 months");
    std::vector<double> amounts(monthly.size());
    std::transform(monthly.begin(), monthly.end(), amounts.begin(),
                   [](Dollars d) { return d.si(); });
    Irr result;
    std::size_t crossing = 0;
    std::vector<RateRoot> roots = rate_roots(amounts);
    std::reverse(roots.begin(), roots.end());
    for (const RateRoot& root : roots) {
        result.roots.push_back(std::pow(root.factor, -12) - 1);
        if (!root.crosses) continue;
        ++crossing;
        result.rate = result.roots.back();
    }
    if (crossing != 1) {
        result.rate.reset();
        result.why = why_no_rate(result, crossing, amounts);
    }
    return result;
}

}  // namespace millwright
