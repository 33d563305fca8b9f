// What a fit of serving engines tells, and the keys that it writes.
#include "millwright/report/serving_fit_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/report/serving_fit_json.h"

namespace millwright {
namespace TEST_FILE {

ServingCalibration made_up() {
    EngineFit engine{.errors = {6, 2, 0.2, 0.05, {}}};
    engine.engine.id = "e-1";
    engine.engine.name = "E 1";
    engine.figures = {{"step", "s", true, 1e-3, 1.5e-3, 1.4e-3, 1.6e-3, 0.5},
                      {"experts", "", false, 1, 1, 1, 1, 0}};
    engine.kinds = {{"rate", {2, 2, 0.1, 0.02, {}}, {}}};
    ServingCalibration fit{.engines = {engine}, .errors = engine.errors};
    fit.rows = {{"a", "ttft_ms", MetricForm::ttft, "e-1", 0, 10, 11, 10.5, {}, true},
                {"b", "tpot_ms", MetricForm::tpot, "e-1", 1, 10, 40, 30, {}, false}};
    fit.skipped = 1;
    fit.reasons = {{"no load is stated", 1}};
    return fit;
}

TEST(ServingFitText, SaysTheErrorsFirstThenEachFigure) {
    EXPECT_EQ(
        serving_fit_text(made_up()),
        "The median error of 6 figures from 2 runs goes from 20.0 % to 5.0 %; runs are too few to "
        "leave any\nout, so that is the fit's own error.\n\n"
        "e-1       before  after  moved %  low  high  told %\n"
        "--------  ------  -----  -------  ---  ----  ------  ---------------\n"
        "step, us    1000   1500    +50.0    -     -      50\n"
        "experts        1      -        -    -     -       -  no run shows it\n\n"
        "errors of  figures  before %  after %  left out %  band from  to\n"
        "---------  -------  --------  -------  ----------  ---------  --\n"
        "rate             2      10.0      2.0           -          -   -\n\n"
        "Low, high: of the fit and of those without one run each. Told: how much of a figure the "
        "runs tell;\n"
        "the rest is the catalog's. Errors: medians. Band: measured over predicted of eight in "
        "ten, wider as\nruns are few.\n"
        "Too far off to move the fit: b tpot_ms (10, predicted 30).\n"
        "  skipped 1: no load is stated\n");
}

TEST(ServingFitText, EndsOfFiguresAndErrorsLeftOutAreShownWhereThereAreSuch) {
    ServingCalibration fit = made_up();
    fit.errors.left_out = fit.engines[0].errors.left_out = 0.07;
    fit.engines[0].kinds[0].errors.left_out = 0.03;
    fit.engines[0].kinds[0].band = Band{.id = "serving-rate-e-1"};
    fit.engines[0].kinds[0].band->low.value = 0.9;
    fit.engines[0].kinds[0].band->high.value = 1.2;
    const std::string text = serving_fit_text(fit);
    EXPECT_TRUE(contains(text, "each run predicted by a fit to\nthe others: 7.0 %.")) << text;
    EXPECT_TRUE(contains(text, "1000   1500    +50.0  1400  1600")) << text;
    EXPECT_TRUE(contains(text, "2.0         3.0      0.900  1.200")) << text;
    // several releases are told each by itself
    fit.engines.push_back(fit.engines[0]);
    EXPECT_TRUE(contains(serving_fit_text(fit), "E 1: The median error of 6 figures"));
}

TEST(ServingFitText, OfManyRowsThatDoNotFitTheFirstAreNamed) {
    ServingCalibration fit = made_up();
    fit.rows.assign(11, fit.rows[1]);
    EXPECT_TRUE(contains(serving_fit_text(fit), "and 3 more.\n"));
    fit.rows.clear();
    EXPECT_FALSE(contains(serving_fit_text(fit), "Too far off"));
}

TEST(ServingFitJson, HasNullWhereThereIsNothing) {
    const auto json = serving_fit_json(made_up());
    EXPECT_TRUE(json["errors"]["median_abs_error_left_out"].is_null());
    EXPECT_EQ(json["errors"]["median_abs_error_after"], 0.05);
    const auto& engine = json["engines"][0];
    EXPECT_EQ(engine["figures"][0]["unit"], "s");
    EXPECT_TRUE(engine["figures"][1]["unit"].is_null());
    EXPECT_EQ(engine["figures"][1]["identified"], false);
    EXPECT_TRUE(engine["kinds"][0]["band"].is_null());
    EXPECT_EQ(json["rows"][1]["counts"], false);
    EXPECT_TRUE(json["rows"][1]["left_out"].is_null());
    EXPECT_EQ(json["skipped_reasons"]["no load is stated"], 1);
}

TEST(ServingFitJson, DescribesEveryKeyThatItWrites) {
    const auto objects = serving_fit_objects();
    EXPECT_EQ(objects.size(), 7U);
    EXPECT_EQ(objects.front().keys.size(), serving_fit_json(made_up()).size());
}

}  // namespace TEST_FILE
}  // namespace millwright
