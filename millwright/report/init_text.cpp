// Live lines are made by the writer of parts, so what is written here is what the reader takes;
// only lines that are commented out are made up.
#include "millwright/report/init_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/catalog/toml_writer.h"
#include "millwright/report/key_type.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

/// The source that lines commented out cite; its table stands at the end, commented out too.
constexpr std::string_view own_source = "mine";

std::string comment(const std::string& text) {
    std::string lines = wrapped("  ", text, 2);
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) lines[at] = '#';
    return lines;
}

/// What stands above a key, without the backquotes of Markdown.
template <class Member, class Row>
std::string about(const Row& field) {
    std::string type = described(key_type<Member>(), field.range);
    std::erase(type, '`');
    return comment(
        fmt::format("{} ({}{})", field.doc, type, field.need == Need::required ? "; needed" : ""));
}

/// A key that is commented out. A plain member shows what it is where it is left out.
template <class Part, class Row>
std::string absent_line(const Row& field) {
    using Member = std::remove_cvref_t<decltype(std::declval<Part>().*field.member)>;
    std::string value;
    if constexpr (std::is_same_v<Member, bool> || std::is_enum_v<Member>) {
        value = toml_out::text_of(Part{}.*field.member);
    } else {
        value = example_of_key<Member>(field.range, own_source);
    }
    return fmt::format("#{} = {}\n", field.key, value);
}

/// The keys of a table, an empty line between them; those that `part` does not have are commented
/// out.
template <class Part>
std::string live_keys(toml_out::Sources& sources, const Part& part) {
    const Part fresh{};
    std::string text;
    for_each_field<Part>([&](const auto& field) {
        using Member = std::remove_cvref_t<decltype(part.*field.member)>;
        const std::string line = toml_out::line_of(sources, field.key, part.*field.member,
                                                   fresh.*field.member, field.need);
        text += "\n" + about<Member>(field) + (line.empty() ? absent_line<Part>(field) : line);
    });
    return text;
}

/// A section of which nothing is there: its heading and all of its keys commented out.
template <class Part>
std::string absent_section(std::string_view heading) {
    std::string text = fmt::format("\n#{}\n", heading);
    for_each_field<Part>([&](const auto& field) {
        using Member = std::remove_cvref_t<decltype(std::declval<Part>().*field.member)>;
        text += "\n" + about<Member>(field) + absent_line<Part>(field);
    });
    return text;
}

template <class Part>
std::string live_section(toml_out::Sources& sources, std::string_view heading, const Part& part) {
    return fmt::format("\n{}\n", heading) + live_keys(sources, part);
}

/// Every line that is live is commented out.
std::string commented_out(const std::string& text) {
    std::string lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        if (text[at] != '#' && text[at] != '\n') lines += '#';
        lines += text.substr(at, end - at);
        at = end;
    }
    return lines;
}

std::string job_section(toml_out::Sources& sources, const JobText& job) {
    return live_section(sources, "[[job]]", job) +
           std::visit([&](const auto& keys) { return live_keys(sources, keys); }, job.keys);
}

/// A job of the kind that the scenario has none of.
JobText serving_job() {
    ServeJobText keys;
    keys.model = {.value = "...", .at = {}, .given = true};
    JobText job;
    job.name = {.value = "...", .at = {}, .given = true};
    job.kind = {.value = JobKind::serve, .at = {}, .given = true};
    job.keys = std::move(keys);
    return job;
}

/// Tables that a scenario may have and this one has not.
std::string absent_sections(toml_out::Sources& sources) {
    return commented_out(job_section(sources, serving_job())) +
           absent_section<AssumeText>("[assume]") +
           absent_section<ReliabilityText>("[reliability]") + absent_section<BooksText>("[books]") +
           absent_section<PhaseText>("[[phase]]") + absent_section<SaleText>("[[sale]]") +
           absent_section<UncertainText>("[[uncertain]]") +
           absent_section<CorrelationText>("[[correlation]]") +
           absent_section<OverrideText>("[[override]]");
}

std::string start_text(const ScenarioText& scenario, const Catalog& catalog) {
    toml_out::Sources sources(catalog);
    std::string text =
        comment(
            "A scenario of your own: `millwright run FILE` answers it, `millwright check FILE` "
            "reads it alone. A line such as #key = value is a key that is left out; "
            "docs/scenario.md explains them all.") +
        live_keys(sources, scenario);
    for (const SiteText& site : scenario.sites) text += live_section(sources, "[site]", site);
    for (const BuyerText& buyer : scenario.buyers) text += live_section(sources, "[buyer]", buyer);
    for (const FactoryText& factory : scenario.factories) {
        text += live_section(sources, "[[factory]]", factory);
    }
    for (const JobText& job : scenario.jobs) text += job_section(sources, job);
    return text + absent_sections(sources);
}

/// The part under a name of its own: what is said of the other one does not hold for it.
template <class Part>
Part renamed(Part part) {
    part.name = "My " + part.name;
    if constexpr (requires { part.aliases; }) part.aliases.clear();
    if constexpr (requires { part.note; }) part.note.clear();
    return part;
}

template <class Part>
std::string start_text(const Part* part, const Catalog& catalog) {
    static_assert(!HasTables<const Part>, "tables inside a file of a part are not walked here");
    const auto& kind = kind_of<Part>();
    toml_out::Sources sources(catalog);
    std::string text = comment(fmt::format(
        "A {0} of your own, begun as {1} of the catalog: change what differs, and name the sources "
        "of your figures. Save it as FOLDER/{2}/NAME.toml, where NAME becomes its id; `millwright "
        "check FOLDER` reads it, and every command knows it with --catalog FOLDER. A line such as "
        "#key = value is a key that is left out.",
        kind.singular, part->id, kind.name));
    text += live_keys(sources, renamed(*part));
    text += sources.text();  // after the keys, which name them
    return text + absent_section<Source>(fmt::format("[sources.{}]", own_source));
}

}  // namespace

std::string init_text(const InitAnswer& answer, const Catalog& catalog) {
    return std::visit([&](const auto& start) { return start_text(start, catalog); }, answer.start);
}

nlohmann::ordered_json init_json(const InitAnswer& answer, const Catalog& catalog) {
    nlohmann::ordered_json json{{"kind", answer.kind}, {"like", nullptr}};
    std::visit(
        [&](const auto& start) {
            if constexpr (requires { start->id; }) json["like"] = start->id;
        },
        answer.start);
    json["toml"] = init_text(answer, catalog);
    return json;
}

}  // namespace millwright
