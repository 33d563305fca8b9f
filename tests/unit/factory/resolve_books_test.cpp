// What [books], [[phase]] and [[sale]] may not say side by side.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

std::string fault_of(const std::string& more) {
    const auto scenario =
        resolve(text_of(head + factory("a", "hgx-h100", 16) + serve("j", "llama-3.1-8b") + more),
                built_in_catalog());
    return scenario ? "none" : to_text(scenario.error());
}

void refused(const std::string& more, const std::string& words) {
    const std::string fault = fault_of(more);
    EXPECT_NE(fault.find(words), std::string::npos) << more << fault;
    EXPECT_NE(fault.find("t.toml:"), std::string::npos) << fault;
}

std::string phase(const std::string& after, double share) {
    return "[[phase]]\nafter = \"" + after + "\"\nshare = " + std::to_string(share) + "\n";
}

TEST(ResolveBooks, WhatMakesSenseIsTaken) {
    EXPECT_EQ(fault_of("[books]\ntax = 0.2\n" + phase("0 months", 0.25) + phase("1 year", 0.75) +
                       "[[sale]]\njob = \"j\"\noutput = \"1 USD\"\n"),
              "none");
}

TEST(ResolveBooks, PhasesAreTheWholeInOrder) {
    refused(phase("0 months", 0.5) + phase("1 year", 0.4), "sum to 0.9");
    refused(phase("1 year", 0.5) + phase("0 months", 0.5), "before the one above");
}

TEST(ResolveBooks, TokensAreSoldOnceAndOfJobsThatServe) {
    const std::string sale = "[[sale]]\njob = \"j\"\noutput = \"1 USD\"\n";
    refused(sale + sale, "sold twice");
    refused("[[sale]]\njob = \"k\"\noutput = \"1 USD\"\n", "no [[job]]");
    refused(train("k", "llama-3.1-8b") + "[[sale]]\njob = \"k\"\noutput = \"1 USD\"\n",
            "serves nobody");
    refused("[books]\nprice_per_chip_hour = \"1 USD/h\"\n" + sale, "tokens too");
}

TEST(ResolveBooks, ListsAreAsLongAsTheirCalendar) {
    refused("[books]\npue_by_month = [1.2, 1.3]\n", "there are 12 months");
    refused("[books]\nenergy_price_by_hour = [\"0.1 USD/kWh\"]\n", "there are 24 hours");
}

TEST(ResolveBooks, WhatDoesNothingAloneIsTold) {
    refused("[books]\nown_share = 0.5\n", "own energy costs");
    refused("[books]\nnext_generation_drop = 0.5\n", "when the next generation comes");
    refused("[books]\nhorizon = \"6 months\"\n", "horizon is over");
    refused("[books]\npower_delay = \"9 years\"\n", "horizon is over");
    refused(phase("0 months", 0.5) + phase("9 years", 0.5), "horizon is over");
}

}  // namespace TEST_FILE
}  // namespace millwright
