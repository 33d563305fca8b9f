#include "base/result.h"

#include <fmt/format.h>

namespace millwright {

Place place_at(std::string_view text, std::size_t offset, const std::string& file) {
    Place place{file, 1, 1};
    for (std::size_t i = 0; i < offset; ++i) {
        place.column = text[i] == '\n' ? 1 : place.column + 1;
        place.line += text[i] == '\n' ? 1 : 0;
    }
    return place;
}

std::string to_text(const Fault& fault) {
    std::string where = fault.at.file;
    if (fault.at.line > 0) {
        where += fmt::format("{}{}:{}", where.empty() ? "" : ":", fault.at.line, fault.at.column);
    }
    std::string text = where.empty() ? "" : where + ": ";
    text += "error: " + fault.message + "\n";
    if (!fault.hint.empty()) text += "  hint: " + fault.hint + "\n";
    return text;
}

std::string to_text(const Faults& faults) {
    std::string text;
    for (const Fault& fault : faults) text += to_text(fault);
    return text;
}

}  // namespace millwright
