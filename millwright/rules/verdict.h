// May this buyer have this chip, here, on this date? What each authority says, and practical
// supply, each with reason, citation and margins. Not legal advice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millwright/rules/decide.h"

namespace millwright {

/// Who asks about what, when, and how the rules are to be read.
struct RuleQuery {
    ChipFacts chip;
    Date date{};
    Date known = all_known;
    Party party;
    Readings readings;
    Basis basis = Basis::enforced;
    std::vector<std::string> without;  // ids of rules to leave out
};

/// Where a rule stands: its id, and the words of its file.
struct Citation {
    std::string rule;  // id
    std::string text;
};

/// One comparison that was made.
/// Unit and name are those of its metric; `value` is an interval where the figure is open.
struct TestResult {
    std::string rule, paragraph;
    Metric metric = Metric::tpp;
    Comparison comparison = Comparison::at_least;
    Figure value;
    double limit = 0;
    Truth holds = Truth::no;
};

/// An addition to the price: a tariff, or a share of sales.
struct Charge {
    std::string rule;
    std::string price;  // item of the catalog whose ratio applies to the chip's price
};

/// What one authority says.
struct Outcome {
    std::string authority;         // id
    std::string label, adjective;  // its words in tables and sentences
    AsksAbout asks = AsksAbout::sending;
    bool ranks = true;
    std::string code;
    bool open = false;  // a figure is missing that would decide
    VerdictTier tier = VerdictTier::free;
    Having had = Having::yes;
    bool domestic = false;
    unsigned step = 0;       // strictness, denials as one
    std::string cls;         // code of the class; empty if the authority has none
    std::string rule;        // that decided; empty if none was in force
    std::string reason;      // one sentence, names the rule and the deciding figures
    std::string conditions;  // state of review and what a licence asks
    bool licences = false;   // a licence would be needed, and such are being issued
    // in the rule that decided, less a step for what it rests on or leaves open
    Confidence confidence = Confidence::high;
};

/// The whole answer, in words and codes that stand by themselves: no pointers into the book.
struct Verdict {
    std::vector<Outcome> outcomes;  // by Rulebook::authorities: who leads is first
    Supply supply = Supply::on_sale;
    std::string supply_reason;
    std::vector<std::string> chain;  // every test with its margin, in order
    std::vector<TestResult> tests;   // the same as figures
    std::vector<Citation> citations;
    std::vector<Charge> charges;
    std::vector<std::string> needs;         // figures that would decide
    std::vector<std::string> open;          // what this verdict does not judge
    std::vector<std::string> would_decide;  // of these, what would make it stricter, and to what
    std::string by_text;                    // the verdict of the text alone, where it is another

    /// Of the authority that leads; there is always one.
    const Outcome& lead() const { return outcomes.front(); }

    /// The answer of the authority with this id, which there must be.
    const Outcome& of(std::string_view authority) const;
};

/// Never fails: where what is not known would decide, the answer is open and `needs` says what.
Verdict judge(const Rulebook& book, const RuleQuery& query);

/// The authority lets the part be had: no licence needed, an exception that asks none, or a licence
/// of a kind that is being issued; no hold at the destination.
bool lets_have(const Outcome& outcome);

/// All authorities do.
bool may_have(const Verdict& verdict);

/// The same class and code of every authority.
bool same_codes(const Verdict& a, const Verdict& b);

/// How a study ranks an answer: 0 nothing asked, 1 exception or licence possible, 2 denial, 3
/// undecided.
int restriction(const Outcome& outcome);

/// The most of those authorities that a study ranks by.
int restriction(const Verdict& verdict);

/// Neither denied nor undecided, by them.
bool is_lawful(const Verdict& verdict);

/// "misses 3A090.b.1 by 32 TPP of 2,400".
std::string to_text(const TestResult& test);

}  // namespace millwright
