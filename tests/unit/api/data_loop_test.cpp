// The question of a data loop: names looked up, shares put together, the answer in words.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "millwright/api/data_loop.h"
#include "millwright/api/loop_inputs.h"
#include "millwright/report/loop_json.h"
#include "millwright/report/loop_text.h"

namespace millwright {
namespace TEST_FILE {

const std::string head = R"(name = "small"
[fleet]
vehicles = 100
km_a_day = 50
triggers_per_1000_km = 20
hours_a_day = 2
raw_rate = "1 GB/s"
event_size = "1 MB"
[curation]
kept = 0.5
events_an_hour = 10
hours_a_day = 12
[labels]
people = 3
events_an_hour = 5
[cost]
person = "10 USD/h"
simulated_km = "0.01 USD"
[evaluation]
simulated_km = 4800
km_an_hour = 100
takes = "1 day"
[value]
now = 10
exponent = 0.5
events_so_far = 100
[wanted]
loop = "20 days"
[run]
days = 60
counts = "mean"
replications = 1
[[release]]
share = 1
soak = "1 day"
)";
const std::string factory = R"([training]
server = "hgx-h100"
chips = 16
mfu = 0.5
useful_share = 0.8
model = "llama-3.1-8b"
tokens = "1B"
threshold = 100
)";

DataLoopText text_of(const std::string& text) {
    auto read = parse_data_loop(text, "a.toml");
    EXPECT_TRUE(read) << to_text(read.error());
    return *read;
}

TEST(DataLoop, InputsByHand) {
    const auto inputs = loop_inputs(text_of(head + factory), built_in_catalog());
    ASSERT_TRUE(inputs) << to_text(inputs.error());
    const DataLoop& loop = inputs->loop;
    EXPECT_DOUBLE_EQ(loop.fleet.events, 1);
    EXPECT_DOUBLE_EQ(loop.fleet.raw.in(unit::TB), 7.2);
    EXPECT_DOUBLE_EQ(*loop.curation.a_day, 120);
    EXPECT_DOUBLE_EQ(*loop.labels.a_day, 3 * 8 * 5);
    EXPECT_DOUBLE_EQ(loop.training.used, 0.4);
    EXPECT_NEAR(loop.training.rate.si(), 16 * 989.5e12, 16 * 1e12);
    EXPECT_NEAR(loop.training.flops.si(), 6 * 8.03e9 * 1e9, 6 * 1e7 * 1e9);
    EXPECT_DOUBLE_EQ(loop.evaluation.takes.in(unit::day), 3);
    EXPECT_DOUBLE_EQ(loop.prices.evaluation.in(unit::USD), 48);
    // three people, a third of the day
    EXPECT_DOUBLE_EQ(loop.prices.people.in(unit::USD / unit::hour), 10);
    EXPECT_NEAR(inputs->chips_an_eflops, 1011, 1);
}

TEST(DataLoop, ARateStandsInPlaceOfChips) {
    const std::string rate =
        "[training]\nchip = \"a800-80gb-sxm\"\nrate = \"1 EFLOPS\"\nmfu = 1\n"
        "flops = \"1e21 FLOP\"\nthreshold = 9\n";
    std::string text = head + rate;
    text.replace(text.find("person ="), 8, "chip = \"2 USD/h\"\nperson =");
    const auto inputs = loop_inputs(text_of(text), built_in_catalog());
    ASSERT_TRUE(inputs) << to_text(inputs.error());
    EXPECT_NEAR(inputs->loop.prices.chips.in(unit::USD / unit::hour), 2 * 1e18 / 312e12, 1e-6);
}

TEST(DataLoop, AnswerInWordsAndJson) {
    const auto answer = data_loop({text_of(head + factory)}, {});
    ASSERT_TRUE(answer) << to_text(answer.error());
    const auto json = data_loop_json(*answer);
    EXPECT_EQ(json["stages"].size(), loop_stage_count);
    EXPECT_EQ(json["wanted_s"], 20 * 86400.0);
    EXPECT_DOUBLE_EQ(json["raw_bytes_a_day"].get<double>(), 100 * 7.2e12);
    const double used = json["events_used"].get<double>();
    EXPECT_GT(used, 0);
    EXPECT_NEAR(json["value"]["then"].get<double>(), 10 * std::sqrt(1 + used / 100), 1e-9);
    const std::string text = data_loop_text(*answer);
    EXPECT_TRUE(text.starts_with("small: from trigger to the whole fleet takes ")) << text;
    EXPECT_NE(text.find("\nassumed: value grows"), std::string::npos) << text;
    EXPECT_NE(text.find("An EFLOPS takes 1011 H100"), std::string::npos) << text;
}

TEST(DataLoop, FaultsOfTheQuestion) {
    const struct {
        std::string old, by, told;
    } cases[] = {
        {"now = 10\n", "", "said by half"},
        {"\"hgx-h100\"", "\"hgx-h1000x\"", "no server"},
        {"chips = 16", "chips = 16\nrate = \"1 EFLOPS\"", "both 'chips' and 'rate'"},
        {"tokens = \"1B\"\n", "", "without tokens"},
        {"km_an_hour = 100\n", "", "without 'km_an_hour'"},
        {"people = 3\n", "", "without people"},
        {"replications = 1", "replications = 100000", "too many"},
        {"mfu = 0.5", "mfu = 0.5\nprecision = \"fp4\"", "has no rate in fp4"},
        {"tokens = \"1B\"", "tokens = \"1000000T\"", "years"},
        {"counts = \"mean\"", "counts = \"each\"", "no counts 'each'"},
        {"events_an_hour = 10\n", "", "no effect"},
        {"km_a_day = 50\n", "", "'km_a_day' is missing"},
    };
    for (const auto& [old, by, told] : cases) {
        std::string text = head + factory;
        ASSERT_NE(text.find(old), std::string::npos) << old;
        text.replace(text.find(old), old.size(), by);
        const auto answer = data_loop({text_of(text)}, {});
        ASSERT_FALSE(answer) << told;
        EXPECT_NE(to_text(answer.error()).find(told), std::string::npos) << to_text(answer.error());
    }
}

TEST(DataLoop, ARunThatSeldomPassesIsRefused) {
    std::string text = head + factory;
    text.replace(text.find("[[release]]"), 11,
                 "[[release]]\nshare = 0.1\nsoak = \"1 day\"\nrollback = 0.9\n[[release]]\n"
                 "share = 0.2\nsoak = \"1 day\"\nrollback = 0.9\n[[release]]\nrollback = 0.5");
    const auto answer = data_loop({text_of(text)}, {});
    ASSERT_FALSE(answer);
    EXPECT_NE(to_text(answer.error()).find("gets to the whole fleet"), std::string::npos);
}

}  // namespace TEST_FILE
}  // namespace millwright
