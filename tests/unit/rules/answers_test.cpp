// The engine on authorities and rules invented here: places, dates, and how answers stand beside
// each other, worked by hand.
#include <rapidcheck.h>

#include "millwright/base/text.h"
#include "millwright/rules/timeline.h"
#include "tests/unit/rules/invented.h"

namespace millwright {
namespace TEST_FILE {

TEST(Places, AreCountriesAndTheirParts) {
    EXPECT_EQ(country_index("AA"), 0U);
    EXPECT_EQ(country_index("AZ"), 25U);
    EXPECT_EQ(country_index("BA"), 26U);
    EXPECT_EQ(country_index("ZZ"), 675U);
    for (const char* bad : {"", "A", "aa", "A1", "AAA", "A ", "\xc3\x84"})
        EXPECT_FALSE(country_index(bad)) << bad;
    for (const char* good : {"UA-4", "UA-43", "UA-430"}) EXPECT_TRUE(is_region(good)) << good;
    for (const char* bad : {"UA", "UA-", "UA-4300", "ua-43", "UA43", "U-43", "UAX-4"})
        EXPECT_FALSE(is_region(bad)) << bad;
}

// A destination brings a deal in; a parent's seat does abroad; what is excepted is out at either
// end.
TEST(Places, BringDealsIn) {
    Requirement r = ask("DENIED");
    r.to = list({"pair", "EE"});
    r.headquarters = list({"PP"});
    r.except = list({"EE", "XX"});
    const std::vector<Rule> rules{rule("R", {r})};
    const auto deal = [&](const char* to, const char* parent) {
        RuleQuery q = query(to);
        q.party.headquarters = parent;
        return answer(rules, q);
    };
    EXPECT_EQ(deal("CC", "CC"), "DENIED");    // of the group
    EXPECT_EQ(deal("DD-1", "DD"), "DENIED");  // a region of it
    EXPECT_EQ(deal("DD", "DD"), "FREE");      // the country around that region
    EXPECT_EQ(deal("EE", "EE"), "FREE");      // excepted
    EXPECT_EQ(deal("FF", "PP"), "DENIED");
    EXPECT_EQ(deal("EE", "PP"), "DENIED");  // the parent brings it in, and is not excepted
    EXPECT_EQ(deal("HM", "PP"), "FREE");    // nothing is exported to home
    EXPECT_EQ(deal("PP", "FF"), "FREE");    // a seat is no destination
}

// The strictest of all rows, whatever their order, number and rules.
TEST(Answers, TheStrictestOfAllRowsStands) {
    const Codes codes{"FREE", "EXCEPTION", "LICENCE", "LETTER", "DENIED"};
    EXPECT_TRUE(rc::check([&] {
        const auto places = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
        std::vector<Rule> rules;
        int most = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            most = std::max(most, places[i]);
            rules.push_back(rule(("R" + std::to_string(i)).c_str(),
                                 {ask(codes[static_cast<std::size_t>(places[i])].c_str())}));
        }
        RC_ASSERT(answer(rules) == codes[static_cast<std::size_t>(most)]);
    }));
}

TEST(Answers, ClassesAreThoseOfTheHighestLineMet) {
    Rule r = rule("R", {});
    r.lines = {line("B", 50), line("A", 100)};
    Requirement of_a = ask("DENIED"), of_b = ask("LICENCE");
    of_a.classes = list({"A"});
    of_b.classes = list({"B"});
    r.requirements = {of_a, of_b};
    const auto told = [&](Figure tpp) {
        RuleQuery q = query();
        q.chip.tpp = tpp;
        const Verdict v = judge(book_of({r}), q);
        return v.lead().cls + " " + v.lead().code;
    };
    EXPECT_EQ(told(exactly(100)), "A DENIED");
    EXPECT_EQ(told(exactly(99)), "B LICENCE");
    EXPECT_EQ(told(exactly(49)), "UNDER FREE");
    EXPECT_EQ(told({60, 90}), "B LICENCE");
    EXPECT_EQ(told({60, 120}), "CLASS? OPEN");
    EXPECT_EQ(told({}), "CLASS? OPEN");
    EXPECT_EQ(judge(book_of({rule("S", {ask("LICENCE")})}), query()).lead().cls, "BEFORE");
}

// Rows that loosen turn each answer by itself, then the strictest stands.
TEST(Answers, LooseningTurnsOneRowsAnswerAlone) {
    const Rule denies = rule("R", {ask("DENIED")});
    EXPECT_EQ(answer({denies, rule("S", {after("LICENCE", {"DENIED"})})}), "LICENCE");
    EXPECT_EQ(answer({denies, rule("S", {after("LICENCE", {"LETTER"})})}), "DENIED");
    // a chain: denied, by licence, by exception
    EXPECT_EQ(answer({denies,
                      rule("S", {after("LICENCE", {"DENIED"}), after("EXCEPTION", {"LICENCE"})})}),
              "EXCEPTION");
    // a letter of another rule is not loosened with the denial
    EXPECT_EQ(
        answer({denies, rule("L", {ask("LETTER")}), rule("S", {after("LICENCE", {"DENIED"})})}),
        "LETTER");
    // only answers of rules that are named
    Requirement named = after("EXCEPTION", {"DENIED"});
    named.after_rules = list({"R"});
    EXPECT_EQ(answer({denies, rule("S", {named})}), "EXCEPTION");
    named.after_rules = list({"L"});
    EXPECT_EQ(answer({denies, rule("L", {ask("FREE")}), rule("S", {named})}), "DENIED");
    // a row that tightens raises what it names and all that is stricter, up to itself
    EXPECT_EQ(answer({rule("S", {after("LETTER", {"FREE"})})}), "LETTER");
    EXPECT_EQ(answer({denies, rule("S", {after("LETTER", {"FREE"})})}), "DENIED");
}

// Whole words of a name, however a rule and a catalog write them.
TEST(Answers, ARowNamesPartsInAnyCase) {
    RuleQuery q = query();
    q.chip.chip = "Tamarind T2";
    for (const char* name : {"tamarind", "Tamarind", "T2", "tamarind-t2", "Tamarind T2"}) {
        Requirement denies = ask("DENIED");
        denies.chips = {name};
        EXPECT_EQ(answer({rule("R", {denies})}, q), "DENIED") << name;
    }
    for (const char* other : {"tama", "T", "ind t2", "Tamarind T20"}) {
        Requirement denies = ask("DENIED");
        denies.chips = {other};
        EXPECT_NE(answer({rule("R", {denies})}, q), "DENIED") << other;
    }
}

TEST(Answers, ARowYieldsToDenialsAndStandsOverTheRest) {
    Requirement embargo = ask("LETTER");
    embargo.yields_to = list({"DENIED"});
    const Rule r = rule("E", {embargo});
    EXPECT_EQ(answer({r}), "LETTER");
    EXPECT_EQ(answer({r, rule("R", {ask("LICENCE")})}), "LETTER");
    EXPECT_EQ(answer({r, rule("R", {ask("DENIED")})}), "DENIED");
    const Verdict v = judge(book_of({r, rule("R", {ask("DENIED")})}), query());
    EXPECT_TRUE(contains(v.lead().reason, "E would ask LETTER besides")) << v.lead().reason;
    EXPECT_EQ(v.citations.size(), 2U);
}

// Of use only rows that hold for sure count; of an export what may hold leaves the answer open.
TEST(Answers, WhatIsNotKnownOpensExportsAndNoUses) {
    Requirement bans = ask("BAN"), denies = ask("DENIED");
    bans.when = denies.when = {at_least(Metric::dram, 100)};
    RuleQuery q = query();
    q.chip.dram = {};
    const std::vector<Rule> rules{rule("R", {bans, denies})};
    EXPECT_EQ(answer(rules, q, "use"), "OK");
    EXPECT_EQ(answer(rules, q), "OPEN");
    q.chip.dram = exactly(100);
    EXPECT_EQ(answer(rules, q, "use"), "BAN");
    EXPECT_EQ(answer(rules, q), "DENIED");
    EXPECT_EQ(answer({rule("R", {ask("PERMIT"), ask("BAN"), ask("PERMIT")})}, q, "use"), "BAN");
}

// A use that follows on a denial of R follows on no other rule's denial; what R's was loosened to
// is R's too.
TEST(Answers, UsesFollowOnTheRulesThatTheyName) {
    const auto told = [](const char* named, const char* on_answer, const std::vector<Rule>& rules) {
        Requirement bans = ask("BAN");
        bans.after = list({on_answer});
        if (named != nullptr) bans.after_rules = list({named});
        std::vector<Rule> all = rules;
        all.push_back(rule("Z", {bans}, on(2024, 3, 1)));
        return answer(all, query(), "use");
    };
    const Rule denies = rule("R", {ask("DENIED")}), licences = rule("S", {ask("LICENCE")});
    EXPECT_EQ(told(nullptr, "DENIED", {denies, licences}), "BAN");
    EXPECT_EQ(told("R", "DENIED", {denies, licences}), "BAN");
    EXPECT_EQ(told("S", "DENIED", {denies, licences}), "OK");
    EXPECT_EQ(told("R", "LICENCE", {denies, licences}), "OK");
    const Rule loosens = rule("T", {after("LICENCE", {"DENIED"})}, on(2024, 2, 1));
    EXPECT_EQ(told("R", "LICENCE", {denies, loosens}), "BAN");
    EXPECT_EQ(told("T", "LICENCE", {denies, loosens}), "BAN");
    // where nothing is asked, no rule asks it
    Requirement elsewhere = ask("DENIED");
    elsewhere.to = list({"EE"});
    EXPECT_EQ(told(nullptr, "FREE", {rule("R", {elsewhere})}), "BAN");
    EXPECT_EQ(told("R", "FREE", {rule("R", {elsewhere})}), "OK");
}

// Supply and charges that name rules wait for an answer of these.
TEST(Answers, SupplyFollowsOnTheRulesThatItNames) {
    Requirement scarce{.reason = "scarce"};
    scarce.after = list({"DENIED"});
    scarce.supply = {Supply::scarce, {}, true};
    const auto supply = [&](const char* named) {
        Requirement r = scarce;
        r.after_rules = list({named});
        RuleQuery q = query();
        q.chip.status = "shipping";
        return judge(book_of(
                         {rule("R", {ask("DENIED")}), rule("S", {ask("LICENCE")}), rule("Z", {r})}),
                     q)
            .supply;
    };
    EXPECT_EQ(supply("R"), Supply::scarce);
    EXPECT_EQ(supply("S"), Supply::on_sale);
}

struct Had {
    const char* verdict;
    bool review, licences;
    const char* told;  // may be had, restriction, lawful
};

// A licence is had where such are issued, or nobody says that they are not; of a use as of an
// export.
TEST(Outcomes, ALicenceIsHadWhereSuchAreIssued) {
    for (const Had& h : {Had{"FREE", false, false, "yes 0 lawful"},
                         {"EXCEPTION", false, false, "yes 1 lawful"},
                         {"EXCEPTION", true, false, "yes 1 lawful"},
                         {"LICENCE", false, false, "yes 1 lawful"},
                         {"LICENCE", true, false, "no 1 lawful"},
                         {"LICENCE", true, true, "yes 1 lawful"},
                         {"LETTER", true, true, "no 2 unlawful"},
                         {"DENIED", false, false, "no 2 unlawful"},
                         {"PERMIT", false, false, "yes 1 lawful"},
                         {"PERMIT", true, false, "no 1 lawful"},
                         {"PERMIT", true, true, "yes 1 lawful"},
                         {"BAN", true, true, "no 2 unlawful"}}) {
        Rule r = rule("R", {ask(h.verdict)});
        r.requirements[0].conditions = "with a seal";
        if (h.review)
            r.events.push_back({.on = on(2024, 6, 1),
                                .what = EventKind::review,
                                .note = "in review",
                                .licences = h.licences});
        const Verdict v = judge(book_of({r}), query());
        const std::string told = std::string(may_have(v) ? "yes " : "no ") +
                                 std::to_string(restriction(v)) +
                                 (is_lawful(v) ? " lawful" : " unlawful");
        EXPECT_EQ(told, h.told) << h.verdict << h.review << h.licences;
        const Outcome& o = v.of(verdict_index(exports(), h.verdict) >= 0 ? "ex" : "use");
        if (std::string(h.verdict) == "FREE") continue;  // no row was needed for it
        EXPECT_EQ(o.conditions, h.review ? "in review; with a seal" : "with a seal") << h.verdict;
    }
}

TEST(Outcomes, DenialsAreOneStep) {
    const Authority a = exports();
    for (unsigned i = 0; i < 5; ++i) EXPECT_EQ(strictness_in_steps(a, i), std::min(i, 3U));
    EXPECT_EQ(strictness_in_steps(a, undecided), undecided);
    EXPECT_EQ(verdict_code(a, undecided), "OPEN");
    EXPECT_EQ(class_code(a, 2), "UNDER");
    EXPECT_EQ(class_code(uses(), 0), "");
}

// Text and enforcement are two switches, and an event counts from its day on, once it was public.
TEST(Dates, EventsTurnTextAndEnforcement) {
    using K = EventKind;
    Rule r{.id = "R"};
    const auto event = [](int month, K what) {
        return RuleEvent{.on = on(2024, static_cast<unsigned>(month), 1), .what = what};
    };
    r.events = {event(2, K::in_force), event(3, K::suspended),    event(4, K::in_force),
                event(5, K::resumed),  event(6, K::not_enforced), event(7, K::ended),
                event(8, K::resumed),  event(9, K::in_force),     event(10, K::note)};
    std::string told;
    for (unsigned month = 1; month <= 10; ++month) {
        const RuleState s = state_of(r, on(2024, month, 1));
        told += s.enforced ? 'E' : s.text ? 't' : '-';
    }
    EXPECT_EQ(told, "-EttEt--EE");
    EXPECT_FALSE(state_of(r, on(2024, 1, 31)).text);
    RuleEvent early = event(2, K::in_force);
    early.known = {on(2023, 12, 1), {}, true};
    const Rule announced{.id = "A", .events = {early}};
    EXPECT_TRUE(state_of(announced, on(2024, 2, 1), on(2023, 12, 1)).text);
    EXPECT_FALSE(state_of(announced, on(2024, 2, 1), on(2023, 11, 30)).text);
    EXPECT_FALSE(state_of(announced, on(2024, 1, 31), all_known).text);
    EXPECT_FALSE(may_be_asked(on(2014, 12, 31)));
    EXPECT_TRUE(may_be_asked(on(2015, 1, 1)) && may_be_asked(on(2040, 1, 1)));
    EXPECT_FALSE(may_be_asked(on(2040, 1, 2)));
}

TEST(Dates, ATimelineHasAnEntryForEachChange) {
    Rule r = rule("R", {ask("DENIED")}, on(2024, 3, 1));
    r.events.push_back({.on = on(2024, 5, 1), .what = EventKind::note});
    r.events.push_back({.on = on(2024, 7, 1), .what = EventKind::ended});
    const Rulebook book = book_of({r, rule("S", {ask("LICENCE")}, on(2024, 4, 1))});
    const auto told = [&](Date from, Date until) {
        std::string text;
        for (const TimelineEntry& e : timeline(book, query(), from, until)) {
            text += to_text(e.from) + " " + e.verdict.lead().code + " " + join(e.events, ",") + ";";
        }
        return text;
    };
    EXPECT_EQ(told(on(2024, 1, 1), on(2025, 1, 1)),
              "2024-01-01 FREE ;2024-03-01 DENIED R in force;2024-07-01 LICENCE R ended;");
    EXPECT_EQ(told(on(2024, 3, 1), on(2024, 6, 30)), "2024-03-01 DENIED R in force;");
    EXPECT_EQ(told(on(2024, 3, 2), on(2024, 7, 1)),
              "2024-03-02 DENIED ;2024-07-01 LICENCE R ended;");
    EXPECT_EQ(turning_days(book),
              (std::vector<Date>{on(2024, 3, 1), on(2024, 4, 1), on(2024, 7, 1)}));
}

// One decision for each kind of day and place is copied: the same as to judge each by itself.
TEST(Batches, AreTheSingleVerdicts) {
    Requirement to_pair = ask("DENIED"), for_a = ask("LICENCE");
    to_pair.to = list({"pair"});
    for_a.classes = list({"A"});
    Rule r = rule("R", {to_pair, for_a}, on(2024, 3, 1));
    r.lines = {line("A", 100)};
    const Rulebook book = book_of({r});
    const std::vector<Date> days{on(2024, 2, 29), on(2024, 3, 1), on(2030, 1, 1), on(2024, 1, 1)};
    const Codes places{"CC", "DD", "DD-1", "HM"};
    std::vector<ChipFacts> chips;
    for (const double tpp : {99.0, 100.0}) chips.push_back(query("CC", tpp).chip);
    const auto all = judge_all(book, chips, days, places);
    ASSERT_EQ(all.size(), 32U);
    std::size_t at = 0;
    for (const ChipFacts& chip : chips) {
        for (const Date& day : days) {
            for (const std::string& place : places) {
                RuleQuery q = query(place.c_str());
                q.chip = chip;
                q.date = day;
                const Verdict v = judge(book, q);
                EXPECT_EQ(verdict_code(book.authorities[0], all[at].verdict), v.lead().code) << at;
                EXPECT_EQ(class_code(book.authorities[0], all[at].cls), v.lead().cls) << at;
                ++at;
            }
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
