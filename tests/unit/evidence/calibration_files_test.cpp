// What a calibration writes: the band that predictions read, figures that predict again what was
// measured, each clock by itself; and what is refused before anything is fitted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/evidence/calibrate.h"
#include "millwright/evidence/columns.h"
#include "millwright/evidence/fit_search.h"
#include "millwright/evidence/training_row.h"

namespace millwright {
namespace TEST_FILE {

const Catalog& catalog() { return built_in_catalog(); }

CsvTable table_of(const std::string& text) { return parse_csv(text, "t.csv").value(); }

const std::string run_head =
    "id,source,system,chips,model,seq,tp,pp,ep,micro_batch,global_batch,metric,value\n";

/// Steps as the catalog predicts them, times `factor`.
std::string runs(const std::string& model, int chips, const std::string& metric, double factor) {
    std::string text;
    for (const int batch : {64, 128, 256}) {
        const std::string row = fmt::format("{}-{}-{},own,H100-80GB SXM,{},{},4096,1,1,1,1,{},{},",
                                            model, metric, batch, chips, model, batch, metric);
        const TrainingRow read =
            resolve_training_row(table_of(run_head + row + "12.5\n"), 0, catalog(), "nemo");
        EXPECT_EQ(read.skipped, "");
        text += row +
                fmt::format("{:.6g}\n", factor * predict(read, evaluate(read.context, read.plan)));
    }
    return text;
}

std::vector<std::string> paths(const Calibration& c) {
    std::vector<std::string> names;
    for (const CalibratedFile& file : c.files) names.push_back(file.path);
    return names;
}

/// The catalog with the files of a calibration in place of its own.
Catalog with(const Calibration& c) {
    Catalog mine = catalog();
    for (const CalibratedFile& file : c.files) {
        const std::size_t slash = file.path.find('/');
        const std::string id = file.path.substr(slash + 1, file.path.size() - slash - 6);
        EXPECT_EQ(to_text(add_part(mine, file.path.substr(0, slash), id, file.text, file.path)),
                  "");
    }
    return mine;
}

/// Runs of a model with experts make the band that predictions of such models read.
TEST(CalibrationFiles, HaveTheBandThatPredictionsRead) {
    const std::string dense = runs("llama-2-7b", 8, "step_s", 1.2);
    const std::string experts = runs("qwen3-30b-a3b", 16, "step_s", 1.2);
    const auto files = [](const std::string& rows) {
        const auto c = calibrate(table_of(run_head + rows), catalog(), {.framework = "nemo"});
        EXPECT_TRUE(c) << (c ? "" : to_text(c.error()));
        return c ? paths(*c) : std::vector<std::string>{};
    };
    EXPECT_EQ(files(dense),
              (std::vector<std::string>{"frameworks/nemo.toml", "bands/time-nemo.toml"}));
    EXPECT_EQ(files(experts),
              (std::vector<std::string>{"frameworks/nemo.toml", "bands/time-nemo-experts.toml"}));
    const auto both = calibrate(table_of(run_head + dense + experts), catalog(),
                                {.framework = "nemo", .title = "mine"});
    ASSERT_TRUE(both);
    const Catalog mine = with(*both);
    for (const auto& [rows, band] :
         {std::pair(dense, "time-nemo"), std::pair(experts, "time-nemo-experts")}) {
        EXPECT_EQ(part_named(mine.bands, band).rows.value, 3) << band;
        const auto v =
            validate(TableKind::training, table_of(run_head + rows), mine, {.framework = "nemo"});
        for (const ValidatedRow& row : v->rows) EXPECT_EQ(row.band, band) << row.skipped;
        // what was measured lies within, as each row tells the same
        EXPECT_EQ(v->summary.coverage, 1) << band;
    }
}

TEST(CalibrationFiles, CiteOneMeasuredSource) {
    const auto c = calibrate(table_of(run_head + runs("llama-2-7b", 8, "step_s", 1.2)), catalog(),
                             {.framework = "nemo", .title = "rack 7", .dated = "2026-02"});
    ASSERT_TRUE(c);
    const Catalog mine = with(*c);
    const Band& band = part_named(mine.bands, "time-nemo");
    const Source& source = mine.sources.at(band.low.source.index());
    EXPECT_EQ(source.title, "rack 7");
    EXPECT_EQ(source.dated, "2026-02");
    EXPECT_EQ(source.grade, Grade::measured);
    EXPECT_EQ(band.high.source, band.low.source);
}

TEST(BandKeys, TellExpertsApartInTimesAlone) {
    Model dense, experts;
    experts.experts.value = 8;
    EXPECT_EQ(band_key("f", "step_s", dense), (BandKey{"time", "f"}));
    EXPECT_EQ(band_key("f", "mfu", experts), (BandKey{"time", "f-experts"}));
    EXPECT_EQ(band_key("f", "memory_gb", dense), (BandKey{"memory", "f"}));
    EXPECT_EQ(band_key("f", "memory_gb", experts), (BandKey{"memory", "f"}));
}

/// Fits leave out each run in turn: of runs that agree no factor hangs on one of them.
TEST(CalibrationOfRuns, FactorsOfRunsThatAgreeHangOnNone) {
    const RunCalibration c = calibrate_runs(
        table_of(run_head + runs("llama-2-7b", 8, "step_s", 1.3)), catalog(), "nemo", SourceId(0));
    EXPECT_EQ(c.runs, 3U);
    for (const RunFactor& factor : c.factors) {
        EXPECT_LE(factor.low, factor.value) << factor.figure;
        EXPECT_GE(factor.high, factor.value) << factor.figure;
        EXPECT_LT(factor.high / factor.low, 1.1) << factor.figure;
        if (factor.identified) continue;
        EXPECT_EQ(factor.low, factor.high) << factor.figure;
    }
    EXPECT_EQ(c.time_experts.rows.value, 0);
    EXPECT_EQ(c.memory.rows.value, 0);
}

TEST(CalibrationOfRuns, OneRunIsAFitWithoutASpread) {
    const std::string all = runs("llama-2-7b", 8, "step_s", 1.3);
    const RunCalibration c = calibrate_runs(table_of(run_head + all.substr(0, all.find('\n') + 1)),
                                            catalog(), "nemo", SourceId(0));
    EXPECT_EQ(c.runs, 1U);
    for (const RunFactor& factor : c.factors) {
        EXPECT_EQ(factor.low, factor.value) << factor.figure;
        EXPECT_EQ(factor.high, factor.value) << factor.figure;
    }
    EXPECT_GT(c.framework.factors.compute.value, 1);
}

/// Rows that ran for long are slower by their clock, which is no fault of the kernels: a table that
/// the catalog's own figures made, of both clocks, leaves them as they are.
TEST(CalibrationOfKernels, ClocksUnderLoadAreNotTakenForSlowKernels) {
    const std::string head = "id,source,chip,kernel,dtype,shape,time_us\n";
    for (const char* source : {"own bench", "SimuMax"}) {
        std::string text = head;
        for (const int m : {512, 1024, 2048, 4096, 8192}) {
            for (const int n : {2048, 4096, 8192}) {
                const std::string row =
                    fmt::format("g,{},h100-sxm,gemm,bf16,\"m={},n={},k=8192\",", source, m, n);
                const KernelRow read =
                    resolve_kernel_row(table_of(head + row + "12.5\n"), 0, catalog());
                text += row + fmt::format("{:.6g}\n", predict(read));
            }
        }
        const KernelCalibration c = calibrate_kernels(table_of(text), catalog(), SourceId(0));
        ASSERT_EQ(c.families.size(), 1U) << source;
        const KernelFamily& before = part_named(catalog().kernels, "hopper");
        EXPECT_NEAR(c.families[0].bf16.peak_share.value / before.bf16.peak_share.value, 1, 0.01)
            << source;
        EXPECT_LT(c.fits.at(0).p90_abs_error, 0.01) << source;
        EXPECT_EQ(c.families[0].sustained.value, before.sustained.value);
    }
}

TEST(CalibrationFaults, AreToldBeforeAnythingIsFitted) {
    const auto told = [](const std::string& text, const CalibrationOptions& options) {
        const auto c = calibrate(text, "t.csv", catalog(), options);
        return c ? "" : to_text(c.error());
    };
    const std::string row = run_head + "r,own,H100-80GB SXM,8,llama-2-7b,4096,1,1,1,1,64,step_s,";
    EXPECT_TRUE(contains(told(row + "9.5\n", {.framework = "nemoo"}), "no framework 'nemoo'"));
    EXPECT_TRUE(contains(told(row + "9.5\n", {.title = "a\x1B"}), "--title: error: a control"));
    EXPECT_TRUE(contains(told(row + "9.5\n", {.publisher = "\xFF"}), "--publisher: error: "));
    EXPECT_TRUE(contains(told(row + "9.5\n", {.dated = "May"}), "'May' is no date"));
    EXPECT_TRUE(contains(told(row + "fast\n", {}), "t.csv:2:"));
    // one digit says too little; a row that says too little is no fault, a table of such rows is
    EXPECT_TRUE(contains(told(row + "9\n", {}),
                         "no row of the table can be predicted: fewer than "
                         "two significant digits"));
    EXPECT_TRUE(contains(told("id,chip,kernel,dtype,shape\nk,h100-sxm,gemm,bf16,m=1.5\n", {}),
                         "in shape is no size"));
    EXPECT_TRUE(contains(told("id,chip,kernel,dtype,shape\nk,h100-sxm,gemm,bf16,m=1\n", {}),
                         "no chip in the table has rows enough to fit"));
}

/// The least of (x - 2)^2 + (y - 5)^2 with y at most 3 is at (2, 3).
TEST(Searches, EndWhereTheLossIsLeastWithinBounds) {
    double x = 0, y = 0;
    const std::vector<Knob> knobs{
        {.start = 0, .low = -10, .high = 10, .try_out = [&](double v) { x = v; }},
        {.start = 99, .low = 0, .high = 3, .try_out = [&](double v) { y = v; }}};
    const auto loss = [&] { return std::pow(x - 2, 2) + std::pow(y - 5, 2); };
    const std::vector<double> best = least(knobs, loss, 4000);
    EXPECT_NEAR(best.at(0), 2, 1e-2);
    EXPECT_NEAR(best.at(1), 3, 1e-6);
    EXPECT_EQ(x, best[0]);  // the last call is with what is returned
    EXPECT_EQ(y, best[1]);
    EXPECT_EQ(least(knobs, loss, 4000), best);
}

TEST(Tables, HaveColumnsOfUnlikeNamesAndTheKeysOfGroups) {
    for (std::size_t i = 0; i < EnumNames<TableKind>::names.size(); ++i) {
        std::vector<std::string_view> names;
        for (const Column& column : columns_of(static_cast<TableKind>(i))) {
            names.push_back(column.name);
        }
        std::ranges::sort(names);
        EXPECT_EQ(std::ranges::adjacent_find(names), names.end()) << i;
        EXPECT_FALSE(names.empty());
    }
    const std::string row = "r,own page,H100-80GB SXM,8,llama-2-7b,4096,1,1,1,1,64,step_s,9.5\n";
    const auto v = validate(TableKind::training, table_of(run_head + row), catalog(),
                            {.group_by = group_keys(), .framework = "nemo"});
    ASSERT_TRUE(v);
    ASSERT_EQ(v->groups.size(), 1U);
    EXPECT_EQ(v->groups[0].values,
              (std::vector<std::string>{"own", "h100-sxm", "bf16", "1-8", "llama-2-7b", "",
                                        "llama-2-7b, 8 chips, h100-sxm", "nemo", "dense", "",
                                        "measured"}));
    EXPECT_FALSE(
        validate(TableKind::training, table_of(run_head + row), catalog(), {.framework = "none"}));
    EXPECT_FALSE(validate(TableKind::kernels, table_of(run_head + row), catalog(), {}));
}

}  // namespace TEST_FILE
}  // namespace millwright
