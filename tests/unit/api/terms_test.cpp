// Words explained: nothing that the program prints as a code is without a meaning, and no word has
// two.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "millwright/api/terms.h"
#include "millwright/base/text.h"
#include "millwright/catalog/references.h"
#include "millwright/claims/judge.h"
#include "millwright/collective/collectives.h"
#include "millwright/parts/failure.h"
#include "millwright/parts/plan.h"
#include "millwright/reliability/badput.h"
#include "millwright/serve/router.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.catalog = built_in_catalog()};

TermEntry explained(const std::string& word) {
    const auto answer = explain_term({.word = word}, setting);
    EXPECT_TRUE(answer) << word << ": " << to_text(answer ? Faults{} : answer.error());
    if (!answer) return {};
    EXPECT_EQ(answer->entries.size(), 1U);
    EXPECT_GT(answer->entries[0].text.size(), 20U) << word;
    return answer->entries[0];
}

template <class E>
void expect_all_names(std::initializer_list<std::string_view> but = {}) {
    for (const std::string_view name : EnumNames<E>::names) {
        if (std::ranges::find(but, name) == but.end()) explained(std::string(name));
    }
}

TEST(Terms, EveryVerdictAndClassIsExplainedInItsAuthoritysWords) {
    for (const Authority& authority : built_in_catalog().authorities) {
        for (const VerdictRow& row : authority.verdicts) {
            const TermEntry entry = explained(row.code);
            EXPECT_TRUE(contains(entry.text, row.words)) << row.code << ": " << entry.text;
            EXPECT_FALSE(entry.source.empty()) << row.code;
        }
        for (const ClassRow& row : authority.classes) {
            EXPECT_TRUE(contains(explained(row.code).text, row.words)) << row.code;
        }
        for (const std::string& code : {authority.open, authority.under_all_lines,
                                        authority.before_any_line, authority.class_open}) {
            if (!code.empty()) explained(code);
        }
    }
    for (const Rule& rule : built_in_catalog().rules) explained(rule.id);
}

TEST(Terms, EveryCoordinateOfAPlanIsExplained) {
    for_each_field<Plan>([](const auto& field) { explained(std::string(field.key)); });
    for (const char* heading : {"tp", "pp", "dp", "cp", "ep", "mb", "v"}) explained(heading);
}

TEST(Terms, EveryCodeOfAnAnswerIsExplained) {
    expect_all_names<Schedule>();
    expect_all_names<Recompute>({"none", "selective", "full"});  // told under recompute
    expect_all_names<Sharding>({"none"});
    expect_all_names<Badput>();
    expect_all_names<Supply>();
    expect_all_names<ClaimVerdict>();
    expect_all_names<Grade>();
    expect_all_names<RecoveryPolicy>();
    expect_all_names<Collective>();
    expect_all_names<Algorithm>({"auto"});
    expect_all_names<RouterKind>();
    expect_all_names<Precision>();
}

TEST(Terms, HeadingsOfTablesAreExplained) {
    for (const char* heading : {"MFU",
                                "MFU %",
                                "own %",
                                "TFLOP/s",
                                "tokens/s",
                                "step s",
                                "train $/Mtok",
                                "whole",
                                "G$",
                                "TTFT",
                                "TPOT",
                                "ITL",
                                "p50",
                                "p99.9",
                                "NPV",
                                "IRR",
                                "payback",
                                "chip-hour",
                                "a year",
                                "alone",
                                "in all",
                                "Shapley",
                                "when low",
                                "ETTR",
                                "algorithm bw",
                                "bus bw",
                                "PUE",
                                "TPP",
                                "useful share",
                                "bubble",
                                "exposed communication",
                                "jitter",
                                "host",
                                "score"}) {
        explained(heading);
    }
}

TEST(Terms, CaseBlanksDashesAndDotsDoNotMatter) {
    for (const char* word : {"tensor-parallelism", "Tensor Parallelism", "TENSORPARALLELISM", "tp"})
        EXPECT_EQ(explained(word).id, "tensor-parallelism");
    for (const char* word : {"3A090.a", "3a090 A", "3a090a"})
        EXPECT_EQ(explained(word).name, "3A090.a");
    EXPECT_EQ(explained("lic cbc").id, "lic-cbc");
}

TEST(Terms, WhatThereIsNotIsAFaultWithWhatIsNear) {
    const auto wrong = explain_term({.word = "tensor paralelism"}, setting);
    ASSERT_FALSE(wrong);
    EXPECT_TRUE(contains(wrong.error()[0].hint, "did you mean")) << wrong.error()[0].hint;
    EXPECT_TRUE(contains(wrong.error()[0].hint, "'tensor-parallelism'")) << wrong.error()[0].hint;
    for (const char* nothing : {"", " - ", "zzzzzzzzz"}) {
        const auto answer = explain_term({.word = nothing}, setting);
        ASSERT_FALSE(answer);
        EXPECT_TRUE(contains(answer.error()[0].hint, "`millwright explain`")) << nothing;
    }
}

std::string letters(const std::string& word) {
    std::string text;
    for (const char c : lower(word)) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) text += c;
    }
    return text;
}

/// By letters and digits alone, as words are looked up: what is meant never hangs on the order.
TEST(Terms, NoWordMeansTwo) {
    std::map<std::string, std::string> owners;
    for (const Term& term : built_in_catalog().terms) {
        std::set<std::string> words{letters(term.id), letters(term.name)};
        for (const std::string& alias : term.aliases) words.insert(letters(alias));
        for (const std::string& word : words) {
            const auto [owner, first] = owners.emplace(word, term.id);
            EXPECT_TRUE(first) << word << " is " << owner->second << " and " << term.id;
        }
    }
}

TEST(Terms, AllOfThemAreSentencesThatFitAScreenAndBelongToATopic) {
    const TermAnswer all = explain_term({}, setting).value();
    EXPECT_EQ(all.entries.size(), built_in_catalog().terms.size());
    EXPECT_GE(all.entries.size(), 80U);
    std::set<std::string> topics;
    std::string topic;
    for (const TermEntry& entry : all.entries) {
        EXPECT_TRUE(entry.text.ends_with('.')) << entry.id;
        EXPECT_LE(entry.text.size(), 450U) << entry.id;
        EXPECT_FALSE(contains(entry.text, "  ")) << entry.id;
        EXPECT_LE(entry.name.size(), 60U) << entry.id;
        for (const std::string& other : entry.see_also) {
            EXPECT_NE(other, entry.id);
            explained(other);
        }
        if (entry.topic == topic) continue;
        topic = entry.topic;
        EXPECT_TRUE(topics.insert(topic).second) << topic << " stands in two places";
    }
    EXPECT_EQ(topics.size(), EnumNames<Topic>::names.size());
}

TEST(Terms, OnesOwnAuthorityIsExplainedToo) {
    Catalog mine = built_in_catalog();
    mine.authorities.push_back({.id = "sea", .name = "the Sea", .open = "SEA_OPEN"});
    mine.authorities.back().verdicts.push_back({.code = "SEA_NO", .words = "kept at the quay"});
    const auto answer = explain_term({.word = "sea no"}, {.catalog = mine});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->entries[0].name, "SEA_NO");
    EXPECT_TRUE(contains(answer->entries[0].text, "Verdict of the Sea: kept at the quay"));
    EXPECT_TRUE(explain_term({.word = "SEA_OPEN"}, {.catalog = mine}));
}

TEST(Terms, OneThatNamesAnotherThatIsNotThereIsAFault) {
    Catalog mine = built_in_catalog();
    mine.terms.push_back({.id = "x", .name = "x", .text = "An x.", .see_also = {"mfuu"}});
    const std::string told = to_text(reference_faults(mine));
    EXPECT_TRUE(contains(told, "'see_also' names 'mfuu'")) << told;
}

}  // namespace TEST_FILE
}  // namespace millwright
