// Files to begin with: they are read as they stand, whatever part they begin from, and every
// example of a key is one that a reader takes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/init_text.h"
#include "millwright/report/key_type.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting{.catalog = built_in_catalog()};

TEST(InitText, EveryPartOfEveryKindIsReadAsItStands) {
    const Catalog& catalog = built_in_catalog();
    const auto read_all = [&]<class Part>(const OwnKind<Part>&) {
        const auto& kind = kind_of<Part>();
        for (const Part& part : catalog.*kind.parts) {
            const InitQuestion question{.kind = std::string(kind.singular), .like = part.id};
            const std::string text = init_text(init(question, setting).value(), catalog);
            Catalog fresh;
            const Faults faults = add_part(fresh, kind.name, "mine", text, "mine.toml");
            ASSERT_TRUE(faults.empty()) << part.id << to_text(faults);
            EXPECT_EQ((fresh.*kind.parts)[0].name, "My " + part.name);
        }
    };
    std::apply([&](const auto&... kind) { (read_all(kind), ...); }, own_kinds);
}

TEST(InitText, EveryKeyOfAPartStandsLiveOrCommentedOut) {
    const auto tell = [&]<class Part>(const OwnKind<Part>&) {
        const InitQuestion question{.kind = std::string(kind_of<Part>().singular), .like = {}};
        const std::string text = init_text(init(question, setting).value(), built_in_catalog());
        for_each_field<Part>([&](const auto& field) {
            const std::string key = std::string(field.key) + " = ";
            const bool live = contains(text, "\n" + key);
            EXPECT_TRUE(live || contains(text, "\n#" + key)) << question.kind << ": " << field.key;
            EXPECT_TRUE(live || field.need == Need::optional) << field.key;
        });
    };
    std::apply([&](const auto&... kind) { (tell(kind), ...); }, own_kinds);
}

TEST(InitText, JsonHasTheTextAndWhatItBeganFrom) {
    const Catalog& catalog = built_in_catalog();
    const InitAnswer chip = init({.kind = "chip", .like = "H20"}, setting).value();
    const auto json = init_json(chip, catalog);
    EXPECT_EQ(json["kind"], "chip");
    EXPECT_EQ(json["like"], "h20");
    EXPECT_EQ(json["toml"], init_text(chip, catalog));
    const InitAnswer scenario = init({.kind = "scenario", .like = {}}, setting).value();
    EXPECT_TRUE(init_json(scenario, catalog)["like"].is_null());
}

TEST(KeyType, SaysHowValuesAreWrittenAndTheirRange) {
    EXPECT_EQ(described(key_type<Cited<Watts>>(), positive), "quantity, `\"700 W\"`, more than 0");
    EXPECT_EQ(described(key_type<Written<double>>(), fraction), "number, 0 to 1");
    EXPECT_EQ(described(key_type<std::vector<std::string>>(), {}), "list: text");
    EXPECT_EQ(described(key_type<std::int64_t>(), counted(1, 8)), "whole number, 1 to 8");
    EXPECT_EQ(described(key_type<bool>(), {}), "`true` or `false`");
}

TEST(KeyType, ExamplesAreWithinTheRange) {
    using Curves = Cited<Curve>;
    EXPECT_EQ(example_of_key<double>(fraction, "x"), "0.5");
    EXPECT_EQ(example_of_key<double>(Range{1, 5}, "x"), "1");
    EXPECT_EQ(example_of_key<std::int64_t>(counted(2, 9), "x"), "2");
    EXPECT_EQ(example_of_key<Written<Watts>>(Range{1e3, 1e12}, "x"), "\"1 kW\"");
    EXPECT_EQ(example_of_key<Cited<Watts>>(positive, "x"), "{ is = \"700 W\", from = \"x\" }");
    EXPECT_EQ(example_of_key<Curves>(positive, "x"), "{ x = [1, 2], y = [1, 1], from = \"x\" }");
    EXPECT_EQ(example_of_key<std::vector<std::string>>({}, "x"), "[\"...\"]");
    EXPECT_EQ(example_of_key<Written<ParsedQuantity>>({}, "x"), "1");
}

}  // namespace TEST_FILE
}  // namespace millwright
