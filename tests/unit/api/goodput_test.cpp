// Questions about a job on machines that fail: what is read, what is refused.
#include <gtest/gtest.h>

#include "millwright/api/goodput.h"
#include "millwright/base/text.h"

namespace millwright {
namespace TEST_FILE {

constexpr const char* plain = R"(
[job]
chips = 16384
[failures]
mtbf = "3 h"
[recovery]
restart = "10 min"
[checkpoint]
cost = "10 s"
)";

Result<GoodputInputs> inputs_of(const std::string& text) {
    return goodput_inputs(parse_goodput(text, "a.toml").value(), built_in_catalog());
}

/// What is said of a text; empty if nothing is wrong with it.
std::string said(const std::string& text) {
    const auto inputs = inputs_of(text);
    return inputs ? "" : to_text(inputs.error());
}

std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Goodput, AFileSaysAJob) {
    const GoodputInputs in = inputs_of(plain).value();
    EXPECT_EQ(in.job.servers, 2048);
    EXPECT_EQ(in.job.horizon, 30 * unit::day);
    EXPECT_EQ(mean_gap(in.job), 3 * unit::hour);
    EXPECT_EQ(in.job.checkpoints.period, closed_best_period(in.job));
    EXPECT_EQ(in.choice, PeriodChoice::closed_form);
}

TEST(Goodput, RatesAreOneInAllTheirForms) {
    const Seconds gap = mean_gap(inputs_of(plain).value().job);
    for (const char* rate : {"rate = \"8/day\"", "rate = \"0.33333333333333333/h\"",
                             "rate_per_1000_nodes_day = 3.90625"}) {
        const GoodputInputs in = inputs_of(with(plain, "mtbf = \"3 h\"", rate)).value();
        EXPECT_NEAR(mean_gap(in.job) / gap, 1, 1e-12) << rate;
    }
    const auto fleet = inputs_of(with(plain, "mtbf = \"3 h\"", "fleet = \"llama-3\""));
    EXPECT_NEAR(mean_gap(fleet->job).in(unit::hour), 3.093, 0.005);
    EXPECT_GT(fleet->job.causes.size(), 12U);
    const auto mixed =
        inputs_of(with(plain, "mtbf = \"3 h\"", "mtbf = \"3 h\"\nfleet = \"llama-3\""));
    EXPECT_NEAR(mean_gap(mixed->job) / gap, 1, 1e-12);
}

TEST(Goodput, WhatCannotBeIsToldWithItsPlace) {
    const auto expect = [](std::string_view from, std::string_view to, std::string_view told) {
        const std::string text = said(with(plain, from, to));
        EXPECT_NE(text.find(told), std::string::npos) << to << "\n" << text;
        EXPECT_NE(text.find("a.toml"), std::string::npos) << text;
    };
    expect("mtbf = \"3 h\"", "", "nothing says how often");
    expect("mtbf = \"3 h\"", "rate = \"54\"", "no number over a unit of time");
    expect("mtbf = \"3 h\"", "rate = \"-1/day\"", "less than zero");
    expect("mtbf = \"3 h\"", "mtbf = \"3 h\"\nrate = \"8/day\"", "said twice");
    expect("mtbf = \"3 h\"", "mtbf = \"0 s\"", "outside");
    expect("mtbf = \"3 h\"", "mtbf = 3", "with its unit");
    expect("mtbf = \"3 h\"", "mtbf = \"3 h\"\nlaw = \"weibull\"", "has a shape");
    expect("mtbf = \"3 h\"", "mtbf = \"3 h\"\nshape = 0.5", "no shape");
    expect("mtbf = \"3 h\"", "fleet = \"lama-3\"", "did you mean 'llama-3'");
    expect("mtbf = \"3 h\"", "mtbf = \"3 h\"\nlemon_share = 0.1", "a share and a factor");
    expect("chips = 16384", "", "how many chips");
    expect("chips = 16384", "chips = 16384\npolicy = \"stanby\"", "did you mean 'standby'");
    expect("chips = 16384", "chips = 8\npolicy = \"elastic\"\nreplicas = 4", "cannot drop out");
    expect("restart = \"10 min\"", "restart = \"31 day\"", "no shorter than the run");
    expect("cost = \"10 s\"", "cost = \"40 day\"", "no shorter than the run");
    expect("cost = \"10 s\"", "cost = \"10 s\"\nperiod = \"often\"", "auto, simulated");
    expect("cost = \"10 s\"", "writing = \"1 h\"\nperiod = \"5 min\"", "longer than");
    expect("cost = \"10 s\"", "size = \"5 TB\"", "only together");
    expect("cost = \"10 s\"", "[spares]\nservers = 3000", "spare servers for a job of 2048");
    expect("cost = \"10 s\"", "[spares]\nwait = \"1 min\"", "there are no spares");
    expect("cost = \"10 s\"", "[planned]\nevery = \"1 h\"\ntakes = \"2 h\"", "no shorter than");
    expect("cost = \"10 s\"", "[[level]]\nname = \"a\"\ncost = \"1 s\"\nsurvives = \"server\"",
           "safest level last");
    expect("mtbf = \"3 h\"", "mtbf = \"1 us\"", "too many to simulate");
    expect("mtbf = \"3 h\"", "[[cause]]\nname = \"x\"\nkind = \"slow\"\nmtbf = \"1 h\"",
           "slowdown");
    expect("mtbf = \"3 h\"", "mtfb = \"3 h\"", "did you mean 'mtbf'");
}

TEST(Goodput, AllFaultsComeAtOnce) {
    std::string text = with(plain, "chips = 16384", "chips = 0\npolicy = \"x\"");
    text = with(text, "restart = \"10 min\"", "restart = \"10\"");
    const auto inputs = inputs_of(text);
    ASSERT_FALSE(inputs);
    EXPECT_GE(inputs.error().size(), 3U) << to_text(inputs.error());
}

TEST(Goodput, ABandIsToldAtBothEnds) {
    const std::string text = with(plain, "mtbf = \"3 h\"", "fleet = \"mature\"");
    const GoodputAnswer a = goodput({parse_goodput(text, "a.toml").value()}, {}).value();
    ASSERT_EQ(a.band.size(), 2U);
    EXPECT_GT(a.band[0].useful_share, a.simulated.useful_share.mean);
    EXPECT_LT(a.band[1].useful_share, a.simulated.useful_share.mean);
}

TEST(Goodput, LeversHelp) {
    const std::string text =
        with(plain, "cost = \"10 s\"", "cost = \"10 s\"\n[spares]\nservers = 9");
    const GoodputAnswer a = goodput({parse_goodput(text, "a.toml").value()}, {}).value();
    ASSERT_EQ(a.levers.size(), 5U);
    for (std::size_t i = 1; i < a.levers.size(); ++i) {
        EXPECT_GE(a.levers[i].useful_share, a.levers[0].useful_share - 1e-3) << a.levers[i].what;
    }
}

TEST(Goodput, AnAsynchronousCheckpointIsWrittenBesideTheJob) {
    const std::string sized = "size = \"5 TB\"\nbandwidth = \"2 TB/s\"";
    const auto waits = inputs_of(with(plain, "cost = \"10 s\"", sized));
    EXPECT_EQ(waits->job.checkpoints.levels[0].blocking, 2.5 * unit::s);
    const auto beside = inputs_of(with(plain, "cost = \"10 s\"", sized + "\nasynchronous = true"));
    EXPECT_EQ(beside->job.checkpoints.levels[0].blocking, Seconds{});
    EXPECT_EQ(beside->job.checkpoints.levels[0].writing, 2.5 * unit::s);
    EXPECT_TRUE(closed_share(beside->job));
}

// However the period is found, a checkpoint is whole before the next one begins.
TEST(Goodput, APeriodIsNoShorterThanTheWritingOfACheckpoint) {
    for (const char* period : {"auto", "simulated"}) {
        const std::string text = with(plain, "cost = \"10 s\"",
                                      "cost = \"30 s\"\nwriting = \"40 min\"\nperiod = \"" +
                                          std::string(period) + "\"") +
                                 "[run]\nreplications = 50\n";
        const GoodputAnswer a = goodput({parse_goodput(text, "a.toml").value()}, {}).value();
        EXPECT_GE(a.inputs.job.checkpoints.period, 40 * unit::minute) << period;
        EXPECT_NEAR(a.simulated.useful_share.mean, a.closed_share.value(), 0.01) << period;
        EXPECT_NEAR(a.levers.front().useful_share, a.closed_share.value(), 0.01) << period;
    }
}

/// A number that decides the answer is never taken for zero.
TEST(Goodput, WhatARestartAndACheckpointTakeHasToBeSaid) {
    const auto told = [](const std::string& policy, const std::string& more) {
        const auto inputs = inputs_of("[job]\nchips = 1024\npolicy = \"" + policy +
                                      "\"\n[failures]\nmtbf = \"5 h\"\n" + more);
        return inputs ? std::string() : to_text(inputs.error());
    };
    const std::string nothing = told("restart", "");
    EXPECT_TRUE(contains(nothing, "how long a restart takes")) << nothing;
    EXPECT_TRUE(contains(nothing, "what a checkpoint costs")) << nothing;
    EXPECT_EQ(told("restart", "[recovery]\nrestart = \"0 s\"\n[checkpoint]\ncost = \"0 s\"\n"), "");
    EXPECT_EQ(told("restart", "[recovery]\ndetect = \"1 min\"\n[checkpoint]\nwriting = \"9 s\"\n"),
              "");
    EXPECT_EQ(told("replica-drop", ""), "");
    EXPECT_TRUE(contains(told("standby", "[checkpoint]\ncost = \"1 s\"\n[spares]\nservers = 4\n"),
                         "how long a restart takes"));
    EXPECT_EQ(told("standby", "[checkpoint]\ncost = \"1 s\"\n"), "");
    EXPECT_TRUE(
        contains(told("elastic", "[[level]]\nname = \"a\"\n"), "a checkpoint of this level"));
}

TEST(Goodput, WhatStoodInIsTold) {
    const auto notes = [](const std::string& text) { return join(inputs_of(text)->notes, "; "); };
    const std::string job = "[job]\nchips = 4096\npolicy = \"replica-drop\"\n";
    const std::string all = notes(job +
                                  "[[cause]]\nname = \"a\"\nmtbf = \"9 h\"\nkind = \"hang\"\n"
                                  "blast = \"rack\"\n");
    for (const char* part :
         {"a stall or a swap takes 3 min", "8 replicas", "back when the stall ends",
          "a hang is seen after 30 min", "spares never run out", "a rack is 9 servers"}) {
        EXPECT_TRUE(contains(all, part)) << part << "\n" << all;
    }
    EXPECT_EQ(notes("[job]\nchips = 4096\nchips_per_rack = 64\nreplicas = 4\n"
                    "policy = \"replica-drop\"\n[recovery]\nstall = \"1 min\"\nrepair = \"2 h\"\n"
                    "hang_timeout = \"5 min\"\n[spares]\nservers = 9\n"
                    "[[cause]]\nname = \"a\"\nmtbf = \"9 h\"\nkind = \"hang\"\nblast = \"rack\"\n"),
              "");
}

}  // namespace TEST_FILE
}  // namespace millwright
