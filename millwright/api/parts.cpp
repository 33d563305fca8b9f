#include "millwright/api/parts.h"

#include <optional>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/intake/shape_file.h"

namespace millwright {
namespace {

constexpr std::string_view topologies = "topologies";

/// Topologies in singular and plural, as `kind_named` takes kinds of parts; they are no kind of the
/// catalog, so it does not know them.
bool means_topologies(std::string_view word) {
    return word == topologies || word == "topology" || word == "topologie";
}

Fault no_kind(const std::string& word) {
    std::vector<std::string> known = part_kinds();
    known.emplace_back(topologies);
    return {{"", 0, 0},
            "no kind of part is called '" + word + "'",
            join_hints({did_you_mean(word, known), "choose one of " + join(known, ", ")})};
}

ListAnswer list_topologies() {
    ListAnswer answer{.kind = std::string(topologies)};
    for (const std::string& name : shape_names()) {
        answer.topologies.push_back({name, shape_named(name).value()});
    }
    return answer;
}

Result<ShowAnswer> show_topology(const std::string& name) {
    return shape_named(name).map([&](FabricShape shape) {
        return ShowAnswer{NamedShape{name, std::move(shape)}};
    });
}

}  // namespace

Result<ListAnswer> list(const ListQuestion& question, const Setting& setting) {
    if (means_topologies(question.kind)) return list_topologies();
    ListAnswer answer{.kind = kind_named(question.kind)};
    if (answer.kind.empty()) return failure(no_kind(question.kind));
    with_parts(setting.catalog, answer.kind, [&](const auto& parts) {
        for (const auto& part : parts) answer.parts.emplace_back(&part);
    });
    return answer;
}

Result<ShowAnswer> show(const ShowQuestion& question, const Setting& setting) {
    if (means_topologies(question.kind)) return show_topology(question.name);
    const std::string kind = kind_named(question.kind);
    if (kind.empty()) return failure(no_kind(question.kind));
    std::optional<ShowAnswer> answer;
    std::string hint;
    with_parts(setting.catalog, kind, [&](const auto& parts) {
        if (const auto* part = find_part(parts, question.name)) answer = ShowAnswer{AnyPart(part)};
        if (!answer) hint = name_hint(parts, question.name, kind);
    });
    if (answer) return *answer;
    return failure({{"", 0, 0}, fmt::format("no '{}' among the {}", question.name, kind), hint});
}

}  // namespace millwright
