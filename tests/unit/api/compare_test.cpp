// What differs between two studies: nothing of the same, the same the other way round.
#include <gtest/gtest.h>

#include "millwright/api/compare.h"
#include "millwright/intake/read.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

const Difference* term_of(const CompareAnswer& answer, std::string_view factory,
                          std::string_view job, std::string_view term) {
    for (const Difference& d : answer.differences) {
        if (d.factory == factory && d.job == job && d.term == term) return &d;
    }
    return nullptr;
}

TEST(Compare, AStudyDoesNotDifferFromItself) {
    EXPECT_TRUE(compare(made_study(), made_study()).differences.empty());
}

TEST(Compare, ChangesAreSharesOfAWhereThatIsANumberAboveNothing) {
    const auto change = [](TermValue a, TermValue b) {
        return change_of({"", "", "", std::move(a), std::move(b), {}});
    };
    EXPECT_EQ(change(TermValue(4.0), TermValue(5.0)), 0.25);
    EXPECT_EQ(change(TermValue(4.0), TermValue(0.0)), -1.0);
    EXPECT_EQ(change(TermValue(-4.0), TermValue(-2.0)), -0.5);
    EXPECT_EQ(change(TermValue(0.0), TermValue(5.0)), std::nullopt);
    EXPECT_EQ(change(TermValue("4"), TermValue(5.0)), std::nullopt);
    EXPECT_EQ(change(TermValue(4.0), TermValue("5")), std::nullopt);
}

TEST(Compare, WhatIsTrainedIsToldWhereItDiffers) {
    Study b = made_study();
    std::get<TrainReport>(b.factories[0].jobs[0].of).low_rank.rank = 16;
    const CompareAnswer answer = compare(made_study(), b);
    ASSERT_EQ(answer.differences.size(), 1U);
    EXPECT_EQ(answer.differences[0].term, "trains");
    EXPECT_EQ(answer.differences[0].a, TermValue("all weights"));
    EXPECT_EQ(answer.differences[0].b, TermValue("LoRA, rank 16"));
}

Study changed_study() {
    Study b = made_study();
    b.ranking = {0, 1};
    FactoryReport& f = b.factories[0];
    f.capital.add("optics", 1e6 * unit::USD);
    f.verdict.outcomes[0].code = "LIC";
    auto& train = std::get<TrainReport>(f.jobs[0].of);
    train.days = 50;
    train.best.step = Ledger<Seconds>{.name = "step"}.add("compute", 3 * unit::s);
    f.jobs[1] = made_impossible("serve", "no room");
    f.jobs[1].of = ServeReport{};
    return b;
}

TEST(Compare, TermsAreRanksTotalsLeavesAndJobs) {
    const CompareAnswer answer = compare(made_study(), changed_study());
    const auto expect = [&](const char* job, const char* term, const TermValue& a,
                            const TermValue& b) {
        const Difference* d = term_of(answer, "denied", job, term);
        ASSERT_NE(d, nullptr) << term;
        EXPECT_EQ(d->a, a) << term;
        EXPECT_EQ(d->b, b) << term;
    };
    expect("", "rank", TermValue(2.0), TermValue(1.0));
    expect("", "capital", TermValue(3e6), TermValue(4e6));
    expect("", "capital: optics", TermValue(0.0), TermValue(1e6));
    expect("", "US verdict", TermValue("DENIED"), TermValue("LIC"));
    expect("train", "days", TermValue(40.0), TermValue(50.0));
    expect("train", "step", TermValue(4.0), TermValue(3.0));
    expect("train", "bubble", TermValue(1.0), TermValue(0.0));
    expect("serve", "feasible", TermValue("yes"), TermValue("no"));
    expect("serve", "because", TermValue(""), TermValue("no room"));
    EXPECT_EQ(answer.differences.size(), 9U + 1U);  // and the other one's rank
    EXPECT_EQ(term_of(answer, "denied", "", "capital: servers"), nullptr);
    EXPECT_EQ(term_of(answer, "denied", "serve", "requests/s"), nullptr);
    EXPECT_EQ(term_of(answer, "denied", "", "capital")->dimension, (Dimension{.dollars = 1}));
}

TEST(Compare, TheOtherWayRoundTheSidesAreExchanged) {
    const CompareAnswer there = compare(made_study(), changed_study());
    const CompareAnswer back = compare(changed_study(), made_study());
    ASSERT_EQ(there.differences.size(), back.differences.size());
    for (const Difference& d : there.differences) {
        const Difference* other = term_of(back, d.factory, d.job, d.term);
        ASSERT_NE(other, nullptr) << d.term;
        EXPECT_EQ(d.a, other->b) << d.term;
        EXPECT_EQ(d.b, other->a) << d.term;
    }
}

TEST(Compare, WhatOnlyOneSideHasIsToldAndNothingOfIt) {
    Study b = made_study();
    b.factories[0].name = "new";
    b.factories[1].jobs[1].job = "other";
    const CompareAnswer answer = compare(made_study(), b);
    const auto sides = [&](const char* factory, const char* job) {
        const Difference* d = term_of(answer, factory, job, "in the scenario");
        EXPECT_NE(d, nullptr) << factory << job;
        return d == nullptr ? "" : std::get<std::string>(d->a) + std::get<std::string>(d->b);
    };
    EXPECT_EQ(sides("denied", ""), "yesno");
    EXPECT_EQ(sides("new", ""), "noyes");
    EXPECT_EQ(sides("free", "serve"), "yesno");
    EXPECT_EQ(sides("free", "other"), "noyes");
    EXPECT_EQ(answer.differences.size(), 4U);
    EXPECT_EQ(answer.differences.back().factory, "new");
}

TEST(Compare, TwoFactoriesWithoutAnAlternativeAreComparedWhateverTheirNames) {
    Study a = made_study(), b = made_study();
    a.factories.resize(1);
    b.factories.erase(b.factories.begin());
    a.ranking = b.ranking = {0};
    b.factories[0].server = "other";
    const CompareAnswer answer = compare(a, b);
    EXPECT_EQ(term_of(answer, "denied", "", "in the scenario"), nullptr);
    ASSERT_NE(term_of(answer, "denied", "", "server"), nullptr);
    EXPECT_NE(term_of(answer, "denied", "train", "days"), nullptr);
}

TEST(Compare, TwoFactoriesOfOneStudyAreExplainedAndADeniedOneIsTold) {
    const Study study = made_study();
    const CompareAnswer answer = compare(study, 1, study, 0);
    EXPECT_EQ(answer.a.factory, "free");
    EXPECT_EQ(answer.b.factory, "denied");
    ASSERT_EQ(answer.notes.size(), 1U);
    EXPECT_EQ(answer.notes[0], "denied is denied to this buyer: US DENIED");
    EXPECT_EQ(term_of(answer, "free", "", "rank")->a, TermValue(1.0));
    EXPECT_EQ(term_of(answer, "free", "", "rank")->b, TermValue(2.0));
    EXPECT_EQ(term_of(answer, "free", "train", "days")->b, TermValue(40.0));
    ASSERT_EQ(answer.explanations.size(), 2U);
    EXPECT_EQ(answer.explanations[0].factory_a, "free");
    EXPECT_EQ(answer.explanations[0].factory_b, "denied");
    EXPECT_EQ(compare(study, 0, study, 0).notes.size(), 1U);
    EXPECT_TRUE(compare(study, 0, study, 0).differences.empty());
}

TEST(Compare, NamesThatNoFactoryHasAreFaultsWithTheNearest) {
    const auto text = parse_scenario(
        "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\n"
        "headquarters = \"US\"\n[[factory]]\nname = \"One H100\"\nserver = \"hgx-h100\"\n"
        "chips = 8\nfabric = \"rail-fat-tree\"\n[[factory]]\nname = \"two\"\n"
        "server = \"hgx-h200\"\nchips = 8\nfabric = \"rail-fat-tree\"\n[[job]]\n"
        "name = \"j\"\nkind = \"serve\"\nmodel = \"llama-3.2-1b\"\nprompt_tokens = 100\n"
        "output_tokens = 10\n",
        "a.toml");
    const auto none = compare({*text, {}, {}}, {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error()[0].message, "one scenario is compared with none");
    const auto wrong = compare({*text, {}, FactoryPair{"One H10", "tow"}}, {});
    ASSERT_FALSE(wrong);
    ASSERT_EQ(wrong.error().size(), 2U);
    EXPECT_EQ(wrong.error()[0].at.file, "a.toml");
    EXPECT_EQ(wrong.error()[0].message, "no factory 'One H10' in the scenario");
    EXPECT_EQ(wrong.error()[0].hint, "did you mean 'One H100'?");
    EXPECT_EQ(wrong.error()[1].hint, "did you mean 'two'?");
    const auto right = compare({*text, *text, FactoryPair{"one-h100", "two"}}, {});
    ASSERT_TRUE(right);
    EXPECT_EQ(right->a.factory, "One H100");
    EXPECT_EQ(right->b.factory, "two");
    EXPECT_EQ(right->explanations.size(), 1U);
}

TEST(Compare, FaultsOfBothScenariosAreToldAtOnce) {
    const auto text = [](const std::string& file, const std::string& server) {
        return parse_scenario(
                   "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"US\"\n[buyer]\n"
                   "headquarters = \"US\"\n[[factory]]\nname = \"a\"\nserver = \"" +
                       server +
                       "\"\nchips = 8\nfabric = \"rail-fat-tree\"\n[[job]]\nname = \"j\"\n"
                       "kind = \"serve\"\nmodel = \"llama-3.2-1b\"\n",
                   file)
            .value();
    };
    const auto answer = compare({text("a.toml", "hgx-h1oo"), text("b.toml", "hgx-h2oo"), {}}, {});
    ASSERT_FALSE(answer);
    ASSERT_EQ(answer.error().size(), 2U) << to_text(answer.error());
    EXPECT_EQ(answer.error()[0].at.file, "a.toml");
    EXPECT_EQ(answer.error()[1].at.file, "b.toml");
    for (const Fault& fault : answer.error()) EXPECT_EQ(fault.at.line, 9) << fault.message;
    EXPECT_EQ(compare({text("a.toml", "hgx-h100"), text("b.toml", "x"), {}}, {}).error().size(),
              1U);
}

}  // namespace TEST_FILE
}  // namespace millwright
