#include "millwright/report/verdict_text.h"

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

/// The answer, and what would make it stricter.
std::string us_text(const Verdict& v) {
    if (v.would_decide.empty()) return std::string(name_of(v.us));
    return fmt::format("{}, but {}", name_of(v.us), join(v.would_decide, ", "));
}

}  // namespace

std::string labelled(std::string_view label, const std::string& text) {
    return wrapped(fmt::format("  {:<10} ", label), text, 13);
}

std::string verdict_text(const Verdict& v) {
    std::string text =
        labelled("US", fmt::format("{}, class {}: {}", us_text(v), name_of(v.cls), v.reason));
    if (!v.conditions.empty()) text += labelled("", v.conditions);
    if (!v.by_text.empty()) text += labelled("", v.by_text);
    text += labelled("China", fmt::format("{}{}{}", name_of(v.cn), v.cn_reason.empty() ? "" : ": ",
                                          v.cn_reason));
    text += labelled("supply", fmt::format("{}: {}", name_of(v.supply), v.supply_reason));
    std::vector<std::string> cited;
    for (const Citation& c : v.citations) cited.push_back(c.rule + " (" + c.text + ")");
    cited.push_back(fmt::format("confidence {}", name_of(v.confidence)));
    text += labelled("citations", join(cited, "; "));
    for (const std::string& open : v.open) text += labelled("open", open);
    return text;
}

}  // namespace millwright
