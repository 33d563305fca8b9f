// Traces of jobs in each form, and what is wrong with others.
#include <gtest/gtest.h>

#include "millwright/base/text.h"
#include "millwright/intake/job_trace.h"

namespace millwright {
namespace TEST_FILE {

JobTrace read(const std::string& text) { return parse_job_trace(text, "j.csv").value(); }

std::string said(const std::string& text) {
    const auto trace = parse_job_trace(text, "j.csv");
    return trace ? "" : to_text(trace.error());
}

const std::string own = "job_id,submit_s,chips,duration_s,priority,queue,one_domain\n";

TEST(JobTrace, OurOwnForm) {
    const JobTrace trace =
        read(own + "b,70,16,100,-1,red,yes\na,10,2,60.5,3,blue,no\nc,70,1,5,,,\n");
    EXPECT_EQ(trace.format, "own");
    ASSERT_EQ(trace.jobs.size(), 3U);
    EXPECT_EQ(trace.jobs[0].name, "a");  // in order of submission, the first at zero
    EXPECT_EQ(trace.jobs[0].submitted, Seconds{});
    EXPECT_EQ(trace.jobs[0].chips, 2);
    EXPECT_EQ(trace.jobs[0].duration, 60.5 * unit::s);
    EXPECT_EQ(trace.jobs[0].priority, 3);
    EXPECT_EQ(trace.queues[trace.jobs[0].queue], "blue");
    EXPECT_FALSE(trace.jobs[0].one_domain);
    EXPECT_EQ(trace.jobs[1].name, "b");  // of one time as in the file
    EXPECT_EQ(trace.jobs[1].submitted, 60 * unit::s);
    EXPECT_EQ(trace.jobs[1].priority, -1);
    EXPECT_TRUE(trace.jobs[1].one_domain);
    EXPECT_EQ(trace.jobs[2].name, "c");
    EXPECT_EQ(trace.jobs[2].priority, 0);
    EXPECT_TRUE(trace.notes.empty());
    const JobTrace bare = read(
        "submit_s,chips,duration_s\n2026-01-31 23:59:00,1,5\n"
        "2026-02-01 00:00:30,1,5\n");
    EXPECT_EQ(bare.jobs[1].submitted, 90 * unit::s);
    EXPECT_EQ(bare.jobs[1].name, "3");  // the line
}

TEST(JobTrace, Helios) {
    const JobTrace trace = read(
        "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,"
        "queue\n"
        "11,u1,vcA,8,64,1,COMPLETED,2026-01-05 08:00:00,2026-01-05 08:00:09,2026-01-05 08:01:09,"
        "60,9\n"
        "12,u1,vcB,0,64,1,COMPLETED,2026-01-05 08:00:01,2026-01-05 08:00:09,2026-01-05 08:01:09,"
        "60,8\n"
        "13,u2,vcB,4,64,1,CANCELLED,2026-01-05 08:00:02,,,0,9\n"
        "14,u2,vcB,16,64,2,FAILED,2026-01-05 08:01:00,,,7,9\n");
    EXPECT_EQ(trace.format, "helios");
    ASSERT_EQ(trace.jobs.size(), 2U);
    EXPECT_EQ(trace.jobs[1].name, "14");
    EXPECT_EQ(trace.jobs[1].submitted, 60 * unit::s);
    EXPECT_EQ(trace.queues[trace.jobs[1].queue], "vcB");
    EXPECT_EQ(join(trace.notes, "; "),
              "1 job without chips left out; 1 job without a duration left out");
}

TEST(JobTrace, AcmeHasZonesAndItsQueuesAreUsers) {
    const std::string header =
        "job_id,user,node_num,gpu_num,cpu_num,mem_per_pod_GB,shared_mem_per_pod,type,state,"
        "submit_time,start_time,end_time,duration,queue,gpu_time\n";
    const JobTrace trace =
        read(header +
             "x,u1,8,64,960,1000,100.0,Other,FAILED,2026-05-17 11:00:58+00:00,,,18,10.0,1152.0\n"
             "y,u2,1,8,96,1000,,Other,FAILED,2026-05-17 19:01:58+08:00,,,18,10.0,144.0\n");
    EXPECT_EQ(trace.format, "acme");
    ASSERT_EQ(trace.jobs.size(), 2U);
    EXPECT_EQ(trace.jobs[0].chips, 64);
    EXPECT_EQ(trace.jobs[1].submitted, 60 * unit::s);
    EXPECT_EQ(trace.queues, (std::vector<std::string>{"u1", "u2"}));
}

TEST(JobTrace, PhillyAsATable) {
    const JobTrace trace = read(
        "user,vc,jobname,gpu_num,cpu_num,state,submit_time,start_time,end_time,duration\n"
        "u,v,application_1,2,12,Pass,2026-10-01 00:00:00,2026-10-01 00:00:00,2026-10-01 "
        "01:00:00,3600\n"
        "u,v,application_2,2,12,Killed,2026-10-01 00:00:00,,,\n");
    EXPECT_EQ(trace.format, "philly");
    ASSERT_EQ(trace.jobs.size(), 1U);
    EXPECT_EQ(trace.jobs[0].name, "application_1");
    EXPECT_EQ(trace.jobs[0].duration, 1 * unit::hour);
}

TEST(JobTrace, FaultsHaveTheirPlaces) {
    const auto expect = [](const std::string& text, std::string_view told) {
        EXPECT_TRUE(contains(said(text), told)) << told << "\n" << said(text);
    };
    expect("", "the table is empty");
    expect("submit_s,chips,duration_s,prioritty\n0,1,5,1\n", "did you mean 'priority'");
    expect("submit_s,chips\n0,1\n", "lacks column 'duration_s'");
    expect("vc,gpu_num,submit_time,duration,color\na,1,2026-01-01 00:00:00,5,1\n",
           "unknown column 'color'");
    expect(own + "a,0,-1,5,,,\n", "j.csv:2:5: error: '-1' in chips is out of range");
    expect(own + "a,0,1.5,5,,,\n", "is no whole number");
    expect(own + "a,0,1,nan,,,\n", "'nan' in duration_s is no number");
    expect(own + "a,-3,1,5,,,\n", "j.csv:2:3: error: '-3' is no time");
    expect(own + "a,soon,1,5,,,\n", "such as 2026-02-01 09:30:00");
    expect(own + "a,0,1,5,,,\nb,2026-01-01 00:00:00,1,5,,,\n", "j.csv:3:3: error:");
    expect(own + "a,0,1,5,,,maybe\n", "one_domain is one of no, yes");
    expect(own + "a,0,0,5,,,\n", "no job of the table has chips");
    // all at once
    const std::string both = said(own + "a,0,x,5,,,\nb,0,1,y,,,\n");
    EXPECT_TRUE(contains(both, ":2:5:") && contains(both, ":3:7:")) << both;
}

}  // namespace TEST_FILE
}  // namespace millwright
