// Authorities and rules that no catalog has, for tests of the engine.
#pragma once

#include <gtest/gtest.h>

#include "millwright/rules/metrics.h"
#include "millwright/rules/verdict.h"

namespace millwright {

using Codes = std::vector<std::string>;

inline Written<Codes> list(Codes codes) { return {std::move(codes), {}, true}; }
inline Written<std::string> code(const char* text) { return {text, {}, true}; }

/// FREE, an exception, a licence, a letter and a denial, over exports from home, which is HM.
inline Authority exports() {
    Authority a{
        .id = "ex", .name = "Exports", .asks = AsksAbout::sending, .home = {"HM"}, .open = "OPEN"};
    a.verdicts = {{{}, "FREE", "", VerdictTier::free, Having::yes},
                  {{}, "EXCEPTION", "", VerdictTier::possible, Having::yes},
                  {{}, "LICENCE", "", VerdictTier::possible, Having::licensed},
                  {{}, "LETTER", "", VerdictTier::denied, Having::no},
                  {{}, "DENIED", "", VerdictTier::denied, Having::no}};
    a.classes = {{{}, "A", ""}, {{}, "B", ""}};
    a.under_all_lines = "UNDER";
    a.before_any_line = "BEFORE";
    a.class_open = "CLASS?";
    a.uncontrolled = "no lines";
    return a;
}

/// What is asked of use: nothing, a permit, a ban.
inline Authority uses() {
    Authority a{.id = "use", .name = "Uses", .asks = AsksAbout::use};
    a.verdicts = {{{}, "OK", "", VerdictTier::free, Having::yes},
                  {{}, "PERMIT", "", VerdictTier::possible, Having::licensed},
                  {{}, "BAN", "", VerdictTier::denied, Having::no}};
    return a;
}

inline Rule rule(const char* id, std::vector<Requirement> asks, Date day = on(2024, 1, 1)) {
    Rule r{.id = id, .announced = day, .requirements = std::move(asks)};
    r.events = {{.on = day, .what = EventKind::in_force}};
    return r;
}

inline Requirement ask(const char* verdict) {
    Requirement r{.reason = verdict};
    r.verdict = code(verdict);
    return r;
}

inline Requirement after(const char* verdict, Codes answers) {
    Requirement r = ask(verdict);
    r.after = list(std::move(answers));
    return r;
}

inline Condition at_least(Metric metric, double limit) {
    return {metric, Comparison::at_least, limit};
}

inline RuleLine line(const char* cls, double tpp) {
    RuleLine l{.paragraph = cls, .cls = code(cls)};
    l.when = {at_least(Metric::tpp, tpp)};
    return l;
}

inline Rulebook book_of(const std::vector<Rule>& rules) {
    const CountryGroup pair{
        .id = "pair", .name = "Pair", .countries = {{"CC", "DD-1"}, SourceId(0)}};
    const auto book = rulebook_of(rules, std::vector{pair}, std::vector{uses(), exports()});
    EXPECT_TRUE(book) << to_text(book.error());
    return book.value_or(Rulebook{});
}

inline RuleQuery query(const char* to = "CC", double tpp = 100) {
    RuleQuery q{.date = on(2025, 1, 1)};
    q.chip.tpp = exactly(tpp);
    q.chip.area = q.chip.dram = q.chip.io = exactly(10);
    q.party.from = "HM";
    q.party.to = q.party.headquarters = to;
    return q;
}

inline std::string answer(const std::vector<Rule>& rules, const RuleQuery& q = query(),
                          const char* of = "ex") {
    return judge(book_of(rules), q).of(of).code;
}

}  // namespace millwright
