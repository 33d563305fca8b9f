// Runs that were made with other figures of an engine: what was put in must be found, figures that
// no run shows must stay, and what is written must predict the same.
#include "millwright/evidence/fit_serving.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/evidence/calibrate.h"
#include "millwright/evidence/engine_figures.h"
#include "tests/unit/evidence/serving_fixtures.h"

namespace millwright {
namespace TEST_FILE {

using serving_tests::Cell;

const Catalog& catalog() { return built_in_catalog(); }

constexpr const char* release = "vllm-0.11";

/// The catalog with this engine's figures times some factors.
Catalog with_factors(const std::vector<std::pair<std::string, double>>& factors) {
    Catalog other = catalog();
    for (Engine& engine : other.engines) {
        if (engine.id != release) continue;
        for (const auto& [key, factor] : factors) {
            for (const EngineFigure& figure : engine_figures()) {
                if (figure.key == key) figure.set(engine, factor * figure.of(engine));
            }
        }
    }
    return other;
}

/// A sweep of one system: its cells but for metric and value.
std::vector<Cell> sweep(const std::vector<int>& loads, const std::string& prompt = "512",
                        const std::string& answer = "64") {
    std::vector<Cell> rows;
    for (const int at : loads) {
        for (const char* metric : {"ttft_ms", "tpot_ms", "output_tokens_per_s"}) {
            rows.push_back(serving_tests::row_with(
                {{"id", fmt::format("c{}", at)},
                 {"engine", "vLLM 0.11.0"},
                 {"isl", prompt},
                 {"osl", answer},
                 {"load", fmt::format("closed loop, concurrency={}, 4{} requests", at, at)},
                 {"metric", metric}}));
        }
    }
    return rows;
}

CsvTable table_of(const std::vector<Cell>& rows) {
    std::string text;
    for (const Cell& row : rows) {
        std::vector<std::string> names, cells;
        for (const auto& [name, cell] : row) {
            names.push_back(name);
            cells.push_back(cell);
        }
        if (text.empty()) text = csv_line(names);
        text += csv_line(cells);
    }
    return read_table(text, "served.csv", columns_of(TableKind::serving)).value();
}

/// The rows as this catalog predicts them, rows of `bad` three times as large.
std::vector<Cell> measured_by(const Catalog& other, std::vector<Cell> rows, int bad = -1) {
    const Validation v = validate(TableKind::serving, table_of(rows), other, {}).value();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(v.rows[i].skipped, "");
        const double factor = static_cast<int>(i) == bad ? 3 : 1;
        rows[i]["value"] = fmt::format("{:.6g}", factor * v.rows[i].predicted);
    }
    return rows;
}

ServingCalibration fit_of(const std::vector<Cell>& rows, int threads = 1) {
    const CsvTable table = table_of(rows);
    return calibrate_serving(runs_of_table(table, catalog()), SourceId(0), {.threads = threads});
}

const EngineFigureFit& figure_of(const ServingCalibration& fit, std::string_view key) {
    for (const EngineFigureFit& figure : fit.engines.at(0).figures) {
        if (figure.figure == key) return figure;
    }
    throw std::logic_error("no such figure");
}

double factor_of(const ServingCalibration& fit, std::string_view key) {
    return figure_of(fit, key).after / figure_of(fit, key).before;
}

/// What a request takes before and behind its steps, the former times `factor`.
double both(const ServingCalibration& fit, double EngineFigureFit::*of, double factor) {
    return factor * (figure_of(fit, "request").*of) + figure_of(fit, "reply").*of;
}

const std::vector<int> loads{1, 4, 16, 48};

/// Short prompts whose steps the memory bounds, and long ones that products do.
std::vector<Cell> two_shapes() {
    std::vector<Cell> rows = sweep(loads);
    const std::vector<Cell> more = sweep(loads, "4096", "16");
    rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

TEST(EngineFigures, AreAllThatAnEngineHasAndSetWhatTheyRead) {
    std::size_t fields = 0;
    for_each_field<EngineFigures<Cited>>([&](const auto& field) {
        if (std::string_view(field.key) == "early") return;    // one chip's runs show it as `gap`
        if (std::string_view(field.key) == "grammar") return;  // no run is held to one
        ++fields;
        EXPECT_EQ(
            std::ranges::count(engine_figures(), std::string_view(field.key), &EngineFigure::key),
            1)
            << field.key;
    });
    EXPECT_EQ(fields, engine_figures().size());
    for (const EngineFigure& figure : engine_figures()) {
        Engine engine;
        figure.set(engine, figure.high);
        figure.cite(engine, SourceId(7));
        EXPECT_EQ(figure.of(engine), figure.high);
        EXPECT_LT(figure.low, figure.high);
        EXPECT_EQ(figure.unit(), figure.time != nullptr ? "s" : "");
    }
}

TEST(CalibrateServing, FindsTheFiguresThatMadeTheRuns) {
    const Catalog other = with_factors({{"request", 3}, {"products", 1.1}});
    const ServingCalibration fit = fit_of(measured_by(other, two_shapes()));
    ASSERT_EQ(fit.engines.size(), 1U);
    EXPECT_EQ(fit.engines[0].engine.id, release);
    EXPECT_EQ(fit.errors.rows, 24U);
    EXPECT_EQ(fit.errors.runs, 8U);
    EXPECT_GT(fit.errors.before, 0.08);
    EXPECT_LT(fit.errors.after, 0.01);
    EXPECT_LT(fit.errors.left_out.value(), 0.03);
    // a first token waits for both: what they take together is found
    const double planted = both(fit, &EngineFigureFit::before, 3);
    EXPECT_NEAR(both(fit, &EngineFigureFit::after, 1) / planted, 1, 0.05);
    EXPECT_NEAR(factor_of(fit, "products"), 1.1, 0.03);
    for (const char* key : {"sequence", "decode_attention", "prefill_attention"}) {
        EXPECT_NEAR(factor_of(fit, key), 1, 0.08) << key;
    }
    // what no run of one chip in BF16 shows stays, and keeps its source
    for (const char* key : {"experts", "communication", "casts"}) {
        EXPECT_FALSE(figure_of(fit, key).seen) << key;
        EXPECT_EQ(figure_of(fit, key).told, 0) << key;
        EXPECT_EQ(factor_of(fit, key), 1) << key;
    }
    const Engine& before = part_named(catalog().engines, release);
    const EngineFigures<Cited>& after = fit.engines[0].engine.figures;
    EXPECT_EQ(after.experts.source, before.figures.experts.source);
    EXPECT_EQ(after.request.source, SourceId(0));
    EXPECT_GT(figure_of(fit, "request").told, 0.8);
}

/// `step` and `hidden` do the same to most runs: what they leave to see is found.
TEST(CalibrateServing, FindsTheHostTimeThatIsSeen) {
    const ServingCalibration fit = fit_of(measured_by(with_factors({{"step", 1.5}}), sweep(loads)));
    const auto seen = [&](double EngineFigureFit::*of) {
        return figure_of(fit, "step").*of * (1 - figure_of(fit, "hidden").*of);
    };
    const double factor = seen(&EngineFigureFit::after) / seen(&EngineFigureFit::before);
    EXPECT_NEAR(factor, 1.5, 0.1);
    EXPECT_NEAR(factor_of(fit, "products"), 1, 0.02);
    EXPECT_NEAR(factor_of(fit, "request"), 1, 0.05);
}

TEST(CalibrateServing, RunsAsTheCatalogHasThemLeaveItAsItIs) {
    const ServingCalibration fit = fit_of(measured_by(catalog(), sweep(loads)));
    for (const EngineFigureFit& figure : fit.engines.at(0).figures) {
        EXPECT_NEAR(figure.after / figure.before, 1, 0.01) << figure.figure;
        EXPECT_LE(figure.low, figure.after);
        EXPECT_GE(figure.high, figure.after);
    }
    EXPECT_LT(fit.errors.after, 1e-3);
}

TEST(CalibrateServing, OneBadRowMovesNothing) {
    const Catalog other = with_factors({{"request", 2}, {"products", 1.1}});
    const ServingCalibration good = fit_of(measured_by(other, two_shapes()));
    for (const int bad : {0, 4, 8}) {
        const ServingCalibration fit = fit_of(measured_by(other, two_shapes(), bad));
        EXPECT_FALSE(fit.rows.at(static_cast<std::size_t>(bad)).counts);
        EXPECT_EQ(std::ranges::count(fit.rows, false, &FittedRow::counts), 1);
        EXPECT_NEAR(factor_of(fit, "products") / factor_of(good, "products"), 1, 0.05) << bad;
        // single first tokens hang on the row that tells them, the others do not
        EXPECT_LT(fit.errors.after, 0.03) << bad;
    }
}

TEST(CalibrateServing, IsTheSameForAnyNumberOfThreads) {
    const auto rows = measured_by(with_factors({{"request", 2}}), sweep({1, 8, 24}));
    const ServingCalibration one = fit_of(rows, 1), many = fit_of(rows, 3);
    for (std::size_t k = 0; k < engine_figures().size(); ++k) {
        EXPECT_EQ(one.engines[0].figures[k].after, many.engines[0].figures[k].after);
        EXPECT_EQ(one.engines[0].figures[k].low, many.engines[0].figures[k].low);
    }
    EXPECT_EQ(one.errors.left_out, many.errors.left_out);
}

TEST(CalibrateServing, TwoReleasesAreFittedEachByItself) {
    std::vector<Cell> rows = measured_by(with_factors({{"products", 1.2}}), sweep({1, 8, 24}));
    std::vector<Cell> others = sweep({2, 16});
    for (Cell& row : others) {
        row["engine"] = "vLLM 0.6.3";
        row["year"] = "2024";
    }
    others = measured_by(catalog(), others);
    rows.insert(rows.end(), others.begin(), others.end());
    const ServingCalibration fit = fit_of(rows);
    ASSERT_EQ(fit.engines.size(), 2U);
    EXPECT_EQ(fit.engines[1].engine.id, "vllm-0.6");
    EXPECT_GT(factor_of(fit, "products"), 1.04);
    EXPECT_FALSE(fit.engines[1].errors.left_out) << "two runs are too few";
    for (const EngineFigureFit& figure : fit.engines[1].figures) {
        EXPECT_NEAR(figure.after, figure.before, 0.01 * figure.before) << figure.figure;
    }
}

/// The files in place of the catalog's own.
Catalog read_back(const Calibration& c) {
    Catalog mine = catalog();
    for (const CalibratedFile& file : c.files) {
        const std::size_t slash = file.path.find('/');
        const std::string id = file.path.substr(slash + 1, file.path.size() - slash - 6);
        EXPECT_EQ(to_text(add_part(mine, file.path.substr(0, slash), id, file.text, file.path)),
                  "");
    }
    return mine;
}

TEST(CalibrateServing, WhatIsWrittenPredictsTheSame) {
    const CsvTable table =
        table_of(measured_by(with_factors({{"request", 3}, {"hidden", 0.7}}), sweep(loads)));
    const auto c = calibrate(table, catalog(), {.title = "my rack", .dated = "2026-11"});
    ASSERT_TRUE(c) << to_text(c.error());
    const Catalog mine = read_back(*c);
    const Validation v = validate(TableKind::serving, table, mine, {}).value();
    for (std::size_t i = 0; i < v.rows.size(); ++i) {
        EXPECT_EQ(v.rows[i].predicted, c->serving->rows[i].after) << v.rows[i].id;
        EXPECT_TRUE(v.rows[i].band.ends_with(release)) << v.rows[i].band;
    }
    EXPECT_EQ(v.summary.coverage, 1);
    const Engine& engine = part_named(mine.engines, release);
    const Source& source = mine.sources.at(engine.figures.request.source.index());
    EXPECT_EQ(source.title, "my rack");
    EXPECT_EQ(source.grade, Grade::measured);
    // rows of other releases keep the bands of all
    std::vector<Cell> others = sweep({4});
    for (Cell& row : others) row["engine"] = "vLLM 0.6.3";
    others = measured_by(catalog(), others);
    EXPECT_EQ(validate(TableKind::serving, table_of(others), mine, {})->rows[0].band,
              "serving-first-token");
}

TEST(CalibrateServing, BandsOfFewRowsAreWider) {
    const Catalog other = with_factors({{"request", 1.5}});
    std::vector<Cell> rows = measured_by(other, sweep({1, 2, 4, 6, 8, 12, 16, 24}));
    for (std::size_t i = 0; i < rows.size(); ++i) {  // a tenth above and below by turns
        const double value = number_of(rows[i]["value"]).value() * (i / 3 % 2 == 0 ? 1.1 : 0.9);
        rows[i]["value"] = fmt::format("{:.6g}", value);
    }
    const auto width = [](const std::vector<Cell>& some) {
        const ServingCalibration fit = fit_of(some);
        for (const KindFit& kind : fit.engines.at(0).kinds) {
            if (kind.kind == "per-token" && kind.band) {
                return kind.band->high.value / kind.band->low.value;
            }
        }
        return 0.0;
    };
    const double many = width(rows);
    EXPECT_GT(many, 1.15);
    EXPECT_GT(width({rows.begin(), rows.begin() + 6}), many);
    EXPECT_EQ(width({rows.begin(), rows.begin() + 3}), 0) << "one run makes no band";
}

TEST(CalibrateServing, SaysWhyRowsAreNotUsed) {
    std::vector<Cell> rows = measured_by(catalog(), sweep({1, 8}));
    rows[0]["chip"] = "Unheard of";
    const ServingCalibration fit = fit_of(rows);
    EXPECT_EQ(fit.skipped, 1U);
    EXPECT_TRUE(contains(fit.reasons.at(0).first, "is not known"));
    EXPECT_EQ(fit.errors.rows, 5U);
    for (Cell& row : rows) row["chip"] = "Unheard of";
    const auto none = calibrate(table_of(rows), catalog(), {});
    ASSERT_FALSE(none);
    EXPECT_TRUE(contains(to_text(none.error()), "no row can be predicted: chip 'Unheard of'"));
}

TEST(CalibrationKinds, AreToldByColumnsAndForms) {
    const auto kind = [](const std::string& header) {
        return kind_of(parse_csv(header + "\n", "t.csv").value());
    };
    EXPECT_EQ(kind("id,chip,kernel,dtype,shape,time_us"), CalibrationKind::kernels);
    EXPECT_EQ(kind("id,system,model,metric,value"), CalibrationKind::training);
    EXPECT_EQ(kind("id,chip,model,isl,osl,load,metric,value"), CalibrationKind::serving);
    EXPECT_TRUE(looks_like_log("{\"request_id\": 1}\n"));
    EXPECT_TRUE(looks_like_log("input_toks,first_token_ts\n"));
    EXPECT_FALSE(looks_like_log("id,metric\n{,}\n"));
    EXPECT_FALSE(looks_like_log(""));
}

}  // namespace TEST_FILE
}  // namespace millwright
