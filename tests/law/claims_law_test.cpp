// Laws of contradictions among claims.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "millwright/claims/conflicts.h"
#include "tests/unit/claims/networks.h"

namespace millwright {
namespace TEST_FILE {

/// A few claims of small numbers with an unknown among them, and constraints of random shapes.
ClaimNetwork any_network() {
    std::string text = "[[unknown]]\nid = \"u\"\nrange = \"0..9\"\n";
    constexpr int claims = 5;
    const auto name = [] { return "c" + std::to_string(*rc::gen::inRange(0, claims)); };
    for (int i = 0; i < claims; ++i) {
        text += claim_table("c" + std::to_string(i), std::to_string(*rc::gen::inRange(0, 6)));
    }
    text += constraint_table("k", "u >= 0");
    const int constraints = *rc::gen::inRange(1, 6);
    for (int i = 0; i < constraints; ++i) {
        const std::string side = *rc::gen::elementOf(std::vector<std::string>{
            "u", name(), name() + " + " + name(), name() + " * " + name(), "u + " + name(),
            "max(u, " + name() + ")", "abs(" + name() + " - u)"});
        const std::string mark =
            *rc::gen::elementOf(std::vector<std::string>{" == ", " < ", " <= ", " != "});
        text += constraint_table("k" + std::to_string(i), side + mark + name());
    }
    return network_of(text).value();
}

TEST(ClaimsLaw, EverySetIsContradictoryAndWithoutAnyOfItIsNot) {
    EXPECT_TRUE(rc::check("minimal", [] {
        const ClaimNetwork network = any_network();
        std::vector<int> constraints(network.constraints.size());
        std::iota(constraints.begin(), constraints.end(), 0);
        const ConflictSearch found = find_conflicts(network, constraints);
        // what never holds is set aside before the sets are sought
        for (const ClaimConflict& conflict : found.conflicts) {
            if (!conflict.statements.empty()) continue;
            for (const int at : conflict.constraints) std::erase(constraints, at);
        }
        for (const ClaimConflict& conflict : found.conflicts) {
            if (conflict.statements.empty()) continue;
            RC_ASSERT(contradictory(network, conflict.statements, constraints));
            RC_ASSERT(contradictory(network, conflict.statements, conflict.constraints));
            for (const int statement : conflict.statements) {
                std::vector<int> rest = conflict.statements;
                std::erase(rest, statement);
                RC_ASSERT(!contradictory(network, rest, constraints));
            }
        }
    }));
}

TEST(ClaimsLaw, ContradictoryStaysSoWithMoreSaid) {
    EXPECT_TRUE(rc::check("monotone", [] {
        const ClaimNetwork network = any_network();
        std::vector<int> constraints(network.constraints.size()), all(network.statements.size());
        std::iota(constraints.begin(), constraints.end(), 0);
        std::iota(all.begin(), all.end(), 0);
        std::erase_if(all, [&](int at) {
            return !network.statements[static_cast<std::size_t>(at)].stated();
        });
        const bool whole = contradictory(network, all, constraints);
        std::vector<int> some = all;
        std::erase(some, *rc::gen::elementOf(all));
        if (contradictory(network, some, constraints)) RC_ASSERT(whole);
    }));
}

TEST(ClaimsLaw, IntervalsHoldWhatTheirNumbersGive) {
    EXPECT_TRUE(rc::check("outwards", [] {
        const auto number = [] { return *rc::gen::inRange(-1000, 1000) / 8.0; };
        const double a = number(), b = number(), wide = std::abs(number());
        const ClaimExtent x{a - wide, a + wide}, y{b, b + wide};
        RC_ASSERT(sum(x, y).has(a + b));
        RC_ASSERT(difference(x, y).has(a - b));
        RC_ASSERT(product(x, y).has(a * b));
        RC_ASSERT(magnitude(x).has(std::abs(a)));
        RC_ASSERT(whole_power(x, 3).has(a * a * a));
        if (b != 0) RC_ASSERT(quotient(x, y).has(a / b));
        if (a >= 0) RC_ASSERT(square_root(x).has(std::sqrt(a)));
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
