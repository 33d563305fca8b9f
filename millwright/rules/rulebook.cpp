// Rules of the catalog made ready: places become bits of a set, codes bits of a mask, names of
// rules numbers, so that to judge compares nothing but numbers.
//
// Rules stand in the order in which they were announced, and so do their lines and rows. That order
// has a meaning in decide.cpp: rows with `after` loosen in it, and of two answers as strict the
// later rule is cited.
#include "millwright/rules/rulebook.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

constexpr std::string_view world_group = "world";

/// Turns lists of places into sets; keeps which groups were met, and the faults.
struct PlaceSets {
    std::span<const CountryGroup> groups;
    const Rulebook& book;
    std::vector<const CountryGroup*> used{};
    Faults faults{};

    const CountryGroup* group(std::string_view id) const {
        const auto found = std::find_if(groups.begin(), groups.end(),
                                        [&](const CountryGroup& g) { return g.id == id; });
        return found == groups.end() ? nullptr : &*found;
    }

    Countries members(const CountryGroup& group) {
        Countries set;
        for (const std::string& code : group.countries.value) {
            if (const auto at = place_index(book, code)) {
                set.set(*at);
            } else {
                faults.push_back({{"groups/" + group.id + ".toml", 0, 0},
                                  fmt::format("'{}' is not a country code", code),
                                  "write two capital letters, such as \"CN\", or a region of "
                                  "ISO 3166-2, such as \"UA-43\""});
            }
        }
        return set;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const CountryGroup& g : groups) all.push_back(g.id);
        return all;
    }

    /// Codes and groups of a list as one set. Without a group `world` any two letters are a
    /// country.
    Countries unfold(const Written<std::vector<std::string>>& list) {
        Countries set;
        for (const std::string& word : list.value) {
            const auto at = place_index(book, word);
            if (const CountryGroup* g = group(word)) {
                set |= members(*g);
                used.push_back(g);
            } else if (at && (book.world.none() || is_place(book, word))) {
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

using IndexOf = int (*)(const Authority&, std::string_view);

/// Codes as bits of the one authority that has them, which `whose` becomes. They were checked.
Bits bits_of(const Rulebook& book, const std::vector<std::string>& codes, IndexOf index,
             std::size_t& whose) {
    Bits bits = 0;
    for (const std::string& code : codes) {
        for (std::size_t a = 0; a < book.authorities.size(); ++a) {
            const int at = index(book.authorities[a], code);
            if (at < 0) continue;
            whose = a;
            bits |= Bits{1} << at;
        }
    }
    return bits;
}

/// Keys that would say nothing beside the others of the row.
void check_keys(const Rulebook& book, const RuleRow& row, Faults& faults) {
    const Requirement& ask = row.ask;
    if (!ask.verdict.given && (ask.open_point || row.yields_to != 0)) {
        faults.push_back({ask.at, "open_point and yields_to need a verdict",
                          "add verdict = \"LIC_EMBARGO\" or such"});
    }
    if (row.after != 0 && (ask.open_point || row.yields_to != 0)) {
        faults.push_back(
            {ask.at, "a row with after has neither open_point nor yields_to", "give one of them"});
    }
    const Bits looser = (Bits{1} << row.verdict) - 1;
    if (asks_export(book, row) && ask.after_rules.given && (row.after & looser) != 0) {
        faults.push_back({ask.after_rules.at, "after_rules names rules whose answers are loosened",
                          "leave it out: the strictest answer wins, whose ever it is"});
    }
}

/// A row follows on answers of its own authority, if it gives one. `after` says whose answers
/// otherwise: rows about supply, a charge or a use may follow on those of an export.
void find_codes(const Rulebook& book, RuleRow& row) {
    const Requirement& ask = row.ask;
    row.classes = bits_of(book, ask.classes.value, class_index, row.class_of);
    if (ask.verdict.given) {
        std::size_t whose = 0;
        const Bits bit = bits_of(book, {ask.verdict.value}, verdict_index, whose);
        row.authority = static_cast<int>(whose);
        row.verdict = static_cast<unsigned>(std::countr_zero(bit));
        row.after_of = whose;
    }
    row.after = bits_of(book, ask.after.value, verdict_index, row.after_of);
    std::size_t own = 0;
    row.yields_to = bits_of(book, ask.yields_to.value, verdict_index, own);
}

RuleRow row_of(PlaceSets& unfolding, std::size_t rule, const Requirement& ask) {
    RuleRow row{.rule = rule, .ask = ask};
    // names are compared by their words, however they are written
    for (std::string& name : row.ask.chips) name = slug(name);
    row.to = unfolding.unfold(ask.to);
    row.except = unfolding.unfold(ask.except);
    row.headquarters = unfolding.unfold(ask.headquarters);
    row.from = unfolding.unfold(ask.from);
    row.anywhere = !ask.to.given && !ask.headquarters.given;
    find_codes(unfolding.book, row);
    const bool answers = ask.verdict.given || ask.supply.given || !ask.charge.empty();
    if (!answers) {
        unfolding.faults.push_back(
            {ask.at, "this [[requirement]] gives no answer", "add verdict = \"LIC_POD\" or such"});
    }
    check_keys(unfolding.book, row, unfolding.faults);
    return row;
}

/// Rules that the row names, by their place in the book.
void find_after_rules(const Rulebook& book, RuleRow& row, Faults& faults) {
    for (const std::string& id : row.ask.after_rules.value) {
        const Rule* rule = find_rule(book, id);
        if (rule != nullptr) {
            row.after_rules.push_back(static_cast<std::size_t>(rule - book.rules.data()));
        } else {
            faults.push_back({row.ask.after_rules.at, fmt::format("no rule '{}'", id),
                              "`millwright list rules` shows all"});
        }
    }
}

/// Regions that some group names, each once; the parts of countries that rules judge apart.
void find_regions(std::span<const CountryGroup> groups, Rulebook& book, Faults& faults) {
    for (const CountryGroup& group : groups) {
        for (const std::string& code : group.countries.value) {
            const auto known = std::find(book.regions.begin(), book.regions.end(), code);
            if (is_region(code) && known == book.regions.end()) book.regions.push_back(code);
        }
    }
    if (book.regions.size() <= region_codes) return;
    faults.push_back({{"groups", 0, 0},
                      fmt::format("{} regions in all groups", book.regions.size()),
                      fmt::format("at most {} can be told apart", region_codes)});
    book.regions.resize(region_codes);
}

/// The day of the group that was compared longest ago: the whole is as fresh as that.
void note_groups(Rulebook& book, const PlaceSets& unfolding) {
    const auto& used = unfolding.used;
    for (const CountryGroup& group : unfolding.groups) {
        if (std::find(used.begin(), used.end(), &group) == used.end()) continue;
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

/// Exports first, since AsksAbout names them first.
bool before(const Authority& a, const Authority& b) {
    return std::tie(a.asks, a.order, a.id) < std::tie(b.asks, b.order, b.id);
}

Faults faults_of_codes(std::span<const Rule> rules, std::span<const Authority> authorities) {
    Faults faults = authority_faults(authorities);
    if (std::ranges::find(authorities, AsksAbout::sending, &Authority::asks) == authorities.end()) {
        faults.push_back({{"authorities", 0, 0},
                          "no authority of the catalog asks about exports",
                          "write asks = \"export\" in a file of authorities/"});
    }
    for (const Rule& rule : rules) {
        const Faults more = code_faults(rule, authorities);
        append(faults, more);
    }
    return faults;
}

RulePath path_of(const Rulebook& book, std::size_t rule, const RuleLine& line) {
    RulePath path{.rule = rule, .line = line};
    const Bits bit = bits_of(book, {line.cls.value}, class_index, path.authority);
    require(bit != 0, "a line gives a class that its authority has");
    path.cls = static_cast<unsigned>(std::countr_zero(bit));
    return path;
}

}  // namespace

std::optional<std::size_t> country_index(std::string_view code) {
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !letter(code[0]) || !letter(code[1])) return std::nullopt;
    return static_cast<std::size_t>((code[0] - 'A') * 26 + (code[1] - 'A'));
}

bool is_region(std::string_view code) {
    constexpr std::size_t shortest = 4, longest = 6;
    if (code.size() < shortest || code.size() > longest || code[2] != '-') return false;
    return country_index(code.substr(0, 2)).has_value();
}

std::optional<std::size_t> place_index(const Rulebook& book, std::string_view code) {
    if (code.size() == 2) return country_index(code);
    const auto found = std::find(book.regions.begin(), book.regions.end(), code);
    if (found == book.regions.end()) return std::nullopt;
    return country_codes + static_cast<std::size_t>(found - book.regions.begin());
}

bool is_place(const Rulebook& book, std::string_view code) {
    const auto at = place_index(book, code);
    return at && (*at >= country_codes || book.world.test(*at));
}

std::string place_hint(const Rulebook& book) {
    std::string hint = "write two capital letters of ISO 3166, such as CN, DE or GB";
    if (!book.regions.empty()) hint += ", or a region judged apart: " + join(book.regions, ", ");
    return hint;
}

bool holds_place(const Rulebook& book, const Countries& set, std::string_view code) {
    const auto at = place_index(book, code);
    if (!at) return false;
    if (set.test(*at)) return true;
    return *at >= country_codes && set.test(*country_index(code.substr(0, 2)));
}

Fault outside_asked(const Place& at, std::string_view what) {
    return {at,
            fmt::format("the {} is outside {} to {}", what, static_cast<int>(first_asked.year()),
                        static_cast<int>(last_asked.year())),
            "rules are known from 2022"};
}

bool asks_export(const Rulebook& book, const RuleRow& row) {
    return row.authority != nobody &&
           book.authorities[static_cast<std::size_t>(row.authority)].asks == AsksAbout::sending;
}

Result<Rulebook> rulebook_of(std::span<const Rule> rules, std::span<const CountryGroup> groups,
                             std::span<const Authority> authorities) {
    Faults coded = faults_of_codes(rules, authorities);
    if (!coded.empty()) return failure(std::move(coded));
    Rulebook book;
    book.authorities.assign(authorities.begin(), authorities.end());
    std::sort(book.authorities.begin(), book.authorities.end(), before);
    PlaceSets unfolding{.groups = groups, .book = book};
    // before any group is unfolded: regions have no bit until they are found
    find_regions(groups, book, unfolding.faults);
    if (const CountryGroup* world = unfolding.group(world_group)) {
        book.world = unfolding.members(*world);
    }
    book.rules.assign(rules.begin(), rules.end());
    // before rows are made, which hold places of rules
    std::sort(book.rules.begin(), book.rules.end(), earlier);
    for (std::size_t i = 0; i < book.rules.size(); ++i) {
        for (const RuleLine& line : book.rules[i].lines)
            book.lines.push_back(path_of(book, i, line));
        for (const Requirement& ask : book.rules[i].requirements) {
            book.rows.push_back(row_of(unfolding, i, ask));
            find_after_rules(book, book.rows.back(), unfolding.faults);
        }
    }
    note_groups(book, unfolding);
    if (!unfolding.faults.empty()) return failure(std::move(unfolding.faults));
    return book;
}

// Text and enforcement are two switches: a suspension or a stop of enforcement leaves the text as
// it is, and only `resumed` takes it back; a further `in force` does not.
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
    day.of.resize(book.authorities.size());
    for (std::size_t i = 0; i < book.lines.size(); ++i) {
        if (counts[book.lines[i].rule]) day.of[book.lines[i].authority].lines.push_back(i);
    }
    for (RowsOfDay& of : day.of) {
        // decide_class takes the first line that is met; within a class the rule announced first
        std::stable_sort(of.lines.begin(), of.lines.end(), [&](std::size_t a, std::size_t b) {
            return book.lines[a].cls < book.lines[b].cls;
        });
    }
    for (std::size_t i = 0; i < book.rows.size(); ++i) {
        if (!counts[book.rows[i].rule]) continue;
        const RuleRow& row = book.rows[i];
        const bool one = row.authority != nobody;
        RowsOfDay& of = one ? day.of[static_cast<std::size_t>(row.authority)] : day.others;
        (row.ask.open_point ? of.open : row.after == 0 ? of.first : of.later).push_back(i);
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
        for (const RuleEvent& event : rule.events) {
            if (event.what != EventKind::note) days.push_back(event.on);
        }
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
