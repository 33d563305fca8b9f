// Several sites and buyers in one scenario.
#include "millwright/factory/figure_paths.h"
#include "millwright/factory/resolve.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "tests/serve_scenarios.h"

namespace millwright {
namespace TEST_FILE {

const std::string two_sites =
    "name = \"t\"\ndate = 2026-02-01\n"
    "[[site]]\nname = \"Yokohama\"\ncountry = \"JP\"\nbuyer = \"ours\"\n"
    "[[site]]\nname = \"Shenzhen\"\ncountry = \"CN\"\nbuyer = \"theirs\"\npue = 1.4\n"
    "power_limit = \"1 MW\"\ncompounds = [64, 64]\n"
    "[[buyer]]\nname = \"ours\"\nheadquarters = \"US\"\n"
    "[[buyer]]\nname = \"theirs\"\nheadquarters = \"CN\"\n";

std::string on_site(const std::string& name, const std::string& site) {
    return factory(name, "hgx-h100", 128) + "site = \"" + site + "\"\n";
}

std::string faults_in(const std::string& text) {
    const auto read = parse_scenario(text, "s.toml");
    if (!read) return to_text(read.error());
    const auto scenario = resolve(*read, built_in_catalog());
    return scenario ? "" : to_text(scenario.error());
}

TEST(Sites, EachHasItsOwnBuyerRulesPricesAndLimits) {
    const std::string text = two_sites + on_site("a", "Yokohama") + on_site("b", "Shenzhen") +
                             train("j", "llama-3.1-8b");
    const auto scenario = resolve(text_of(text), built_in_catalog());
    ASSERT_TRUE(scenario) << to_text(scenario.error());
    const SiteAsked& japan = site_of(*scenario, scenario->factories.at(0));
    const SiteAsked& china = site_of(*scenario, scenario->factories.at(1));
    EXPECT_EQ(japan.name, "Yokohama");
    EXPECT_EQ(japan.buyer.headquarters, "US");
    EXPECT_EQ(japan.buyer.to, "JP");
    EXPECT_EQ(china.buyer.to, "CN");
    EXPECT_EQ(china.costs.pue, 1.4);
    EXPECT_EQ(japan.costs.energy, part_named(built_in_catalog().sites, "jp").energy.value);
    EXPECT_EQ(scenario->factories.at(0).job_chips, 128);
    EXPECT_EQ(scenario->factories.at(1).job_chips, 64);
}

TEST(Sites, AFactoryOnOneOfSeveralAnswersAsOnItsSiteAlone) {
    const std::string jobs = train("j", "llama-3.1-8b");
    const Study both =
        study_of(two_sites + on_site("a", "Yokohama") + on_site("b", "Shenzhen") + jobs);
    const Study alone = study_of(
        "name = \"t\"\ndate = 2026-02-01\n[site]\ncountry = \"JP\"\n[buyer]\n"
        "headquarters = \"US\"\n" +
        factory("a", "hgx-h100", 128) + jobs);
    const FactoryReport& one = both.factories.at(0);
    const FactoryReport& other = alone.factories.at(0);
    EXPECT_EQ(one.yearly.value, other.yearly.value);
    EXPECT_EQ(one.power.value, other.power.value);
    EXPECT_EQ(one.verdict.lead().code, other.verdict.lead().code);
    EXPECT_EQ(one.site, "Yokohama");
    EXPECT_EQ(both.sites.at(1).buyer, "CN, commercial");
    // the same chips in China need a licence, and more power than the site has
    EXPECT_NE(both.factories.at(1).verdict.lead().code, one.verdict.lead().code);
    EXPECT_EQ(both.sites.at(1).power_limit, unit::MW);
}

TEST(Sites, WhatIsNotNamedAmongSeveralIsAFaultWithItsPlace) {
    const std::string jobs = train("j", "llama-3.1-8b");
    const std::string none = faults_in(two_sites + factory("a", "hgx-h100", 8) + jobs);
    EXPECT_TRUE(contains(none, "s.toml:20:1: error: of 2 sites, none is named here")) << none;
    EXPECT_TRUE(contains(none, "site = one of Yokohama, Shenzhen")) << none;
    const std::string wrong = faults_in(two_sites + on_site("a", "Tokyo") + jobs);
    EXPECT_TRUE(contains(wrong, "no [[site]] is named 'Tokyo'")) << wrong;
    std::string text = two_sites;
    text.replace(text.find("buyer = \"theirs\""), 16, "buyer = \"nobody\"");
    EXPECT_TRUE(contains(faults_in(text + on_site("a", "Yokohama") + jobs),
                         "no [[buyer]] is named 'nobody'"));
    text = two_sites;
    text.replace(text.find("name = \"Shenzhen\""), 17, "");
    EXPECT_TRUE(contains(faults_in(text + on_site("a", "Yokohama") + jobs),
                         "one of 2 [[site]] has no name"));
    text = two_sites;
    text.replace(text.find("Shenzhen"), 8, "Yokohama");
    EXPECT_TRUE(contains(faults_in(text + on_site("a", "Yokohama") + jobs),
                         "two of [[site]] are named 'Yokohama'"));
    EXPECT_TRUE(contains(faults_in(head + on_site("a", "Yokohama") + jobs),
                         "there is one, without a name: leave site out"));
}

TEST(Sites, ANumberOfOneOfSeveralHasAPathOfItsOwn) {
    ScenarioText text = text_of(two_sites + on_site("a", "Yokohama") + train("j", "llama-3.1-8b"));
    Catalog catalog = built_in_catalog();
    Fault why;
    EXPECT_FALSE(figure_at(catalog, text, "site.pue", why));
    const auto pue = figure_at(catalog, text, "site/Shenzhen.pue", why);
    ASSERT_TRUE(pue) << why.message;
    EXPECT_EQ(pue->now, 1.4);
    EXPECT_FALSE(figure_at(catalog, text, "site/Tokyo.pue", why));
}

TEST(Sites, WhatStandsIdleIsTold) {
    const auto scenario =
        resolve(text_of(two_sites + on_site("a", "Yokohama") + train("j", "llama-3.1-8b")),
                built_in_catalog());
    ASSERT_TRUE(scenario);
    EXPECT_NE(std::ranges::find(scenario->defaults, "no factory stands on site Shenzhen"),
              scenario->defaults.end());
}

}  // namespace TEST_FILE
}  // namespace millwright
