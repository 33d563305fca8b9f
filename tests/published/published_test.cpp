// Published measurements: every row is predicted, and the errors are what README.md says.
#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "validate/validation.h"

namespace millwright {
namespace {

Validation published() {
    const std::string path = std::string(MILLWRIGHT_ROOT) + "/tests/published/training.csv";
    const FileText file = read_file(path, 1'000'000);
    const auto table = parse_csv(file.text, path);
    return validate(TableKind::training, *table, built_in_catalog(), {.group_by = {"source"}, .family = ""}).value();
}

TEST(Published, TwentyRowsOrMoreArePredicted) {
    const Validation v = published();
    EXPECT_GE(v.summary.count, 20U);
    EXPECT_EQ(v.summary.skipped, 0U);
    for (const ValidatedRow& row : v.rows) {
        EXPECT_TRUE(std::isfinite(row.predicted)) << row.id;
        EXPECT_GT(row.predicted, 0) << row.id;
        // worse than a factor of two is a mistake in the plumbing, not in a coefficient
        EXPECT_LT(std::abs(std::log2(row.predicted / row.measured)), 1) << row.id;
    }
}

TEST(Published, ErrorsStayWhereTheyAre) {
    const Validation v = published();
    EXPECT_LT(v.summary.median_abs_error, 0.25);
    EXPECT_LT(v.summary.mean_abs_error, 0.30);
}

TEST(Validate, SaysWhyARowIsSkipped) {
    const char* text =
        "id,source,system,chips,model,layers,hidden,ffn,heads,vocab,seq,micro_batch,global_batch,"
        "metric,value\n"
        "good,s,H100-80GB SXM,8,llama3-8b,,,,,,8192,1,64,step_s,5.5\n"
        "eval,s,H100-80GB SXM,8,llama3-8b,,,,,,8192,1,64,minutes_to_train,5.5\n"
        "coarse,s,H100-80GB SXM,8,llama3-8b,,,,,,8192,1,64,step_s,5\n"
        "model,s,H100-80GB SXM,8,mystery,,,,,,8192,1,64,step_s,5.5\n"
        "chip,s,Abacus,8,llama3-8b,,,,,,8192,1,64,step_s,5.5\n"
        "batch,s,H100-80GB SXM,8,llama3-8b,,,,,,8192,,,step_s,5.5\n"
        "empty,s,H100-80GB SXM,8,llama3-8b,,,,,,8192,1,64,step_s,\n";
    const auto table = parse_csv(text, "t.csv");
    const Validation v = validate(TableKind::training, *table, built_in_catalog(), {.group_by = {"chip"}, .family = ""}).value();
    EXPECT_EQ(v.summary.count, 1U);
    const char* reasons[] = {"",        "evaluation", "significant",      "without dimensions",
                             "unknown", "batch",      "no measured value"};
    for (std::size_t i = 0; i < v.rows.size(); ++i) {
        EXPECT_NE(v.rows[i].skipped.find(reasons[i]), std::string::npos) << v.rows[i].skipped;
    }
}

TEST(Validate, RefusesATableWithoutItsColumns) {
    const auto table = parse_csv("id,value\n1,2\n", "t.csv");
    const auto v = validate(TableKind::training, *table, built_in_catalog(), {});
    ASSERT_FALSE(v);
    EXPECT_EQ(v.error().size(), 5U);
}

TEST(Figures, AreOrderStatistics) {
    std::vector<ValidatedRow> rows(4);
    const double errors[] = {0.1, -0.2, 0.3, -0.4};
    std::vector<const ValidatedRow*> all;
    for (std::size_t i = 0; i < 4; ++i) {
        rows[i].error = errors[i];
        all.push_back(&rows[i]);
    }
    const ErrorFigures f = error_figures(all);
    EXPECT_NEAR(f.median_abs_error, 0.25, 1e-12);
    EXPECT_NEAR(f.mean_abs_error, 0.25, 1e-12);
    EXPECT_NEAR(f.p90_abs_error, 0.37, 1e-12);
    EXPECT_NEAR(f.bias, -0.05, 1e-12);
}

}  // namespace
}  // namespace millwright
