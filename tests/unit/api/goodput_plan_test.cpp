// A job of goodput whose plan stands in for what was not written.
#include "millwright/api/goodput_plan.h"

#include <gtest/gtest.h>

#include "millwright/api/goodput.h"

namespace millwright {
namespace TEST_FILE {

const Setting setting;

GoodputText text_of(const std::string& more, int chips = 512) {
    return parse_goodput("[job]\nchips = " + std::to_string(chips) +
                             "\n[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx-h100\"\n" + more,
                         "a.toml")
        .value();
}

std::string said(const std::string& text) {
    const auto answer = goodput({parse_goodput(text, "a.toml").value()}, setting);
    return answer ? "" : to_text(answer.error());
}

TEST(GoodputPlan, SaysWhatIsLeftOut) {
    GoodputText text = text_of("");
    std::vector<std::string> notes;
    const PlannedJob planned = plan_goodput(text, notes, setting).value();
    EXPECT_EQ(planned.chips, 512);
    EXPECT_GT(planned.tokens_per_s, 1e6);
    EXPECT_EQ(text.job.chips_per_server.value, 8);
    EXPECT_GT(text.job.chips_per_leaf.value, 8);
    EXPECT_EQ(text.failures.fleet.value, "llama-3");
    EXPECT_EQ(text.recovery.restart.value, "600 s");
    EXPECT_NEAR(text.checkpoint.cost.value.si(), 1, 0.1);
    EXPECT_NEAR(text.checkpoint.writing.value / (planned.checkpoint / planned.storage), 1, 1e-12);
    EXPECT_GE(notes.size(), 4U);
}

TEST(GoodputPlan, WhatIsWrittenStands) {
    GoodputText text = text_of(
        "[failures]\nmtbf = \"9 h\"\n[recovery]\nrestart = \"3 min\"\n"
        "[checkpoint]\ncost = \"20 s\"\n");
    std::vector<std::string> notes;
    ASSERT_TRUE(plan_goodput(text, notes, setting));
    EXPECT_FALSE(text.failures.fleet.given);
    EXPECT_EQ(text.recovery.restart.value, "3 min");
    EXPECT_EQ(text.checkpoint.cost.value, 20 * unit::s);
    EXPECT_FALSE(text.checkpoint.writing.given);
}

// half the bandwidth is twice the time to write; the ports of the exchanges cost more than others
TEST(GoodputPlan, StorageAndFabricCost) {
    const auto planned = [](const std::string& checkpoint) {
        GoodputText text = text_of("[checkpoint]\n" + checkpoint);
        std::vector<std::string> notes;
        EXPECT_TRUE(plan_goodput(text, notes, setting));
        return text.checkpoint;
    };
    const auto fast = planned("bandwidth = \"400 GB/s\"");
    const auto slow = planned("bandwidth = \"200 GB/s\"");
    EXPECT_NEAR(slow.writing.value / fast.writing.value, 2, 1e-12);
    EXPECT_EQ(slow.cost.value, fast.cost.value);
    const auto shared = planned("bandwidth = \"20 TB/s\"\nover_fabric = true");
    const auto apart = planned("bandwidth = \"20 TB/s\"");
    EXPECT_GT(shared.cost.value, apart.cost.value);
    EXPECT_LE(shared.cost.value, apart.cost.value + apart.writing.value);
}

// a stall is not a restart; a policy that has both gets both
TEST(GoodputPlan, APolicyGetsTheTimesThatItHas) {
    const auto planned = [](const std::string& policy) {
        GoodputText text = parse_goodput("[job]\nchips = 512\npolicy = \"" + policy +
                                             "\"\n[plan]\nmodel = \"llama-3.1-8b\"\n"
                                             "server = \"hgx-h100\"\n",
                                         "a.toml")
                               .value();
        std::vector<std::string> notes;
        EXPECT_TRUE(plan_goodput(text, notes, setting));
        return text.recovery;
    };
    EXPECT_FALSE(planned("restart").stall.given);
    EXPECT_EQ(planned("replica-drop").stall.value, "180 s");
    EXPECT_FALSE(planned("replica-drop").restart.given);
    for (const char* policy : {"standby", "hot-update"}) {
        EXPECT_EQ(planned(policy).restart.value, "600 s") << policy;
        EXPECT_EQ(planned(policy).stall.value, "180 s") << policy;
    }
}

// what is given once is not refused for what the plan knows
TEST(GoodputPlan, ABandwidthStandsBesideACost) {
    GoodputText text = text_of("[checkpoint]\ncost = \"9 s\"\nbandwidth = \"1 TB/s\"\n");
    EXPECT_TRUE(goodput({text}, setting));
}

// a lower cap never makes a step shorter; at the chip's own limit it changes nothing
TEST(GoodputPlan, APowerCapMakesStepsLonger) {
    const auto planned = [](const std::string& cap) {
        GoodputText text = text_of("power_cap = \"" + cap + "\"\n");
        std::vector<std::string> notes;
        const auto found = plan_goodput(text, notes, setting);
        EXPECT_TRUE(found) << to_text(found.error());
        return *found;
    };
    EXPECT_EQ(planned("700 W").slower, 0);
    const PlannedJob some = planned("550 W"), less = planned("400 W");
    EXPECT_GT(some.slower, 0.01);
    EXPECT_GT(less.slower, some.slower);
    EXPECT_LT(less.tokens_per_s, some.tokens_per_s);
    EXPECT_NEAR(some.swing.in(unit::kW), 512 / 8 * 10.2, 0.1);
    EXPECT_NE(said("[job]\nchips = 512\n[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx-h100\"\n"
                   "power_cap = \"900 W\"\n")
                  .find("a.toml:6:13: error: 900 W is above the 700 W"),
              std::string::npos);
}

TEST(GoodputPlan, TokensAndDollarsAreThoseOfTheTime) {
    const GoodputAnswer a = goodput({text_of("chip_hour = \"2 USD\"")}, setting).value();
    ASSERT_TRUE(a.worth);
    const double useful = a.simulated.useful_share.mean;
    const double hours = a.inputs.job.horizon / unit::hour;
    EXPECT_NEAR(a.worth->spent.in(unit::USD), 512 * hours * 2, 1e-6);
    EXPECT_NEAR(a.worth->lost / a.worth->spent, 1 - useful, 1e-12);
    EXPECT_NEAR(a.worth->tokens / (a.worth->tokens + a.worth->tokens_lost), useful, 1e-12);
    EXPECT_NEAR(a.worth->tokens + a.worth->tokens_lost,
                a.planned->tokens_per_s * a.inputs.job.horizon.si(), 1);
    EXPECT_GT(a.worth->written_a_day, a.planned->checkpoint);
}

TEST(GoodputPlan, FaultsStandWhereTheNamesAre) {
    const std::string chips = "[job]\nchips = 512\n";
    struct Case {
        std::string text, told;
    };
    for (const Case& c : {
             Case{chips + "[plan]\nmodel = \"llama-3.1-8b\"\n", "a.toml:4:9: error: a plan is of"},
             Case{chips + "[plan]\nmodel = \"llama-9\"\nserver = \"hgx-h100\"\n", "a.toml:4:9"},
             Case{chips + "[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx\"\n", "a.toml:5:10"},
             Case{"[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx-h100\"\n", "how many chips"},
             Case{"[job]\nchips = 8\n[plan]\nmodel = \"deepseek-v3\"\nserver = \"hgx-h100\"\n",
                  "a.toml:2:9: error: no plan of deepseek-v3 fits 8 chips"},
             Case{chips + "[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx-h100\"\n[failures]\n"
                          "fleet = \"nobody\"\n",
                  "no fleet 'nobody'"},
             Case{chips + "[failures]\nmtbf = \"9 h\"\n[recovery]\nrestart = \"3 min\"\n"
                          "[checkpoint]\ncost = \"1 s\"\nover_fabric = true\n",
                  "a.toml:9:15: error: a job without a plan has no exchanges"},
             Case{chips + "[plan]\nfabric = \"torus\"\nsequence = 99\n",
                  "a.toml:5:12: error: 'sequence' is of a plan, and there is none"},
             Case{
                 chips + "[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx-h100\"\n[checkpoint]\n"
                         "bandwidth = \"1 B/s\"\n",
                 "a.toml:7:13: error: a checkpoint of 112.4 GB is written for longer than the run"},
             Case{chips + "[plan]\nmodel = \"llama-3.1-8b\"\nserver = \"hgx-h100\"\n[checkpoint]\n"
                          "cost = \"9 s\"\nover_fabric = true\n",
                  "a.toml:8:15: error: what a checkpoint costs is given"},
         }) {
        EXPECT_NE(said(c.text).find(c.told), std::string::npos) << c.text << said(c.text);
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
