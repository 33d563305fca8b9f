// A phrase counts unless it stands inside a longer one that was found in the same cell ("no CUDA
// graph"). Statements are laid over each other from the lightest to the heaviest, as heavy ones
// in the order of the catalog. Cells are split into words once a column, and phrases only where
// their first word occurs, which is seldom.
#include "millwright/evidence/row_words.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "millwright/base/text.h"
#include "millwright/base/text_pattern.h"
#include "millwright/evidence/phrases.h"

namespace millwright {
namespace {

using Words = std::vector<std::string>;

/// A phrase of a word in a column of the row.
struct Found {
    const Word* word;
    std::string column;
    std::size_t begin, end;
};

/// A cell as it is compared.
struct Text {
    std::string low;
    Words words;
};

/// Most phrases begin with a word that the text does not have: these are not taken apart.
bool may_have(const std::string& low, const std::string& phrase) {
    const auto end = std::ranges::find_if(phrase, [](char c) { return c == ' ' || c == '-'; });
    return low.find(phrase.data(), 0, static_cast<std::size_t>(end - phrase.begin())) !=
           std::string::npos;
}

using Choice = std::function<bool(const Word&)>;

/// Every phrase of every word that is chosen, wherever it stands.
std::vector<Found> all_found(const Cells& cells, const Catalog& catalog, const Choice& chosen) {
    std::map<std::string, Text> texts;
    std::vector<Found> found;
    for (const Word& word : catalog.words) {
        if (!chosen(word)) continue;
        for (const std::string& column : word.columns) {
            const auto [text, fresh] = texts.try_emplace(column);
            if (fresh) {
                text->second.low = lower(cells.text(column));
                text->second.words = words_of(text->second.low);
            }
            for (const std::string& printed : word.words) {
                if (!may_have(text->second.low, printed)) continue;
                const Words phrase = words_of(printed);
                for (const std::size_t at : places_of(phrase, text->second.words)) {
                    found.push_back({&word, column, at, at + phrase.size()});
                }
            }
        }
    }
    return found;
}

/// "no CUDA graph" says nothing of "CUDA graph".
bool is_inside(const Found& one, const Found& other) {
    return one.column == other.column && other.begin <= one.begin && one.end <= other.end &&
           other.end - other.begin > one.end - one.begin;
}

bool is_of(const Word& word, const Catalog& catalog, const std::string& framework,
           const Date& release) {
    if ((word.from.ok() && (!release.ok() || release < word.from)) ||
        (word.until.ok() && (!release.ok() || release > word.until))) {
        return false;
    }
    return word.frameworks.empty() || std::ranges::any_of(word.frameworks, [&](const auto& name) {
               const Framework* f = find_part(catalog.frameworks, name);
               return f != nullptr && f->id == framework;
           });
}

// One statement on top of others; what is not said leaves them.
void put(const std::string& said, std::string& into) {
    if (!said.empty()) into = said;
}
void put(const std::vector<std::string>& said, std::vector<std::string>& into) {
    into.insert(into.end(), said.begin(), said.end());
}
void put(Said said, Said& into) {
    if (said != Said::open) into = said;
}
void put(const Cited<double>& said, Cited<double>& into) {
    if (said.known()) into = said;
}
void put(const Date& said, Date& into) {
    if (said.ok()) into = said;
}
void put(std::int64_t, std::int64_t&) {}

/// The words whose phrases are meant, of those that are chosen, each once, in the order of the
/// catalog.
std::vector<const Word*> meant_in(const Cells& cells, const Catalog& catalog,
                                  const Choice& chosen) {
    const std::vector<Found> found = all_found(cells, catalog, chosen);
    std::vector<const Word*> meant;
    for (const Word& word : catalog.words) {
        const bool here = std::ranges::any_of(found, [&](const Found& one) {
            return one.word == &word && std::ranges::none_of(found, [&](const Found& other) {
                       return is_inside(one, other);
                   });
        });
        if (here || (word.words.empty() && chosen(word))) meant.push_back(&word);
    }
    return meant;
}

constexpr std::array months{"january", "february", "march",     "april",   "may",      "june",
                            "july",    "august",   "september", "october", "november", "december"};

Date first_of(double year, double month) {
    return on(static_cast<int>(year), static_cast<unsigned>(month), 1);
}

}  // namespace

Word said_in(const Cells& cells, const Catalog& catalog, const std::string& framework,
             const Date& release) {
    std::vector<const Word*> meant = meant_in(
        cells, catalog, [&](const Word& word) { return is_of(word, catalog, framework, release); });
    std::ranges::stable_sort(meant, {}, [](const Word* word) { return word->weight; });
    Word said;
    for (const Word* word : meant) {
        for_each_field<Word>(
            [&](const auto& field) { put(word->*field.member, said.*field.member); });
    }
    return said;
}

Date release_in(std::string_view text) {
    const std::string low = lower(text);
    // 25.04, v24.11.1, ngc25.04: no decimal of something else has a month behind its point
    static const TextPattern version(R"((^|[^0-9.])([12]\d)\.(0[1-9]|1[0-2])(?!\d))");
    static const TextPattern month(R"((^|[^0-9])(20[12]\d)[-_]?(0[1-9]|1[0-2])(?!\d))");
    static const TextPattern named(
        "(january|february|march|april|may|june|july|august|september|october|november|december)"
        R"([ _]?(20[12]\d))");
    if (const auto found = version.find(low)) {
        return first_of(2000 + *number_of(found->groups[2]), *number_of(found->groups[3]));
    }
    if (const auto found = month.find(low)) {
        return first_of(*number_of(found->groups[2]), *number_of(found->groups[3]));
    }
    if (const auto found = named.find(low)) {
        const auto at = std::ranges::find(months, found->groups[1]) - months.begin();
        return first_of(*number_of(found->groups[2]), static_cast<double>(at + 1));
    }
    return {};
}

Date release_of(const Cells& cells, const Catalog& catalog) {
    for (const char* column : {"source", "flags"}) {
        const Date date = release_in(cells.text(column));
        if (date.ok()) return date;
    }
    const auto is_dated = [](const Word& word) { return word.dated.ok(); };
    for (const Word* word : meant_in(cells, catalog, is_dated)) return word->dated;
    const auto year = cells.number("year");
    return year ? first_of(*year, 7) : Date{};
}

std::string framework_of_row(const Cells& cells, const Catalog& catalog, const Chip& chip) {
    // a mark ends with its cell
    const std::string printed = cells.text("source") + "; " + cells.text("flags") + "; " +
                                cells.text("system") + "; " + cells.text("notes");
    std::vector<const Framework*> marked;
    for (const Framework& f : catalog.frameworks) {
        const bool maker =
            f.marked_on.empty() || std::ranges::find(f.marked_on, chip.vendor) != f.marked_on.end();
        const bool named = std::ranges::any_of(
            f.marks, [&](const std::string& mark) { return has_phrase(printed, mark); });
        if (maker && named) marked.push_back(&f);
    }
    for (const Framework* f : marked) {
        const bool yields = std::ranges::any_of(marked, [&](const Framework* other) {
            return std::ranges::any_of(other->marked_before, [&](const std::string& name) {
                return find_part(catalog.frameworks, name) == f;
            });
        });
        if (!yields) return f->id;
    }
    const auto year = cells.number("year");
    for (const Framework& f : catalog.frameworks) {
        if (year && f.rows_until.ok() && *year <= int{f.rows_until.year()}) return f.id;
    }
    for (const Framework& f : catalog.frameworks) {
        if (std::ranges::find(f.vendors, chip.vendor) != f.vendors.end()) return f.id;
    }
    return std::string(default_framework);
}

}  // namespace millwright
