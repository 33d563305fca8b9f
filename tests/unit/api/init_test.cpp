// What a file of one's own begins with: every kind has a start, and nothing else has one.
#include <gtest/gtest.h>

#include <algorithm>

#include "millwright/api/init.h"
#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.catalog = built_in_catalog()};

TEST(Init, EveryKindHasAStartOfItsOwnInTheCatalog) {
    const std::vector<std::string> kinds = init_kinds();
    EXPECT_EQ(kinds.front(), "scenario");
    EXPECT_EQ(kinds.size(), 1 + std::tuple_size_v<decltype(own_kinds)>);
    for (const std::string& kind : kinds) {
        const auto answer = init({.kind = kind, .like = {}}, setting);
        ASSERT_TRUE(answer) << to_text(answer.error());
        EXPECT_EQ(answer->kind, kind);
        EXPECT_EQ(kind_named(kind).empty(), kind == "scenario") << kind;
    }
}

TEST(Init, APartIsFoundByAnyOfItsNames) {
    for (const char* name : {"h20", "H20"}) {
        const auto answer = init({.kind = "chip", .like = name}, setting);
        ASSERT_TRUE(answer) << name;
        EXPECT_EQ(std::get<const Chip*>(answer->start)->id, "h20");
    }
}

TEST(Init, WhatThereIsNotIsAFaultWithWhatIsNear) {
    const auto expect = [](const InitQuestion& question, const char* message, const char* hint) {
        const auto answer = init(question, setting);
        ASSERT_FALSE(answer);
        ASSERT_EQ(answer.error().size(), 1U);
        EXPECT_TRUE(contains(answer.error()[0].message, message)) << to_text(answer.error());
        EXPECT_TRUE(contains(answer.error()[0].hint, hint)) << to_text(answer.error());
    };
    expect({.kind = "scenrio", .like = {}}, "'scenrio'", "'scenario'");
    expect({.kind = "chips", .like = {}}, "'chips'", "'chip'");
    expect({.kind = "rule", .like = {}}, "'rule'", "choose one of scenario");
    expect({.kind = "server", .like = "hgx-h1oo"}, "'hgx-h1oo'", "'hgx-h100'");
    expect({.kind = "scenario", .like = "h20"}, "like no part", "leave it out");
}

}  // namespace TEST_FILE
}  // namespace millwright
