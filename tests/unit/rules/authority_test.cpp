// Authorities as data: what their files may say, and how their answers stand beside each other.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace TEST_FILE {

constexpr const char* sea_rules = R"(
name = "League of the Sea"
label = "Sea"
adjective = "maritime"
asks = "export"
home = ["MT"]
open = "SEA_OPEN"
[[verdict]]
code = "SEA_FREE"
words = "free"
tier = "free"
had = "yes"
[[verdict]]
code = "SEA_PERMIT"
words = "permit"
tier = "possible"
had = "licensed"
[[verdict]]
code = "SEA_BARRED"
words = "barred"
tier = "denied"
had = "no"
)";

constexpr const char* sea_rule = R"(
name = "fast memory by ship"
authority = "League of the Sea"
citation = { is = "a treaty", from = "text" }
announced = 2024-01-01
confidence = "medium"
summary = "memory of 4,000 GB/s and more is barred to Malta's neighbours"
[[event]]
on = 2024-01-01
what = "in force"
[[requirement]]
reason = "fast memory"
when = ["dram >= 4000"]
to = ["IT"]
headquarters = ["IT"]
verdict = "SEA_BARRED"
[[requirement]]
reason = "any advanced part"
classes = ["3A090.a"]
to = ["TN"]
verdict = "SEA_PERMIT"
[sources.text]
title = "a treaty"
publisher = "nobody"
grade = "estimate"
)";

Catalog with_sea() {
    Catalog catalog = built_in_catalog();
    EXPECT_EQ(to_text(add_part(catalog, "authorities", "sea", sea_rules, "sea.toml")), "");
    EXPECT_EQ(to_text(add_part(catalog, "rules", "SEA-1", sea_rule, "SEA-1.toml")), "");
    return catalog;
}

Verdict judged(const Catalog& catalog, const char* chip, const char* to, const char* hq) {
    RuleQuery query{.chip = chip_facts(catalog, part_named(catalog.chips, chip)),
                    .date = on(2025, 1, 1)};
    query.party.to = to;
    query.party.headquarters = hq;
    return judge(resolve_rulebook(catalog).value(), query);
}

TEST(Authority, AThirdOneJudgesBesideTheOthers) {
    const Catalog catalog = with_sea();
    const Verdict barred = judged(catalog, "h200-sxm", "IT", "IT");
    EXPECT_EQ(barred.lead().code, "NLR");
    EXPECT_EQ(barred.of("sea").code, "SEA_BARRED");
    EXPECT_TRUE(barred.of("sea").reason.starts_with("SEA-1: fast memory; meets SEA-1 by"));
    EXPECT_EQ(restriction(barred), 2);
    EXPECT_FALSE(is_lawful(barred));
    EXPECT_FALSE(may_have(barred));
    EXPECT_EQ(barred.of("sea").confidence, Confidence::medium);
    EXPECT_EQ(barred.lead().confidence, Confidence::high);  // each is as sure as its own rules
    const Verdict abroad = judged(catalog, "h200-sxm", "DE", "IT");
    EXPECT_EQ(abroad.of("sea").code, "SEA_BARRED");
    EXPECT_EQ(judged(catalog, "h200-sxm", "MT", "IT").of("sea").code, "SEA_FREE");  // at home
    EXPECT_EQ(judged(catalog, "h20", "DE", "DE").of("sea").reason,
              "no rule of League of the Sea reaches destination DE and headquarters DE");
}

TEST(Authority, ItsRowsMayNameClassesOfAnother) {
    const Catalog catalog = with_sea();
    const Verdict classed = judged(catalog, "h100-sxm", "TN", "TN");
    EXPECT_EQ(classed.of("sea").code, "SEA_PERMIT");
    EXPECT_EQ(classed.of("sea").cls, "");
    EXPECT_TRUE(may_have(classed));  // no review says that such permits are refused
    EXPECT_EQ(judged(catalog, "l20", "TN", "TN").of("sea").code, "SEA_FREE");
}

TEST(Authority, WhatIsNotKnownLeavesItOpen) {
    const Catalog catalog = with_sea();
    RuleQuery query{.date = on(2025, 1, 1)};
    query.chip.tpp = exactly(100);
    query.chip.area = exactly(100);
    query.chip.io = exactly(1);
    query.party.to = query.party.headquarters = "IT";
    const Verdict open = judge(resolve_rulebook(catalog).value(), query);
    EXPECT_EQ(open.of("sea").code, "SEA_OPEN");
    EXPECT_EQ(restriction(open), 3);
    EXPECT_TRUE(contains(open.of("sea").reason, "needs memory bandwidth"));
    EXPECT_FALSE(may_have(open));
}

/// Faults of the sea's file with one text in place of another.
std::string faults_with(std::string text, const std::string& was, const std::string& is) {
    const std::size_t at = text.find(was);
    EXPECT_NE(at, std::string::npos) << was;
    if (at != std::string::npos) text.replace(at, was.size(), is);
    Catalog catalog = built_in_catalog();
    Faults faults = add_part(catalog, "authorities", "sea", text, "sea.toml");
    const auto book = resolve_rulebook(catalog);
    if (!book) faults.insert(faults.end(), book.error().begin(), book.error().end());
    return to_text(faults);
}

TEST(Authority, FaultsSayWhatIsWrong) {
    const std::string good = sea_rules;
    EXPECT_EQ(faults_with(good, "MT", "IT"), "");
    EXPECT_TRUE(contains(faults_with(good, "SEA_FREE", "NLR"), "'NLR' is a code of 'us' already"));
    EXPECT_TRUE(contains(faults_with(good, "open = \"SEA_OPEN\"\n", ""), "'open' is the code"));
    EXPECT_TRUE(contains(faults_with(good, "tier = \"denied\"", "tier = \"free\""),
                         "'SEA_BARRED' is stricter than 'SEA_PERMIT', but of a looser tier"));
    EXPECT_TRUE(
        contains(faults_with(good, "asks = \"export\"", "asks = \"import\""), "sea.toml:5"));
    EXPECT_TRUE(contains(faults_with(good, good.substr(good.find("[[verdict]]")), ""),
                         "the file lacks its verdicts"));
}

TEST(Authority, CodesOfRulesAreChecked) {
    const auto fault_of = [](const std::string& was, const std::string& is) {
        Catalog catalog = with_sea();
        std::string text = sea_rule;
        text.replace(text.find(was), was.size(), is);
        EXPECT_EQ(to_text(add_part(catalog, "rules", "SEA-1", text, "SEA-1.toml")), "");
        const auto book = resolve_rulebook(catalog);
        return book ? std::string() : to_text(book.error());
    };
    EXPECT_EQ(fault_of("SEA_BARRED", "LIC_POD"), "");  // a code says whose it is
    const std::string unknown = fault_of("SEA_BARRED", "SEA_BARED");
    EXPECT_TRUE(contains(unknown, "SEA-1.toml:16:11"));
    EXPECT_TRUE(contains(unknown, "no verdict of an authority is called 'SEA_BARED'"));
    EXPECT_TRUE(contains(unknown, "did you mean 'SEA_BARRED'"));
    EXPECT_TRUE(contains(fault_of("[\"3A090.a\"]", "[\"3A090.z\"]"), "no class of an authority"));
    EXPECT_TRUE(contains(fault_of("to = [\"TN\"]", "after = [\"LIC_POD\"]"),
                         "'LIC_POD' is no answer that this row can follow on"));
    EXPECT_TRUE(contains(fault_of("to = [\"TN\"]", "after = [\"SEA_BARRED\", \"NLR\"]"),
                         "'NLR' is a verdict of 'us', those before it of 'sea'"));
}

TEST(Authority, ColumnsOfTablesAreNoIds) {
    Catalog catalog = built_in_catalog();
    ASSERT_EQ(to_text(add_part(catalog, "authorities", "tpp", sea_rules, "tpp.toml")), "");
    EXPECT_TRUE(contains(to_text(resolve_rulebook(catalog).error()), "is a column of tables"));
}

}  // namespace TEST_FILE
}  // namespace millwright
