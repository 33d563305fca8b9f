#include "apps/cli/skipped.h"

#include <fmt/format.h>

#include "millwright/report/table.h"

namespace millwright::app {

std::string skipped_text(const SkipReasons& reasons) {
    constexpr std::size_t told = 8;
    std::string text;
    for (std::size_t i = 0; i < reasons.size() && i < told; ++i) {
        const auto& [reason, rows] = reasons[i];
        text += wrapped(fmt::format("  skipped {}: ", rows), reason, 4);
    }
    if (reasons.size() > told) {
        text += fmt::format("  and for {} reasons more\n", reasons.size() - told);
    }
    return text;
}

}  // namespace millwright::app
