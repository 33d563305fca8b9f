// Sites of the catalog: enough countries, every figure with a graded source, within what the world
// has, and each of them a place where a scenario may stand.
#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/catalog/catalog.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"
#include "millwright/report/part_text.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

const Source& source_of(const auto& figure) { return catalog().sources[figure.source.index()]; }

std::set<std::string> countries() {
    std::set<std::string> found;
    for (const Site& site : catalog().sites) found.insert(site.country);
    return found;
}

TEST(Sites, AreInFortyCountriesAndMore) {
    EXPECT_GE(countries().size(), 40U);
    for (const char* country : {"US", "CA", "BR", "GB", "DE", "NO", "AE", "IN", "JP", "AU", "ZA"}) {
        EXPECT_TRUE(countries().contains(country)) << country;
    }
}

// Whoever names a country and no region gets the site of the country's own name.
TEST(Sites, EveryCountryHasOneOfItsOwnNameThatTheWorldKnows) {
    const CountryGroup& world = part_named(catalog().groups, "world");
    for (const std::string& country : countries()) {
        const Site* site = find_part(catalog().sites, lower(country));
        ASSERT_NE(site, nullptr) << country;
        EXPECT_EQ(site->country, country);
        EXPECT_EQ(find_part(catalog().sites, country), site);
        EXPECT_EQ(std::ranges::count(world.countries.value, country), 1) << country;
    }
}

TEST(Sites, EveryFigureHasASourceWithADate) {
    for (const Site& site : catalog().sites) {
        const auto check = [&](const auto& figure, const char* name) {
            ASSERT_TRUE(figure.known()) << site.id << " " << name;
            EXPECT_FALSE(source_of(figure).dated.empty()) << site.id << " " << name;
            EXPECT_TRUE(source_of(figure).id.starts_with("sites/" + site.id)) << site.id;
        };
        check(site.energy, "energy_price");
        check(site.pue, "pue");
        check(site.building, "building");
        check(site.carbon, "carbon");
    }
}

// Power of industry costs a cent to half a dollar, halls two to twenty dollars a watt; hydropower
// has 20 g over its life and coal about a kilogram.
TEST(SitesLaw, FiguresAreThoseOfTheWorld) {
    EXPECT_TRUE(rc::check([] {
        const Site& site = *rc::gen::elementOf(catalog().sites);
        const double price = site.energy.value.in(unit::USD / unit::kWh);
        const double building = site.building.value.in(unit::USD / unit::W);
        const double carbon = site.carbon.value.in(unit::gram / unit::kWh);
        RC_ASSERT(price >= 0.01 && price <= 0.5);
        RC_ASSERT(site.pue.value >= 1.05 && site.pue.value <= 1.6);
        RC_ASSERT(building >= 2 && building <= 20);
        RC_ASSERT(carbon >= 20 && carbon <= 1000);
    }));
}

// Grids of water and nuclear power are far below those of coal, by any year's statistics.
TEST(Sites, CleanGridsAreFarBelowThoseOfCoal) {
    const auto carbon = [](const char* id) { return part_named(catalog().sites, id).carbon.value; };
    for (const char* clean : {"no", "se", "is", "ch", "fr"}) {
        for (const char* coal : {"pl", "in", "za", "kz", "id"}) {
            EXPECT_LT(5 * carbon(clean), carbon(coal)) << clean << " " << coal;
        }
    }
    EXPECT_NEAR(carbon("us").in(unit::gram / unit::kWh), 384, 0.5);
}

TEST(Sites, CarbonIsShownInGramsWithItsSource) {
    const auto fields = shown_fields(catalog(), part_named(catalog().sites, "us"));
    const auto carbon = std::ranges::find(fields, "carbon", &ShownField::key);
    ASSERT_NE(carbon, fields.end());
    EXPECT_EQ(carbon->value, "384 g/kWh");
    EXPECT_EQ(carbon->source, "us/carbon (press)");
    EXPECT_TRUE(contains(carbon->cited, "Ember")) << carbon->cited;
}

// The groups of countries that rules name know each country too, or its scenario would have a
// fault; a place at a site takes the site's prices.
TEST(Sites, AScenarioMayStandAtEachOfThem) {
    for (const Site& site : catalog().sites) {
        const std::string text = fmt::format(
            "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"{}\"\nregion = \"{}\"\n"
            "[buyer]\nheadquarters = \"{}\"\n[[factory]]\nname = \"f\"\n"
            "server = \"hgx-h100\"\nchips = 8\nfabric = \"rail-fat-tree\"\n"
            "[[job]]\nname = \"j\"\nkind = \"train\"\nmodel = \"llama-3.1-8b\"\n"
            "tokens = \"1T\"\nsequence = 4096\nglobal_batch = 512\n",
            site.country, site.id, site.country);
        const auto written = parse_scenario(text, "s.toml");
        ASSERT_TRUE(written) << to_text(written.error());
        const auto scenario = resolve(*written, catalog());
        ASSERT_TRUE(scenario) << to_text(scenario.error());
        EXPECT_EQ(scenario->sites.at(0).site.id, site.id);
        EXPECT_EQ(scenario->sites.at(0).costs.energy, site.energy.value);
        EXPECT_EQ(scenario->sites.at(0).site.carbon.value, site.carbon.value);
    }
}

TEST(Sites, ARentIsOfALongContractOrSaysThatItIsNot) {
    std::size_t rented = 0;
    for (const Chip& chip : catalog().chips) {
        if (!chip.rental.known()) continue;
        ++rented;
        const std::string& title = source_of(chip.rental).title;
        EXPECT_TRUE(contains(title, "3-year") || contains(title, "on demand") ||
                    contains(title, "lease per"))
            << chip.id << ": " << title;
        const double rent = chip.rental.value.in(unit::USD / unit::hour);
        EXPECT_TRUE(rent > 0.1 && rent < 10) << chip.id;
    }
    EXPECT_GE(rented, 15U);
}

}  // namespace TEST_FILE
}  // namespace millwright
