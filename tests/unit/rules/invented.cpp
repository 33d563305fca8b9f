#include "tests/unit/rules/invented.h"

namespace millwright {

Written<Codes> list(Codes codes) { return {std::move(codes), {}, true}; }

Written<std::string> code(const char* text) { return {text, {}, true}; }

Authority exports() {
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

Authority uses() {
    Authority a{.id = "use", .name = "Uses", .asks = AsksAbout::use};
    a.verdicts = {{{}, "OK", "", VerdictTier::free, Having::yes},
                  {{}, "PERMIT", "", VerdictTier::possible, Having::licensed},
                  {{}, "BAN", "", VerdictTier::denied, Having::no}};
    return a;
}

Rule rule(const char* id, std::vector<Requirement> asks, Date day) {
    Rule r{.id = id, .announced = day, .requirements = std::move(asks)};
    r.events = {{.on = day, .what = EventKind::in_force}};
    return r;
}

Requirement ask(const char* verdict) {
    Requirement r{.reason = verdict};
    r.verdict = code(verdict);
    return r;
}

Requirement after(const char* verdict, Codes answers) {
    Requirement r = ask(verdict);
    r.after = list(std::move(answers));
    return r;
}

Condition at_least(Metric metric, double limit) { return {metric, Comparison::at_least, limit}; }

RuleLine line(const char* cls, double tpp) {
    RuleLine l{.paragraph = cls, .cls = code(cls)};
    l.when = {at_least(Metric::tpp, tpp)};
    return l;
}

Rulebook book_of(const std::vector<Rule>& rules) {
    const CountryGroup pair{
        .id = "pair", .name = "Pair", .countries = {{"CC", "DD-1"}, SourceId(0)}};
    const auto book = rulebook_of(rules, std::vector{pair}, std::vector{uses(), exports()});
    EXPECT_TRUE(book) << to_text(book.error());
    return book.value_or(Rulebook{});
}

RuleQuery query(const char* to, double tpp) {
    RuleQuery q{.date = on(2025, 1, 1)};
    q.chip.tpp = exactly(tpp);
    q.chip.area = q.chip.dram = q.chip.io = exactly(10);
    q.party.from = "HM";
    q.party.to = q.party.headquarters = to;
    return q;
}

std::string answer(const std::vector<Rule>& rules, const RuleQuery& q, const char* of) {
    return judge(book_of(rules), q).of(of).code;
}

}  // namespace millwright
