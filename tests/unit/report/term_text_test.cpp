// Words explained, as text and as JSON.
#include <gtest/gtest.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/report/table.h"
#include "millwright/report/term_text.h"

namespace millwright {
namespace TEST_FILE {

const TermEntry bubble{.id = "bubble",
                       .name = "pipeline bubble",
                       .aliases = {"gap"},
                       .topic = "steps",
                       .text = "Time that ranks wait.",
                       .source = "a paper",
                       .see_also = {"plan", "step"}};

TEST(TermText, HasTheWordItsMeaningAndWhereThatIsFrom) {
    EXPECT_EQ(term_text(bubble),
              "pipeline bubble (gap)\n\n  Time that ranks wait.\n\n"
              "  source    a paper\n  see also  plan, step\n");
    EXPECT_EQ(term_text({.id = "a", .name = "an a", .text = "One."}), "an a\n\n  One.\n\n");
}

TEST(TermText, AListHasAHeadingForEachTopic) {
    TermEntry other = bubble;
    other.id = "x";
    other.topic = "memory";
    const std::string text = terms_text({{bubble, bubble, other}});
    EXPECT_TRUE(
        text.starts_with("steps\n  bubble  pipeline bubble\n  bubble  pipeline bubble\n\n"
                         "memory\n  x       pipeline bubble\n\n"))
        << text;
}

TEST(TermText, AllOfTheCatalogFitTheWidth) {
    const TermAnswer all = explain_term({}, {.catalog = built_in_catalog()}).value();
    std::string text = terms_text(all);
    for (const TermEntry& entry : all.entries) text += term_text(entry);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), report_width) << line;
}

TEST(TermText, JsonHasAllOfItAndNullWhereNoSourceIs) {
    const auto json = term_json(bubble);
    EXPECT_EQ(json["id"], "bubble");
    EXPECT_EQ(json["aliases"][0], "gap");
    EXPECT_EQ(json["source"], "a paper");
    EXPECT_EQ(json["see_also"].size(), 2U);
    EXPECT_TRUE(term_json({.id = "a", .name = "a"})["source"].is_null());
    EXPECT_EQ(terms_json({{bubble, bubble}}).size(), 2U);
}

}  // namespace TEST_FILE
}  // namespace millwright
