// A table of timed passes: what is read, and what is refused where.
#include "millwright/intake/timed_steps.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

const std::string head = "replica,stage,micro_batch,pass,ms\n";

std::string told(const std::string& text) {
    const auto steps = parse_timed_steps(text, "t.csv");
    return steps ? "" : to_text(steps.error());
}

TEST(TimedSteps, RowsInAnyOrderAreSteps) {
    const auto steps = parse_timed_steps(
        "step,replica,stage,micro_batch,pass,ms\n"
        "7,0,0,0,backward,2\n7,0,0,0,forward,1\n"
        "3,0,0,0,Forward,4\n3,0,0,0,backward,5.5\n",
        "t.csv");
    ASSERT_TRUE(steps) << to_text(steps.error());
    ASSERT_EQ(steps->size(), 2);
    EXPECT_EQ(steps->at(0).step, 3);
    EXPECT_EQ(steps->at(0).passes.at(1).took, 5.5 * unit::ms);
    EXPECT_FALSE(steps->at(1).passes.at(0).backward);
    EXPECT_EQ(steps->at(1).stages, 1);
}

TEST(TimedSteps, FaultsHavePlaces) {
    struct Case {
        std::string text, told;
    };
    for (const Case& c : {
             Case{head, "t.csv:1:1: error: the table has no rows"},
             Case{"replica,stage,pass,ms\n0,0,forward,1\n", "micro_batch"},
             Case{head + "0,0,0,sideways,1\n", "t.csv:2:7: error: "},
             Case{head + "0,0,0,forward,0\n", "t.csv:2:15: error: "},
             Case{head + "0,0,-1,forward,1\n", "t.csv:2:5: error: "},
             Case{head + "0,0,0,forward,nan\n", "t.csv:2:15: error: "},
             Case{head + "0,0,0,forward,1\n0,0,0,forward,2\n", "t.csv:3:1: error: a pass of step"},
             Case{head + "0,0,0,forward,1\n", "has 1 passes, not the 2 of 1 replicas"},
             Case{head + "0,0,0,forward,1\n0,9,0,backward,2\n", "not the 20 of 1 replicas"},
             Case{"replica,stage,micro_batch,pass,ms,color\n0,0,0,forward,1,red\n", "color"},
         }) {
        EXPECT_NE(told(c.text).find(c.told), std::string::npos) << c.text << told(c.text);
    }
    EXPECT_NE(read_timed_steps("/nowhere/t.csv").error().front().message.find("the table"),
              std::string::npos);
}

}  // namespace TEST_FILE
}  // namespace millwright
