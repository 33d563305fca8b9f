// A question to the export rules as written, on a command line or in a row of a table. One list of
// fields names the flags, the columns and the keys of JSON, so that they are the same.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"
#include "millwright/rules/verdict.h"

namespace millwright {

/// What a field holds: any text; a country or region; a day of ISO 8601; a number, or a whole one,
/// within bounds; yes, no or unknown; yes or no; an end use; words apart by commas, semicolons or
/// blanks.
enum class QuestionKind : std::uint8_t { text, place, day, number, count, truth, flag, use, list };

/// What a field describes: the chip, the deal, its day; or a column of worked cases alone.
enum class QuestionPart : std::uint8_t { chip, deal, day, worked };

/// One field of a question, under every name that it may be written by.
struct QuestionField {
    std::string_view name;   // of the column and key; the flag has dashes in place of _
    std::string_view alias;  // another name, as good
    std::string_view old;    // a name that is still read, and told
    QuestionPart part;
    QuestionKind kind;
    std::string_view help;
    double low = 0, high = 0;  // of numbers and counts
};
/// All of them, in the order in which they are listed to users.
std::span<const QuestionField> question_fields();

/// The field of that name, alias or old name, dashes as good as underscores; null if none.
const QuestionField* question_field(std::string_view name);

/// All that a column may be called, names first.
std::vector<std::string> question_names();

/// "yes, no or unknown": what a field of this kind may hold; empty where that is open.
std::string allowed_values(QuestionKind kind);

/// Texts by field name; empty ones are left out. What a place names depends on where it stands.
struct WrittenQuestion {
    std::map<std::string, std::string, std::less<>> values;
    std::map<std::string, Place, std::less<>> places;
    Place at;                    // of what has no place of its own
    bool empty_is_sold = false;  // an empty us_market says yes: as tables of worked cases write it
    bool worked_case = false;    // figures as printed: no die area says that no die counts

    /// The text of a field; empty where it is not written.
    std::string_view text(std::string_view field) const;
    bool has(std::string_view field) const { return !text(field).empty(); }
};

/// The question, with what stood in for what was left out.
struct Question {
    RuleQuery query;
    std::vector<std::string> assumed;
    double packages_per_board = 8;
};

/// Faults for unknown chips, places, days, readings, rules and words, all at once. `today` stands
/// in for a day that is left out.
Result<Question> question_from(const WrittenQuestion& written, const Catalog& catalog,
                               const Rulebook& book, const Date& today);

/// The facts of its chip under other readings; figures that are written stay.
ChipFacts facts_under(const WrittenQuestion& written, const Catalog& catalog,
                      const Readings& readings);

}  // namespace millwright
