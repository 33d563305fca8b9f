// What does this word or code mean?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"

namespace millwright {

/// A term of the field, a verdict or class of an authority, or a rule, by its id, name, alias or
/// code; case, blanks, dashes and dots do not matter. Not given: all terms.
struct TermQuestion {
    std::optional<std::string> word;
};

/// What is said of one. `see_also` are words that the same question takes.
struct TermEntry {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string topic;
    std::string text;
    std::string source;  // empty where there is none
    std::vector<std::string> see_also;
};

/// One entry for a word; all terms of the catalog, by topic and then as they are read, for none.
struct TermAnswer {
    std::vector<TermEntry> entries;
};

/// A code that an authority has is told in the authority's words first, then in those of the term
/// of that name, if there is one; of a term and a rule of one name the term is told. The one fault
/// is a word that nothing has, with what is near.
Result<TermAnswer> explain_term(const TermQuestion& question, const Setting& setting);

}  // namespace millwright
