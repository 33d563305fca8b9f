// Words are compared by their letters and digits alone, so "3A090.a", "3a090 a" and "3A090A" are
// one word. Names of the catalog are looked up otherwise (find_part keeps dots), as versions need
// theirs.
#include "millwright/api/terms.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

std::string letters_of(std::string_view text) {
    std::string letters;
    for (const char c : lower(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0) letters += c;
    }
    return letters;
}

/// Words that mean a thing, each as it is written.
template <class Part>
std::vector<std::string> term_words(const Part& part) {
    std::vector<std::string> words{part.id, part.name};
    const auto more = aliases_of(part);
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

template <class Part>
const Part* meant(const std::vector<Part>& parts, const std::string& letters) {
    const auto found = std::ranges::find_if(parts, [&](const Part& part) {
        return std::ranges::any_of(
            term_words(part), [&](const std::string& word) { return letters_of(word) == letters; });
    });
    return found == parts.end() ? nullptr : &*found;
}

TermEntry entry_of(const Term& term) {
    return {term.id,   term.name,   term.aliases, std::string(name_of(term.topic)),
            term.text, term.source, term.see_also};
}

TermEntry entry_of(const Rule& rule) {
    const std::string note = rule.note.empty() ? "" : " " + rule.note;
    return {rule.id, rule.name, {}, "rules", rule.summary + note, rule.citation.value, {}};
}

/// A code of an authority, and what it says by itself.
struct AuthorityCode {
    const Authority* authority = nullptr;
    std::string code;
    std::string topic;
    std::string text;
};

std::string_view consequence(Having had) {
    switch (had) {
        case Having::yes: return "the part may be had without a licence";
        case Having::licensed: return "the part may be had where licences of the kind are issued";
        case Having::no: return "the part may not be had";
    }
    return "";
}

void add_codes(const Authority& authority, std::vector<AuthorityCode>& codes) {
    const auto add = [&](const std::string& code, Topic topic, const std::string& text) {
        if (code.empty()) return;
        const std::string_view what = topic == Topic::verdicts ? "Verdict" : "Class";
        codes.push_back({&authority, code, std::string(name_of(topic)),
                         fmt::format("{} of {}: {}.", what, authority.name, text)});
    };
    for (const VerdictRow& row : authority.verdicts) {
        add(row.code, Topic::verdicts,
            fmt::format("{}; {}; a study ranks it as {}", row.words, consequence(row.had),
                        name_of(row.tier)));
    }
    add(authority.open, Topic::verdicts, "a figure is missing that would decide");
    for (const ClassRow& row : authority.classes) add(row.code, Topic::classes, row.words);
    add(authority.under_all_lines, Topic::classes, "of a part that meets no line");
    add(authority.before_any_line, Topic::classes, "while no line is in force");
    add(authority.class_open, Topic::classes, "a figure is missing that would decide");
}

std::vector<AuthorityCode> codes_of(const Catalog& catalog) {
    std::vector<AuthorityCode> codes;
    for (const Authority& authority : catalog.authorities) add_codes(authority, codes);
    return codes;
}

/// The authority's words first; the term's are of the regulation at large.
TermEntry entry_of(const AuthorityCode& code, const Term* term) {
    const std::string& citation = code.authority->citation.value;
    if (term == nullptr) {
        return {lower(code.code), code.code, {}, code.topic, code.text, citation, {}};
    }
    TermEntry entry = entry_of(*term);
    entry.text = code.text + " " + entry.text;
    if (entry.source.empty()) entry.source = citation;
    return entry;
}

std::vector<TermEntry> all_terms(const Catalog& catalog) {
    std::vector<TermEntry> entries;
    for (const std::string_view topic : EnumNames<Topic>::names) {
        for (const Term& term : catalog.terms) {
            if (name_of(term.topic) == topic) entries.push_back(entry_of(term));
        }
    }
    return entries;
}

Fault no_term(const Catalog& catalog, const std::string& word) {
    std::vector<std::string> known;
    for (const Term& term : catalog.terms) {
        const auto words = term_words(term);
        known.insert(known.end(), words.begin(), words.end());
    }
    for (const AuthorityCode& code : codes_of(catalog)) known.push_back(code.code);
    for (const Rule& rule : catalog.rules) known.push_back(rule.id);
    return {{"", 0, 0},
            fmt::format("no term or code '{}'", excerpt(word)),
            join_hints({did_you_mean(word, known), "`millwright explain` lists all"})};
}

}  // namespace

Result<TermAnswer> explain_term(const TermQuestion& question, const Setting& setting) {
    const Catalog& catalog = setting.catalog;
    if (!question.word) return TermAnswer{all_terms(catalog)};
    const std::string letters = letters_of(*question.word);
    if (letters.empty()) return failure(no_term(catalog, *question.word));
    const Term* term = meant(catalog.terms, letters);
    for (const AuthorityCode& code : codes_of(catalog)) {
        if (letters_of(code.code) == letters) return TermAnswer{{entry_of(code, term)}};
    }
    if (term != nullptr) return TermAnswer{{entry_of(*term)}};
    if (const Rule* rule = meant(catalog.rules, letters)) return TermAnswer{{entry_of(*rule)}};
    return failure(no_term(catalog, *question.word));
}

}  // namespace millwright
