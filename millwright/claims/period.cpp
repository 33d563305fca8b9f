// Every end of a quarter or a year is the same rule of the calendar, so many months before the
// year's end, and a period begins on the day behind the end before it: periods leave no day out
// and share none, whether a year has 52 weeks or 53. Years of two digits need FY or CY before
// them.
#include "millwright/claims/period.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                   "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> month_names{
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

template <std::size_t n>
std::optional<unsigned> index_in(const std::array<std::string_view, n>& names,
                                 std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<unsigned>(found - names.begin());
}

std::optional<unsigned> digits(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

/// Takes "q1" to "q4" from the front.
int take_quarter(std::string_view& text) {
    const bool is = text.size() >= 2 && text[0] == 'q' && text[1] >= '1' && text[1] <= '4';
    if (!is) return 0;
    const int quarter = text[1] - '0';
    text.remove_prefix(2);
    return quarter;
}

/// The last day of the `months`th month behind the month that ends fiscal year `year`.
Date end_of(const FiscalCalendar& calendar, int year, int months) {
    const std::chrono::year_month month =
        std::chrono::year(year) / calendar.month + std::chrono::months(months);
    if (calendar.last_weekday) {
        return Date(std::chrono::sys_days(month / calendar.weekday[std::chrono::last]));
    }
    const std::chrono::day last = (month / std::chrono::last).day();
    return month / std::min(last, std::chrono::day(calendar.day));
}

Date day_behind(const Date& date) {
    return Date(std::chrono::sys_days(date) + std::chrono::days(1));
}

}  // namespace

std::optional<FiscalCalendar> parse_calendar(std::string_view text, std::string& why) {
    const std::string said = lower(trimmed(text));
    why = "'" + excerpt(text) + "' is no end of a year";
    FiscalCalendar calendar;
    std::string_view rest = said;
    if (rest.starts_with("last ")) {
        rest.remove_prefix(5);
        const std::size_t of = rest.find(" of ");
        if (of == std::string_view::npos) return std::nullopt;
        const auto weekday = index_in(weekdays, rest.substr(0, of));
        const auto month = index_in(month_names, rest.substr(of + 4));
        if (!weekday || !month) return std::nullopt;
        calendar.last_weekday = true;
        calendar.weekday = std::chrono::weekday(*weekday);
        calendar.month = std::chrono::month(*month + 1);
        return calendar;
    }
    if (rest.size() != 5 || rest[2] != '-') return std::nullopt;
    const auto month = digits(rest.substr(0, 2)), day = digits(rest.substr(3));
    if (!month || !day || !on(2024, *month, *day).ok()) return std::nullopt;
    calendar.month = std::chrono::month(*month);
    // the month's last day stays its last
    const bool last = !on(2023, *month, *day + 1).ok();
    calendar.day = last ? 31 : *day;
    return calendar;
}

std::optional<PeriodLabel> parse_period(std::string_view text, std::string& why) {
    std::string said = lower(text);
    std::erase(said, ' ');
    std::string_view rest = said;
    why = "'" + excerpt(text) + "' is no period";
    PeriodLabel label;
    label.quarter = take_quarter(rest);
    label.fiscal = rest.starts_with("fy");
    label.calendar = rest.starts_with("cy");
    if (label.fiscal || label.calendar) rest.remove_prefix(2);
    const std::size_t end = std::min(rest.find('q'), rest.size());
    const std::string_view year = rest.substr(0, end);
    rest.remove_prefix(end);
    if (label.quarter == 0) label.quarter = take_quarter(rest);
    const auto number = digits(year);
    const bool two_digits = year.size() == 2 && (label.fiscal || label.calendar);
    if (!number || !rest.empty() || (year.size() != 4 && !two_digits)) return std::nullopt;
    label.year = static_cast<int>(*number) + (two_digits ? 2000 : 0);
    if (label.year < 1900 || label.year > 2200) return std::nullopt;
    return label;
}

DateRange calendar_period(const PeriodLabel& label) {
    if (label.quarter == 0) return {on(label.year, 1, 1), on(label.year, 12, 31)};
    const unsigned last = static_cast<unsigned>(3 * label.quarter);
    const auto month = std::chrono::year(label.year) / std::chrono::month(last);
    return {on(label.year, last - 2, 1), Date(std::chrono::sys_days(month / std::chrono::last))};
}

DateRange fiscal_period(const PeriodLabel& label, const FiscalCalendar& calendar) {
    const int last = label.quarter == 0 ? 0 : 3 * label.quarter - 12;
    const int before = label.quarter == 0 ? -12 : last - 3;
    return {day_behind(end_of(calendar, label.year, before)), end_of(calendar, label.year, last)};
}

}  // namespace millwright
