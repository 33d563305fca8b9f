// Text on its way to a terminal or a file: nothing that a terminal obeys, no number that is none.
#include <cmath>
#include <sstream>

#include <gtest/gtest.h>

#include "millwright/report/json_text.h"
#include "millwright/report/terminal.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

TEST(Terminal, AStreamIsPrintableForALifetimeAndAsBeforeAfterwards) {
    std::ostringstream into;
    std::ostream out(into.rdbuf());
    {
        const PrintableStream printable(out);
        out << "a\x1b[2Jb\n";
    }
    EXPECT_EQ(out.rdbuf(), into.rdbuf());
    out << "\x1b";
    EXPECT_EQ(into.str(), "a\\u001b[2Jb\n\x1b");
}

// U+4E49 is E4 B9 89: a flush hands on whole characters alone
TEST(Terminal, HalfACharacterWaitsForItsOtherHalf) {
    std::ostringstream into;
    PrintableBuffer buffer(into.rdbuf());
    std::ostream out(&buffer);
    out << "a\xE4" << std::flush;
    EXPECT_EQ(into.str(), "a");
    out << "\xB9" << std::flush;
    EXPECT_EQ(into.str(), "a");
    out << "\x89z" << std::flush;
    EXPECT_EQ(into.str(), "a\u4e49z");
}

TEST(Terminal, WhatNeverBecomesACharacterIsMarkedAtTheEnd) {
    std::ostringstream into;
    {
        PrintableBuffer buffer(into.rdbuf());
        std::ostream out(&buffer);
        out << "a\xE4\xB9";
    }
    EXPECT_EQ(into.str(), "a\uFFFD\uFFFD");
}

TEST(Terminal, LargeTextIsHandedOnBeforeTheEnd) {
    std::ostringstream into;
    PrintableBuffer buffer(into.rdbuf());
    std::ostream out(&buffer);
    out << std::string(1000, 'x');
    EXPECT_EQ(into.str(), "");
    out << std::string(100'000, 'x');
    EXPECT_EQ(into.str(), std::string(101'000, 'x'));
    out.put('\x07').flush();
    EXPECT_EQ(into.str().substr(101'000), "\\u0007");
}

/// A file system that is full: it takes nothing.
struct Full : std::streambuf {};

TEST(Terminal, AWriterThatTakesNoMoreIsToldToTheStream) {
    Full full;
    PrintableBuffer buffer(&full);
    std::ostream out(&buffer);
    out << "text" << std::flush;
    EXPECT_TRUE(out.bad());
    std::ostream large(&buffer);
    large << std::string(100'000, 'x');
    EXPECT_TRUE(large.bad());
}

TEST(JsonText, KeysKeepTheirOrderAndTextItsMeaning) {
    const Json json{{"b", 1}, {"a", {1.5, nullptr, true}}, {"c", "\u4e49\n\""}};
    EXPECT_EQ(json_text(json, -1), "{\"b\":1,\"a\":[1.5,null,true],\"c\":\"\u4e49\\n\\\"\"}");
    EXPECT_EQ(Json::parse(json_text(json)), json);
    EXPECT_EQ(json_text({{"a", Json::array({1})}}), "{\n  \"a\": [\n    1\n  ]\n}");
}

TEST(JsonText, AnyFiniteNumberComesBackToTheBit) {
    for (const double value : {0.1, 1e-300, 1.7976931348623157e308, 5e-324, -0.0, 123456789.125}) {
        const Json back = Json::parse(json_text(Json{{"v", value}}));
        EXPECT_EQ(back["v"].get<double>(), value);
    }
}

TEST(JsonText, ANumberThatIsNoneIsNamedByItsWay) {
    const double nan = std::nan("");
    const std::vector<std::pair<Json, std::string>> cases{
        {Json(nan), "/ of the result is nan"},
        {Json{{"a", nan}}, "/a of the result is nan"},
        {Json::array({1, HUGE_VAL}), "/1 of the result is inf"},
        {Json{{"x", 1}, {"jobs", {{{"s", 1}}, {{"s", {0.5, -HUGE_VAL}}}}}},
         "/jobs/1/s/1 of the result is -inf"},
    };
    for (const auto& [json, told] : cases) {
        try {
            json_text(json);
            ADD_FAILURE() << told;
        } catch (const std::logic_error& error) {
            EXPECT_EQ(error.what(), told);
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
