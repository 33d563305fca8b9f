#include "base/result.h"

#include <fmt/format.h>

namespace millwright {

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
