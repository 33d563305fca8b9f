#include "validate/cells.h"

#include <algorithm>

#include "base/text.h"

namespace millwright {

std::string Cells::text(std::string_view column) const {
    return std::string(cell(table, row, column));
}

std::optional<double> Cells::number(std::string_view column) const {
    return number_of(cell(table, row, column));
}

std::int64_t Cells::ways(std::string_view column) const {
    constexpr double most = 1e12;
    return static_cast<std::int64_t>(std::clamp(number(column).value_or(1), 1.0, most));
}

std::map<std::string, std::string> named_values(const std::string& text) {
    std::map<std::string, std::string> values;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find_first_of(",; ", at), text.size());
        const std::string item = text.substr(at, end - at);
        const std::size_t equals = item.find('=');
        if (equals != std::string::npos) {
            values[item.substr(0, equals)] = item.substr(equals + 1);
        }
        at = end + 1;
    }
    return values;
}

std::size_t significant_digits(std::string_view printed) {
    std::size_t digits = 0;
    bool leading = true;
    for (const char c : printed) {
        if (c == 'e' || c == 'E') break;
        if (c < '0' || c > '9') continue;
        leading = leading && c == '0';
        if (!leading) ++digits;
    }
    return digits;
}

std::string unusable_value(const Cells& cells, std::string_view column) {
    const auto value = cells.number(column);
    if (!value) return "no measured value";
    if (*value <= 0) return "the measured value is zero";
    if (significant_digits(cells.text(column)) < 2) return "fewer than two significant digits";
    return "";
}

}  // namespace millwright
