// Claims about a factory beside a run of its scenario.
#include "millwright/api/claims_reckoned.h"

#include <gtest/gtest.h>

#include "millwright/api/claims.h"
#include "millwright/base/text.h"
#include "tests/folder.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

std::string reckoned(const std::string& figure, const std::string& more = "",
                     const std::string& factory = "a") {
    return "[[reckoned]]\nid = \"x\"\nscenario = \"s.toml\"\nfactory = \"" + factory +
           "\"\nfigure = \"" + figure + "\"\n" + more;
}

/// A file of claims beside a scenario of one factory and two jobs.
struct Beside {
    TestFolder folder;
    std::string scenario = head + factory("a", "hgx-h100", 64) + train("t", "llama-3.1-8b") +
                           serve("s", "llama-3.1-8b");

    Result<std::vector<StatementText>> facts(const std::string& claims) {
        folder.put("s.toml", scenario);
        const std::string path = folder.put("c.toml", claims);
        return reckoned_facts(read_claims(path).value(), {});
    }

    std::string told(const std::string& claims) {
        const auto found = facts(claims);
        return found ? "" : to_text(found.error());
    }
};

TEST(ClaimsReckoned, FactsAreWhatTheRunSays) {
    Beside b;
    const Study study = study_of(b.scenario);
    const FactoryReport& f = study.factories[0];
    const auto& trained = std::get<TrainReport>(f.jobs[0].of);
    const auto value = [&](const std::string& figure, const std::string& more = "") {
        const auto facts = b.facts(reckoned(figure, more));
        EXPECT_TRUE(facts) << to_text(facts.error());
        return facts ? facts->at(0).is.value.text : "";
    };
    const auto exact = [](auto amount) {
        return exact_text(amount.si(), decltype(amount)::dimension);
    };
    EXPECT_EQ(value("power"), exact(f.power.value));
    EXPECT_EQ(value("capital"), exact(f.capital.value));
    EXPECT_EQ(value("yearly-cost"), exact(f.yearly.value / unit::year));
    EXPECT_EQ(value("token-price", "job = \"t\"\n"), exact(trained.per_million_tokens));
    EXPECT_EQ(value("training-time", "job = \"t\"\n"),
              exact(trained.days_low * unit::day) + " .. " + exact(trained.days_high * unit::day));
}

TEST(ClaimsReckoned, AClaimMayContradictTheRun) {
    Beside b;
    b.folder.put("s.toml", b.scenario);
    const auto verdict = [&](const std::string& is) {
        const std::string path =
            b.folder.put("c.toml", reckoned("power") + "[[claim]]\nid = \"said\"\nis = \"" + is +
                                       "\"\n[[constraint]]\nid = \"k\"\nrequire = \"said == x\"\n"
                                       "within = \"10 %\"\n");
        const auto answer = check_claims({read_claims(path).value()}, {});
        EXPECT_TRUE(answer) << to_text(answer.error());
        return answer->judged.claims.at(0).verdict;
    };
    const Watts draws = study_of(b.scenario).factories[0].power.value;
    EXPECT_EQ(verdict(exact_text(draws.si(), Watts::dimension)), ClaimVerdict::holds);
    EXPECT_EQ(verdict("1 GW"), ClaimVerdict::contradicts_record);
}

TEST(ClaimsReckoned, WhatCannotBeAskedIsToldWithItsPlace) {
    Beside b;
    EXPECT_TRUE(contains(b.told(reckoned("power", "", "z")),
                         "c.toml:4:11: error: no factory is "
                         "named 'z' there"));
    EXPECT_TRUE(contains(b.told(reckoned("token-price")), "of 2 jobs none is named"));
    EXPECT_TRUE(contains(b.told(reckoned("token-price", "job = \"q\"\n")), "one of t, s"));
    EXPECT_TRUE(contains(b.told(reckoned("training-time", "job = \"s\"\n")), "s trains nothing"));
    b.scenario = head + factory("a", "hgx-h100", 8) + train("t", "llama-3.1-405b");
    EXPECT_TRUE(contains(b.told(reckoned("token-price")), "a cannot do t: "));
    b.scenario = "name = 1\n";
    EXPECT_TRUE(contains(b.told(reckoned("power")), "s.toml:1:8: error: "));
}

}  // namespace TEST_FILE
}  // namespace millwright
