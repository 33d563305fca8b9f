#include "report/verdict_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/table.h"

namespace millwright {

std::string labelled(std::string_view label, const std::string& text) {
    return wrapped(fmt::format("  {:<10} ", label), text, 13);
}

std::string verdict_text(const Verdict& v) {
    std::string text =
        labelled("US", fmt::format("{}, class {}: {}", name_of(v.us), name_of(v.cls), v.reason));
    if (!v.conditions.empty()) text += labelled("", v.conditions);
    if (!v.by_text.empty()) text += labelled("", v.by_text);
    text += labelled("China", fmt::format("{}{}{}", name_of(v.cn), v.cn_reason.empty() ? "" : ": ",
                                          v.cn_reason));
    text += labelled("supply", fmt::format("{}: {}", name_of(v.supply), v.supply_reason));
    std::vector<std::string> cited;
    for (const Citation& c : v.citations) cited.push_back(c.rule + " (" + c.text + ")");
    cited.push_back(fmt::format("confidence {}", name_of(v.confidence)));
    text += labelled("citations", join(cited, "; "));
    for (const std::string& open : v.unsettled) text += labelled("open", open);
    return text;
}

}  // namespace millwright
