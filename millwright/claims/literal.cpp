// Kinds are tried in an order that leaves no doubt: truth, bound, then whatever does not begin
// like a number is a word; dates before numbers, as they begin like one. All intervals are
// closed: an end that is left out is moved by one step of a double. Dates are seconds, so that
// intervals know but one kind of number.
#include "millwright/claims/literal.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace {

constexpr double day_length = 86400;

bool begins_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with('.')) text.remove_prefix(1);
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0;
}

/// A number with its unit, or a date.
std::optional<LiteralValue> parse_end(std::string_view text, std::string& why) {
    text = trimmed(text);
    if (const auto date = parse_date(text)) {
        return LiteralValue{day_of_calendar, exactly_at(seconds_of(*date)), ""};
    }
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto parsed = parse_quantity(text, why);
    if (!parsed) return std::nullopt;
    return LiteralValue{{ClaimKind::number, parsed->dimension}, exactly_at(parsed->si), ""};
}

/// The unit of a number with one, as it is written.
std::string_view unit_of(std::string_view text) {
    const std::size_t at = text.find_first_not_of("0123456789.+-eE ");
    return at == std::string_view::npos ? "" : text.substr(at);
}

/// "5..7 %": a lower end without a unit has that of the upper one.
std::optional<LiteralValue> parse_interval(std::string_view text, std::size_t dots,
                                           std::string& why) {
    std::string first(trimmed(text.substr(0, dots)));
    const std::string_view second = trimmed(text.substr(dots + 2));
    const bool bare = first.find_first_not_of("0123456789.+-eE ") == std::string::npos;
    if (bare && !parse_date(first)) first += " " + std::string(unit_of(second));
    const auto low = parse_end(first, why);
    if (!low) return std::nullopt;
    const auto high = parse_end(second, why);
    if (!high) return std::nullopt;
    if (low->type != high->type) {
        why = fmt::format("the ends of '{}' have unlike units: {} and {}", excerpt(text),
                          type_text(low->type), type_text(high->type));
        return std::nullopt;
    }
    if (low->extent.low > high->extent.high) {
        why = "'" + excerpt(text) + "' ends before it begins";
        return std::nullopt;
    }
    return LiteralValue{low->type, {low->extent.low, high->extent.high}, ""};
}

/// ">4 TUSD" leaves its end out, ">=4 TUSD" does not.
std::optional<LiteralValue> parse_bound(std::string_view text, std::string& why) {
    const bool above = text[0] == '>';
    const bool touches = text.size() > 1 && text[1] == '=';
    auto end = parse_end(text.substr(touches ? 2 : 1), why);
    if (!end) return std::nullopt;
    const double value = end->extent.low;
    if (above) {
        end->extent = {touches ? value : std::nextafter(value, infinite), infinite};
    } else {
        end->extent = {-infinite, touches ? value : std::nextafter(value, -infinite)};
    }
    return end;
}

/// One end as it would be written, in the SI unit of its type.
std::string end_text(const ClaimType& type, double value) {
    if (type.kind == ClaimKind::date) return to_text(day_of(value));
    const double shown = std::abs(value) < 1e-300 ? 0 : value;
    const std::string text = format_si(shown, type.dimension);
    const std::string unit = type_text(type);
    const bool named = type.dimension == Dimension{} || contains(text, " ");
    return named ? text : text + " " + unit;
}

}  // namespace

std::string type_text(const ClaimType& type) {
    switch (type.kind) {
        case ClaimKind::any: return "anything";
        case ClaimKind::date: return "a date";
        case ClaimKind::word: return "a word";
        case ClaimKind::truth: return "yes or no";
        case ClaimKind::number: break;
    }
    const Dimension& d = type.dimension;
    const std::array<std::pair<int, std::string_view>, 8> parts{{{d.dollars, "USD"},
                                                                 {d.bytes, "B"},
                                                                 {d.flops, "FLOP"},
                                                                 {d.joules, "J"},
                                                                 {d.tokens, "token"},
                                                                 {d.metres, "m"},
                                                                 {d.kilograms, "kg"},
                                                                 {d.seconds, "s"}}};
    std::string above, below;
    for (const auto& [exponent, name] : parts) {
        const int size = std::abs(exponent);
        if (size == 0) continue;
        std::string& side = exponent > 0 ? above : below;
        if (exponent < 0) side += "/";
        if (exponent > 0 && !side.empty()) side += " ";
        side += name;
        if (size > 1) side += fmt::format("^{}", size);
    }
    return (above.empty() ? "1" : above) + below;
}

double seconds_of(const Date& date) {
    return day_length * static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

Date day_of(double seconds) {
    static const double first = seconds_of(on(1, 1, 1)), last = seconds_of(on(9999, 12, 31));
    const double within = std::clamp(seconds, first, last);
    const int days = static_cast<int>(std::floor(within / day_length + 1e-6));
    return Date(std::chrono::sys_days(std::chrono::days(days)));
}

std::optional<LiteralValue> parse_literal(std::string_view text, std::string& why) {
    text = trimmed(text);
    if (text.empty()) {
        why = "it is empty";
        return std::nullopt;
    }
    if (text == "true" || text == "false") {
        return LiteralValue{truth_value, exactly_at(text == "true" ? 1 : 0), ""};
    }
    if (text[0] == '<' || text[0] == '>') return parse_bound(text, why);
    if (!begins_number(text)) {
        return LiteralValue{{ClaimKind::word, {}}, {}, std::string(text)};
    }
    const std::size_t dots = text.find("..");
    return dots == std::string_view::npos ? parse_end(text, why) : parse_interval(text, dots, why);
}

std::string extent_text(const ClaimType& type, const ClaimExtent& extent) {
    if (extent.empty()) return "nothing";
    if (type.kind == ClaimKind::truth) {
        return extent.low > 0 ? "true" : extent.high < 1 ? "false" : "true or false";
    }
    const bool from = std::isfinite(extent.low), to = std::isfinite(extent.high);
    if (!from && !to) return "anything";
    if (!to) return "at least " + end_text(type, extent.low);
    if (!from) return "at most " + end_text(type, extent.high);
    const std::string low = end_text(type, extent.low), high = end_text(type, extent.high);
    return low == high ? low : low + " to " + high;
}

}  // namespace millwright
