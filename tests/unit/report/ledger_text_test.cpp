// Ledgers in words, and verdicts beside their labels.
#include <gtest/gtest.h>

#include "millwright/base/units.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace TEST_FILE {

TEST(LedgerText, SharesHaveOneDecimalAndNothingThereIsNothing) {
    for (const auto& [share, told] :
         std::vector<std::pair<double, const char*>>{{0, "0 %"},
                                                     {1e-12, "<0.1 %"},
                                                     {0.0004, "<0.1 %"},
                                                     {0.0006, "0.1 %"},
                                                     {0.001, "0.1 %"},
                                                     {0.12345, "12.3 %"},
                                                     {0.5, "50.0 %"},
                                                     {0.99999, "100.0 %"},
                                                     {1, "100.0 %"},
                                                     {1.25, "125.0 %"}}) {
        EXPECT_EQ(share_text(share), told) << share;
    }
}

Ledger<Seconds> step() {
    Ledger<Seconds> compute{.name = "compute"};
    compute.add("forward", 2 * unit::s).add("backward", 4 * unit::s);
    Ledger<Seconds> ledger{.name = "step"};
    return ledger.add(compute).add("bubble", 2 * unit::s);
}

TEST(LedgerText, ALineHasTheFirstPartsAndTheirSharesOfTheWhole) {
    EXPECT_EQ(parts_text(step()), "compute 75.0 %, bubble 25.0 %");
    EXPECT_EQ(parts_text(Ledger<Bytes>{.name = "memory"}), "");
}

TEST(LedgerText, AListIndentsPartsAndItsSharesAreOfTheRoot) {
    EXPECT_EQ(ledger_text(step()),
              "part          value    share\n"
              "------------  -----  -------\n"
              "step            8 s  100.0 %\n"
              "  compute       6 s   75.0 %\n"
              "    forward     2 s   25.0 %\n"
              "    backward    4 s   50.0 %\n"
              "  bubble        2 s   25.0 %\n");
}

TEST(LedgerText, EveryQuantityHasItsUnit) {
    const auto told = [](auto quantity) {
        return ledger_text(Ledger<decltype(quantity)>{.name = "x"}.add("y", quantity));
    };
    EXPECT_NE(told(1.5 * unit::GB).find("1.5 GB"), std::string::npos);
    EXPECT_NE(told(250.0 * unit::USD).find("250 USD"), std::string::npos);
    EXPECT_NE(told(12.0 * unit::MW).find("12 MW"), std::string::npos);
}

TEST(VerdictText, ALabelHasTenLettersOrPushesItsText) {
    EXPECT_EQ(labelled("us", "yes"), "  us         yes\n");
    EXPECT_EQ(labelled("", "yes"), "             yes\n");
    EXPECT_EQ(labelled("ten letter", "yes"), "  ten letter yes\n");
    EXPECT_EQ(labelled("twelve lette", "yes"), "  twelve lette yes\n");
    const std::string word(80, 'w');
    EXPECT_EQ(labelled("us", word + " " + word),
              "  us         " + word + "\n" + std::string(13, ' ') + word + "\n");
}

Verdict verdict() {
    Verdict v;
    v.outcomes = {{.authority = "us",
                   .label = "US",
                   .code = "DENIED",
                   .cls = "3A090.a",
                   .rule = "r1",
                   .reason = "over the limit",
                   .conditions = "case by case"},
                  {.authority = "cn",
                   .label = "China",
                   .asks = AsksAbout::use,
                   .code = "HOLD",
                   .rule = "r2",
                   .reason = "held",
                   .confidence = Confidence::low},
                  {.authority = "nl", .label = "NL", .code = "FREE"}};
    v.outcomes[2].confidence = Confidence::low;  // and no rule decided: not told
    v.supply_reason = "on sale since 2023";
    v.citations = {{"r1", "15 CFR 744"}, {"r2", "notice 7"}};
    return v;
}

TEST(VerdictText, TellsEachAuthorityThenSupplyThenCitations) {
    EXPECT_EQ(verdict_text(verdict()),
              "  US         DENIED, class 3A090.a: over the limit\n"
              "             case by case\n"
              "  China      HOLD: held\n"
              "  NL         FREE\n"
              "  supply     ON_SALE: on sale since 2023\n"
              "  citations  r1 (15 CFR 744); r2 (notice 7); confidence high, China low\n");
}

TEST(VerdictText, WhatWouldDecideStandsWithTheAnswerThatLeads) {
    Verdict v = verdict();
    v.would_decide = {"a letter would deny", "a hall would ask"};
    v.by_text = "by the text alone: LIC";
    v.open = {"who pays", "who owns"};
    EXPECT_EQ(verdict_text(v),
              "  US         DENIED, but a letter would deny, a hall would ask, class 3A090.a: over "
              "the limit\n"
              "             case by case\n"
              "             by the text alone: LIC\n"
              "  China      HOLD: held\n"
              "  NL         FREE\n"
              "  supply     ON_SALE: on sale since 2023\n"
              "  citations  r1 (15 CFR 744); r2 (notice 7); confidence high, China low\n"
              "  open       who pays\n"
              "  open       who owns\n");
}

}  // namespace TEST_FILE
}  // namespace millwright
