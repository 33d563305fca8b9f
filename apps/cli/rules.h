// millwright rules: questions to the export rules.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "millwright/api/setting.h"
#include "millwright/intake/question.h"

namespace millwright::app {

/// A chip and a deal as typed, by the names of fields; what is left out stays open or takes a
/// stated default. Faults for all that is unknown, at once.
using QuestionArguments = WrittenQuestion;

/// Today by the machine's clock, in UTC; the library has no clock, so commands hand it in.
Date today();

/// millwright rules check: one question, or a table of them (a path; none if empty). Options of the
/// question beside a table are faults.
struct RulesCheckArguments {
    QuestionArguments question;
    std::string table;
};
int rules_check_command(const RulesCheckArguments& arguments, const Common& common);

/// millwright rules timeline: one question through the years; `until` empty: today. Days are as
/// typed.
struct RulesTimelineArguments {
    QuestionArguments question;
    std::string since = "2022-08-01", until, out;
};
int rules_timeline_command(const RulesTimelineArguments& arguments, const Common& common);

/// millwright rules explain: one rule in words.
int rules_explain_command(const std::string& rule, const Common& common);

/// millwright rules diff: chips of the catalog whose answer differs between two days.
struct RulesDiffArguments {
    QuestionArguments question;
    std::string before, after;
};
int rules_diff_command(const RulesDiffArguments& arguments, const Common& common);

/// millwright rules frontier: the best lawful factory of each month.
struct FrontierArguments {
    std::string scenario, out;
    bool optimistic = false;
};
int rules_frontier_command(const FrontierArguments& arguments, const Common& common);

/// millwright rules design: the best chip of a process that the rules let through; `out` empty: no
/// files.
struct RulesDesignArguments {
    QuestionArguments question;
    std::string process, model = "llama-3.1-70b", target = "no-licence", raise, out;
    std::int64_t chips = 1024;
};
int rules_design_command(const RulesDesignArguments& arguments, const Common& common);

}  // namespace millwright::app
