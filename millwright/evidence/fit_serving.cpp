// One release at a time: rows of its runs, weights, a robust fit, fits without each run in turn,
// and bands of what is left.
#include "millwright/evidence/fit_serving.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "millwright/base/parallel.h"
#include "millwright/base/statistics.h"
#include "millwright/evidence/engine_figures.h"
#include "millwright/evidence/fit_search.h"
#include "millwright/evidence/robust_fit.h"
#include "millwright/evidence/serving_bands.h"

namespace millwright {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

constexpr double first_token_weight = 0.5;  // tables say least of what first tokens wait for
constexpr std::size_t most_runs = 120;      // of one fit; more are thinned evenly
constexpr std::size_t fewest_runs = 3;      // that are left out in turn
constexpr int usual_calls = 24;             // of predictions in a fit; for progress alone

/// Runs of one release, and their rows one behind another.
struct ReleaseRuns {
    const Engine* engine = nullptr;
    std::vector<const MeasuredRun*> runs;
    std::vector<std::size_t> first;  // row of each run
    std::vector<std::size_t> run_of;
    std::vector<const RunFigure*> figures;

    void add(const MeasuredRun& run) {
        first.push_back(figures.size());
        for (const RunFigure& figure : run.figures) {
            run_of.push_back(runs.size());
            figures.push_back(&figure);
        }
        runs.push_back(&run);
    }
};

Engine engine_at(const Engine& own, const Vector& point) {
    Engine engine = own;
    for (std::size_t k = 0; k < point.size(); ++k) engine_figures().at(k).set(engine, point[k]);
    return engine;
}

/// Predictions of the run's rows; zeros where the run cannot be.
void predict(const ReleaseRuns& release, std::size_t run, const Engine& engine, Vector& rows) {
    const RunPrediction prediction = release.runs[run]->predict(engine);
    for (std::size_t f = 0; f < release.runs[run]->figures.size(); ++f) {
        rows[release.first[run] + f] = prediction.skipped.empty() ? prediction.figures[f] : 0;
    }
}

/// All points of all runs side by side; ln(predicted / measured) is infinite where a run cannot be.
Matrix errors_at(const ReleaseRuns& release, const Matrix& points, int threads) {
    std::vector<Engine> engines;
    for (const Vector& point : points) engines.push_back(engine_at(*release.engine, point));
    Matrix errors(points.size(), Vector(release.figures.size()));
    const std::size_t runs = release.runs.size();
    parallel_for(points.size() * runs, threads, [&](std::size_t i) {
        predict(release, i % runs, engines[i / runs], errors[i / runs]);
    });
    for (Vector& rows : errors) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i] = std::log(rows[i] / release.figures[i]->measured);
        }
    }
    return errors;
}

std::vector<FittedNumber> numbers_of(const Engine& engine) {
    std::vector<FittedNumber> numbers;
    for (const EngineFigure& figure : engine_figures()) {
        numbers.push_back({figure.of(engine), figure.low, figure.high, figure.spread});
    }
    return numbers;
}

/// Groups of alike rows count with the root of their number.
Vector weights_of(const ReleaseRuns& release) {
    using Group = std::tuple<std::string, std::string, bool>;
    std::vector<Group> groups;
    std::map<Group, double> rows;
    for (std::size_t i = 0; i < release.figures.size(); ++i) {
        const MeasuredRun& run = *release.runs[release.run_of[i]];
        groups.emplace_back(run.model, run.chip, release.figures[i]->form == MetricForm::ttft);
        rows[groups.back()] += 1;
    }
    Vector weights;
    for (const Group& group : groups) {
        weights.push_back((std::get<2>(group) ? first_token_weight : 1) / std::sqrt(rows[group]));
    }
    return weights;
}

/// The fit of one release. Rows are those of `all`; what was fitted, and to which of its runs.
struct ReleaseFit {
    const ReleaseRuns& all;
    ReleaseRuns chosen;  // thinned
    std::vector<FittedNumber> numbers;
    Vector weights;
    RobustFit fit;
    Matrix others;         // values without each of the chosen runs
    Vector before, after;  // predictions of all rows
    Vector left_out;       // of those that were left out once; else zeros
};

ReleaseRuns thinned(const ReleaseRuns& all) {
    ReleaseRuns chosen{.engine = all.engine};
    const std::size_t step = (all.runs.size() + most_runs - 1) / most_runs;
    for (std::size_t r = 0; r < all.runs.size(); r += step) chosen.add(*all.runs[r]);
    return chosen;
}

/// Fits without each run in turn; each predicts the run that it does not know.
void leave_out(ReleaseFit& f, int threads) {
    f.left_out.assign(f.all.figures.size(), 0);
    const std::size_t runs = f.chosen.runs.size();
    if (runs < fewest_runs) return;
    f.others.resize(runs);
    Matrix rows(runs, Vector(f.chosen.figures.size()));
    parallel_for(runs, threads, [&](std::size_t r) {
        Vector weights = f.weights;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (f.chosen.run_of[i] == r) weights[i] = 0;
        }
        f.others[r] = refitted(f.numbers, weights, f.fit);
        predict(f.chosen, r, engine_at(*f.all.engine, f.others[r]), rows[r]);
    });
    for (std::size_t i = 0; i < f.all.figures.size(); ++i) {
        const auto found = std::ranges::find(f.chosen.figures, f.all.figures[i]);
        if (found == f.chosen.figures.end()) continue;
        const auto row = static_cast<std::size_t>(found - f.chosen.figures.begin());
        f.left_out[i] = rows[f.chosen.run_of[row]][row];
    }
}

/// What the catalog has stays to the last bit where no run sees it.
Engine engine_of(const ReleaseFit& f, SourceId source) {
    Engine engine = *f.all.engine;
    for (std::size_t k = 0; k < engine_figure_count; ++k) {
        if (!f.fit.seen[k]) continue;
        engine_figures().at(k).set(engine, four_digits(f.fit.values[k]));
        engine_figures().at(k).cite(engine, source);
    }
    return engine;
}

std::vector<EngineFigureFit> fitted_figures(const ReleaseFit& f, const Engine& engine) {
    std::vector<EngineFigureFit> list;
    for (std::size_t k = 0; k < engine_figure_count; ++k) {
        const EngineFigure& figure = engine_figures().at(k);
        EngineFigureFit fitted{.figure = figure.key, .unit = figure.unit(), .seen = f.fit.seen[k]};
        fitted.before = figure.of(*f.all.engine);
        fitted.after = fitted.low = fitted.high = figure.of(engine);
        fitted.told = f.fit.told[k];
        for (const Vector& other : f.others) {
            if (!fitted.seen) break;
            fitted.low = std::min(fitted.low, four_digits(other[k]));
            fitted.high = std::max(fitted.high, four_digits(other[k]));
        }
        list.push_back(fitted);
    }
    return list;
}

/// Rows of the release, whose runs are numbered from `first_run` on.
std::vector<FittedRow> rows_of(const ReleaseFit& f, std::size_t first_run) {
    std::vector<FittedRow> rows;
    for (std::size_t i = 0; i < f.all.figures.size(); ++i) {
        const RunFigure& figure = *f.all.figures[i];
        FittedRow row{figure.id, figure.metric, figure.form, f.all.engine->id};
        row.run = first_run + f.all.run_of[i];
        row.measured = figure.measured;
        row.before = f.before[i];
        row.after = f.after[i];
        if (f.left_out[i] > 0) row.left_out = f.left_out[i];
        row.counts = std::abs(std::log(row.after / row.measured)) <= error_cap;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::size_t count_runs(const std::vector<FittedRow>& rows) {
    std::set<std::size_t> runs;
    for (const FittedRow& row : rows) runs.insert(row.run);
    return runs.size();
}

FitErrors errors_of(const std::vector<FittedRow>& rows) {
    Vector before, after, left_out;
    for (const FittedRow& row : rows) {
        before.push_back(std::abs(row.before / row.measured - 1));
        after.push_back(std::abs(row.after / row.measured - 1));
        if (row.left_out) left_out.push_back(std::abs(*row.left_out / row.measured - 1));
    }
    FitErrors errors{
        rows.size(), count_runs(rows), quantile(before, 0.5), quantile(after, 0.5), {}};
    if (!left_out.empty()) errors.left_out = quantile(left_out, 0.5);
    return errors;
}

/// What ends of a band of so few runs are stretched by: Student's t of the ninetieth percentile for
/// the next one, over the normal's (Abramowitz and Stegun 26.7.5).
double stretch_of(double runs) {
    constexpr double z = 1.2816;
    const double freedom = runs - 1;
    const double t = z + (std::pow(z, 3) + z) / (4 * freedom) +
                     (5 * std::pow(z, 5) + 16 * std::pow(z, 3) + 3 * z) / (96 * freedom * freedom);
    return t / z * std::sqrt(1 + 1 / runs);
}

/// The band of rows of one kind and release.
std::optional<Band> band_of(const std::string& kind, const std::vector<FittedRow>& rows,
                            SourceId source) {
    const std::size_t runs = count_runs(rows);
    if (runs < 2) return std::nullopt;
    Vector residuals;
    for (const FittedRow& row : rows) {
        const double ratio = std::log(row.measured / row.left_out.value_or(row.after));
        residuals.push_back(is_rate(row.form) ? -ratio : ratio);
    }
    const double stretch = stretch_of(static_cast<double>(runs));
    const double low = std::min(-repeat_noise, stretch * quantile(residuals, 0.1));
    const double high = std::max(repeat_noise, stretch * quantile(residuals, 0.9));
    const std::string& engine = rows.front().engine;
    Band band{.id = "serving-" + kind + "-" + engine, .name = "serving " + kind + " of " + engine};
    band.note = "residuals of a calibration, wider as its runs are few";
    // within what the reader of bands takes
    band.low = {four_digits(std::max(0.01, std::exp(low))), source};
    band.high = {four_digits(std::min(100.0, std::exp(high))), source};
    band.rows = {static_cast<std::int64_t>(rows.size()), source};
    return band;
}

std::vector<KindFit> kinds_of(const std::vector<FittedRow>& rows, SourceId source) {
    std::map<std::string, std::vector<FittedRow>> kinds;
    for (const FittedRow& row : rows) kinds[serving_kind(row.form)].push_back(row);
    std::vector<KindFit> fits;
    for (const auto& [kind, own] : kinds) {
        fits.push_back({kind, errors_of(own), band_of(kind, own, source)});
    }
    return fits;
}

/// A run that the engine as it is can predict, with the figures that it gives. Why of others.
MeasuredRuns usable(const MeasuredRuns& measured, int threads) {
    std::vector<RunPrediction> predictions(measured.runs.size());
    parallel_for(predictions.size(), threads, [&](std::size_t r) {
        predictions[r] = measured.runs[r].predict(*measured.runs[r].engine);
    });
    MeasuredRuns result{.runs = {}, .skipped = measured.skipped};
    for (std::size_t r = 0; r < predictions.size(); ++r) {
        const MeasuredRun& run = measured.runs[r];
        std::string why = predictions[r].skipped;
        for (std::size_t f = 0; why.empty() && f < run.figures.size(); ++f) {
            const double error = std::log(predictions[r].figures[f] / run.figures[f].measured);
            if (!std::isfinite(error)) why = "not usable: the printed layout gives no result";
        }
        if (why.empty()) {
            result.runs.push_back(run);
        } else {
            result.skipped.insert(result.skipped.end(), run.figures.size(), why);
        }
    }
    return result;
}

/// Predictions of all rows by an engine's figures.
Vector predicted(const ReleaseRuns& release, const Engine& engine, int threads) {
    Vector rows(release.figures.size());
    parallel_for(release.runs.size(), threads,
                 [&](std::size_t run) { predict(release, run, engine, rows); });
    return rows;
}

ReleaseFit fitted(const ReleaseRuns& release, const FitWork& work) {
    ReleaseFit f{.all = release, .chosen = thinned(release)};
    f.numbers = numbers_of(*release.engine);
    f.weights = weights_of(f.chosen);
    double calls = 0;
    f.fit = robust_fit(f.numbers, f.weights, [&](const Matrix& points) {
        if (work.progress) work.progress(std::min(1.0, calls++ / usual_calls));
        return errors_at(f.chosen, points, work.threads);
    });
    leave_out(f, work.threads);
    return f;
}

std::map<std::string, ReleaseRuns> releases_of(const std::vector<MeasuredRun>& runs) {
    std::map<std::string, ReleaseRuns> releases;
    for (const MeasuredRun& run : runs) {
        ReleaseRuns& release = releases[run.engine->id];
        release.engine = run.engine;
        release.add(run);
    }
    return releases;
}

}  // namespace

ServingCalibration calibrate_serving(const MeasuredRuns& measured, SourceId source,
                                     const FitWork& work) {
    const MeasuredRuns known = usable(measured, work.threads);
    ServingCalibration result;
    result.skipped = known.skipped.size();
    result.reasons = counted(known.skipped);
    const std::map<std::string, ReleaseRuns> releases = releases_of(known.runs);
    double done = 0;
    std::size_t runs = 0;
    for (const auto& [id, release] : releases) {
        const auto share = [&](double of_this) {
            if (work.progress)
                work.progress((done + of_this) / static_cast<double>(releases.size()));
        };
        ReleaseFit f = fitted(release, {work.threads, share});
        done += 1;
        const Engine engine = engine_of(f, source);
        f.before = predicted(release, *release.engine, work.threads);
        f.after = predicted(release, engine, work.threads);
        const std::vector<FittedRow> rows = rows_of(f, runs);
        runs += release.runs.size();
        result.engines.push_back(
            {engine, errors_of(rows), fitted_figures(f, engine), kinds_of(rows, source)});
        result.rows.insert(result.rows.end(), rows.begin(), rows.end());
    }
    result.errors = errors_of(result.rows);
    return result;
}

}  // namespace millwright
