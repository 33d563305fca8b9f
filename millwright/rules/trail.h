// The comparisons behind a verdict, with their margins, for people to read.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "millwright/rules/verdict.h"

namespace millwright {

/// Pairs of a line or row and one of its tests.
using TestIndex = std::vector<std::pair<std::size_t, std::size_t>>;

/// What was compared on the way to a decision. A test stands once for each line or row that made
/// it; `lines` and `rows` say whose each is.
struct Trail {
    std::vector<TestResult> tests;  // lines of the day, then rows that the party falls under
    TestIndex lines, rows;
    std::vector<std::string> needs;     // what to find out, where the verdict is open
    std::set<std::string> state_funds;  // answers that hang on state funds of the buyer

    /// Tests of one line or row, as places in the Rulebook; none if it was not come upon.
    std::vector<TestResult> of_line(std::size_t line) const;
    std::vector<TestResult> of_row(std::size_t row) const;

    /// What keeps the item outside the paragraph or row that it comes nearest to.
    std::vector<TestResult> nearest_misses() const;

    /// All tests in words: of a paragraph that is missed, only what misses it.
    std::vector<std::string> story() const;
};

/// The comparisons that `decision` came upon.
Trail trail_of(const RulesOfDay& day, const RuleQuery& query, const Decision& decision);

}  // namespace millwright
