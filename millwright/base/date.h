// Calendar dates as rules and scenarios write them: 2026-02-01.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// `Date{}` is no day, `ok()` is false of it: parts mean "none" by it.
using Date = std::chrono::year_month_day;

/// A date known at compile time, such as `on(2023, 11, 17)`.
constexpr Date on(int year, unsigned month, unsigned day) {
    return {std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
}

/// Reads YYYY-MM-DD; empty if it is not a day of the calendar.
std::optional<Date> parse_date(std::string_view text);

/// When something was published: YYYY, YYYY-MM, YYYY-MM-DD, or the years YYYY-YYYY.
bool is_publication_date(std::string_view text);

/// YYYY-MM-DD, as parse_date() reads it.
std::string to_text(const Date& date);

}  // namespace millwright
