#include "millwright/report/verdict_text.h"

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

/// The answer, and what would make it stricter.
std::string lead_text(const Verdict& v) {
    if (v.would_decide.empty()) return v.lead().code;
    return fmt::format("{}, but {}", v.lead().code, join(v.would_decide, ", "));
}

/// The code with its class, where the authority has classes, and the reason, where a rule decided.
std::string outcome_text(const Outcome& o, const std::string& code) {
    const std::string cls = o.cls.empty() ? "" : ", class " + o.cls;
    return code + cls + (o.reason.empty() ? "" : ": " + o.reason);
}

/// Of the answer that leads, and of others that are not as sure. Where no rule was in force there
/// is nothing to be sure of.
std::string confidence_text(const Verdict& v) {
    std::string text = fmt::format("confidence {}", name_of(v.lead().confidence));
    for (const Outcome& o : v.outcomes) {
        if (o.rule.empty() || o.confidence == v.lead().confidence) continue;
        text += fmt::format(", {} {}", o.label, name_of(o.confidence));
    }
    return text;
}

}  // namespace

std::string labelled(std::string_view label, const std::string& text) {
    return wrapped(fmt::format("  {:<10} ", label), text, 13);
}

std::string verdict_text(const Verdict& v) {
    std::string text;
    for (const Outcome& o : v.outcomes) {
        const bool leads = &o == &v.lead();
        text += labelled(o.label, outcome_text(o, leads ? lead_text(v) : o.code));
        if (!o.conditions.empty()) text += labelled("", o.conditions);
        if (leads && !v.by_text.empty()) text += labelled("", v.by_text);
    }
    text += labelled("supply", fmt::format("{}: {}", name_of(v.supply), v.supply_reason));
    std::vector<std::string> cited;
    for (const Citation& c : v.citations) cited.push_back(c.rule + " (" + c.text + ")");
    cited.push_back(confidence_text(v));
    text += labelled("citations", join(cited, "; "));
    for (const std::string& open : v.open) text += labelled("open", open);
    return text;
}

}  // namespace millwright
