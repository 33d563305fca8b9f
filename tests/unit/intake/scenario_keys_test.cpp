// Keys of a scenario by path: which there are, what may be written for them, and what is refused.
#include "millwright/intake/scenario_keys.h"

#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace TEST_FILE {

ScenarioText two_factories() {
    return parse_scenario(R"(name = "t"
date = 2026-02-01
[site]
country = "US"
[buyer]
headquarters = "US"
[[factory]]
name = "a.b"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[factory]]
name = "c"
server = "hgx-h200"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = "8B"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 4096
global_batch = 512
)",
                          "t.toml")
        .value();
}

/// Sets it, and tells the messages of the faults.
std::string set(ScenarioText& text, const std::string& path, const std::string& written) {
    Fault why;
    const auto key = scenario_key_at(text, path, why);
    if (!key) return why.message + "; " + why.hint;
    Faults faults;
    key->set(written, {"--over", 0, 0}, faults);
    std::string said;
    for (const Fault& fault : faults) {
        EXPECT_EQ(fault.at.file, "--over");
        said += fault.message;
    }
    return said;
}

TEST(ScenarioKeys, AreReadAsTheFileIs) {
    ScenarioText text = two_factories();
    EXPECT_EQ(set(text, "factory/a.b.chips", "16k"), "");
    EXPECT_EQ(text.factories[0].chips.value, 16'000);
    EXPECT_EQ(text.factories[1].chips.value, 64);
    EXPECT_EQ(set(text, "factory/*.fabric", "fat-tree"), "");
    EXPECT_EQ(text.factories[0].fabric.value, "fat-tree");
    EXPECT_EQ(text.factories[1].fabric.value, "fat-tree");
    EXPECT_EQ(set(text, "job.tokens", "15T"), "");
    EXPECT_EQ(std::get<TrainJobText>(text.jobs[0].keys).tokens.value.si(), 15e12);
    EXPECT_EQ(set(text, "job/8B.precision", "fp8"), "");
    EXPECT_EQ(std::get<TrainJobText>(text.jobs[0].keys).precision.value, Precision::fp8);
    EXPECT_EQ(set(text, "date", "2025-07-20"), "");
    EXPECT_EQ(text.date.value, on(2025, 7, 20));
    EXPECT_EQ(set(text, "site.energy_price", "0.05 USD/kWh"), "");
    EXPECT_TRUE(text.sites[0].energy_price.given);
    EXPECT_EQ(set(text, "rank_unlawful", "true"), "");
    EXPECT_TRUE(text.rank_unlawful.value);
    EXPECT_EQ(set(text, "books.tax", "0.2"), "");
    EXPECT_EQ(text.books.tax.value, 0.2);
}

TEST(ScenarioKeys, RefuseWhatTheFileWould) {
    ScenarioText text = two_factories();
    for (const auto& [path, written, said] :
         {std::tuple{"factory/c.chips", "1.5", "'chips' needs a whole number"},
          {"factory/c.chips", "0", "outside"},
          {"useful_share", "nan", "'useful_share' needs a number"},
          {"site.energy_price", "0.05", "has no unit"},
          {"job.tokens", "1 GB", "wrong unit"},
          {"date", "today", "'date' needs a date"},
          {"rank_unlawful", "yes", "needs true or false"},
          {"job.precision", "fp5", "fp5"}}) {
        EXPECT_TRUE(contains(set(text, path, written), said)) << path << set(text, path, written);
    }
    EXPECT_FALSE(text.factories[1].chips.given);
}

TEST(ScenarioKeys, OfNoTableSayWhichThereAre) {
    ScenarioText text = two_factories();
    for (const auto& [path, said] : {std::pair{"factory.chips", "factory/*.chips for all"},
                                     {"factory/cc.chips", "did you mean 'c'"},
                                     {"factory/zzzzzz.chips", "factorys are: a.b, c"},
                                     {"factory.c.chips", "write factory/c.chips"},
                                     {"bokos.tax", "did you mean 'books'"},
                                     {"factory/c.chps", "did you mean 'chips'"},
                                     {"factory/c.name", "it tells which table is meant"},
                                     {"job.kind", "it tells which table is meant"},
                                     {"site.compounds", "it is a list"},
                                     {"", "has no such key"}}) {
        EXPECT_TRUE(contains(set(text, path, "1"), said)) << path << ": " << set(text, path, "1");
    }
}

TEST(ScenarioKeys, TellWhatTheyAreOf) {
    ScenarioText text = two_factories();
    Fault why;
    const auto chips = scenario_key_at(text, "factory/*.chips", why);
    ASSERT_TRUE(chips);
    EXPECT_TRUE(chips->whole);
    EXPECT_EQ(chips->dimension, Dimension{});
    EXPECT_EQ(chips->now(), 64);
    EXPECT_EQ(chips->values.size(), 2U);
    const auto price = scenario_key_at(text, "site.energy_price", why);
    ASSERT_TRUE(price);
    EXPECT_EQ(price->dimension, EnergyPrice::dimension);
    EXPECT_FALSE(price->whole);
    EXPECT_EQ(price->now(), std::nullopt);
    const auto server = scenario_key_at(text, "factory/c.server", why);
    ASSERT_TRUE(server);
    EXPECT_FALSE(server->dimension.has_value());
    EXPECT_TRUE(is_scenario_path("factory/c.server"));
    EXPECT_TRUE(is_scenario_path("date"));
    EXPECT_FALSE(is_scenario_path("chips/h100-sxm.power.tdp"));
}

// Keys with dots of their own, in tables whose names have dots.
TEST(ScenarioKeys, MayHaveDots) {
    ScenarioText text = two_factories();
    for (const char* path : {"job.plan.tensor", "job/8B.plan.tensor", "job/*.plan.tensor"}) {
        EXPECT_EQ(set(text, path, "8"), "") << path;
        EXPECT_EQ(std::get<TrainJobText>(text.jobs[0].keys).tensor.value, "8");
    }
    EXPECT_EQ(set(text, "factory/a.b.chips", "128"), "");
    EXPECT_EQ(text.factories[0].chips.value, 128);
}

// Every key of a job's table is found by its path, or refused as one that may not be set.
TEST(ScenarioKeys, AreThoseOfTheFieldTable) {
    ScenarioText text = two_factories();
    for_each_field<TrainJobText>([&](const auto& field) {
        Fault why;
        const auto key = scenario_key_at(text, "job/8B." + std::string(field.key), why);
        EXPECT_TRUE(key || contains(why.message, "is no value that may be set")) << why.message;
    });
}

}  // namespace TEST_FILE
}  // namespace millwright
