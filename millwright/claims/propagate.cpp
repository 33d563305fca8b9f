// A pass goes up through the nodes in their order, then down against it, and narrows only, so
// each costs a visit a node. It ends when nothing changes or after a fixed number of passes: some
// products narrow for ever by less and less. True and false are the interval from 0 to 1, so that
// `both` and `either` are least and greatest. A year is evaluated and never narrowed back.
#include "millwright/claims/propagate.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"
#include "millwright/claims/narrow.h"

namespace millwright {
namespace {

/// Of products that narrow each other by ever smaller steps; a fixed number, so that of two
/// networks the one with less said is never found the emptier.
constexpr int most_passes = 30;

ClaimExtent leaf_extent(const ClaimNetwork& network, const ClaimNode& node,
                        const ReadingChoice& choice) {
    if (node.statement < 0) return node.constant;
    const auto place = static_cast<std::size_t>(node.statement);
    const ClaimStatement& of = network.statements[place];
    const ClaimExtent anything = node.type == truth_value ? ClaimExtent{0, 1} : ClaimExtent{};
    if (choice[place] == left_out) return anything;
    const ClaimReading& reading = of.readings[static_cast<std::size_t>(choice[place])];
    switch (node.aspect) {
        case ClaimAspect::value: return reading.value.value_or(anything);
        case ClaimAspect::start: return exactly_at(seconds_of(reading.period.value().first));
        case ClaimAspect::end: return exactly_at(seconds_of(reading.period.value().last));
        case ClaimAspect::day: break;
    }
    return exactly_at(seconds_of(of.on.value()));
}

ClaimExtent year_of(const ClaimExtent& date) {
    if (date.empty()) return date;
    const auto year = [](double seconds) {
        return static_cast<double>(static_cast<int>(day_of(seconds).year()));
    };
    return {std::isfinite(date.low) ? year(date.low) : date.low,
            std::isfinite(date.high) ? year(date.high) : date.high};
}

/// Of min, max and sum.
template <class Join>
ClaimExtent joined(const ClaimNode& node, const std::vector<ClaimExtent>& extents, Join&& join) {
    ClaimExtent all = extents[static_cast<std::size_t>(node.arguments[0])];
    for (std::size_t i = 1; i < node.arguments.size(); ++i) {
        all = join(all, extents[static_cast<std::size_t>(node.arguments[i])]);
    }
    return all;
}

}  // namespace

std::vector<ClaimExtent> leaf_extents(const ClaimNetwork& network, const ReadingChoice& choice) {
    require(choice.size() == network.statements.size(), "a choice for every statement");
    std::vector<ClaimExtent> extents;
    extents.reserve(network.nodes.size());
    for (const ClaimNode& node : network.nodes) {
        const bool leaf = node.arguments.empty();
        extents.push_back(leaf ? leaf_extent(network, node, choice) : ClaimExtent{});
    }
    return extents;
}

ClaimExtent evaluated(const ClaimNode& node, const std::vector<ClaimExtent>& extents) {
    const auto in = [&](std::size_t i) {
        return extents[static_cast<std::size_t>(node.arguments[i])];
    };
    switch (node.op) {
        case ExprOp::add: return sum(in(0), in(1));
        case ExprOp::subtract: return difference(in(0), in(1));
        case ExprOp::multiply: return product(in(0), in(1));
        case ExprOp::divide: return quotient(in(0), in(1));
        case ExprOp::power:
            return node.exponent != 0 ? whole_power(in(0), node.exponent)
                                      : real_power(in(0), in(1));
        case ExprOp::negate: return negated(in(0));
        case ExprOp::equal:
        case ExprOp::less:
        case ExprOp::less_equal: return compared(node, in(0), in(1));
        case ExprOp::both:
        case ExprOp::least:
            return joined(node, extents, [](const ClaimExtent& a, const ClaimExtent& b) {
                return ClaimExtent{std::min(a.low, b.low), std::min(a.high, b.high)};
            });
        case ExprOp::either:
        case ExprOp::greatest:
            return joined(node, extents, [](const ClaimExtent& a, const ClaimExtent& b) {
                return ClaimExtent{std::max(a.low, b.low), std::max(a.high, b.high)};
            });
        case ExprOp::negation: return {1 - in(0).high, 1 - in(0).low};
        case ExprOp::total: return joined(node, extents, sum);
        case ExprOp::size: return magnitude(in(0));
        case ExprOp::root: return square_root(in(0));
        case ExprOp::log: return logarithm(in(0));
        case ExprOp::exp: return exponential(in(0));
        case ExprOp::year: return year_of(in(0));
        case ExprOp::constant:
        case ExprOp::name:
        case ExprOp::figure:
        case ExprOp::start:
        case ExprOp::end:
        case ExprOp::day: break;
    }
    return {};  // a leaf has its value already
}

void evaluate(const ClaimNetwork& network, const std::vector<int>& nodes,
              std::vector<ClaimExtent>& extents) {
    for (const int at : nodes) {
        const auto place = static_cast<std::size_t>(at);
        const ClaimNode& node = network.nodes[place];
        if (!node.arguments.empty()) extents[place] = evaluated(node, extents);
    }
}

bool propagate(const ClaimNetwork& network, const std::vector<int>& nodes,
               const std::vector<int>& roots, std::vector<ClaimExtent>& extents,
               std::int64_t& visits) {
    for (const int root : roots) {
        ClaimExtent& extent = extents[static_cast<std::size_t>(root)];
        extent = meet(extent, exactly_at(1));
        if (extent.empty()) return false;
    }
    std::vector<ClaimExtent> before;
    for (int pass = 0; pass < most_passes; ++pass) {
        before = extents;
        visits += static_cast<std::int64_t>(extents.size());
        for (const int at : nodes) {
            const auto place = static_cast<std::size_t>(at);
            const ClaimNode& node = network.nodes[place];
            if (node.arguments.empty()) continue;
            extents[place] = meet(extents[place], evaluated(node, extents));
            if (extents[place].empty()) return false;
        }
        for (auto at = nodes.rbegin(); at != nodes.rend(); ++at) {
            const auto place = static_cast<std::size_t>(*at);
            const ClaimNode& node = network.nodes[place];
            narrow_arguments(node, extents, extents[place]);
            for (const int argument : node.arguments) {
                if (extents[static_cast<std::size_t>(argument)].empty()) return false;
            }
        }
        if (before == extents) return true;
    }
    return true;
}

}  // namespace millwright
