// Numbers of a catalog and of a scenario by their paths.
#include "millwright/factory/figure_paths.h"

#include <gtest/gtest.h>

#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

struct Found {
    Catalog catalog = built_in_catalog();
    ScenarioText text = text_of("useful_share = 0.9\n" + head + factory("a", "hgx-h100", 16) +
                                train("v1.5 b", "llama-3.1-8b") + "[books]\ntax = 0.3\n");
    Fault why;

    std::optional<FigurePath> at(std::string_view path) {
        return figure_at(catalog, text, path, why);
    }
};

TEST(FigurePaths, AFigureOfTheCatalogIsSetInPlace) {
    Found f;
    const auto price = f.at("sites/us.energy_price");
    ASSERT_TRUE(price);
    EXPECT_EQ(price->dimension, EnergyPrice::dimension);
    EXPECT_EQ(*price->now, part_named(f.catalog.sites, "us").energy.value.si());
    EXPECT_NE(price->source, no_source);
    price->set(1e-8);
    EXPECT_EQ(part_named(f.catalog.sites, "us").energy.value.si(), 1e-8);
}

TEST(FigurePaths, KeysAndNamesMayHaveDots) {
    Found f;
    EXPECT_TRUE(f.at("chips/h100-sxm.memory.bandwidth")) << f.why.message;
    EXPECT_TRUE(f.at("prices/optics-1.6t.price")) << f.why.message;
    EXPECT_TRUE(f.at("job/v1.5 b.tokens")) << f.why.message;
}

TEST(FigurePaths, ANumberOfTheScenarioIsGivenOnceItIsSet) {
    Found f;
    EXPECT_EQ(f.at("books.tax")->now, 0.3);
    EXPECT_FALSE(f.at("site.pue")->now);
    EXPECT_EQ(f.at("useful_share")->now, 0.9);
    const auto use = f.at("books.utilisation");
    ASSERT_TRUE(use);
    EXPECT_FALSE(use->now);
    use->set(0.4);
    EXPECT_TRUE(f.text.books.utilisation.given);
    EXPECT_EQ(f.text.books.utilisation.value, 0.4);
}

TEST(FigurePaths, WhatIsNoNumberIsToldWithWhatIs) {
    Found f;
    EXPECT_FALSE(f.at("site.country"));
    EXPECT_EQ(f.why.message, "'site.country' is no number that may be any");
    EXPECT_NE(f.why.hint.find("pue"), std::string::npos);
    EXPECT_FALSE(f.at("servers/hgx-h100.chips"));  // a count
    EXPECT_FALSE(f.at("sites/us.price"));
    EXPECT_NE(f.why.hint.find("energy_price"), std::string::npos);
    for (const char* none : {"", ".", "/", "x/y.z", "sites/.pue", "sites/us", "sites/us.", "books",
                             "job/none.tokens", "sale/a.output", "nothing.at.all"}) {
        EXPECT_FALSE(f.at(none)) << none;
        EXPECT_FALSE(f.why.hint.empty()) << none;
    }
}

// Every figure that a part shows under its name is found by it, and set to itself changes nothing.
TEST(FigurePaths, AllFiguresOfAllPartsAreFound) {
    Found f;
    std::size_t found = 0;
    for_each_kind([&](const auto& kind) {
        for (const auto& part : built_in_catalog().*kind.parts) {
            for_each_cited(part, [&](const std::string& key, const auto& figure, const Range& r) {
                using Value = std::decay_t<decltype(figure.value)>;
                constexpr bool number =
                    std::is_same_v<Value, double> || requires { Value::dimension; };
                if (!number || !figure.known() || r.whole) return;
                const std::string path = std::string(kind.name) + "/" + part.id + "." + key;
                const auto place = f.at(path);
                ASSERT_TRUE(place) << path << ": " << f.why.message;
                place->set(*place->now);
                ++found;
            });
        }
    });
    EXPECT_GT(found, 1000U);
}

}  // namespace TEST_FILE
}  // namespace millwright
