#include "millwright/base/date.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <fmt/format.h>

namespace millwright {

std::optional<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto number = [&](std::size_t at, std::size_t count, auto& into) {
        const char* end = text.data() + at + count;
        const auto read = std::from_chars(text.data() + at, end, into);
        // a reader of numbers takes "-123" for a year
        return read.ec == std::errc{} && read.ptr == end && text[at] != '-';
    };
    if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return std::nullopt;
    const Date date = on(year, month, day);
    return date.ok() ? std::optional(date) : std::nullopt;
}

// Every form is completed to a day, so that one function knows the calendar.
bool is_publication_date(std::string_view text) {
    const std::string_view year = text.substr(0, std::min<std::size_t>(4, text.size()));
    const std::string_view rest = text.substr(year.size());
    if (!parse_date(std::string(year) + "-01-01")) return false;
    if (rest.empty()) return true;
    if (rest.size() == 5) {
        const std::string_view last = rest.substr(1);
        return rest[0] == '-' && parse_date(std::string(last) + "-01-01") && last >= year;
    }
    return parse_date(std::string(text) + (rest.size() == 3 ? "-01" : "")).has_value();
}

std::string to_text(const Date& date) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace millwright
