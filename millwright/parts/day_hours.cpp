#include "millwright/parts/day_hours.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace millwright {
namespace {

std::optional<int> two_digits(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 2 || !digit(text[0]) || !digit(text[1])) return std::nullopt;
    return 10 * (text[0] - '0') + (text[1] - '0');
}

/// "08:30"; 24:00 is the end of a day.
std::optional<double> parse_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = two_digits(text.substr(0, 2));
    const auto minutes = two_digits(text.substr(3));
    if (!hours || !minutes || *minutes > 59) return std::nullopt;
    const double time = *hours + *minutes / 60.0;
    if (time > hours_of_day) return std::nullopt;
    return time;
}

std::string time_text(double time) {
    const auto minutes = static_cast<int>(std::lround(60 * time));
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

/// Parts of it that do not cross midnight.
std::array<DayHours, 2> pieces(const DayHours& h) {
    if (h.to > h.from) return {h, DayHours{0, 0}};
    return {DayHours{h.from, hours_of_day}, DayHours{0, h.to}};
}

}  // namespace

std::optional<DayHours> parse_day_hours(std::string_view text) {
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) return std::nullopt;
    const auto from = parse_time(text.substr(0, dots));
    const auto to = parse_time(text.substr(dots + 2));
    if (!from || !to || *from == *to || *from >= hours_of_day) return std::nullopt;
    return DayHours{*from, *to};
}

std::string to_text(const DayHours& hours) {
    return time_text(hours.from) + ".." + time_text(hours.to);
}

double shared_hours(const DayHours& a, const DayHours& b) {
    double sum = 0;
    for (const DayHours& one : pieces(a)) {
        for (const DayHours& other : pieces(b)) {
            sum += std::max(0.0, std::min(one.to, other.to) - std::max(one.from, other.from));
        }
    }
    return sum;
}

}  // namespace millwright
