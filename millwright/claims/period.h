// Periods by their labels, and fiscal calendars: FY2026Q2 of a year that ends with the last Sunday
// of January is the thirteen weeks to 2025-07-27.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "millwright/base/date.h"

namespace millwright {

/// When a fiscal year ends; it has the number of the calendar year in which it does. Its quarters
/// end by the same rule three, six and nine months on.
struct FiscalCalendar {
    std::chrono::month month{1};
    bool last_weekday = false;  // the last `weekday` of the month, else its `day`
    std::chrono::weekday weekday{0};
    unsigned day = 31;  // the month's last one where it has fewer
};

/// "last Sunday of January", or "06-30". Empty, and `why` it is none.
std::optional<FiscalCalendar> parse_calendar(std::string_view text, std::string& why);

/// Both days included.
struct DateRange {
    Date first, last;
    friend bool operator==(const DateRange&, const DateRange&) = default;
};

/// A label as read: "FY26Q2", "Q2 FY2026", "FY2026", "CY2025Q2", "2025Q2", "Q2 2025", "2025".
struct PeriodLabel {
    int year = 0;
    int quarter = 0;                        // 1 to 4; 0: all of the year
    bool fiscal = false, calendar = false;  // neither: it does not say
};

/// Empty, and `why` it is none.
std::optional<PeriodLabel> parse_period(std::string_view text, std::string& why);

/// A year or quarter of the common calendar.
DateRange calendar_period(const PeriodLabel& label);
/// A fiscal year or quarter.
DateRange fiscal_period(const PeriodLabel& label, const FiscalCalendar& calendar);

}  // namespace millwright
