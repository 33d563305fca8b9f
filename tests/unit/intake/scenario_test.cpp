// A scenario as written: each key with its unit, what it may hold and how it is refused; what
// stands in and what stands in place of the catalog once it is resolved.
#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/frontier_text.h"
#include "millwright/intake/read.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

/// A sound scenario; every value stands on a line of its own.
constexpr const char* sound = R"(name = "t"
date = 2026-02-01
objective = "time"
deadline = "90 days"
useful_share = 0.8
rank_unlawful = false
[site]
country = "US"
region = "us"
power_limit = "5 MW"
hall_volume = "400000 ft3"
compounds = [64, 32]
energy_price = "0.05 USD/kWh"
pue = 1.3
[buyer]
headquarters = "US"
end_use = "commercial"
entity_listed = false
affiliate = false
state_funded = true
[assume]
tensor_overlap = 0.25
data_overlap = 0.5
pipeline_overlap = 0.75
expert_overlap = 0
context_overlap = 1
[[factory]]
name = "f"
server = "hgx-h100"
chips = 64
fabric = "rail-fat-tree"
[[job]]
name = "j"
kind = "train"
model = "llama-3.1-8b"
tokens = "1T"
sequence = 4096
global_batch = 512
max_global_batch = 1024
precision = "fp8"
framework = "nemo"
lora_rank = 16
lora_targets = ["attention", "mlp"]
base_precision = "bf16"
plan.tensor = "2,1"
plan.recompute = "full"
[[job]]
name = "k"
kind = "serve"
model = "llama-3.1-8b"
precision = "bf16"
engine = "vllm-0.14"
prompt_tokens = 1000
output_tokens = 200
prefix_tokens = 100
time_per_token = "20 ms"
time_to_first_token = "2 s"
replica_chips = 4
hours = "08:00..24:00"
rate = 10
)";

/// The same with a key replaced.
std::string scenario(const std::string& key = "", const std::string& line = "") {
    std::string text = sound;
    if (key.empty()) return text;
    const std::size_t at = text.find("\n" + key + " = ") + 1;
    return text.replace(at, text.find('\n', at) - at, line);
}

std::string told(const std::string& text) {
    const auto written = parse_scenario(text, "s.toml");
    if (!written) return to_text(written.error());
    const auto resolved = resolve(*written, built_in_catalog());
    return resolved ? "" : to_text(resolved.error());
}

Scenario resolved(const std::string& text) {
    const auto written = parse_scenario(text, "s.toml");
    auto scenario = resolve(written.value(), built_in_catalog());
    EXPECT_TRUE(scenario) << (scenario ? "" : to_text(scenario.error()));
    return scenario ? *scenario : Scenario{};
}

bool stood_in(const Scenario& s, std::string_view words) {
    return std::ranges::any_of(s.defaults, [&](const auto& line) { return contains(line, words); });
}

TEST(ScenarioKeys, AreReadInTheirUnits) {
    const ScenarioText t = parse_scenario(scenario(), "s.toml").value();
    ASSERT_EQ(to_text(t.faults), "");
    EXPECT_EQ(t.date.value, on(2026, 2, 1));
    EXPECT_EQ(t.deadline.value.in(unit::day), 90);
    EXPECT_EQ(t.sites.at(0).power_limit.value.in(unit::MW), 5);
    EXPECT_NEAR(t.sites.at(0).hall_volume.value.in(unit::m3), 11326.74, 0.01);
    EXPECT_EQ(t.sites.at(0).compounds.value, (std::vector<std::int64_t>{64, 32}));
    EXPECT_DOUBLE_EQ(t.sites.at(0).energy_price.value.in(unit::USD / unit::kWh), 0.05);
    EXPECT_EQ(t.buyers.at(0).end_use.value, EndUse::commercial);
    EXPECT_EQ(t.assume.pipeline_overlap.value, 0.75);
    EXPECT_EQ(t.factories.at(0).chips.value, 64);
    EXPECT_EQ(t.factories[0].at.line, 27);
    const auto& train = std::get<TrainJobText>(t.jobs.at(0).keys);
    EXPECT_EQ(train.tokens.value.si(), 1e12);
    EXPECT_EQ(train.precision.value, Precision::fp8);
    const auto& serve = std::get<ServeJobText>(t.jobs.at(1).keys);
    EXPECT_DOUBLE_EQ(serve.time_per_token.value.in(unit::ms), 20);
    EXPECT_EQ(told(scenario()), "");
}

struct Refused {
    const char *key, *value;  // in place of the sound one
    const char* message;      // a part of the fault's words
    const char* hint;
};

constexpr Refused refused[] = {
    {"name", "3", "'name' needs text in quotes", "write name = \"...\""},
    {"name", "\" \"", "'name' is empty", "write it"},
    {"date", "\"2026-02-30\"", "'date' needs a date", "such as 2026-02-01"},
    {"objective", "\"price\"", "'objective' cannot be 'price'", "choose one of time, cost"},
    {"deadline", "90", "'deadline' needs a number with its unit", "such as \"1.5 us\""},
    {"deadline", "\"59 min\"", "'deadline' is 3540 s, outside the range 3600 s to 36600 days",
     "check the number and its unit"},
    {"deadline", "\"90 W\"", "'90 W' has the wrong unit", "for example"},
    {"useful_share", "0.001", "'useful_share' is 0.001, outside the range 0.01 to 1", "check"},
    {"useful_share", "1.1", "'useful_share' is 1.1, outside", "check the number"},
    {"rank_unlawful", "\"no\"", "'rank_unlawful' needs true or false", "without quotes"},
    {"country", "\"us\"", "'us' is not a country code", "such as"},
    {"country", "\"ZZ\"", "'ZZ' is not a country code", "such as"},
    {"region", "\"atlantis\"", "no site 'atlantis' in the catalog", "choose a region = one of"},
    {"power_limit", "\"999 W\"", "'power_limit' is 999 W, outside the range 1 kW to 1 TW", "check"},
    {"hall_volume", "\"0 m3\"", "'hall_volume' is 0 m3, outside the range 1 m3 to 1e+10 m3",
     "chec"},
    {"hall_volume", "\"10 m2\"", "'10 m2' has the wrong unit", "for example \"400000 m3\""},
    {"compounds", "[64, 0]", "'compounds' is 0, outside the range 1 to 1e+08", "check"},
    {"compounds", "64", "'compounds' needs a list", "such as"},
    {"energy_price", "\"2.1 USD/kWh\"", "'energy_price' is 2.1 USD/kWh, outside", "check"},
    {"energy_price", "\"0.05 USD\"", "'0.05 USD' has the wrong unit", "\"0.082 USD/kWh\""},
    {"pue", "0.9", "'pue' is 0.9, outside the range 1 to 5", "check the number"},
    {"headquarters", "\"U\"", "'U' is not a country code", "such as"},
    {"end_use", "\"games\"", "'end_use' cannot be 'games'", "commercial, supercomputer, military"},
    {"state_funded", "1", "'state_funded' needs true or false", "without quotes"},
    {"tensor_overlap", "-0.1", "'tensor_overlap' is -0.1, outside the range 0 to 1", "check"},
    {"context_overlap", "1.01", "'context_overlap' is 1.01, outside", "check the number"},
    {"server", "\"hgx-h10\"", "no server 'hgx-h10' in the catalog", "did you mean 'hgx-h100'"},
    {"chips", "0", "'chips' is 0, outside the range 1 to 1e+07", "check the number"},
    {"chips", "64.0", "'chips' needs a whole number", "such as 8 or 115_000"},
    {"chips", "97", "97 chips do not fit the compounds, which hold 96", "raise site.compounds"},
    {"fabric", "\"rail-fat\"", "no fabric 'rail-fat' in the catalog", "'rail-fat-tree'"},
    {"kind", "\"tune\"", "'kind' cannot be 'tune'", "choose one of train, serve"},
    {"model", "\"llama-3.1-9b\"", "no model 'llama-3.1-9b' in the catalog", "'llama-3.1-8b'"},
    {"tokens", "\"1 TB\"", "'1 TB' has the wrong unit", "for example \"14.8T\""},
    {"tokens", "1_000_000", "are less than the one step of 2.097 Mtokens", "train on"},
    {"sequence", "0", "'sequence' is 0, outside the range 1 to 1e+08", "check the number"},
    {"global_batch", "0.5", "'global_batch' needs a whole number", "such as 8"},
    {"max_global_batch", "511", "max_global_batch is under global_batch", "leave it out"},
    {"precision", "\"fp9\"", "'precision' cannot be 'fp9'", "bf16, fp8, fp8-block, fp4"},
    {"framework", "\"nemoo\"", "no framework 'nemoo' in the catalog", "did you mean 'nemo'"},
    {"lora_rank", "0", "'lora_rank' is 0, outside the range 1 to 1024", "check the number"},
    {"lora_rank", "1025", "'lora_rank' is 1025, outside the range 1 to 1024", "check the number"},
    {"lora_rank", "1.5", "'lora_rank' needs a whole number", "such as 8"},
    {"lora_targets", "\"mlp\"", "'lora_targets' needs a list", "such as"},
    {"lora_targets", "[\"query\"]", "'lora_targets' cannot be 'query'", "attention, mlp, experts"},
    {"lora_targets", "[]", "has no such products: nothing would be trained", "leave it out"},
    {"lora_targets", "[\"experts\"]", "Llama 3.1 8B has no such products", "leave it out"},
    {"base_precision", "\"nf5\"", "'base_precision' cannot be 'nf5'", "bf16, nf4"},
    {"base_precision", "\"nf4\"", "unpacked to bf16, and the products are in fp8",
     "precision bf16"},
    {"plan.tensor", "\"8x\"", "'8x' is not understood", "write a whole number of 1 to"},
    {"plan.tensor", "8", "'plan.tensor' needs text in quotes", "write plan.tensor = \"...\""},
    {"plan.recompute", "\"half\"", "'half' is not understood", "none, selective, full"},
    {"prompt_tokens", "0", "'prompt_tokens' is 0, outside", "check the number"},
    {"output_tokens", "100_000_001", "'output_tokens' is 100000001, outside", "check the number"},
    {"time_per_token", "\"1 us\"", "'time_per_token' is 1 us, outside the range 10 us to 60 s",
     "check the number and its unit"},
    {"engine", "\"vllm-0.144\"", "no engine 'vllm-0.144' in the catalog",
     "did you mean 'vllm-0.14'"},
    {"prefix_tokens", "1000", "prompts of 1000 tokens cannot begin with 1000 alike",
     "make prompt_"},
    {"time_to_first_token", "\"2\"", "'2' has no unit", "for example"},
    {"time_to_first_token", "\"2 h\"", "is 7200 s, outside the range 100 us to 3600 s", "check"},
    {"hours", "\"08:00..24:30\"", "'08:00..24:30' are no hours of a day", "\"08:00..24:00\""},
    {"hours", "14", "'hours' needs text in quotes", "write hours = "},
    {"hours", "\"00:00..24:00\"", "leave no hour of a day to those that train", "the hours fewer"},
    {"rate", "0", "'rate' is 0, outside the range", "check the number"},
    {"replica_chips", "1_000_001", "'replica_chips' is 1000001, outside", "check the number"},
};

TEST(ScenarioKeys, AreRefusedWhereTheyStandWithAHint) {
    for (const Refused& c : refused) {
        const std::string text = scenario(c.key, std::string(c.key) + " = " + c.value);
        const std::size_t at = text.find("\n" + std::string(c.key) + " = ") + 1;
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        const std::string faults = told(text);
        const std::string what = std::string(c.key) + " = " + c.value + "\n" + faults;
        // the line of the key, and nothing else
        EXPECT_TRUE(faults.starts_with("s.toml:" + std::to_string(line) + ":")) << what;
        EXPECT_TRUE(contains(faults, c.message)) << what;
        EXPECT_TRUE(contains(faults.substr(faults.find("\n  hint: ") + 1), c.hint)) << what;
        EXPECT_EQ(std::ranges::count(faults, '\n'), 2) << what;
    }
}

TEST(ScenarioKeys, AreAllToldInTheManual) {
    const std::string manual = read_file(repository_root() + "/docs/scenario.md", 1'000'000).text;
    const auto expect_told = [&](std::string_view key) {
        EXPECT_TRUE(contains(manual, "`" + std::string(key) + "`") ||
                    contains(manual, std::string(key) + " = "))
            << key;
    };
    const auto expect_table = [&]<class Part>(const Part&) {
        for_each_field<Part>([&](const auto& field) { expect_told(field.key); });
    };
    expect_table(ScenarioText{});
    expect_table(SiteText{});
    expect_table(BuyerText{});
    expect_table(AssumeText{});
    expect_table(FactoryText{});
    expect_table(TrainJobText{});
    expect_table(ServeJobText{});
}

TEST(ScenarioKeys, WhatIsMissingIsToldAllAtOnce) {
    const std::string faults = told("name = \"t\"\n");
    for (const char* missing :
         {"the scenario lacks 'date'", "the scenario lacks [site]", "the scenario lacks [buyer]",
          "the scenario lacks [[factory]]", "the scenario lacks [[job]]"}) {
        EXPECT_TRUE(contains(faults, missing)) << faults;
    }
    // and nothing of what would stand in them
    EXPECT_EQ(std::ranges::count(faults, '\n'), 10) << faults;
    const std::string empty = told(scenario("country", "") + "[[factory]]\n");
    EXPECT_TRUE(contains(empty, "[site] lacks 'country'")) << empty;
    for (const char* key : {"name", "server", "chips", "fabric"}) {
        EXPECT_TRUE(contains(empty, fmt::format("this [[factory]] lacks '{}'", key))) << empty;
    }
}

TEST(ScenarioKeys, TwoOfAKindHaveTwoNames) {
    const std::string faults = told(scenario() +
                                    "[[factory]]\nname = \"f\"\nserver = \"hgx-h100\"\nchips = 8\n"
                                    "fabric = \"fat-tree\"\n");
    EXPECT_TRUE(contains(faults, "two of [[factory]] are named 'f'")) << faults;
    std::string jobs = scenario();
    jobs.replace(jobs.find("name = \"k\""), 10, "name = \"j\"");
    EXPECT_TRUE(contains(told(jobs), "s.toml:48:8: error: two of [[job]] are named 'j'"))
        << told(jobs);
}

// --- resolved ------------------------------------------------------------------------------

TEST(ScenarioResolved, WhatItSaysStandsInPlaceOfTheCatalog) {
    const Scenario s = resolved(scenario());
    const Site& site = part_named(built_in_catalog().sites, "us");
    EXPECT_DOUBLE_EQ(s.sites.at(0).costs.energy.in(unit::USD / unit::kWh), 0.05);
    EXPECT_EQ(s.sites.at(0).costs.pue, 1.3);
    EXPECT_EQ(s.sites.at(0).costs.building, site.building.value);
    EXPECT_EQ(s.sites.at(0).site.pue.value, site.pue.value);  // beside the catalog's, which stays
    EXPECT_EQ(s.reliability.useful_share, 0.8);
    EXPECT_EQ(s.tensor_overlap, 0.25);
    EXPECT_EQ(s.expert_overlap, 0);
    EXPECT_EQ(s.sites.at(0).buyer.state_funded, Truth::yes);
    EXPECT_EQ(s.sites.at(0).buyer.to, "US");
    EXPECT_NEAR(s.sites.at(0).buyer.hall_m3, 11326.74, 0.01);
    EXPECT_EQ(s.factories.at(0).job_chips, 64);
    const auto& train = std::get<TrainJob>(s.jobs.at(0).work);
    EXPECT_EQ(train.max_global_batch, 1024);
    EXPECT_EQ(train.framework->id, "nemo");
    EXPECT_EQ(train.pins.tensor.values, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(train.pins.recompute, std::vector<Recompute>{Recompute::full});
    EXPECT_FALSE(train.pins.pipeline.given());
    EXPECT_EQ(train.low_rank, (LowRank{.rank = 16, .targets = {true, true, false}}));
    const auto& serve = std::get<ServeJob>(s.jobs.at(1).work);
    EXPECT_EQ(serve.precision, Precision::bf16);
    EXPECT_EQ(serve.replica_chips, 4);
    EXPECT_EQ(serve.engine->id, "vllm-0.14");
    EXPECT_EQ(serve.prefix_tokens, 100);
    EXPECT_EQ(serve.time_to_first_token, 2 * unit::s);
    EXPECT_EQ(serve.hours, (DayHours{8, 24}));
    EXPECT_EQ(serve.rate, 10);
    EXPECT_EQ(s.hours_to_train, 8);
    for (const char* words :
         {"objective", "useful share", "hall volume", "end use", "precision", "framework",
          "prompts", "answers", "output token", "engine", "first token", "as many requests"}) {
        EXPECT_FALSE(stood_in(s, words)) << words;
    }
}

/// Each key that may be left out: what stands in, and the words that tell of it.
TEST(ScenarioResolved, WhatStandsInIsToldKeyByKey) {
    const auto without = [](const char* key) { return resolved(scenario(key, "")); };
    EXPECT_TRUE(stood_in(without("objective"), "objective time"));
    EXPECT_TRUE(stood_in(without("useful_share"),
                         "failures as published of each chip's fleet, of mature fleets where none "
                         "was; all of a job restarts"));
    EXPECT_FALSE(without("useful_share").reliability.useful_share);
    EXPECT_TRUE(stood_in(without("hall_volume"), "no hall volume"));
    EXPECT_TRUE(stood_in(without("end_use"), "end use commercial"));
    EXPECT_TRUE(stood_in(without("framework"), "framework megatron-core on chips of NVIDIA"));
    EXPECT_EQ(without("state_funded").sites.at(0).buyer.state_funded, Truth::unknown);
    EXPECT_EQ(without("deadline").deadline, Seconds{});
    EXPECT_EQ(without("data_overlap").data_overlap, std::nullopt);
    const Scenario priced = without("energy_price");
    EXPECT_EQ(priced.sites.at(0).costs.energy,
              part_named(built_in_catalog().sites, "us").energy.value);
    EXPECT_FALSE(priced.sites.at(0).energy);
    // of the two precisions the first is the training job's
    const Scenario plain = without("precision");
    EXPECT_TRUE(stood_in(plain, "precision bf16 for job j"));
    EXPECT_EQ(std::get<TrainJob>(plain.jobs[0].work).precision, Precision::bf16);
    EXPECT_TRUE(stood_in(without("prompt_tokens"), "job k serves prompts of 4096 tokens"));
    EXPECT_TRUE(stood_in(without("output_tokens"), "job k serves answers of 1024 tokens"));
    EXPECT_TRUE(
        stood_in(without("time_per_token"), "job k takes for each output token at most 50 ms"));
    EXPECT_EQ(std::get<ServeJob>(without("replica_chips").jobs[1].work).replica_chips, 0);
    EXPECT_TRUE(stood_in(without("engine"), "engine vllm-0.14 on chips of NVIDIA"));
    EXPECT_TRUE(
        stood_in(without("time_to_first_token"), "job k takes to the first token any time"));
    EXPECT_TRUE(stood_in(without("rate"), "job k gets as many requests as are answered in time"));
    EXPECT_TRUE(stood_in(resolved(scenario()), "jobs that train have the 8 hours of a day"));
    EXPECT_FALSE(stood_in(without("hours"), "hours of a day"));
    EXPECT_EQ(without("hours").hours_to_train, 24);
    EXPECT_TRUE(stood_in(without("lora_targets"), "adapters beside all products but routers"));
    EXPECT_TRUE(stood_in(without("base_precision"), "job j keeps its frozen weights in bf16"));
    // a batch that may not double is fixed
    const Scenario fixed = without("max_global_batch");
    EXPECT_EQ(std::get<TrainJob>(fixed.jobs[0].work).max_global_batch, 512);
    // a country has a site of its own name
    EXPECT_EQ(without("region").sites.at(0).site.id, "us");
    // where a country has no site in the catalog, another's may stand in
    EXPECT_TRUE(stood_in(resolved(scenario("region", "region = \"cn-west\"")),
                         "prices and climate of Western China"));
}

// What is said of adapters without a rank is told key by key; without any of it all is trained.
TEST(ScenarioResolved, AdaptersNeedARank) {
    const std::string faults = told(scenario("lora_rank", ""));
    EXPECT_TRUE(contains(faults, "error: lora_targets are of adapters")) << faults;
    EXPECT_TRUE(contains(faults, "error: base_precision is of frozen weights")) << faults;
    EXPECT_TRUE(contains(faults, "hint: add lora_rank, such as lora_rank = 16")) << faults;
    std::string text = scenario("lora_rank", "");
    for (const std::string key : {"lora_targets", "base_precision"}) {
        const std::size_t at = text.find("\n" + key) + 1;
        text.erase(at, text.find('\n', at) - at);
    }
    const Scenario all = resolved(text);
    EXPECT_EQ(std::get<TrainJob>(all.jobs.at(0).work).low_rank, LowRank{});
    EXPECT_FALSE(stood_in(all, "adapters") || stood_in(all, "frozen"));
}

TEST(ScenarioResolved, CostNeedsADeadlineAndADayThatMayBeAsked) {
    std::string text = scenario("deadline", "");
    text.replace(text.find("\"time\""), 6, "\"cost\"");
    EXPECT_TRUE(contains(told(text), "s.toml:3:13: error: objective cost needs a deadline"));
    const std::string early = told(scenario("date", "date = 1899-01-01"));
    EXPECT_TRUE(contains(early, "s.toml:2:8: error: ")) << early;
}

TEST(Frontiers, BoundTheFactoryAndEndAfterTheyBegin) {
    const auto faults = [](const std::string& bound, const std::string& until) {
        const std::string job = scenario().substr(scenario().find("[[job]]"));
        const auto text = parse_frontier(
            "name = \"f\"\nfrom = 2024-03-31\nuntil = " + until + "\n" + bound +
                "[[party]]\nname = \"p\"\ncountry = \"US\"\n" + job.substr(0, job.rfind("[[job]]")),
            "f.toml");
        return to_text(text.value().faults);
    };
    EXPECT_EQ(faults("budget = \"1 GUSD\"\n", "2024-03-31"), "");
    EXPECT_EQ(faults("power_limit = \"50 MW\"\n", "2025-01-01"), "");
    EXPECT_TRUE(contains(faults("", "2025-01-01"), "neither budget nor power_limit bounds"));
    EXPECT_TRUE(contains(faults("budget = \"1 GUSD\"\n", "2024-03-30"),
                         "f.toml:3:9: error: the last month is before the first"));
    // a bound that is faulty is told once, as what it is
    const std::string wrong = faults("budget = \"1 GW\"\n", "2025-01-01");
    EXPECT_TRUE(contains(wrong, "has the wrong unit")) << wrong;
    EXPECT_FALSE(contains(wrong, "neither")) << wrong;
}

}  // namespace TEST_FILE
}  // namespace millwright
