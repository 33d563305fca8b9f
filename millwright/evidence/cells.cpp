#include "millwright/evidence/cells.h"

#include <algorithm>

namespace millwright {

std::int64_t ways(const Cells& cells, std::string_view column) {
    return cells.count(column).value_or(1);
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
