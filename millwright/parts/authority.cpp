// Codes are the only names that rules and authorities share. That each means one thing is checked
// here, once, when a catalog is read: the engine takes them for granted, as places in lists.
#include "millwright/parts/authority.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

/// Place of the row of that code, or -1.
template <class Row>
int place_of(const std::vector<Row>& rows, std::string_view code) {
    const auto found = std::ranges::find(rows, code, &Row::code);
    return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

/// Where the authority's file is, as far as its rows say.
Place file_of(const Authority& authority) {
    const bool told = !authority.verdicts.empty() && !authority.verdicts.front().at.file.empty();
    return {told ? authority.verdicts.front().at.file : "authorities/" + authority.id + ".toml", 0,
            0};
}

/// An id becomes a key of JSON and a column of CSV.
bool is_key(std::string_view id) {
    return !id.empty() && id.front() >= 'a' && id.front() <= 'z' &&
           std::ranges::all_of(id, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

/// What an authority must say and how its rows must stand, whatever the others are.
void check_shape(const Authority& a, Faults& faults) {
    const auto fault = [&](std::string message, std::string hint) {
        faults.push_back({file_of(a), std::move(message), std::move(hint)});
    };
    if (!is_key(a.id)) {
        fault(fmt::format("'{}' cannot be the key of an answer", a.id),
              "name the file in lower-case letters and digits, such as eu.toml");
    }
    if (a.verdicts.empty() || a.verdicts.size() > most_verdicts) {
        fault(fmt::format("an authority has 1 to {} verdicts", most_verdicts),
              "write a [[verdict]] for each, the loosest first");
    }
    if (a.classes.size() > most_classes) {
        fault(fmt::format("an authority has at most {} classes", most_classes), "leave some out");
    }
    if ((a.asks == AsksAbout::sending) == a.open.empty()) {
        fault("'open' is the code of an export that nobody can decide",
              "give it with asks = \"export\", leave it out with asks = \"use\"");
    }
    // a part may meet no line, there may be none, or a figure may be missing: each needs its word
    const bool named = !a.under_all_lines.empty() && !a.before_any_line.empty() &&
                       !a.class_open.empty() && !a.uncontrolled.empty();
    if (!a.classes.empty() && !named) {
        fault("classes need words for parts in none of them",
              "give under_all_lines, before_any_line, class_open and uncontrolled");
    }
    for (std::size_t i = 1; i < a.verdicts.size(); ++i) {
        if (a.verdicts[i].tier >= a.verdicts[i - 1].tier) continue;
        faults.push_back({a.verdicts[i].at,
                          fmt::format("'{}' is stricter than '{}', but of a looser tier",
                                      a.verdicts[i].code, a.verdicts[i - 1].code),
                          "verdicts stand from the loosest to the strictest"});
    }
}

/// Each code means one thing.
struct Taken {
    std::map<std::string, std::string> by{};
    Faults& faults;

    void take(const std::string& code, const Authority& a, const Place& at) {
        if (code.empty()) return;
        const auto [other, first] = by.emplace(code, a.id);
        if (first) return;
        faults.push_back({at, fmt::format("'{}' is a code of '{}' already", code, other->second),
                          "a code says whose it is: choose another"});
    }
};

/// What the codes of one key name.
struct CodeKind {
    std::string_view word;
    int (*index)(const Authority&, std::string_view);
    std::vector<std::string> (*known)(const Authority&);
};

std::vector<std::string> verdict_codes(const Authority& a) {
    std::vector<std::string> codes;
    for (const VerdictRow& row : a.verdicts) codes.push_back(row.code);
    return codes;
}

std::vector<std::string> class_codes(const Authority& a) {
    std::vector<std::string> codes;
    for (const ClassRow& row : a.classes) codes.push_back(row.code);
    return codes;
}

constexpr CodeKind a_verdict{"verdict", verdict_index, verdict_codes};
constexpr CodeKind a_class{"class", class_index, class_codes};

/// Codes of one list are of one authority, as bits of one word will hold them.
struct CheckingCodes {
    std::span<const Authority> authorities;
    Faults faults{};

    /// Whose codes they all are; null if there are none, or after a fault.
    const Authority* owner(const Written<std::vector<std::string>>& codes, const CodeKind& kind) {
        const Authority* whose = nullptr;
        for (const std::string& code : codes.value) {
            const auto found = std::ranges::find_if(
                authorities, [&](const Authority& a) { return kind.index(a, code) >= 0; });
            if (found == authorities.end()) {
                unknown(codes.at, code, kind);
                return nullptr;
            }
            if (whose != nullptr && whose != &*found) {
                faults.push_back({codes.at,
                                  fmt::format("'{}' is a {} of '{}', those before it of '{}'", code,
                                              kind.word, found->id, whose->id),
                                  "name codes of one authority in a row"});
                return nullptr;
            }
            whose = &*found;
        }
        return whose;
    }

    void unknown(const Place& at, const std::string& code, const CodeKind& kind) {
        std::vector<std::string> known;
        for (const Authority& a : authorities) {
            const auto more = kind.known(a);
            known.insert(known.end(), more.begin(), more.end());
        }
        faults.push_back(
            {at, fmt::format("no {} of an authority is called '{}'", kind.word, excerpt(code)),
             hint_from(code, known, kind.word == "class" ? "classes" : "verdicts") +
                 "; `millwright list authorities` shows whose"});
    }

    void line(const RuleLine& line) {
        if (!line.cls.given) return;
        const Authority* whose = owner({{line.cls.value}, line.cls.at, true}, a_class);
        // the codes of parts under all lines and before any line are classes that no line can give
        const bool a_row =
            whose == nullptr || place_of(whose->classes, line.cls.value) >= 0;  // else told above
        if (!a_row) unknown(line.cls.at, line.cls.value, a_class);
    }

    void requirement(const Requirement& ask) {
        owner(ask.classes, a_class);
        const Authority* whose = nullptr;
        if (ask.verdict.given) {
            whose = owner({{ask.verdict.value}, ask.verdict.at, true}, a_verdict);
        }
        for (const auto* codes : {&ask.after, &ask.yields_to}) {
            const Authority* other = owner(*codes, a_verdict);
            if (other == nullptr) continue;
            // an answer about exports follows on answers of its own authority; what has no such
            // answer, a use, a supply or a charge, on those of any that asks about exports
            const bool changes = whose != nullptr && whose->asks == AsksAbout::sending;
            if (changes ? other == whose : other->asks == AsksAbout::sending) continue;
            faults.push_back(
                {codes->at,
                 fmt::format("'{}' is no answer that this row can follow on", codes->value.front()),
                 changes ? fmt::format("name verdicts of '{}'", whose->id)
                         : "name verdicts of an authority that asks about exports"});
        }
    }
};

}  // namespace

int verdict_index(const Authority& authority, std::string_view code) {
    return place_of(authority.verdicts, code);
}

int class_index(const Authority& authority, std::string_view code) {
    const int row = place_of(authority.classes, code);
    // an authority without classes has none under its lines either
    const int rows = static_cast<int>(authority.classes.size());
    if (row >= 0 || rows == 0) return row;
    if (code == authority.under_all_lines) return rows;
    return code == authority.before_any_line ? rows + 1 : -1;
}

Faults authority_faults(std::span<const Authority> authorities) {
    Faults faults;
    Taken verdicts{.faults = faults}, classes{.faults = faults};
    if (authorities.size() > most_authorities) {
        faults.push_back({file_of(authorities.back()),
                          fmt::format("there are {} authorities, more than {}", authorities.size(),
                                      most_authorities),
                          "leave some out"});
    }
    for (const Authority& a : authorities) {
        check_shape(a, faults);
        for (const VerdictRow& row : a.verdicts) verdicts.take(row.code, a, row.at);
        verdicts.take(a.open, a, file_of(a));
        for (const ClassRow& row : a.classes) classes.take(row.code, a, row.at);
        for (const auto* code : {&a.under_all_lines, &a.before_any_line, &a.class_open}) {
            classes.take(*code, a, file_of(a));
        }
    }
    return faults;
}

Faults code_faults(const Rule& rule, std::span<const Authority> authorities) {
    CheckingCodes checking{authorities};
    for (const RuleLine& line : rule.lines) checking.line(line);
    for (const Requirement& ask : rule.requirements) checking.requirement(ask);
    return std::move(checking.faults);
}

}  // namespace millwright
