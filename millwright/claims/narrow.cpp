// The inverse of `evaluated`, operation by operation. Rounding goes outward or stays within the
// slack that all comparisons have, so nothing possible is taken away. Slack is of the right side
// alone and widens it by factors and an amount, both ways. Where an inverse has several branches
// or a divisor may be zero the hull is taken, or nothing is said.
#include "millwright/claims/narrow.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

/// The most that the right side of a comparison stands for, rising with it; `under` the least.
double most_of(const ClaimSlack& slack, double b) {
    return std::max(b * slack.low, b * slack.high) + slack.off;
}
double least_of(const ClaimSlack& slack, double b) {
    return std::min(b * slack.low, b * slack.high) - slack.off;
}

ClaimExtent loosened(const ClaimSlack& slack, const ClaimExtent& b) {
    if (b.empty()) return b;
    return {std::nextafter(least_of(slack, b.low), -infinite),
            std::nextafter(most_of(slack, b.high), infinite)};
}

bool surely_equal(const ClaimSlack& slack, const ClaimExtent& a, const ClaimExtent& b) {
    return a.low >= least_of(slack, b.high) && a.high <= most_of(slack, b.low);
}

/// Whether the extent is surely true, or surely false.
bool is_true(const ClaimExtent& value) { return value.low >= 1; }
bool is_false(const ClaimExtent& value) { return value.high <= 0; }

/// The arguments of a node, as they are narrowed.
struct Arguments {
    const ClaimNode& node;
    std::vector<ClaimExtent>& extents;

    std::size_t size() const { return node.arguments.size(); }
    ClaimExtent& operator[](std::size_t i) const {
        return extents[static_cast<std::size_t>(node.arguments[i])];
    }
    void narrow(std::size_t i, const ClaimExtent& to) const { (*this)[i] = meet((*this)[i], to); }
};

/// Where zero times anything may be the product, the other factor may be anything.
ClaimExtent factor_of(const ClaimExtent& product_value, const ClaimExtent& other) {
    if (product_value.has(0) && other.has(0)) return {};
    return quotient(product_value, other);
}

void narrow_power(const Arguments& in, int exponent, const ClaimExtent& value) {
    if (exponent <= 0) return;
    const double share = 1.0 / exponent;
    const auto root = [&](double x) { return x < 0 ? -std::pow(-x, share) : std::pow(x, share); };
    // the root of the library may be off by a few steps
    const auto above = [&](double x) { return root(x) + 1e-14 * std::abs(root(x)); };
    const auto below = [&](double x) { return root(x) - 1e-14 * std::abs(root(x)); };
    if (exponent % 2 != 0) {
        in.narrow(0, {below(value.low), above(value.high)});
        return;
    }
    if (value.high < 0) {
        in.narrow(0, nothing_at_all);
        return;
    }
    const double far = above(value.high);
    const double near = in[0].low >= 0 && value.low > 0 ? below(value.low) : -far;
    in.narrow(0, {near, far});
}

void narrow_less(const Arguments& in, const ClaimSlack& slack, const ClaimExtent& value) {
    if (is_true(value)) {
        in.narrow(0, {-infinite, std::nextafter(most_of(slack, in[1].high), infinite)});
        const double x = in[0].low - slack.off;
        const double least = x >= 0 ? x / slack.high : x / slack.low;
        in.narrow(1, {std::nextafter(least, -infinite), infinite});
    } else if (is_false(value) && slack.text.empty()) {
        // the other way round, and equal at most by rounding
        in.narrow(0, {least_of(slack, in[1].low), infinite});
        in.narrow(1, {-infinite, most_of(slack, in[0].high)});
    }
}

void narrow_equal(const Arguments& in, const ClaimSlack& slack, const ClaimExtent& value) {
    if (!is_true(value)) return;
    in.narrow(0, loosened(slack, in[1]));
    in.narrow(1, quotient(sum(in[0], {-slack.off, slack.off}), {slack.low, slack.high}));
}

/// `both` where `all` is true, `either` where it is false.
void narrow_logic(const Arguments& in, const ClaimExtent& value, bool all) {
    const ClaimExtent neutral = all ? exactly_at(1) : exactly_at(0);
    const ClaimExtent other = all ? exactly_at(0) : exactly_at(1);
    const auto surely = [&](const ClaimExtent& x) { return all ? is_true(x) : is_false(x); };
    if (surely(value)) {
        in.narrow(0, neutral);
        in.narrow(1, neutral);
    } else if (all ? is_false(value) : is_true(value)) {
        if (surely(in[0])) in.narrow(1, other);
        if (surely(in[1])) in.narrow(0, other);
    }
}

void narrow_total(const Arguments& in, const ClaimExtent& value) {
    for (std::size_t i = 0; i < in.size(); ++i) {
        ClaimExtent rest = value;
        for (std::size_t k = 0; k < in.size(); ++k) {
            if (k != i) rest = difference(rest, in[k]);
        }
        in.narrow(i, rest);
    }
}

}  // namespace

ClaimExtent compared(const ClaimNode& node, const ClaimExtent& a, const ClaimExtent& b) {
    if (a.empty() || b.empty()) return nothing_at_all;
    const ClaimSlack& slack = node.slack;
    bool can = false, must = false;
    if (node.op == ExprOp::equal) {
        can = !meet(a, loosened(slack, b)).empty();
        must = surely_equal(slack, a, b);
    } else if (node.op == ExprOp::less_equal) {
        can = a.low <= most_of(slack, b.high);
        must = a.high <= most_of(slack, b.low);
    } else if (slack.text.empty()) {
        can = a.low < b.high && !surely_equal(slack, a, b);
        must = a.high < b.low && can;
    } else {
        can = a.low < most_of(slack, b.high);
        must = a.high < most_of(slack, b.low);
    }
    return {must ? 1.0 : 0.0, can ? 1.0 : 0.0};
}

void narrow_arguments(const ClaimNode& node, std::vector<ClaimExtent>& extents,
                      const ClaimExtent& value) {
    const Arguments in{node, extents};
    switch (node.op) {
        case ExprOp::add:
            in.narrow(0, difference(value, in[1]));
            in.narrow(1, difference(value, in[0]));
            break;
        case ExprOp::subtract:
            in.narrow(0, sum(value, in[1]));
            in.narrow(1, difference(in[0], value));
            break;
        case ExprOp::multiply:
            in.narrow(0, factor_of(value, in[1]));
            in.narrow(1, factor_of(value, in[0]));
            break;
        case ExprOp::divide:
            in.narrow(0, product(value, in[1]));
            in.narrow(1, factor_of(in[0], value));
            break;
        case ExprOp::power: narrow_power(in, node.exponent, value); break;
        case ExprOp::negate: in.narrow(0, negated(value)); break;
        case ExprOp::size: in.narrow(0, {-value.high, value.high}); break;
        case ExprOp::root: in.narrow(0, whole_power(value, 2)); break;
        case ExprOp::log: in.narrow(0, exponential(value)); break;
        case ExprOp::exp: in.narrow(0, logarithm(value)); break;
        case ExprOp::equal: narrow_equal(in, node.slack, value); break;
        case ExprOp::less:
        case ExprOp::less_equal: narrow_less(in, node.slack, value); break;
        case ExprOp::both: narrow_logic(in, value, true); break;
        case ExprOp::either: narrow_logic(in, value, false); break;
        case ExprOp::negation: in.narrow(0, {1 - value.high, 1 - value.low}); break;
        case ExprOp::least:
            for (std::size_t i = 0; i < in.size(); ++i) in.narrow(i, {value.low, infinite});
            break;
        case ExprOp::greatest:
            for (std::size_t i = 0; i < in.size(); ++i) in.narrow(i, {-infinite, value.high});
            break;
        case ExprOp::total: narrow_total(in, value); break;
        case ExprOp::constant:
        case ExprOp::name:
        case ExprOp::figure:
        case ExprOp::start:
        case ExprOp::end:
        case ExprOp::day:
        case ExprOp::year: break;  // says nothing of what it is made from
    }
}

}  // namespace millwright
