// One table has what can be written, another what is printed: a dimension has many symbols and
// one form. exact_text() tries texts from the most readable to plain SI and takes the first that
// parses back to the very number, so that what is written and what is read cannot drift apart.
// What is parsed is held against the limits of its dimension.
#include "millwright/base/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/limits.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

/// A unit that can be written: `si` is how many SI units one of it is.
struct Symbol {
    std::string_view name;
    double si;
    Dimension dimension;
    bool prefixed;  // takes decimal (and, for bytes and bits, binary) prefixes
};

constexpr Dimension per_second{.seconds = -1};
constexpr double foot = 0.3048;

// Looked up whole before prefixes are tried, so `min` and `ms` are what they look like.
constexpr std::array symbols{
    Symbol{"B", 1, {.bytes = 1}, true},
    Symbol{"bit", 0.125, {.bytes = 1}, true},
    Symbol{"b", 0.125, {.bytes = 1}, true},
    Symbol{"bps", 0.125, {.bytes = 1, .seconds = -1}, true},
    Symbol{"s", 1, {.seconds = 1}, false},
    Symbol{"ms", 1e-3, {.seconds = 1}, false},
    Symbol{"us", 1e-6, {.seconds = 1}, false},
    Symbol{"ns", 1e-9, {.seconds = 1}, false},
    Symbol{"min", 60, {.seconds = 1}, false},
    Symbol{"h", 3600, {.seconds = 1}, false},
    Symbol{"day", 86400, {.seconds = 1}, false},
    Symbol{"days", 86400, {.seconds = 1}, false},
    Symbol{"month", 365.25 * 86400 / 12, {.seconds = 1}, false},
    Symbol{"months", 365.25 * 86400 / 12, {.seconds = 1}, false},
    Symbol{"year", 365.25 * 86400, {.seconds = 1}, false},
    Symbol{"years", 365.25 * 86400, {.seconds = 1}, false},
    Symbol{"FLOP", 1, {.flops = 1}, true},
    Symbol{"FLOPS", 1, Dimension{.flops = 1} + per_second, true},
    Symbol{"OPS", 1, Dimension{.flops = 1} + per_second, true},
    Symbol{"W", 1, {.seconds = -1, .joules = 1}, true},
    Symbol{"J", 1, {.joules = 1}, true},
    Symbol{"Wh", 3600, {.joules = 1}, true},
    Symbol{"USD", 1, {.dollars = 1}, true},
    Symbol{"token", 1, {.tokens = 1}, true},
    Symbol{"tokens", 1, {.tokens = 1}, true},
    Symbol{"mm2", 1e-6, {.metres = 2}, false},
    Symbol{"m2", 1, {.metres = 2}, false},
    Symbol{"m3", 1, {.metres = 3}, false},
    Symbol{"ft3", foot* foot* foot, {.metres = 3}, false},
    Symbol{"g", 1e-3, {.kilograms = 1}, true},
    Symbol{"t", 1e3, {.kilograms = 1}, true},
    Symbol{"%", 0.01, {}, false},
};

struct Prefix {
    std::string_view name;
    double factor;
};

constexpr std::array prefixes{
    Prefix{"Ki", 1024.0},
    Prefix{"Mi", 1024.0 * 1024},
    Prefix{"Gi", 1024.0 * 1024 * 1024},
    Prefix{"Ti", 1024.0 * 1024 * 1024 * 1024},
    Prefix{"k", 1e3},
    Prefix{"M", 1e6},
    Prefix{"G", 1e9},
    Prefix{"T", 1e12},
    Prefix{"P", 1e15},
    Prefix{"E", 1e18},
};

std::optional<ParsedQuantity> find_symbol(std::string_view name) {
    for (const Symbol& symbol : symbols) {
        if (symbol.name == name) return ParsedQuantity{symbol.si, symbol.dimension};
    }
    return std::nullopt;
}

/// One unit with its prefix. Binary prefixes are for bytes and bits alone, per second or not.
std::optional<ParsedQuantity> parse_unit(std::string_view name) {
    if (const auto exact = find_symbol(name)) return exact;
    for (const Prefix& prefix : prefixes) {
        if (!name.starts_with(prefix.name)) continue;
        const std::string_view rest = name.substr(prefix.name.size());
        for (const Symbol& symbol : symbols) {
            const bool binary = prefix.name.size() == 2;
            const bool allowed = symbol.prefixed && (!binary || symbol.dimension.bytes == 1);
            if (allowed && symbol.name == rest) {
                return ParsedQuantity{prefix.factor * symbol.si, symbol.dimension};
            }
        }
    }
    return std::nullopt;
}

/// A bare suffix on a count: 14.8T, 16M, 7B.
std::optional<double> count_suffix(std::string_view unit) {
    if (unit == "K" || unit == "k") return 1e3;
    if (unit == "M") return 1e6;
    if (unit == "B") return 1e9;
    if (unit == "T") return 1e12;
    return std::nullopt;
}

/// Words that people write for units.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> unit_words{
    {{"second", "s"},        {"seconds", "s"},       {"sec", "s"},        {"millisecond", "ms"},
     {"milliseconds", "ms"}, {"microseconds", "us"}, {"minute", "min"},   {"minutes", "min"},
     {"hour", "h"},          {"hours", "h"},         {"watt", "W"},       {"watts", "W"},
     {"kilowatts", "kW"},    {"megawatts", "MW"},    {"gigawatts", "GW"}, {"dollars", "USD"},
     {"$", "USD"},           {"trillion", "T"},      {"billion", "B"},    {"million", "M"}}};

/// Every unit with every prefix that it takes.
std::vector<std::string> all_units() {
    std::vector<std::string> names;
    for (const Symbol& symbol : symbols) {
        names.emplace_back(symbol.name);
        for (const Prefix& prefix : prefixes) {
            const bool binary = prefix.name.size() == 2;
            if (!symbol.prefixed || (binary && symbol.dimension.bytes != 1)) continue;
            names.push_back(std::string(prefix.name) + std::string(symbol.name));
        }
    }
    return names;
}

/// What was meant by it, for the end of a message; empty where nothing is near.
std::string unit_meant(std::string_view name) {
    const std::string wanted = lower(name);
    std::string meant;
    for (const auto& [word, unit] : unit_words) {
        if (word == wanted) meant = unit;
    }
    if (std::ranges::find(prefixes, name, &Prefix::name) != std::end(prefixes)) {
        return "; a prefix is before a unit, such as " + std::string(name) + "B";
    }
    const std::vector<std::string> units = all_units();
    for (const std::string& unit : units) {
        if (meant.empty() && lower(unit) == wanted) meant = unit;
    }
    if (!meant.empty()) return "; write '" + meant + "'";
    if (wanted == "eur" || wanted == "cny" || wanted == "gbp" || wanted == "jpy") {
        return "; money is in USD";
    }
    // every short word is near some unit
    const std::string near = name.size() < 3 ? "" : did_you_mean(name, units);
    return near.empty() ? "" : "; " + near;
}

/// Multiplies by the first unit and divides by each that follows: "4 USD/W/h" is USD per W and h.
bool apply_units(std::string_view units, ParsedQuantity& q, std::string& why) {
    if (units.empty()) return true;
    for (bool divide = false;; divide = true) {
        const std::size_t slash = units.find('/');
        const std::string_view name = trimmed(units.substr(0, slash));
        const auto unit = parse_unit(name);
        if (!unit) {
            why = "unknown unit '" + excerpt(name) + "'" + unit_meant(name);
            return false;
        }
        q.si = divide ? q.si / unit->si : q.si * unit->si;
        q.dimension = divide ? q.dimension - unit->dimension : q.dimension + unit->dimension;
        // behind a slash a unit must stand: "5 GB/" is a rate cut short
        if (slash == std::string_view::npos) return true;
        units.remove_prefix(slash + 1);
    }
}

struct Form {
    Dimension dimension;
    std::string_view symbol;   // printed unit after the prefix
    std::string_view example;  // for hints
    double scale;              // si per printed unit
    bool prefixed;
    std::string_view exact;  // the unit of SI
};

constexpr std::array forms{
    Form{{.bytes = 1}, "B", "80 GB", 1, true, "B"},
    Form{{.bytes = 1, .seconds = -1}, "B/s", "3.35 TB/s", 1, true, "B/s"},
    Form{{.flops = 1}, "FLOP", "1e21 FLOP", 1, true, "FLOP"},
    Form{{.seconds = -1, .flops = 1}, "FLOPS", "989.5 TFLOPS", 1, true, "FLOPS"},
    Form{{.seconds = -1, .joules = 1}, "W", "700 W", 1, true, "W"},
    Form{{.joules = 1}, "J", "1 kWh", 1, true, "J"},
    Form{{.dollars = 1}, "USD", "28000 USD", 1, true, "USD"},
    Form{{.dollars = 1, .joules = -1}, "USD/kWh", "0.082 USD/kWh", 1 / 3.6e6, false, "USD/J"},
    Form{{.seconds = -1, .dollars = 1}, "USD/h", "2.95 USD/h", 1 / 3600.0, false, "USD/s"},
    Form{{.seconds = 1, .dollars = 1, .joules = -1}, "USD/W", "4 MUSD/MW", 1, false, "USD/W"},
    Form{{.dollars = 1, .tokens = -1}, "USD/Mtoken", "0.5 USD/token", 1e-6, false, "USD/token"},
    Form{{.tokens = 1}, "tokens", "14.8T", 1, true, "tokens"},
    Form{{.seconds = -1, .tokens = 1}, "tokens/s", "100 tokens/s", 1, true, "tokens/s"},
    Form{{.metres = 2}, "mm2", "814 mm2", 1e-6, false, "m2"},
    Form{{.metres = 3}, "m3", "400000 m3", 1, false, "m3"},
    Form{{.kilograms = 1}, "kg", "12 t", 1, false, "kg"},
    Form{{.joules = -1, .kilograms = 1}, "g/kWh", "380 g/kWh", 1e-3 / 3.6e6, false, "kg/J"},
};

/// Steps up at 999.95, which four digits would print as 1000 of the smaller unit.
std::string with_prefix(double value, std::string_view symbol) {
    constexpr std::array<std::string_view, 7> names{"", "k", "M", "G", "T", "P", "E"};
    std::size_t step = 0;
    while (std::abs(value) >= 999.95 && step + 1 < names.size()) {
        value /= 1000;
        ++step;
    }
    return fmt::format("{:.4g} {}{}", value, names[step], symbol);
}

/// Four digits, or all before the point: no exponent where a person would write none.
std::string plain(double number) {
    const double size = std::abs(number);
    return size >= 1e4 && size < 1e7 ? fmt::format("{:.0f}", number)
                                     : fmt::format("{:.4g}", number);
}

std::string format_seconds(double s) {
    const double a = std::abs(s);
    if (a >= 2 * 86400) return plain(s / 86400) + " days";
    if (a >= 1 || a == 0) return plain(s) + " s";
    if (a >= 1e-3) return fmt::format("{:.4g} ms", s * 1e3);
    if (a >= 1e-6) return fmt::format("{:.4g} us", s * 1e6);
    return fmt::format("{:.4g} ns", s * 1e9);
}

/// Grams and kilograms, from a tonne on tonnes.
std::string format_mass(double kg) {
    return std::abs(kg) < 999.95 ? with_prefix(kg / 1e-3, "g") : with_prefix(kg / 1e3, "t");
}

/// Whether the dimension's limits admit the quantity; `said` is how it was written, for the reason.
bool is_possible(const ParsedQuantity& q, const std::string& said, std::string& why) {
    const DimensionLimits& limits = limits_of(q.dimension);
    if (is_within(q.si, limits.si)) return true;
    why = fmt::format("'{}' is beyond what {} can be; it is zero, or from {} to {}", said,
                      limits.name, format_si(limits.si.least, q.dimension),
                      format_si(limits.si.most, q.dimension));
    return false;
}

/// Forms to try, from the most readable to the one that is always exact.
std::vector<std::string> forms_of(double si, const Dimension& dimension) {
    std::vector<std::string> texts;
    // twelve digits hide the rounding of a division; where that loses bits, as many as it takes
    const auto add = [&](double value, std::string_view prefix, std::string_view unit) {
        texts.push_back(fmt::format("{:.12g} {}{}", value, prefix, unit));
        texts.push_back(fmt::format("{} {}{}", value, prefix, unit));
    };
    const auto readable = [](double value) {
        return std::abs(value) >= 1 && std::abs(value) < 1e3;
    };
    for (const Prefix& small : {Prefix{"m", 1e-3}, Prefix{"u", 1e-6}, Prefix{"n", 1e-9}}) {
        if (dimension != Dimension{.seconds = 1}) break;
        if (readable(si / small.factor)) add(si / small.factor, small.name, "s");
    }
    if (dimension == Dimension{.seconds = 1}) add(si, "", "s");
    for (const Form& form : forms) {
        if (form.dimension != dimension) continue;
        const double value = si / form.scale;
        for (const Prefix& prefix : prefixes) {
            const double scaled = value / prefix.factor;
            const bool decimal = form.prefixed && prefix.name.size() == 1;
            if (decimal && readable(scaled)) add(scaled, prefix.name, form.symbol);
        }
        add(value, "", form.symbol);
        add(si, "", form.exact);
    }
    return texts;
}

}  // namespace

std::optional<ParsedQuantity> parse_quantity(std::string_view text, std::string& why) {
    const std::string_view body = trimmed(text);
    const std::string said = excerpt(text);
    ParsedQuantity q;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), q.si);
    if (error == std::errc::result_out_of_range) {
        why = "'" + said + "' is too large or too small a number";
        return std::nullopt;
    }
    if (error != std::errc{} || !std::isfinite(q.si)) {
        why = "'" + said + "' does not begin with a number";
        return std::nullopt;
    }
    const std::string_view glued = body.substr(static_cast<std::size_t>(end - body.data()));
    const std::string_view units = trimmed(glued);
    const auto factor = glued == units ? count_suffix(units) : std::nullopt;
    if (factor) {
        q.si *= *factor;
    } else if (!apply_units(units, q, why)) {
        return std::nullopt;
    }
    if (is_possible(q, said, why)) return q;
    return std::nullopt;
}

std::string example_of(const Dimension& dimension) {
    if (dimension == Dimension{.seconds = 1}) return "1.5 us";
    for (const Form& form : forms) {
        if (form.dimension == dimension) return std::string(form.example);
    }
    return "a plain number";
}

std::string other_unit(std::string_view text, const Dimension& wanted) {
    // an exponent's letter is within a number
    const bool bare = text.find_first_not_of("0123456789.,_+-eE \t") == std::string_view::npos &&
                      !trimmed(text).ends_with('E');
    return "'" + excerpt(text) + (bare ? "' has no unit" : "' has the wrong unit") +
           "; expected one like '" + example_of(wanted) + "'";
}

std::string format_si(double si, const Dimension& dimension) {
    if (!std::isfinite(si)) {
        throw std::logic_error(
            fmt::format("{} of the result is {}", limits_of(dimension).name, si));
    }
    if (dimension == Dimension{.seconds = 1}) return format_seconds(si);
    if (dimension == Dimension{.kilograms = 1}) return format_mass(si);
    for (const Form& form : forms) {
        if (form.dimension != dimension) continue;
        if (form.prefixed) return with_prefix(si / form.scale, form.symbol);
        return fmt::format("{:.4g} {}", si / form.scale, form.symbol);
    }
    return fmt::format("{:.4g}", si);
}

std::string si_unit(const Dimension& dimension) {
    if (dimension == Dimension{.seconds = 1}) return "s";
    for (const Form& form : forms) {
        if (form.dimension == dimension) return std::string(form.exact);
    }
    return "";
}

std::string exact_text(double si, const Dimension& dimension) {
    if (dimension == Dimension{}) return fmt::format("{}", si);
    std::string why;
    for (const std::string& text : forms_of(si, dimension)) {
        const auto parsed = parse_quantity(text, why);
        if (parsed && parsed->si == si) return text;
    }
    throw std::logic_error(
        fmt::format("{} of {} cannot be written", limits_of(dimension).name, si));
}

}  // namespace millwright
