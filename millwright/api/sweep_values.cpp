// A value stays text, so that it is read as the file's would be. An end of a range is a number and
// what stands behind it; values between keep that, so that they are of one unit.
#include "millwright/api/sweep_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/counts.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr const char* range_hint =
    "LOW..HIGH:N for equal steps, such as 0.05..0.09 USD/kWh:5, or LOW..HIGH:xN for equal ratios, "
    "such as 1024..16384:x5";

/// An end of a range: a number and its unit, with the blank between them.
struct RangeEnd {
    double number = 0;
    std::string unit;
};

std::optional<RangeEnd> range_end(std::string_view text, bool whole) {
    const std::string_view body = trimmed(text);
    RangeEnd end;
    if (whole) {
        std::string why;
        const auto number = number_of(plain_number(body, NumberKind::whole, why));
        if (!number) return std::nullopt;
        end.number = *number;
        return end;
    }
    const auto [rest, error] = std::from_chars(body.data(), body.data() + body.size(), end.number);
    if (error != std::errc{} || !std::isfinite(end.number)) return std::nullopt;
    end.unit = body.substr(static_cast<std::size_t>(rest - body.data()));
    return end;
}

/// "5" or "x5"; nothing where that is no number of values.
std::optional<std::pair<std::size_t, Spacing>> count_of(std::string_view text, std::size_t most) {
    std::string_view body = trimmed(text);
    const Spacing spacing = body.starts_with('x') ? Spacing::geometric : Spacing::even;
    if (spacing == Spacing::geometric) body.remove_prefix(1);
    std::size_t count = 0;
    const auto [rest, error] = std::from_chars(body.data(), body.data() + body.size(), count);
    const bool whole = error == std::errc{} && rest == body.data() + body.size();
    if (!whole || count < 2 || count > most) return std::nullopt;
    return std::pair{count, spacing};
}

/// The numbers from end to end, the ends themselves among them.
std::vector<double> numbers_between(double low, double high, std::size_t count, Spacing spacing) {
    std::vector<double> numbers;
    for (std::size_t i = 0; i < count; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(count - 1);
        const bool end = i == 0 || i + 1 == count;
        numbers.push_back(end ? (i == 0 ? low : high)
                          : spacing == Spacing::even
                              ? (1 - part) * low + part * high
                              : std::exp((1 - part) * std::log(low) + part * std::log(high)));
    }
    return numbers;
}

std::optional<WrittenValues> refuse_values(std::string message, const char* hint, const Place& at,
                                           Faults& faults) {
    faults.push_back({at, std::move(message), hint});
    return std::nullopt;
}

/// What stands before the two points and behind them, of `text`, which has them.
std::optional<WrittenValues> range_values(const std::string& text, bool whole, std::size_t most,
                                          const Place& at, Faults& faults) {
    const std::size_t points = text.find("..");
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon < points) {
        return refuse_values(fmt::format("'{}' does not say how many values", excerpt(text)),
                             range_hint, at, faults);
    }
    auto low = range_end(text.substr(0, points), whole);
    const auto high = range_end(text.substr(points + 2, colon - points - 2), whole);
    if (!low || !high) {
        return refuse_values(fmt::format("'{}' is no range of {}", excerpt(text),
                                         whole ? "whole numbers" : "numbers"),
                             range_hint, at, faults);
    }
    const auto count = count_of(text.substr(colon + 1), most);
    if (!count) {
        return refuse_values(fmt::format("'{}' in '{}' is no number of values from 2 to {}",
                                         excerpt(text.substr(colon + 1)), excerpt(text), most),
                             range_hint, at, faults);
    }
    if (low->unit.empty()) low->unit = high->unit;
    if (trimmed(low->unit) != trimmed(high->unit)) {
        return refuse_values(fmt::format("the ends of '{}' are in two units", excerpt(text)),
                             "write both in one, such as 0.5..1.5 MW:3", at, faults);
    }
    if (high->number <= low->number) {
        return refuse_values(
            fmt::format("the range '{}' ends at or below its beginning", excerpt(text)), range_hint,
            at, faults);
    }
    if (count->second == Spacing::geometric && low->number <= 0) {
        return refuse_values(
            fmt::format("'{}' has equal ratios, which need a beginning above zero", excerpt(text)),
            range_hint, at, faults);
    }
    WrittenValues values{.texts = {}, .spacing = count->second};
    for (const double number :
         numbers_between(low->number, high->number, count->first, count->second)) {
        std::string value = whole ? fmt::format("{:.0f}", std::round(number))
                                  : fmt::format("{:.12g}{}", number, high->unit);
        // counts near each other may round to one
        if (values.texts.empty() || values.texts.back() != value) {
            values.texts.push_back(std::move(value));
        }
    }
    return values;
}

std::optional<WrittenValues> list_values(const std::string& text, std::size_t most, const Place& at,
                                         Faults& faults) {
    WrittenValues values;
    const std::size_t before = faults.size();
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        std::string value(trimmed(std::string_view(text).substr(from, comma - from)));
        from = comma + 1;
        if (value.empty()) {
            refuse_values(fmt::format("'{}' has an empty value", excerpt(text)),
                          "commas part values, such as 1024,2048; numbers have none inside", at,
                          faults);
        } else if (std::ranges::find(values.texts, value) != values.texts.end()) {
            refuse_values(fmt::format("'{}' stands twice in '{}'", excerpt(value), excerpt(text)),
                          "write every value once", at, faults);
        } else {
            values.texts.push_back(std::move(value));
        }
    }
    if (values.texts.size() > most) {
        refuse_values(fmt::format("{} values are more than {}", values.texts.size(), most),
                      "make several sweeps of them", at, faults);
    }
    if (faults.size() > before) return std::nullopt;
    return values;
}

}  // namespace

std::optional<WrittenValues> written_values(const std::string& text, const ValuesOf& of,
                                            std::size_t most, const Place& at, Faults& faults) {
    if (of.dimension && text.find("..") != std::string::npos) {
        return range_values(text, of.whole, most, at, faults);
    }
    return list_values(text, most, at, faults);
}

}  // namespace millwright
