// A value that nobody gave has the type `any`, which joins with all: a missing value is told as
// open, never as a fault of units. Days are points and lengths of time vectors: a day less a day
// is a length, and two days have no sum. Slack of all kinds becomes factors about one and an
// amount beside them.
#include "millwright/claims/typing.h"

#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace {

constexpr int largest_exponent = 64;

using Found = std::optional<ClaimType>;

bool is_open(const ClaimType& type) { return type.kind == ClaimKind::any; }
bool is_number(const ClaimType& type) { return is_open(type) || type.kind == ClaimKind::number; }

Dimension times(const Dimension& d, int factor) {
    return {d.bytes * factor,  d.seconds * factor, d.flops * factor,  d.dollars * factor,
            d.joules * factor, d.tokens * factor,  d.metres * factor, d.kilograms * factor};
}

/// A check of one operation; `a` and `b` are the types of its first two arguments.
struct Check {
    const ClaimNode& node;
    ClaimType a, b;
    std::string& why;

    Found refuse(std::string text) const {
        why = std::move(text);
        return std::nullopt;
    }
    Found unlike() const {
        return refuse(
            fmt::format("{} cannot join {} and {}", name_of(node.op), type_text(a), type_text(b)));
    }
    Found numbers_needed() const {
        const ClaimType& wrong = is_number(a) ? b : a;
        return refuse(fmt::format("{} is of numbers, not of {}", name_of(node.op),
                                  wrong.kind == ClaimKind::number ? "these" : type_text(wrong)));
    }
};

/// Between two days lies a length of time, and a day and a length of time make a day; all else is
/// added to what has its unit.
Found sum_type(const Check& c) {
    if (is_open(c.a) || is_open(c.b)) return ClaimType{};
    const bool taken = c.node.op == ExprOp::subtract;
    if (c.a.kind == ClaimKind::date && c.b == length_of_time) return day_of_calendar;
    if (c.a == length_of_time && c.b.kind == ClaimKind::date && !taken) return day_of_calendar;
    if (c.a.kind == ClaimKind::date && c.b.kind == ClaimKind::date && taken) return length_of_time;
    if (!is_number(c.a) || !is_number(c.b) || c.a != c.b) return c.unlike();
    return c.a;
}

/// Units are multiplied or divided with their numbers.
Found product_type(const Check& c) {
    if (!is_number(c.a) || !is_number(c.b)) return c.numbers_needed();
    if (is_open(c.a) || is_open(c.b)) return ClaimType{};
    const bool over = c.node.op == ExprOp::divide;
    return ClaimType{ClaimKind::number,
                     over ? c.a.dimension - c.b.dimension : c.a.dimension + c.b.dimension};
}

/// The exponent of what has a unit is written out, as the unit of the power hangs on it.
Found power_type(const Check& c, const ClaimNode& exponent, ClaimNode& node) {
    if (!is_number(c.a) || !is_number(c.b)) return c.numbers_needed();
    if (!is_open(c.b) && c.b != plain_number) {
        return c.refuse("an exponent has no unit, and this one has " + type_text(c.b));
    }
    const bool fixed = exponent.op == ExprOp::constant && exponent.constant.point();
    const double value = exponent.constant.low;
    const bool whole = fixed && value == std::floor(value) && std::abs(value) <= largest_exponent;
    if (whole && value != 0) node.exponent = static_cast<int>(value);
    if (is_open(c.a)) return ClaimType{};
    if (c.a.dimension == Dimension{}) return plain_number;
    if (node.exponent == 0) {
        return c.refuse("what has a unit is raised to a whole number from 1 to 64 alone");
    }
    return ClaimType{ClaimKind::number, times(c.a.dimension, node.exponent)};
}

/// Of units alone whose exponents are all even.
Found root_type(const Check& c) {
    if (!is_number(c.a)) return c.numbers_needed();
    if (is_open(c.a)) return ClaimType{};
    const Dimension& d = c.a.dimension;
    for (const int e :
         {d.bytes, d.seconds, d.flops, d.dollars, d.joules, d.tokens, d.metres, d.kilograms}) {
        if (e % 2 != 0) return c.refuse("sqrt of " + type_text(c.a) + " has no unit");
    }
    return ClaimType{ClaimKind::number,
                     {d.bytes / 2, d.seconds / 2, d.flops / 2, d.dollars / 2, d.joules / 2,
                      d.tokens / 2, d.metres / 2, d.kilograms / 2}};
}

/// Of functions, such as log, that units have no meaning for.
Found plain_type(const Check& c) {
    if (is_open(c.a) || c.a == plain_number) return plain_number;
    return c.refuse(
        fmt::format("{} is of a plain number, not of {}", name_of(c.node.op), type_text(c.a)));
}

/// Anything may be equal to what is of its type; numbers and days alone have an order.
Found comparison_type(const Check& c) {
    const bool equality = c.node.op == ExprOp::equal;
    if (!is_open(c.a) && !is_open(c.b) && c.a != c.b) {
        return c.refuse(fmt::format("{} against {}", type_text(c.a), type_text(c.b)));
    }
    for (const ClaimType& type : {c.a, c.b}) {
        const bool ordered = is_number(type) || type.kind == ClaimKind::date;
        if (!equality && !ordered) {
            return c.refuse(fmt::format("{} has no order", type_text(type)));
        }
    }
    return truth_value;
}

/// Of what is true or false.
Found logic_type(const Check& c, const std::vector<ClaimNode>& nodes) {
    for (const int argument : c.node.arguments) {
        const ClaimType& type = nodes[static_cast<std::size_t>(argument)].type;
        if (!is_open(type) && type != truth_value) {
            return c.refuse(fmt::format("{} is of what is true or false, not of {}",
                                        name_of(c.node.op), type_text(type)));
        }
    }
    return truth_value;
}

/// min, max and sum: of values of one type.
Found list_type(const Check& c, const std::vector<ClaimNode>& nodes) {
    ClaimType common = c.a;
    for (const int argument : c.node.arguments) {
        const ClaimType& type = nodes[static_cast<std::size_t>(argument)].type;
        if (is_open(type)) return ClaimType{};
        if (type != common) return Check{c.node, common, type, c.why}.unlike();
        const bool dated = type.kind == ClaimKind::date && c.node.op != ExprOp::total;
        if (type.kind != ClaimKind::number && !dated) {
            return Check{c.node, type, type, c.why}.numbers_needed();
        }
    }
    return common;
}

}  // namespace

std::optional<ClaimType> typed(const std::vector<ClaimNode>& nodes, ClaimNode& node,
                               std::string& why) {
    const auto argument = [&](std::size_t i) -> const ClaimNode& {
        return nodes[static_cast<std::size_t>(node.arguments[i])];
    };
    const ClaimType a = node.arguments.empty() ? ClaimType{} : argument(0).type;
    const ClaimType b = node.arguments.size() < 2 ? a : argument(1).type;
    const Check check{node, a, b, why};
    switch (node.op) {
        case ExprOp::add:
        case ExprOp::subtract: return sum_type(check);
        case ExprOp::multiply:
        case ExprOp::divide: return product_type(check);
        case ExprOp::power: return power_type(check, argument(1), node);
        case ExprOp::negate:
        case ExprOp::size: return is_number(a) ? Found(a) : check.numbers_needed();
        case ExprOp::root: return root_type(check);
        case ExprOp::log:
        case ExprOp::exp: return plain_type(check);
        case ExprOp::year:
            if (is_open(a) || a.kind == ClaimKind::date) return plain_number;
            return check.refuse("year is of a date, not of " + type_text(a));
        case ExprOp::equal:
        case ExprOp::less:
        case ExprOp::less_equal: return comparison_type(check);
        case ExprOp::both:
        case ExprOp::either:
        case ExprOp::negation: return logic_type(check, nodes);
        case ExprOp::least:
        case ExprOp::greatest:
        case ExprOp::total: return list_type(check, nodes);
        case ExprOp::constant:
        case ExprOp::name:
        case ExprOp::figure:
        case ExprOp::start:
        case ExprOp::end:
        case ExprOp::day: break;
    }
    return node.type;  // a leaf says its own
}

std::optional<ClaimSlack> parse_slack(std::string_view text, std::optional<Dimension>& dimension,
                                      std::string& why) {
    ClaimSlack slack{.text = std::string(trimmed(text))};
    if (slack.text.ends_with('x')) {
        const auto factor = number_of(trimmed(slack.text.substr(0, slack.text.size() - 1)));
        if (!factor || *factor < 1 || *factor > 1e6) {
            why = "'" + excerpt(text) + "' is no factor from 1 to 1,000,000";
            return std::nullopt;
        }
        slack.low = std::min(slack.low, 1 / *factor);
        slack.high = std::max(slack.high, *factor);
        return slack;
    }
    const auto parsed = parse_quantity(slack.text, why);
    if (!parsed) return std::nullopt;
    if (parsed->si < 0 || (parsed->dimension == Dimension{} && parsed->si >= 1)) {
        why = "'" + excerpt(text) + "' is no share from 0 % to less than 100 %, and no amount";
        return std::nullopt;
    }
    if (parsed->dimension == Dimension{}) {
        slack.low = std::min(slack.low, 1 - parsed->si);
        slack.high = std::max(slack.high, 1 + parsed->si);
        return slack;
    }
    slack.off = parsed->si;
    dimension = parsed->dimension;
    return slack;
}

}  // namespace millwright
