// Questions to the rules: may this buyer have this chip, how did the answer change, what does one
// rule say. Not legal advice.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/csv.h"
#include "millwright/base/result.h"
#include "millwright/intake/question.h"
#include "millwright/rules/timeline.h"

namespace millwright {

/// A chip and a deal as written; what is left out stays open or takes a stated default, the day
/// that of `today`.
struct RulesCheckQuestion {
    WrittenQuestion written;
    Date today{};
};

/// What the answer would be if one point that the text leaves open were read the other way. The
/// pointer is to a constant of the program; `tpp` is that of the chip under this reading, an
/// interval where it is open.
struct ReadingEffect {
    const ReadingSwitch* reading = nullptr;
    Verdict verdict;
    Figure tpp;
    bool changes = false;
};

/// The question as it was judged, with what stood in for what was left out, the verdict, and the
/// effect of each reading by itself.
struct RulesCheckAnswer {
    Question question;
    Verdict verdict;
    std::vector<ReadingEffect> readings;
    std::string groups_note;  // how well country groups are known
};

/// A figure that is missing and would decide makes the answer open, and no fault. Faults: unknown
/// chips, places, days, readings, rules and words.
Result<RulesCheckAnswer> rules_check(const RulesCheckQuestion& question, const Setting& setting);

/// A table with a question a row (millwright/intake/question_table.h). A row states all of its
/// question itself.
struct RulesTableQuestion {
    CsvTable table;
};

/// One row: the line of the file that it began on, what it asked, and the verdict.
struct RulesTableRow {
    int line = 0;
    std::vector<std::string> cells;  // as written, without columns of answers
    RuleQuery query;
    Verdict verdict;
};

/// The rows in their order. Columns of answers that the table had are dropped from `cells`, so that
/// a table may be asked again with its answers in it.
struct RulesTableAnswer {
    std::vector<std::string> columns;  // of `cells`
    std::vector<std::string> answers;  // columns that are added
    std::vector<RulesTableRow> rows;
    std::vector<std::string> notes;  // names of columns that are old
};

/// Faults of all rows at once.
Result<RulesTableAnswer> rules_table(const RulesTableQuestion& question, const Setting& setting);

/// One question on every day from `since` until `until`.
struct RulesTimelineQuestion {
    WrittenQuestion written;
    Date since{}, until{}, today{};
};

/// An entry for each change of the answer, the first on `since`; there is always one.
struct RulesTimelineAnswer {
    std::string title;
    Date since{}, until{};
    std::vector<TimelineEntry> entries;
};

/// `until` must be after `since`; the day of the written question does not matter.
Result<RulesTimelineAnswer> rules_timeline(const RulesTimelineQuestion& question,
                                           const Setting& setting);

/// A rule by its id.
struct RulesExplainQuestion {
    std::string rule;
};

/// A copy of the rule; its sources are named by the catalog that it comes from.
struct RulesExplainAnswer {
    Rule rule;
};

/// The one fault is a rule that there is not, with those that are near.
Result<RulesExplainAnswer> rules_explain(const RulesExplainQuestion& question,
                                         const Setting& setting);

/// A deal on two days, for every chip of the catalog.
struct RulesDiffQuestion {
    WrittenQuestion written;
    Date before{}, after{}, today{};
};

/// A chip by its id, and its verdicts on both days.
struct RulesDiffRow {
    std::string chip;
    Verdict before, after;
};

/// Chips whose class or code changed for any authority, in the order of the catalog. `judged` and
/// `later` together are all chips.
struct RulesDiffAnswer {
    Party party;
    Date before{}, after{};
    std::vector<std::string> uses;  // labels of authorities that ask about use
    std::vector<RulesDiffRow> changed;
    std::size_t judged = 0;
    std::size_t later = 0;  // chips not sold by the second day, which are left out
};

/// `after` must be a later day than `before`. The deal is that of the question; in place of its
/// chip stands each of the catalog.
Result<RulesDiffAnswer> rules_diff(const RulesDiffQuestion& question, const Setting& setting);

/// "H20 to CN, headquarters CN".
std::string title_of(const RuleQuery& query);

}  // namespace millwright
