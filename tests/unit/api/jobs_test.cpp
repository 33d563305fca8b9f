// Questions about jobs that share a cluster: what is read, what is refused.
#include <gtest/gtest.h>

#include "millwright/api/jobs.h"
#include "millwright/base/text.h"
#include "tests/folder.h"

namespace millwright {
namespace TEST_FILE {

class Jobs : public ::testing::Test {
protected:
    JobsQuestion question(const std::string& rows = "a,0,8,100\nb,10,8,100\nc,20,600,5\n") {
        return {.trace = folder_.put("jobs.csv", "job_id,submit_s,chips,duration_s\n" + rows),
                .chips = 64};
    }
    static std::string said(const JobsQuestion& q) {
        const auto answer = jobs(q, {});
        return answer ? "" : to_text(answer.error());
    }
    TestFolder folder_;
};

TEST_F(Jobs, ATraceIsALoad) {
    const JobsAnswer a = jobs(question(), {}).value();
    EXPECT_EQ(a.load.cluster.servers, 8);
    EXPECT_EQ(a.load.jobs.size(), 2U);
    EXPECT_EQ(a.left_out, 1);
    EXPECT_EQ(a.load.window, 10 * unit::s);
    EXPECT_EQ(a.figures.all.wait, Seconds{});
    const std::string notes = join(a.notes, "; ");
    EXPECT_TRUE(contains(notes, "nothing fails")) << notes;
    EXPECT_TRUE(contains(notes, "1 job too large")) << notes;
    const std::string table = job_table(a);
    EXPECT_TRUE(contains(table, "\nb,,0,8,10,10,110,0,0,100,0,0,0,yes\n")) << table;
}

TEST_F(Jobs, DaysEndTheRun) {
    JobsQuestion q = question("a,0,8,200000\nb,100000,8,100\n");
    q.days = 1;
    const JobsAnswer a = jobs(q, {}).value();
    EXPECT_EQ(a.left_out, 1);
    EXPECT_EQ(a.figures.all.unfinished, 1);
    EXPECT_EQ(a.figures.window, 1 * unit::day);
    EXPECT_TRUE(contains(join(a.notes, ";"), "had not ended")) << join(a.notes, ";");
}

TEST_F(Jobs, AFleetFails) {
    JobsQuestion q = question("a,0,64,900000\nb,900000,8,100\n");
    q.fleet = "llama-3";
    q.repair = constantly(1 * unit::hour);
    q.restart = 10 * unit::minute;
    q.checkpoint_cost = 10 * unit::s;
    const JobsAnswer a = jobs(q, {}).value();
    EXPECT_NEAR(a.rate_per_1000_nodes_day, 3.79, 0.01);
    EXPECT_EQ(a.figures.replications, 20);
    EXPECT_GT(a.figures.failures, 0);
    EXPECT_LT(a.figures.all.ettr, 1);
}

TEST_F(Jobs, WhatCannotBeIsToldAllAtOnce) {
    JobsQuestion q = question();
    q.chips = 60;
    q.chips_per_domain = 12;
    q.rules.protects = 1 * unit::s;
    q.fleet = "lama-3";
    q.checkpoint_period = 60 * unit::s;
    q.trace = "nowhere.csv";
    const std::string all = said(q);
    for (const char* part :
         {"60 chips are no whole servers of 8", "domain of 12 chips", "nobody is stopped",
          "llama-3", "what a checkpoint costs", "nowhere.csv"}) {
        EXPECT_TRUE(contains(all, part)) << part << "\n" << all;
    }
    q = question();
    q.rate_per_1000_nodes_day = 5;
    EXPECT_TRUE(contains(said(q), "how long a restart takes"));
    q.restart = q.checkpoint_cost = 1 * unit::s;
    EXPECT_EQ(said(q), "");
    q.fleet = "llama-3";
    EXPECT_TRUE(contains(said(q), "said twice"));
    q = question("a,0,600,5\n");
    EXPECT_TRUE(contains(said(q), "no job of the trace fits"));
    q = question("a,0,8,900000000\nb,0,8,900000000\n");
    q.rate_per_1000_nodes_day = 1e6;
    q.restart = q.checkpoint_cost = 1 * unit::s;
    q.replications = 1000;
    EXPECT_TRUE(contains(said(q), "too many to simulate"));
}

}  // namespace TEST_FILE
}  // namespace millwright
