#include "millwright/report/term_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/report/table.h"

namespace millwright {

std::string term_text(const TermEntry& entry) {
    const std::string others = entry.aliases.empty() ? "" : join(entry.aliases, ", ");
    std::string text = wrapped("", entry.name + (others.empty() ? "" : " (" + others + ")"), 2);
    text += "\n" + wrapped("  ", entry.text, 2) + "\n";
    if (!entry.source.empty()) text += wrapped("  source    ", entry.source, 12);
    if (!entry.see_also.empty()) text += wrapped("  see also  ", join(entry.see_also, ", "), 12);
    return text;
}

std::string terms_text(const TermAnswer& answer) {
    std::size_t widest = 0;
    for (const TermEntry& entry : answer.entries) widest = std::max(widest, entry.id.size());
    std::string text, topic;
    for (const TermEntry& entry : answer.entries) {
        if (entry.topic != topic) {
            text += (topic.empty() ? "" : "\n") + entry.topic + "\n";
            topic = entry.topic;
        }
        text += wrapped(fmt::format("  {:<{}}  ", entry.id, widest), entry.name, widest + 4);
    }
    return text + "\n" +
           wrapped(
               "",
               "`millwright explain WORD` says what one means; abbreviations, verdicts, classes "
               "and rules too.",
               0);
}

nlohmann::ordered_json term_json(const TermEntry& entry) {
    const nlohmann::ordered_json source =
        entry.source.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(entry.source);
    return {{"id", entry.id},
            {"name", entry.name},
            {"aliases", entry.aliases},
            {"topic", entry.topic},
            {"text", entry.text},
            {"source", source},
            {"see_also", entry.see_also}};
}

nlohmann::ordered_json terms_json(const TermAnswer& answer) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const TermEntry& entry : answer.entries) json.push_back(term_json(entry));
    return json;
}

}  // namespace millwright
