#include "rules/rulebook.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"

namespace millwright {
namespace {

constexpr std::string_view world_group = "world";
constexpr std::string_view sanctioned_group = "embargoed";

struct Unfolding {
    std::span<const CountryGroup> groups;
    Countries world{};
    Faults faults{};

    const CountryGroup* group(std::string_view id) const {
        const auto found = std::find_if(groups.begin(), groups.end(),
                                        [&](const CountryGroup& g) { return g.id == id; });
        return found == groups.end() ? nullptr : &*found;
    }

    Countries members(const CountryGroup& group) {
        Countries set;
        for (const std::string& code : group.countries.value) {
            if (const auto at = country_index(code)) {
                set.set(*at);
            } else {
                faults.push_back({{"groups/" + group.id + ".toml", 0, 0},
                                  fmt::format("'{}' is not a country code", code),
                                  "write two capital letters, such as \"CN\""});
            }
        }
        return set;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const CountryGroup& g : groups) all.push_back(g.id);
        return all;
    }

    /// Codes and groups of a list as one set.
    Countries unfold(const Written<std::vector<std::string>>& list) {
        Countries set;
        for (const std::string& word : list.value) {
            const auto at = country_index(word);
            if (const CountryGroup* g = group(word)) {
                set |= members(*g);
            } else if (at && (world.none() || world.test(*at))) {
                set.set(*at);
            } else {
                faults.push_back({list.at,
                                  fmt::format("'{}' is neither a country nor a group", word),
                                  "groups are " + join(names(), ", ")});
            }
        }
        return set;
    }
};

template <class E>
std::uint32_t bits_of(const std::vector<E>& values) {
    std::uint32_t bits = 0;
    for (const E value : values) bits |= 1U << static_cast<unsigned>(value);
    return bits;
}

RuleRow row_of(Unfolding& unfolding, std::size_t rule, const Requirement& ask) {
    RuleRow row{.rule = rule, .ask = ask};
    row.to = unfolding.unfold(ask.to);
    row.except = unfolding.unfold(ask.except);
    row.headquarters = unfolding.unfold(ask.headquarters);
    row.from = unfolding.unfold(ask.from);
    row.anywhere = !ask.to.given && !ask.headquarters.given;
    row.classes = bits_of(ask.classes);
    row.after = bits_of(ask.after);
    const bool answers =
        ask.verdict.given || ask.measure.given || ask.supply.given || !ask.charge.empty();
    if (!answers) {
        unfolding.faults.push_back(
            {ask.at, "this [[requirement]] gives no answer", "add verdict = \"LIC_POD\" or such"});
    }
    return row;
}

/// Rules that the row names, by their place in the book.
void find_after_rules(const Rulebook& book, RuleRow& row, Faults& faults) {
    for (const std::string& id : row.ask.after_rules.value) {
        const Rule* rule = find_rule(book, id);
        if (rule != nullptr) {
            row.after_rules.push_back(static_cast<std::size_t>(rule - book.rules.data()));
        } else {
            faults.push_back({row.ask.after_rules.at, fmt::format("no rule '{}'", id), ""});
        }
    }
}

void note_groups(Rulebook& book, std::span<const CountryGroup> groups) {
    for (const CountryGroup& group : groups) {
        if (group.id == world_group) continue;
        if (!group.verified_on.ok()) {
            book.unverified_groups.push_back(group.name);
        } else if (!book.groups_verified_on.ok() || group.verified_on < book.groups_verified_on) {
            book.groups_verified_on = group.verified_on;
        }
    }
}

bool earlier(const Rule& a, const Rule& b) {
    return std::tie(a.announced, a.id) < std::tie(b.announced, b.id);
}

}  // namespace

std::optional<std::size_t> country_index(std::string_view code) {
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !letter(code[0]) || !letter(code[1])) return std::nullopt;
    return static_cast<std::size_t>((code[0] - 'A') * 26 + (code[1] - 'A'));
}

Result<Rulebook> rulebook_of(std::span<const Rule> rules, std::span<const CountryGroup> groups) {
    Rulebook book;
    Unfolding unfolding{.groups = groups};
    if (const CountryGroup* world = unfolding.group(world_group)) {
        unfolding.world = unfolding.members(*world);
    }
    if (const CountryGroup* group = unfolding.group(sanctioned_group)) {
        book.sanctioned = unfolding.members(*group);
    }
    book.world = unfolding.world;
    book.rules.assign(rules.begin(), rules.end());
    std::sort(book.rules.begin(), book.rules.end(), earlier);
    for (std::size_t i = 0; i < book.rules.size(); ++i) {
        for (const RuleLine& line : book.rules[i].lines) book.lines.push_back({i, line});
        for (const Requirement& ask : book.rules[i].requirements) {
            book.rows.push_back(row_of(unfolding, i, ask));
            find_after_rules(book, book.rows.back(), unfolding.faults);
        }
    }
    note_groups(book, groups);
    if (!unfolding.faults.empty()) return failure(std::move(unfolding.faults));
    return book;
}

RuleState state_of(const Rule& rule, const Date& date, const Date& known) {
    std::vector<const RuleEvent*> past;
    for (const RuleEvent& event : rule.events) {
        const Date public_on = event.known.given ? event.known.value : event.on;
        if (event.on <= date && public_on <= known) past.push_back(&event);
    }
    std::stable_sort(past.begin(), past.end(),
                     [](const RuleEvent* a, const RuleEvent* b) { return a->on < b->on; });
    RuleState state;
    bool stopped = false;
    for (const RuleEvent* event : past) {
        switch (event->what) {
            case EventKind::in_force: state.text = true; break;
            case EventKind::not_enforced:
            case EventKind::suspended: stopped = true; break;
            case EventKind::resumed: stopped = false; break;
            case EventKind::ended: state.text = false; break;
            case EventKind::review: state.review = event; break;
            case EventKind::note: break;
        }
    }
    state.enforced = state.text && !stopped;
    return state;
}

RulesOfDay rules_of_day(const Rulebook& book, const Date& date, const Date& known, Basis basis,
                        const std::vector<std::string>& without) {
    RulesOfDay day{.book = &book, .date = date, .known = known};
    std::vector<bool> counts(book.rules.size());
    for (std::size_t i = 0; i < book.rules.size(); ++i) {
        const Rule& rule = book.rules[i];
        const RuleState state = state_of(rule, date, known);
        const bool left_out = std::any_of(without.begin(), without.end(), [&](const auto& id) {
            return lower(id) == lower(rule.id);
        });
        counts[i] = !left_out && (basis == Basis::text ? state.text : state.enforced);
    }
    for (std::size_t i = 0; i < book.lines.size(); ++i) {
        if (counts[book.lines[i].rule]) day.lines.push_back(i);
    }
    std::stable_sort(day.lines.begin(), day.lines.end(), [&](std::size_t a, std::size_t b) {
        return book.lines[a].line.cls < book.lines[b].line.cls;
    });
    for (std::size_t i = 0; i < book.rows.size(); ++i) {
        if (!counts[book.rows[i].rule]) continue;
        (book.rows[i].after == 0 ? day.first : day.later).push_back(i);
    }
    return day;
}

std::string groups_note(const Rulebook& book) {
    std::string note;
    if (book.groups_verified_on.ok()) {
        note = "country groups as of " + to_text(book.groups_verified_on);
    }
    if (!book.unverified_groups.empty()) {
        note += (note.empty() ? "" : "; ") + join(book.unverified_groups, ", ") +
                " from memory of the regulation";
    }
    return note;
}

std::vector<Date> turning_days(const Rulebook& book) {
    std::vector<Date> days;
    for (const Rule& rule : book.rules) {
        for (const RuleEvent& event : rule.events) days.push_back(event.on);
    }
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return days;
}

const Rule* find_rule(const Rulebook& book, std::string_view id) {
    const auto found = std::find_if(book.rules.begin(), book.rules.end(),
                                    [&](const Rule& rule) { return lower(rule.id) == lower(id); });
    return found == book.rules.end() ? nullptr : &*found;
}

}  // namespace millwright
