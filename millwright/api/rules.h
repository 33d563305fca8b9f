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

/// What the answer would be if one point that the text leaves open were read the other way.
struct ReadingEffect {
    const ReadingSwitch* reading = nullptr;
    Verdict verdict;
    Figure tpp;
    bool changes = false;
};

struct RulesCheckAnswer {
    Question question;
    Verdict verdict;
    std::vector<ReadingEffect> readings;
    std::string groups_note;  // how well country groups are known
};

Result<RulesCheckAnswer> rules_check(const RulesCheckQuestion& question, const Setting& setting);

/// A table with a question a row (millwright/intake/question_table.h).
struct RulesTableQuestion {
    CsvTable table;
};

struct RulesTableRow {
    int line = 0;
    std::vector<std::string> cells;  // as written, without columns of answers
    RuleQuery query;
    Verdict verdict;
};

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

struct RulesTimelineAnswer {
    std::string title;
    Date since{}, until{};
    std::vector<TimelineEntry> entries;
};

Result<RulesTimelineAnswer> rules_timeline(const RulesTimelineQuestion& question,
                                           const Setting& setting);

struct RulesExplainQuestion {
    std::string rule;
};

struct RulesExplainAnswer {
    Rule rule;
};

Result<RulesExplainAnswer> rules_explain(const RulesExplainQuestion& question,
                                         const Setting& setting);

/// A deal on two days, for every chip of the catalog.
struct RulesDiffQuestion {
    WrittenQuestion written;
    Date before{}, after{}, today{};
};

struct RulesDiffRow {
    std::string chip;
    Verdict before, after;
};

struct RulesDiffAnswer {
    Party party;
    Date before{}, after{};
    std::vector<std::string> uses;  // labels of authorities that ask about use
    std::vector<RulesDiffRow> changed;
    std::size_t judged = 0;
    std::size_t later = 0;  // chips not sold by the second day, which are left out
};

Result<RulesDiffAnswer> rules_diff(const RulesDiffQuestion& question, const Setting& setting);

/// "H20 to CN, headquarters CN".
std::string title_of(const RuleQuery& query);

}  // namespace millwright
