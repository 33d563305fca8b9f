// A rule's fields say who and what it is about in lists that may be empty. Here they become words
// that `rules explain`, `show rule` and their JSON share, so that a rule reads alike wherever it is
// told.
#include "millwright/report/rules_text.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/catalog/rule_reader.h"
#include "millwright/report/json.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_json.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::size_t bar_width = 30;

/// Days from 1970-01-01, to measure spans in.
double day_number(const Date& date) {
    return static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

/// The years as a bar with the span from one day to another filled: at least one column, or an
/// answer of a few days would not be seen. Both days lie between the ends.
std::string bar(const Date& from, const Date& to, const Date& first, const Date& last) {
    const double whole = std::max(1.0, day_number(last) - day_number(first));
    const auto at = [&](const Date& day) {
        const double share = (day_number(day) - day_number(first)) / whole;
        return static_cast<std::size_t>(share * static_cast<double>(bar_width));
    };
    const std::size_t begin = std::min(at(from), bar_width - 1);
    const std::size_t end = std::max(begin + 1, std::min(at(to), bar_width));
    return std::string(begin, '.') + std::string(end - begin, '#') +
           std::string(bar_width - end, '.');
}

/// The day on which the next entry begins: entries hold until then, and the last to the end.
const Date& end_of(const RulesTimelineAnswer& answer, std::size_t entry) {
    const bool last = entry + 1 == answer.entries.size();
    return last ? answer.until : answer.entries[entry + 1].from;
}

std::string list_or(const std::vector<std::string>& words, std::string_view otherwise) {
    return words.empty() ? std::string(otherwise) : join(words, ", ");
}

std::string conditions_text(const std::vector<Condition>& when) {
    std::vector<std::string> words;
    for (const Condition& c : when) words.push_back(to_text(c));
    return join(words, " and ");
}

/// Who and what a row is about, in words. Only what the row asks is said, in the order in which
/// people ask: the part, who makes it, where it goes, what for, and how it stands to other answers.
/// A row that asks nothing is about everybody.
std::vector<std::string> scope_words(const Requirement& ask) {
    std::vector<std::string> words;
    const auto say = [&](bool given, const std::string& text) {
        if (given) words.push_back(text);
    };
    std::vector<std::string> uses, unless;
    const auto& classes = ask.classes.value;
    const auto& after = ask.after.value;
    const auto& before = ask.yields_to.value;
    for (const EndUse use : ask.end_use) uses.emplace_back(name_of(use));
    for (const Conjunction& c : ask.unless) unless.push_back(conditions_text(c.all));
    say(!classes.empty(), "class " + join(classes, " or "));
    say(!ask.when.empty(), conditions_text(ask.when));
    say(!unless.empty(), "unless " + join(unless, ", or "));
    say(ask.data_centre.given,
        ask.data_centre.value ? "marketed for data centres" : "not marketed for data centres");
    say(ask.us_market.given, "on the US market");
    say(!ask.vendors.empty(), "made by " + join(ask.vendors, " or "));
    say(!ask.chips.empty(), "named " + join(ask.chips, ", "));
    say(!ask.designed_in.empty(), "designed in " + join(ask.designed_in, ", "));
    say(!ask.not_designed_in.empty(), "not designed in " + join(ask.not_designed_in, ", "));
    say(ask.from.given, "from " + join(ask.from.value, ", "));
    say(ask.to.given, "to " + join(ask.to.value, ", "));
    say(ask.headquarters.given, "or headquartered in " + join(ask.headquarters.value, ", "));
    say(ask.except.given, "except " + join(ask.except.value, ", "));
    say(!uses.empty(), "for " + join(uses, " or ") + " use");
    say(ask.entity_listed, "to a listed party");
    say(ask.affiliate, "to an affiliate of a listed party");
    say(ask.state_funded, "with state funds");
    say(!after.empty(), "where the answer so far is " + join(after, " or "));
    say(!before.empty(), "yields to " + join(before, " or "));
    say(ask.open_point, "told as an open point, does not decide");
    return words;
}

/// A row gives one of three: a verdict, a state of supply, or a charge on the price.
std::string answer_of(const Requirement& ask) {
    if (ask.verdict.given) return ask.verdict.value;
    if (ask.supply.given) return std::string(name_of(ask.supply.value));
    return "charge " + ask.charge;
}

/// A rule's turn is public on its own day unless its file says another.
std::string public_on(const RuleEvent& event) {
    return event.known.given ? to_text(event.known.value) : to_text(event.on);
}

}  // namespace

std::string timeline_text(const RulesTimelineAnswer& answer) {
    const auto& entries = answer.entries;
    Row head{"from",
             fmt::format("{} to {}", static_cast<int>(answer.since.year()),
                         static_cast<int>(answer.until.year())),
             "class"};
    for (const Outcome& o : entries.front().verdict.outcomes) head.push_back(o.label);
    head.emplace_back("supply");
    std::vector<Row> rows;
    std::string reasons;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const TimelineEntry& e = entries[i];
        rows.push_back({to_text(e.from), bar(e.from, end_of(answer, i), answer.since, answer.until),
                        e.verdict.lead().cls});
        for (const Outcome& o : e.verdict.outcomes) rows.back().push_back(o.code);
        rows.back().emplace_back(name_of(e.verdict.supply));
        const std::string why = e.events.empty() ? "" : " [" + join(e.events, ", ") + "]";
        const std::string& conditions = e.verdict.lead().conditions;
        const std::string state = conditions.empty() ? "" : "; " + conditions;
        reasons += wrapped(to_text(e.from) + "  ", e.verdict.lead().reason + state + why, 12);
    }
    return answer.title + "\n\n" + format_table(head, rows, std::string(head.size(), 'l')) + "\n" +
           reasons;
}

Json timeline_json(const RulesTimelineAnswer& answer) {
    Json list = Json::array();
    for (std::size_t i = 0; i < answer.entries.size(); ++i) {
        const TimelineEntry& e = answer.entries[i];
        list.push_back({{"from", to_text(e.from)},
                        {"until", to_text(end_of(answer, i))},
                        {"events", e.events},
                        {"verdict", verdict_json(e.verdict)}});
    }
    return {{"title", answer.title},
            {"since", to_text(answer.since)},
            {"until", to_text(answer.until)},
            {"entries", list}};
}

std::string rule_text(const Catalog& catalog, const Rule& rule) {
    const Source& source = catalog.sources[rule.citation.source.index()];
    std::string text = fmt::format("{}: {}\n", rule.id, rule.name);
    text += labelled("by", rule.authority);
    text += labelled("text", rule.citation.value);
    text += labelled("source", fmt::format("{}, {}, {} ({})", source.title, source.publisher,
                                           source.dated, name_of(source.grade)));
    text += labelled("confidence", std::string(name_of(rule.confidence)) +
                                       (rule.hypothetical ? "; a proposal or what-if" : ""));
    text += labelled("in words", rule.summary);
    if (!rule.note.empty()) text += labelled("uncertain", rule.note);
    text += labelled("announced", to_text(rule.announced));
    for (const RuleEvent& e : rule.events) {
        text +=
            labelled(to_text(e.on), fmt::format("{}{}{}; public on {}", name_of(e.what),
                                                e.note.empty() ? "" : ": ", e.note, public_on(e)));
    }
    for (const RuleLine& line : rule.lines) {
        const char* only = !line.data_centre.given  ? ""
                           : line.data_centre.value ? ", marketed for data centres"
                                                    : ", not marketed for data centres";
        text += labelled("class", fmt::format("{} ({}): {}{}", line.cls.value, line.paragraph,
                                              conditions_text(line.when), only));
    }
    for (const Requirement& ask : rule.requirements) {
        text += labelled("answer", fmt::format("{}: {}; {}", answer_of(ask), ask.reason,
                                               list_or(scope_words(ask), "everybody")));
    }
    return text;
}

Json rule_json(const Catalog& catalog, const Rule& rule) {
    Json events = Json::array();
    for (const RuleEvent& e : rule.events) {
        events.push_back({{"on", to_text(e.on)},
                          {"known", public_on(e)},
                          {"what", name_of(e.what)},
                          {"note", e.note}});
    }
    Json lines = Json::array();
    for (const RuleLine& line : rule.lines) {
        lines.push_back({{"paragraph", line.paragraph},
                         {"class", line.cls.value},
                         {"when", conditions_text(line.when)},
                         {"data_centre",
                          line.data_centre.given ? Json(line.data_centre.value) : Json(nullptr)}});
    }
    Json answers = Json::array();
    for (const Requirement& ask : rule.requirements) {
        answers.push_back({{"answer", answer_of(ask)},
                           {"reason", ask.reason},
                           {"scope", scope_words(ask)},
                           {"conditions", ask.conditions}});
    }
    return {{"id", rule.id},
            {"name", rule.name},
            {"authority", rule.authority},
            {"citation", rule.citation.value},
            {"source", source_json(catalog.sources[rule.citation.source.index()])},
            {"announced", to_text(rule.announced)},
            {"confidence", name_of(rule.confidence)},
            {"hypothetical", rule.hypothetical},
            {"summary", rule.summary},
            {"note", rule.note},
            {"events", events},
            {"lines", lines},
            {"answers", answers}};
}

}  // namespace millwright
