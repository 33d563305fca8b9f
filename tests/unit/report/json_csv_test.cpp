// A list of objects as CSV: columns by hand, and every number back to its bits.
#include "millwright/report/json_csv.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "millwright/base/csv.h"
#include "millwright/report/json.h"
#include "tests/unit/report/made.h"

namespace millwright {
namespace TEST_FILE {

using Json = nlohmann::ordered_json;

TEST(JsonCsv, ByHand) {
    const Json list = Json::parse(R"([
        {"name": "a, b", "plan": {"tensor": 8}, "parts": [{"x": 1}], "fits": true},
        {"name": "say \"c\"", "days": 1.5, "plan": {"tensor": null}, "warnings": ["u", "v"]}])");
    EXPECT_EQ(json_csv(list),
              "name,plan.tensor,fits,days\n"
              "\"a, b\",8,true,\n"
              "\"say \"\"c\"\"\",,,1.5\n");
    EXPECT_EQ(json_csv(Json::array()), "");
    EXPECT_EQ(json_csv(Json::parse(R"([{"list": [1, 2]}])")), "");
}

RC_GTEST_PROP(JsonCsvLaws, NumbersReadBackToTheirBits, (const std::vector<double>& numbers)) {
    Json list = Json::array();
    for (const double number : numbers) list.push_back({{"x", number}});
    const auto table = parse_csv(json_csv(list).empty() ? "x\n" : json_csv(list), "t.csv");
    RC_ASSERT(table);
    RC_ASSERT(table->rows.size() == numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        RC_ASSERT(std::strtod(std::string(cell(*table, i, "x")).c_str(), nullptr) == numbers[i]);
    }
}

TEST(StudyCsv, HasARowForEachFactoryAndJobBestFirst) {
    const auto table = parse_csv(study_csv(made_study()), "t.csv");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 4U);
    EXPECT_EQ(cell(*table, 0, "rank"), "1");
    EXPECT_EQ(cell(*table, 0, "name"), "free");
    EXPECT_EQ(cell(*table, 1, "job"), "serve");
    EXPECT_EQ(cell(*table, 2, "name"), "denied");
    EXPECT_EQ(cell(*table, 2, "verdict.class"), cell(*table, 0, "verdict.class"));
    for (const std::string& column : table->columns) {
        EXPECT_EQ(column.find("_ledger"), std::string::npos) << column;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
