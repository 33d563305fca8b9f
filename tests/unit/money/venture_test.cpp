// What is wrong with a venture, in words.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tests/unit/money/ventures.h"

namespace millwright {
namespace TEST_FILE {

bool says(const Venture& venture, const std::string& part) {
    const std::vector<std::string> faults = faults_of(venture);
    return std::any_of(faults.begin(), faults.end(), [&](const std::string& fault) {
        return fault.find(part) != std::string::npos;
    });
}

TEST(Venture, AWholeOneHasNoFaults) {
    EXPECT_EQ(faults_of(rich_venture()), std::vector<std::string>{});
    EXPECT_EQ(faults_of(Venture{}), std::vector<std::string>{});
}

TEST(Venture, PhasesAreInOrderAndSumToOne) {
    Venture v = rich_venture();
    v.phases = {{6, 0.5}, {0, 0.4}};
    EXPECT_TRUE(says(v, "a phase in month 0 stands after one in month 6"));
    EXPECT_TRUE(says(v, "shares of phases sum to 0.9, not 1"));
    v.phases = {{84, 1}};
    EXPECT_TRUE(says(v, "a phase is ordered in month 84; the horizon is 84"));
    v.phases = {{-1, 1}};
    EXPECT_TRUE(says(v, "a phase in month -1"));
    v.phases = {{0, 1.0 / 3}, {1, 1.0 / 3}, {2, 1.0 / 3}};
    EXPECT_TRUE(faults_of(v).empty());
}

TEST(Venture, TimesFitIntoTheHorizon) {
    Venture v = rich_venture();
    v.construction_months = 84;
    EXPECT_TRUE(says(v, "construction takes 84 months and the horizon is 84"));
    v = rich_venture();
    v.months = 0;
    EXPECT_TRUE(says(v, "the horizon in months is 0; it lies between 1 and 1200"));
    v = rich_venture();
    v.start_month_of_year = 13;
    EXPECT_TRUE(says(v, "the first month of the year is 13"));
    v = rich_venture();
    v.debt_months = 0;
    EXPECT_TRUE(says(v, "no months to repay it in"));
}

TEST(Venture, NumbersAreFiniteAndSharesAreShares) {
    Venture v = rich_venture();
    v.tax = std::numeric_limits<double>::quiet_NaN();
    v.pue[3] = 0.9;
    v.utilisation = 1.1;
    v.equipment = -1 * unit::USD;
    v.equipment_decline = 1;
    v.products[1].revenue_share = 2;
    v.products[0].price = Dollars::from_si(std::numeric_limits<double>::infinity());
    EXPECT_EQ(faults_of(v).size(), 7U);
    EXPECT_TRUE(says(v, "tax is not a number"));
    EXPECT_TRUE(says(v, "PUE is 0.9; it lies between 1 and 10"));
    EXPECT_TRUE(says(v, "utilisation is 1.1"));
    EXPECT_TRUE(says(v, "the price of equipment is -1"));
    EXPECT_TRUE(says(v, "the decline of the price of equipment is 1"));
    EXPECT_TRUE(says(v, "the share of revenue owed of 'tokens' is 2"));
    EXPECT_TRUE(says(v, "the price of 'hours' is not a number"));
}

}  // namespace TEST_FILE
}  // namespace millwright
