// Published measurements: every row is predicted, and the errors are what README.md says.
#include <gtest/gtest.h>

#include <cmath>

#include "millwright/base/text.h"
#include "millwright/evidence/rules.h"
#include "millwright/evidence/validation.h"
#include "tests/root.h"

namespace millwright {
namespace TEST_FILE {

struct Expected {
    TableKind kind;
    std::size_t rows;    // predicted at least
    double median, p90;  // of absolute errors, at most
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << name_of(expected.kind); }

class Published : public ::testing::TestWithParam<Expected> {};

Validation published(TableKind kind) {
    const std::string path =
        repository_root() + "/tests/published/" + std::string(name_of(kind)) + ".csv";
    const FileText file = read_file(path, 10'000'000);
    const auto table = parse_csv(file.text, path);
    return validate(kind, *table, built_in_catalog(), {}).value();
}

/// Reasons that the tables may have; anything else is a gap of the catalog.
bool is_true_reason(const std::string& skipped) {
    for (const char* reason :
         {"no measured value", "measured value is zero", "fewer than two significant digits",
          "without dimensions", "no sequence length", "neither global batch",
          "no sequence and heads", "includes evaluation", "a pipeline without a global batch",
          "neither layout nor global batch", "billion weights", "no load is stated",
          "memory: a sequence", "that did not time out"}) {
        if (skipped.find(reason) != std::string::npos) return true;
    }
    return false;
}

TEST_P(Published, ErrorsStayWhereTheyAre) {
    const Expected expected = GetParam();
    const Validation v = published(expected.kind);
    EXPECT_GE(v.summary.count, expected.rows);
    EXPECT_LT(v.summary.median_abs_error, expected.median);
    EXPECT_LT(v.summary.p90_abs_error, expected.p90);
    // bands hold four in five: fewer and they are too narrow, many more and they say nothing
    EXPECT_GT(v.summary.coverage, 0.75);
    constexpr std::size_t few = 100;
    if (v.summary.count >= few) {
        EXPECT_LT(v.summary.coverage, 0.95);
    }
    for (const ValidatedRow& row : v.rows) {
        EXPECT_TRUE(row.skipped.empty() || is_true_reason(row.skipped)) << row.id << row.skipped;
        if (!row.skipped.empty()) continue;
        EXPECT_TRUE(std::isfinite(row.predicted)) << row.id;
        if (!row.states.empty()) continue;  // such a band holds both states, however far apart
        EXPECT_GT(row.low, 0.1 * row.predicted) << row.id;
        EXPECT_LT(row.high, 10 * row.predicted) << row.id;
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, Published,
                         ::testing::Values(Expected{TableKind::training, 1250, 0.08, 0.25},
                                           Expected{TableKind::sweep, 2470, 0.07, 0.3},
                                           Expected{TableKind::kernels, 900, 0.07, 0.25},
                                           Expected{TableKind::collectives, 140, 0.05, 0.4},
                                           Expected{TableKind::serving, 640, 0.16, 0.7},
                                           Expected{TableKind::openloop, 30, 0.05, 0.25}),
                         [](const auto& expected) {
                             return std::string(name_of(expected.param.kind));
                         });

TEST(Sweep, RanksLayoutsAsMeasured) {
    const Validation v = published(TableKind::sweep);
    ASSERT_TRUE(v.summary.rank_correlation);
    // 256 and 512 chips are a busy cluster's: jobs that stalled stand between those that did not
    EXPECT_GT(*v.summary.rank_correlation, 0.8);
    EXPECT_LT(*v.summary.regret, 0.2);
}

TEST(Training, TermsSumToTheStep) {
    for (const ValidatedRow& row : published(TableKind::training).rows) {
        if (!row.skipped.empty() || row.metric != "step_s") continue;
        double sum = 0;
        for (const auto& [name, value] : row.terms) sum += value;
        EXPECT_NEAR(sum, row.predicted, 1e-9 * sum) << row.id;
    }
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
    const Validation v = validate(TableKind::training, *table, built_in_catalog(), {}).value();
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

TEST(PublishedRules, EveryWorkedCaseIsJudgedAsItSays) {
    const std::string path = repository_root() + "/tests/published/rules.csv";
    const auto table = parse_csv(read_file(path, 1'000'000).text, path);
    const RulesValidation v = validate_rules(*table, built_in_catalog()).value();
    EXPECT_EQ(v.summary.count, 73U);
    for (const JudgedRow& row : v.rows) {
        EXPECT_EQ(row.predicted, row.measured) << row.id << " " << row.reason;
        const bool early = row.predicted == "none/NLR";
        EXPECT_EQ(row.rule.empty(), early) << row.id;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright
