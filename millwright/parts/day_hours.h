// A part of every day, such as the hours in which a factory serves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

inline constexpr double hours_of_day = 24;

/// From a time of the day to another, in hours since midnight; over midnight where `to` is no later
/// than `from`.
struct DayHours {
    double from = 0, to = hours_of_day;

    double length() const { return to > from ? to - from : to - from + hours_of_day; }
    friend bool operator==(const DayHours&, const DayHours&) = default;
};

/// Reads "08:00..24:00"; nothing of what is no such time, or ends as it begins.
std::optional<DayHours> parse_day_hours(std::string_view text);

/// "08:00..24:00".
std::string to_text(const DayHours& hours);

/// Hours of a day that lie in both.
double shared_hours(const DayHours& a, const DayHours& b);

}  // namespace millwright
