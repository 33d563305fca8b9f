// A cut law is its whole law asked for chances from `below_` on, `width_` wide; steps alone are
// cut by hand. Beta's table has both halves, the upper one by the law turned round, so that tails
// keep their digits. A node is solved for from the one beside it, and a node's cell is read off
// the bits of the chance, without a search.
#include "millwright/chance/inverse.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/chance/special.h"

namespace millwright {
namespace {

// Cells of a table are told apart by exponent and first four bits of the fraction of the chance,
// which are its upper 16 bits: sixteen cells an octave, from 2^-24 to a half.
constexpr unsigned below_cell = 48;
constexpr std::uint64_t first_cell = std::bit_cast<std::uint64_t>(0x1p-24) >> below_cell;
constexpr std::uint64_t last_cell = std::bit_cast<std::uint64_t>(0.5) >> below_cell;

double chance_of_cell(std::uint64_t cell) { return std::bit_cast<double>(cell << below_cell); }

/// The lower half; nodes from the middle outwards, each solved for from the one before.
std::vector<BetaTable::Node> lower_nodes(double a, double b) {
    std::vector<BetaTable::Node> nodes(last_cell - first_cell + 1);
    double start = a / (a + b);
    for (std::size_t i = nodes.size(); i-- > 0;) {
        const double value = beta_quantile(a, b, chance_of_cell(first_cell + i), start);
        nodes[i] = {value, 1 / beta_density(a, b, value)};
        start = value;
    }
    return nodes;
}

/// Chances from 2^-24 to a half; the slopes are at most three times the secant's, so that it rises.
double between_nodes(const std::vector<BetaTable::Node>& nodes, double p) {
    const std::uint64_t cell =
        std::min(std::bit_cast<std::uint64_t>(p) >> below_cell, last_cell - 1);
    const BetaTable::Node &left = nodes[cell - first_cell], &right = nodes[cell - first_cell + 1];
    const double from = chance_of_cell(cell), width = chance_of_cell(cell + 1) - from;
    const double rise = right.value - left.value, t = (p - from) / width;
    const double begin = std::min(left.slope * width, 3 * rise);
    const double end = std::min(right.slope * width, 3 * rise);
    const double bend = begin + end - 2 * rise;
    return left.value + t * (begin + t * (rise - begin - bend + t * bend));
}

double half_beta(const Beta& law, const std::vector<BetaTable::Node>& nodes, double p) {
    if (!nodes.empty() && p >= chance_of_cell(first_cell)) return between_nodes(nodes, p);
    return beta_quantile(law.a, law.b, p, nodes.empty() ? law.a / (law.a + law.b) : nodes[0].value);
}

Law law_of(const Point& d, Solving /*unused*/) { return d; }

Law law_of(const Uniform& d, Solving /*unused*/) {
    if (d.low == d.high) return Point{d.low};
    return d;
}

Law law_of(const Triangular& d, Solving /*unused*/) {
    if (d.low == d.high) return Point{d.low};
    return d;
}

Law law_of(const Normal& d, Solving /*unused*/) {
    if (d.deviation == 0) return Point{d.mean};
    return d;
}

/// ln factor is as many deviations as nine tenths of a normal law lie below.
Law law_of(const Lognormal& d, Solving /*unused*/) {
    if (d.factor == 1) return Point{d.median};
    return LogLaw{d.median, portable_log(d.factor) / normal_quantile(0.9)};
}

Law law_of(const Beta& d, Solving solving) {
    if (d.low == d.high) return Point{d.low};
    BetaLaw made{d, {}};
    if (solving == Solving::table && d.a >= 1 && d.b >= 1) {
        made.table = {lower_nodes(d.a, d.b), lower_nodes(d.b, d.a)};
    }
    return made;
}

Law law_of(const Pert& d, Solving solving) {
    if (d.low == d.high) return Point{d.low};
    const double width = d.high - d.low;
    const double a = 1 + 4 * (d.typical - d.low) / width;
    return law_of(Beta{a, 1 + 4 * (d.high - d.typical) / width, d.low, d.high}, solving);
}

Law law_of(const Discrete& d, Solving /*unused*/) {
    std::vector<std::size_t> order(d.values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t i) { return d.weights[i] == 0; });
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return d.values[a] < d.values[b]; });
    Steps steps;
    double sum = 0;
    for (const std::size_t i : order) {
        steps.values.push_back(d.values[i]);
        steps.upto.push_back(sum += d.weights[i]);
    }
    for (double& upto : steps.upto) upto /= sum;
    if (steps.values.front() == steps.values.back()) return Point{steps.values.front()};
    return steps;
}

Law law_of(const Empirical& d, Solving /*unused*/) {
    Empirical sorted = d;
    std::sort(sorted.values.begin(), sorted.values.end());
    if (sorted.values.front() == sorted.values.back()) return Point{sorted.values.front()};
    return sorted;
}

double value_at(const Point& law, double /*unused*/) { return law.value; }

double value_at(const Uniform& law, double p) { return law.low + p * (law.high - law.low); }

double value_at(const Triangular& law, double p) {
    const double width = law.high - law.low, rise = law.typical - law.low;
    if (p * width <= rise) {
        return std::min(law.low + std::sqrt(p * width) * std::sqrt(rise), law.typical);
    }
    const double fall = law.high - law.typical;
    return std::max(law.high - std::sqrt((1 - p) * width) * std::sqrt(fall), law.typical);
}

double value_at(const Normal& law, double p) {
    return law.mean + law.deviation * normal_quantile(p);
}

double value_at(const LogLaw& law, double p) {
    return law.median * portable_exp(law.deviation * normal_quantile(p));
}

double value_at(const BetaLaw& beta, double p) {
    const auto& [a, b, low, high] = beta.law;
    if (p <= 0.5) return low + (high - low) * half_beta(beta.law, beta.table.lower, p);
    const Beta turned{b, a, low, high};
    return high - (high - low) * half_beta(turned, beta.table.upper, 1 - p);
}

double value_at(const Steps& law, double p) {
    const auto found = std::lower_bound(law.upto.begin(), law.upto.end() - 1, p);
    return law.values[static_cast<std::size_t>(found - law.upto.begin())];
}

double value_at(const Empirical& law, double p) {
    const double at = p * static_cast<double>(law.values.size() - 1);
    const std::size_t i = std::min(static_cast<std::size_t>(at), law.values.size() - 2);
    const double step = law.values[i + 1] - law.values[i];
    const double value = law.values[i] + (at - static_cast<double>(i)) * step;
    return std::min(value, law.values[i + 1]);
}

/// Chance of x and less, or of less than x alone: these differ where a value has a chance.
enum class Edge { with, without };

double chance_to(const Point& law, double x, Edge edge) {
    return law.value < x || (edge == Edge::with && law.value == x) ? 1 : 0;
}

double chance_to(const Uniform& law, double x, Edge /*unused*/) {
    return std::clamp((x - law.low) / (law.high - law.low), 0.0, 1.0);
}

double chance_to(const Triangular& law, double x, Edge /*unused*/) {
    if (x <= law.low) return 0;
    if (x >= law.high) return 1;
    const double width = law.high - law.low;
    if (x <= law.typical) return (x - law.low) / width * ((x - law.low) / (law.typical - law.low));
    return 1 - (law.high - x) / width * ((law.high - x) / (law.high - law.typical));
}

double chance_to(const Normal& law, double x, Edge /*unused*/) {
    return normal_share((x - law.mean) / law.deviation);
}

double chance_to(const LogLaw& law, double x, Edge /*unused*/) {
    return x <= 0 ? 0 : normal_share(std::log(x / law.median) / law.deviation);
}

double chance_to(const BetaLaw& beta, double x, Edge /*unused*/) {
    const auto& [a, b, low, high] = beta.law;
    return beta_share(a, b, std::clamp((x - low) / (high - low), 0.0, 1.0));
}

double chance_to(const Steps& law, double x, Edge edge) {
    const auto [lower, upper] = std::equal_range(law.values.begin(), law.values.end(), x);
    const auto end = edge == Edge::with ? upper : lower;
    if (end == law.values.begin()) return 0;
    return law.upto[static_cast<std::size_t>(end - law.values.begin()) - 1];
}

double chance_to(const Empirical& law, double x, Edge edge) {
    const auto& values = law.values;
    if (edge == Edge::with ? x < values.front() : x <= values.front()) return 0;
    if (edge == Edge::with ? x >= values.back() : x > values.back()) return 1;
    // the last value below x, or at most x, and the one after it
    const auto after = edge == Edge::with ? std::upper_bound(values.begin(), values.end(), x)
                                          : std::lower_bound(values.begin(), values.end(), x);
    const double part = (x - *(after - 1)) / (*after - *(after - 1));
    return (static_cast<double>(after - values.begin() - 1) + part) /
           static_cast<double>(values.size() - 1);
}

}  // namespace

Quantiles::Quantiles(const Spread& spread, Solving solving)
    : law_(std::visit([&](const auto& d) { return law_of(d, solving); }, spread.of)),
      least_(spread.least),
      most_(spread.most) {
    const auto chance = [this](double x, Edge edge) {
        return std::visit([&](const auto& law) { return chance_to(law, x, edge); }, law_);
    };
    const double upto = std::isinf(most_) ? 1 : chance(most_, Edge::with);
    if (!std::isinf(least_)) below_ = chance(least_, Edge::without);
    share_ = width_ = std::max(0.0, upto - below_);
    if (share_ == 0) return;
    if (least_ == most_) law_ = Point{least_};
    if (const auto* steps = std::get_if<Steps>(&law_)) cut(Steps(*steps));
}

/// By hand and not by chances, as these round and a value outside must never come.
void Quantiles::cut(const Steps& steps) {
    Steps left;
    for (std::size_t i = 0; i < steps.values.size(); ++i) {
        if (steps.values[i] < least_ || steps.values[i] > most_) continue;
        left.values.push_back(steps.values[i]);
        left.upto.push_back((steps.upto[i] - below_) / share_);
    }
    below_ = 0;
    width_ = 1;
    if (left.values.front() == left.values.back()) {
        law_ = Point{left.values.front()};
    } else {
        law_ = std::move(left);
    }
}

double Quantiles::at(double u) const {
    require(u > 0 && u < 1, "a quantile's chance is above zero and below one");
    // rounding must not reach zero or one, where some laws have no value
    const double p = std::clamp(below_ + u * width_, 0x1p-1000, 1 - 0x1p-53);
    const double value = std::visit([p](const auto& law) { return value_at(law, p); }, law_);
    return std::clamp(value, least_, most_);
}

}  // namespace millwright
