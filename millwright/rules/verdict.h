// May this buyer have this chip, here, on this date? United States rules, Chinese measures and
// practical supply, each with reason, citation and margins. Not legal advice.
#pragma once

#include <string>
#include <vector>

#include "millwright/rules/decide.h"

namespace millwright {

struct RuleQuery {
    ChipFacts chip;
    Date date{};
    Date known = all_known;
    Party party;
    Readings readings;
    Basis basis = Basis::enforced;
    std::vector<std::string> without;  // ids of rules to leave out
};

struct Citation {
    std::string rule;  // id
    std::string text;
};

/// One comparison that was made.
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

struct Verdict {
    UsVerdict us = UsVerdict::nlr;
    ExportClass cls = ExportClass::under;
    CnVerdict cn = CnVerdict::none;
    Supply supply = Supply::on_sale;
    std::string rule;                // that decided; empty if none was in force
    std::string reason;              // one sentence, names the rule and the deciding figures
    std::vector<std::string> chain;  // every test with its margin, in order
    std::vector<TestResult> tests;   // the same as figures
    std::vector<Citation> citations;
    std::string cn_reason, supply_reason;
    std::string conditions;  // state of review and what a licence asks
    bool licences = false;   // a licence would be needed, and such are being issued
    std::vector<Charge> charges;
    std::vector<std::string> needs;         // figures that would decide
    std::vector<std::string> open;          // what this verdict does not judge
    std::vector<std::string> would_decide;  // of these, what would make it stricter, and to what
    std::string by_text;                    // the verdict of the text alone, where it is another
    Confidence confidence = Confidence::high;
};

Verdict judge(const Rulebook& book, const RuleQuery& query);

/// No licence needed, an exception that asks none, or a licence of a kind that is being issued.
bool may_have(const Verdict& verdict);

/// "misses 3A090.b.1 by 32 TPP of 2,400".
std::string to_text(const TestResult& test);

}  // namespace millwright
