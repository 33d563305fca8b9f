#include "millwright/evidence/sayings.h"

#include <gtest/gtest.h>

namespace millwright {
namespace TEST_FILE {

struct Said {
    double size = 0;
    int times = 0;
};

const Sayings<Said>& table() {
    static const Sayings<Said> sayings{
        {"big", R"(\bbig (\d+))",
         [](Said& said, const Heard& heard) { said.size = heard.number(1), ++said.times; }},
        {"", R"((\d+)( small)?)",
         [](Said& said, const Heard& heard) {
             ++said.times;
             if (heard.text(2).empty()) said.size = -heard.number(1) - heard.number(2);
         }},
    };
    return sayings;
}

TEST(Sayings, TheFirstOfTheTableOrAllOfThem) {
    Said said;
    EXPECT_TRUE(table().first("7 and big 9", said));
    EXPECT_EQ(said.size, 9);
    EXPECT_EQ(said.times, 1);
    EXPECT_EQ(table().all("7 and big 9", said), 2U);
    EXPECT_EQ(said.size, -7);
    EXPECT_EQ(said.times, 3);
    EXPECT_FALSE(table().first("nothing", said));
    EXPECT_EQ(table().all("", said), 0U);
}

}  // namespace TEST_FILE
}  // namespace millwright
