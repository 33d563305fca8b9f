#include "millwright/base/result.h"

#include <algorithm>
#include <tuple>

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

Faults in_order(Faults faults) {
    // stable: faults of one place stay as they were found, side by side
    std::vector<std::string> files;  // in the order in which they were first told of
    for (const Fault& fault : faults) {
        if (std::ranges::find(files, fault.at.file) == files.end()) files.push_back(fault.at.file);
    }
    const auto key = [&](const Fault& f) {
        return std::tuple(std::ranges::find(files, f.at.file) - files.begin(), f.at.line,
                          f.at.column);
    };
    std::ranges::stable_sort(faults,
                             [&](const Fault& a, const Fault& b) { return key(a) < key(b); });
    const auto told = [](const Faults& before, const Fault& fault) {  // in the same place
        for (auto other = before.rbegin(); other != before.rend(); ++other) {
            const bool here = other->at.file == fault.at.file && other->at.line == fault.at.line &&
                              other->at.column == fault.at.column;
            if (!here) return false;
            if (other->message == fault.message) return true;
        }
        return false;
    };
    Faults once;
    for (Fault& fault : faults) {
        if (!told(once, fault)) once.push_back(std::move(fault));
    }
    return once;
}

std::string to_text(const Faults& faults) {
    std::string text;
    for (const Fault& fault : faults) text += to_text(fault);
    return text;
}

}  // namespace millwright
