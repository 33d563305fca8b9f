// Outcomes of fleets, from what their documents say.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/base/text.h"
#include "millwright/evidence/validation.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

constexpr const char* header =
    "id,source,document,system,accelerator,scale_accelerators,period,metric,value,unit,lo,hi,kind,"
    "tier,use,evidence,note\n";

Validation validated(const std::string& rows) {
    return validate(TableKind::reliability, header + rows, "t.csv", built_in_catalog(), {}).value();
}

const ValidatedRow& row(const Validation& v, const char* id) {
    const auto found = std::ranges::find(v.rows, id, &ValidatedRow::id);
    if (found == v.rows.end()) throw std::logic_error(id);
    return *found;
}

TEST(FleetRows, AGapFollowsFromTheRateOfNodes) {
    const Validation v = validated(
        "R,s,d,A,x,8000,,rate_node_failures,10,1/(1000 node-d),10,10,,,,,\n"
        "M,s,d,A,x,16000,,mttf_job,1.2,h,1.2,1.2,,,,,\n"
        "N,s,d,A,x,8000,30 d,interruptions_unexpected,300,count,300,300,,,,,\n"
        "G,s,d,A,x,8000,,mean_gpu_days_per_unexpected_interruption,800,GPU-d,800,800,,,,,\n");
    EXPECT_NEAR(row(v, "M").error, 0, 1e-12);
    EXPECT_NEAR(row(v, "N").error, 0, 1e-12);
    EXPECT_NEAR(row(v, "G").error, 0, 1e-12);
    EXPECT_LT(row(v, "N").low, 300);
    EXPECT_FALSE(row(v, "R").skipped.empty());
    EXPECT_EQ(row(v, "R").measured, 10);  // what is printed is told, predicted or not
}

TEST(FleetRows, AShareFollowsFromGapAndStall) {
    const std::string gap = "I,s,d,A,x,1000,,interval_between_failures,18,min,18,18,,,,,\n";
    const Validation v =
        validated(gap +
                  "T,s,d,A,x,1000,,stall_per_failure,3,min,3,3,,,,,\n"
                  "C,s,d,A,x,1000,,checkpoint_cost,10,s,10,10,,,,,\n"
                  "E,s,d,A,x,1000,,effective_training_time,73.7,percent,73.7,73.7,,,,,\n"
                  "D,s,d,A,x,1000,,ettr,0.85,fraction,0.85,0.85,,,,,replica drop\n");
    EXPECT_NEAR(row(v, "E").error, 0, 0.01);
    EXPECT_NEAR(row(v, "D").predicted, std::exp(-3.0 / 18), 0.002);
    EXPECT_EQ(row(v, "I").skipped, "no rate of failures of this system is known");
}

TEST(FleetRows, TheNearestSystemSpeaksAndTwoThatDifferDoNot) {
    const Validation v = validated(
        "R1,s,d,RSC-1,x,16000,,rate_a,6.5,1/(1000 node-d),6.5,6.5,,,,,\n"
        "R2,s,d,RSC-2,x,8000,,rate_a,2.34,1/(1000 node-d),2.34,2.34,,,,,\n"
        "P,s,d,RSC-1 projection,x,16384,,mttf_job,1.8,h,1.8,1.8,,,,,\n"
        "Q,s,d,another,x,16384,,mttf_job,1.8,h,1.8,1.8,,,,,\n");
    EXPECT_NEAR(row(v, "P").error, 0, 0.01);
    EXPECT_FALSE(row(v, "Q").skipped.empty());
}

TEST(FleetRows, WhatCannotBePredictedSaysWhy) {
    const Validation v = validated(
        "A,s,d,A,x,8000,,mttf_job,1,h,1,1,,,,,\n"
        "B,s,e,B,x,n x 8960,,goodput,93,percent,93,93,,,,,\n"
        "C,s,f,C,x,8,,colour,1,count,1,1,,,,,\n"
        "Z,s,g,C,x,8,,rate_a,0,1/(1000 node-d),0,0,,,,,\n"
        "Y,s,g,C,x,8,,mttf_job,1,h,1,1,,,,,\n");
    for (const ValidatedRow& each : v.rows) EXPECT_FALSE(each.skipped.empty()) << each.id;
    EXPECT_EQ(v.summary.count, 0U);
}

TEST(FleetRows, PublishedOutcomesAreWhereTheyAre) {
    const std::string path = repository_root() + "/tests/published/reliability.csv";
    const FileText file = read_file(path, 10'000'000);
    const Validation v =
        validate(TableKind::reliability, file.text, path, built_in_catalog(), {}).value();
    EXPECT_GE(v.summary.count, 6U);
    EXPECT_LT(v.summary.median_abs_error, 0.02);
}

}  // namespace TEST_FILE
}  // namespace millwright
