#include "millwright/report/key_type.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "millwright/base/units.h"

namespace millwright {
namespace {

bool has_no_end(const Range& range) { return range.high == std::numeric_limits<double>::max(); }

std::string bound_text(double bound, const Dimension* unit) {
    if (unit != nullptr) return format_si(bound, *unit);
    const bool whole = std::abs(bound) < 1e15 && bound == std::floor(bound);
    return whole ? fmt::format("{:.0f}", bound) : fmt::format("{:.6g}", bound);
}

/// "1 to 1000", "more than 0", or nothing where any number does.
std::string key_range_text(const KeyType& type, const Range& range) {
    if (!type.number) return "";
    if (range.low == positive.low) {
        return has_no_end(range) ? "more than 0" : "up to " + bound_text(range.high, type.unit);
    }
    const std::string low = bound_text(range.low, type.unit);
    if (has_no_end(range)) return range.low == 0 ? "" : low + " or more";
    return low + " to " + bound_text(range.high, type.unit);
}

}  // namespace

namespace key_detail {

double example_number(const Range& range) {
    const bool share = range.high <= 1 && range.low <= 0.5 && !range.whole;
    return std::clamp(share ? 0.5 : 1.0, range.low, range.high);
}

std::string example_quantity(const Dimension& unit, const Range& range) {
    const std::string usual = example_of(unit);
    std::string why;
    const auto parsed = parse_quantity(usual, why);
    const bool fits = parsed && parsed->si >= range.low && parsed->si <= range.high;
    if (fits) return toml_out::quoted(usual);
    return toml_out::quoted(exact_text(range.low > positive.low ? range.low : range.high, unit));
}

}  // namespace key_detail

std::string described(const KeyType& type, const Range& range) {
    std::string text = type.text;
    if (type.unit != nullptr && has_no_end(range)) {
        text += fmt::format(", `\"{}\"`", example_of(*type.unit));
    }
    const std::string limits = key_range_text(type, range);
    return limits.empty() ? text : text + ", " + limits;
}

}  // namespace millwright
