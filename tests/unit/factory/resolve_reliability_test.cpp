// What a scenario says of failures, and what it cannot say.
#include <gtest/gtest.h>

#include "millwright/factory/resolve.h"
#include "millwright/intake/read.h"

namespace millwright {
namespace TEST_FILE {

std::string with(const std::string& root, const std::string& reliability) {
    return "name = \"t\"\ndate = 2026-02-01\n" + root +
           "\n[site]\ncountry = \"US\"\n[buyer]\nheadquarters = \"US\"\n[reliability]\n" +
           reliability +
           "\n[[factory]]\nname = \"f\"\nserver = \"hgx-h100\"\nchips = 64\n"
           "fabric = \"rail-fat-tree\"\n[[job]]\nname = \"j\"\nkind = \"train\"\n"
           "model = \"llama-3.1-8b\"\ntokens = \"1T\"\nsequence = 4096\nglobal_batch = 512\n";
}

Result<Scenario> resolved(const std::string& text) {
    const auto read = parse_scenario(text, "t.toml");
    if (!read) return failure(read.error());
    return resolve(*read, built_in_catalog());
}

TEST(ResolveReliability, TakesWhatIsWritten) {
    const auto scenario = resolved(
        with("",
             "fleet = \"meta-100k\"\nrate_per_1000_nodes_day = 5\npolicy = \"replica-drop\"\n"
             "replicas = 32\nstall = \"2 min\"\nrepair = \"1 h\"\n"
             "checkpoint_cost = \"2 s\"\ncheckpoint_period = \"5 min\"\n"
             "storage_bandwidth = \"400 GB/s\""));
    ASSERT_TRUE(scenario) << to_text(scenario.error());
    const ReliabilityAsked& r = scenario->reliability;
    EXPECT_FALSE(r.useful_share);
    EXPECT_EQ(r.fleet, "meta-100k");
    EXPECT_EQ(r.rate_per_1000_nodes_day, 5);
    EXPECT_EQ(r.policy, RecoveryPolicy::replica_drop);
    EXPECT_EQ(r.replicas, 32);
    EXPECT_EQ(r.stall, 2 * unit::minute);
    EXPECT_EQ(r.repair, 1 * unit::hour);
    EXPECT_EQ(r.checkpoint_cost, 2 * unit::s);
    EXPECT_EQ(r.checkpoint_period, 5 * unit::minute);
    EXPECT_EQ(r.storage, 400 * unit::GB / unit::s);
}

TEST(ResolveReliability, ToldFaultsHavePlaceAndHint) {
    struct Case {
        const char *root, *reliability, *message, *hint;
    };
    for (const Case& c :
         {Case{"", "policy = \"elastic\"", "no formula says what policy elastic comes to",
               "millwright goodput"},
          Case{"", "policy = \"hot-update\"", "no formula says", "useful_share"},
          Case{"", "policy = \"sometimes\"", "'policy' cannot be 'sometimes'", "replica-drop"},
          Case{"", "policy = \"replica-drop\"", "how many replicas may drop out", "replicas = 32"},
          Case{"", "replicas = 4", "drops no replicas", "replica-drop"},
          Case{"", "repair = \"1 h\"", "drops no replicas", "replica-drop"},
          Case{"", "stall = \"1 min\"", "a job that restarts has no stall", "standby"},
          Case{"", "policy = \"standby\"\nrestart = \"9 min\"", "stalls and does not restart",
               "stall = "},
          Case{"", "fleet = \"llama-4\"", "no fleet 'llama-4' in the catalog", "llama-3"},
          Case{"", "restart = \"600\"", "'600' has no unit", "for example"},
          Case{"", "restart = \"-1 s\"", "'restart' is -1 s, outside", "check"},
          Case{"", "checkpoint_period = \"0 s\"", "'checkpoint_period' is 0 s, outside", "check"},
          Case{"", "rate = 3", "unknown key 'rate'", "rate_per_1000_nodes_day"},
          Case{"useful_share = 0.9", "restart = \"9 min\"", "stands in place of all",
               "leave out one"}}) {
        const auto scenario = resolved(with(c.root, c.reliability));
        const Faults faults = scenario ? Faults{} : scenario.error();
        const std::string told = to_text(faults);
        EXPECT_NE(told.find(c.message), std::string::npos) << c.reliability << "\n" << told;
        EXPECT_NE(told.find(c.hint), std::string::npos) << c.reliability << "\n" << told;
        ASSERT_FALSE(faults.empty()) << c.reliability;
        EXPECT_GT(faults.front().at.line, 0) << told;
    }
}

TEST(ResolveReliability, IsIdleWhereNothingTrains) {
    std::string text = with("", "restart = \"9 min\"");
    const auto from = text.find("kind = \"train\"");
    text = text.substr(0, from) + "kind = \"serve\"\nmodel = \"llama-3.1-8b\"\n";
    const auto scenario = resolved(text);
    ASSERT_TRUE(scenario) << to_text(scenario.error());
    const bool told = std::ranges::any_of(scenario->defaults, [](const std::string& line) {
        return line.find("reliability.restart changes nothing") != std::string::npos;
    });
    EXPECT_TRUE(told);
}

}  // namespace TEST_FILE
}  // namespace millwright
