// Laws of split differences: over random ledgers the terms sum to the difference, exchanged sides
// exchange signs, the order of factors does not matter, and parts sum to their factor's term.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "millwright/base/split.h"

namespace millwright {
namespace TEST_FILE {

/// Some leaves that the other side lacks, some alike on both, some nearly.
Ledger<Seconds> any_ledger() {
    static constexpr std::array names{"compute", "tensor", "data", "bubble", "host"};
    Ledger<Seconds> ledger{.name = "step"};
    for (const char* name : names) {
        Ledger<Seconds> part{.name = name};
        const int leaves = *rc::gen::inRange(0, 3);
        for (int i = 0; i < leaves; ++i) {
            const double size = std::pow(10.0, *rc::gen::inRange(-6, 4));
            part.add(names[static_cast<std::size_t>(i)], *rc::gen::inRange(0, 9) * size * unit::s);
        }
        ledger.add(part);
    }
    return ledger.add("least", 1e-3 * unit::s);
}

double any_number() {
    return *rc::gen::inRange(1, 1000) * std::pow(10.0, *rc::gen::inRange(-3, 6));
}

/// Of a cost or a time: two ledgers, two plain factors, one of which divides; a side may cost
/// nothing.
TwoProducts any_products() {
    TwoProducts two{.scale = any_number()};
    const bool alike = *rc::gen::inRange(0, 5) == 0;
    for (const char* name : {"year", "step"}) {
        const Ledger<Seconds> a = any_ledger(), b = alike ? a : any_ledger();
        const bool nothing = *rc::gen::inRange(0, 12) == 0;
        two.factors.push_back(factor_of(name, a, nothing ? 0 : any_number(), b, any_number()));
    }
    two.factors.push_back({"tokens", {}, {{"tokens", any_number(), any_number()}}});
    two.factors.push_back({"share", {}, {{"share", any_number(), any_number()}}, true});
    return two;
}

/// By how much a sum may be off: the terms are rounded, each as it is large.
double rounding(const TwoProducts& two, const std::vector<SplitTerm>& terms) {
    double size = std::max(two.a(), two.b());
    for (const SplitTerm& term : terms) size = std::max(size, std::abs(term.difference));
    return 1e-12 * size;
}

double sum_of(const std::vector<SplitTerm>& terms) {
    double sum = 0;
    for (const SplitTerm& term : terms) sum += term.difference;
    return sum;
}

TEST(SplitLaw, TermsSumToTheDifference) {
    EXPECT_TRUE(rc::check("no rest is left, and no term is no number", [] {
        const TwoProducts two = any_products();
        RC_ASSERT(can_be_split(two));
        const std::vector<SplitTerm> terms = split_difference(two);
        for (const SplitTerm& term : terms) RC_ASSERT(std::isfinite(term.difference));
        RC_ASSERT(std::abs(sum_of(terms) - (two.b() - two.a())) <= rounding(two, terms));
    }));
}

TEST(SplitLaw, ExchangedSidesExchangeSigns) {
    EXPECT_TRUE(rc::check("there and back is nothing, term by term", [] {
        const TwoProducts there = any_products();
        TwoProducts back = there;
        for (ProductFactor& factor : back.factors) {
            for (FactorPart& part : factor.parts) std::swap(part.a, part.b);
        }
        const auto terms = split_difference(there), others = split_difference(back);
        RC_ASSERT(terms.size() == others.size());
        for (std::size_t i = 0; i < terms.size(); ++i) {
            RC_ASSERT(std::abs(terms[i].difference + others[i].difference) <=
                      rounding(there, terms));
        }
    }));
}

TEST(SplitLaw, TheOrderOfFactorsDoesNotMatter) {
    EXPECT_TRUE(rc::check("each part has the same term wherever its factor stands", [] {
        const TwoProducts two = any_products();
        TwoProducts turned = two;
        std::ranges::reverse(turned.factors);
        const auto terms = split_difference(two), others = split_difference(turned);
        for (const SplitTerm& term : terms) {
            const auto same = std::ranges::find_if(others, [&](const SplitTerm& other) {
                return other.factor == term.factor && other.part == term.part;
            });
            RC_ASSERT(same != others.end());
            RC_ASSERT(std::abs(same->difference - term.difference) <= rounding(two, terms));
        }
    }));
}

TEST(SplitLaw, WhatIsAlikeExplainsNothing) {
    EXPECT_TRUE(rc::check("a part that does not change has no term", [] {
        for (const SplitTerm& term : split_difference(any_products())) {
            if (term.a == term.b) RC_ASSERT(term.difference == 0);
        }
    }));
}

}  // namespace TEST_FILE
}  // namespace millwright
