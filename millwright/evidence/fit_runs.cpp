// A few runs, seven factors. Three things keep the fit honest: factors that no run shows do not
// move; those that runs show faintly are drawn to one, as the loss is
//
//     mean over runs of sqrt(e^2 + noise^2)  +  pull x sum over factors of (ln f)^2
//
// with e = ln(predicted / measured) (where f makes up a share s of predictions the first part
// changes by s for each unit of ln f at most and the second by 2 pull ln f, so ln f ends within s /
// (2 pull)); and the fit is made again without each run in turn, to show which factors hang on one
// of them.
#include "millwright/evidence/fit_runs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "millwright/base/statistics.h"
#include "millwright/evidence/fit_search.h"
#include "millwright/evidence/training_row.h"

namespace millwright {
namespace {

using Runs = std::vector<TrainingRow>;

using Factors = RunFactors<Bare>;

/// Calls with the key of each factor, the figure that predicts and the one that is kept.
template <class Visit>
constexpr void for_each_factor(Visit&& visit) {
    const auto& live = Fields<Factors>::table;
    const auto& kept = Fields<RunFactors<Cited>>::table;
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        (visit(std::get<i>(live).key, std::get<i>(live).member, std::get<i>(kept).member), ...);
    }(std::make_index_sequence<std::tuple_size_v<std::decay_t<decltype(live)>>>{});
}

/// A factor by name, where it is live in an engine and where it is kept with its source. The list
/// is made from the field table, so a factor that is added there is fitted here.
struct FactorName {
    std::string_view name;
    double Factors::*live = nullptr;
    Cited<double> RunFactors<Cited>::*kept = nullptr;
};

constexpr auto factor_names = [] {
    std::array<FactorName, std::tuple_size_v<decltype(Fields<Factors>::table)>> all{};
    std::size_t i = 0;
    for_each_factor([&](auto key, auto live, auto kept) { all[i++] = {key, live, kept}; });
    return all;
}();

constexpr double factor_pull = 0.02;  // towards one, in squares of logarithms
constexpr double run_noise = 0.02;    // of a repeated run
constexpr int run_evaluations = 600;

/// ln(predicted / measured) in what the run prints: time, rate or size.
double log_error(const TrainingRow& run) {
    return std::log(predict(run, evaluate(run.context, run.plan)) / run.measured);
}

double loss(const Runs& runs, const Factors& factors) {
    double sum = 0;
    for (const TrainingRow& run : runs) {
        const double error = log_error(run);
        sum += std::sqrt(error * error + run_noise * run_noise);
    }
    double prior = 0;
    for (const FactorName& name : factor_names) prior += std::pow(std::log(factors.*name.live), 2);
    return sum / static_cast<double>(runs.size()) + factor_pull * prior;
}

// by factor, in the order of `factor_names`
using Identified = std::array<bool, factor_names.size()>;

/// Factors that some run tells of: doubled, they move it by more than repeated runs differ.
Identified identified(Runs runs) {
    Identified found{};
    for (TrainingRow& run : runs) {
        run.context.assume.factors = {};
        const double before = log_error(run);
        for (std::size_t i = 0; i < factor_names.size(); ++i) {
            run.context.assume.factors.*factor_names[i].live = 2;
            found[i] = found[i] || std::abs(log_error(run) - before) > run_noise;
            run.context.assume.factors.*factor_names[i].live = 1;
        }
    }
    return found;
}

/// The identified factors move; the others stay as they are in `factors`.
Factors fit(Runs runs, const Identified& moving, Factors factors) {
    for (TrainingRow& run : runs) run.context.assume.factors = factors;
    std::vector<Knob> knobs;
    for (std::size_t i = 0; i < factor_names.size(); ++i) {
        if (!moving[i]) continue;
        const FactorName& name = factor_names[i];
        knobs.push_back({1, 0.2, 5, [&factors, &runs, name](double x) {
                             factors.*name.live = x;
                             for (TrainingRow& run : runs) {
                                 run.context.assume.factors.*name.live = x;
                             }
                         }});
    }
    if (knobs.empty()) return factors;
    least(
        knobs, [&] { return loss(runs, factors); }, run_evaluations);
    return factors;
}

/// Median of |predicted / measured - 1| with these factors.
double median_error(Runs runs, const Factors& factors) {
    std::vector<double> sizes;
    for (TrainingRow& run : runs) {
        run.context.assume.factors = factors;
        sizes.push_back(std::abs(std::expm1(log_error(run))));
    }
    return quantile(sizes, 0.5);
}

/// Fits with each run left out in turn, at most as many as are worth the time: of longer tables
/// every n-th. Of a single run there is none.
std::vector<Factors> jackknife(const Runs& runs, const Identified& moving, const Factors& own) {
    constexpr std::size_t most = 24;
    std::vector<Factors> fits;
    const std::size_t step = (runs.size() + most - 1) / most;
    for (std::size_t out = 0; runs.size() > 1 && out < runs.size(); out += step) {
        Runs others = runs;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(out));
        fits.push_back(fit(std::move(others), moving, own));
    }
    return fits;
}

/// The band of measured over predicted times (or memory) after the fit, no narrower than noise:
/// eight in ten residuals lie within. Rates are turned round, so that all are of times. These runs
/// made the factors, so others of the same machine will lie somewhat further out.
Band band_of(const Runs& runs, const Factors& factors, const BandKey& key, SourceId source) {
    std::vector<double> ratios;
    for (TrainingRow run : runs) {
        if (band_key(run.framework, run.metric, run.context.model) != key) continue;
        run.context.assume.factors = factors;
        const bool is_size = run.metric == "memory_gb" || run.metric == "step_s";
        ratios.push_back(is_size ? -log_error(run) : log_error(run));
    }
    Band band{.id = key.kind + "-" + key.detail, .name = key.kind + " " + key.detail};
    band.note = "residuals after calibration";
    band.rows = {static_cast<std::int64_t>(ratios.size()), source};
    // within what the reader of bands takes
    band.low = {std::max(0.01, std::exp(std::min(-run_noise, quantile(ratios, 0.1)))), source};
    band.high = {std::min(100.0, std::exp(std::max(run_noise, quantile(ratios, 0.9)))), source};
    return band;
}

double rounded(double x) { return std::round(x * 1e4) / 1e4; }

/// Why nothing can be fitted to a row; empty if something can.
std::string why_useless(const TrainingRow& row) {
    if (!row.skipped.empty()) return row.skipped;
    const Step step = evaluate(row.context, row.plan);
    if (!std::isfinite(log_error(row))) return "not usable: the printed layout gives no result";
    return why_impossible(row, step);
}

/// A fit starts from one, or from the framework's own where it has no say.
Factors start_of(Factors own, const Identified& moving) {
    for (std::size_t i = 0; i < factor_names.size(); ++i) {
        if (moving[i]) own.*factor_names[i].live = 1;
    }
    return own;
}

/// Factors with the spread of the fits without one run; those that did not move keep what the
/// framework cites.
void set_factors(const Factors& fitted, const std::vector<Factors>& others,
                 const Identified& moving, SourceId source, RunCalibration& result) {
    for (std::size_t i = 0; i < factor_names.size(); ++i) {
        const FactorName& name = factor_names[i];
        const double value = rounded(fitted.*name.live);
        RunFactor factor{std::string(name.name), moving[i], value, value, value};
        for (const Factors& other : others) {
            factor.low = std::min(factor.low, rounded(other.*name.live));
            factor.high = std::max(factor.high, rounded(other.*name.live));
        }
        if (moving[i]) {
            Cited<double>& kept = result.framework.factors.*name.kept;
            kept.value = value;
            kept.source = source;
        }
        result.factors.push_back(factor);
    }
}

}  // namespace

RunCalibration calibrate_runs(const CsvTable& table, const Catalog& catalog,
                              const std::string& framework, SourceId source) {
    RunCalibration result;
    result.framework = part_named(catalog.frameworks, framework);
    Runs runs;
    std::vector<std::string> skipped;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        TrainingRow row = resolve_training_row(table, i, catalog, result.framework.id);
        if (std::string why = why_useless(row); why.empty()) {
            runs.push_back(std::move(row));
        } else {
            skipped.push_back(std::move(why));
        }
    }
    result.runs = runs.size();
    result.skipped = skipped.size();
    result.reasons = counted(std::move(skipped));
    if (runs.empty()) return result;
    const Factors own = bare(result.framework.factors);
    const Identified moving = identified(runs);
    const Factors factors = fit(runs, moving, start_of(own, moving));
    set_factors(factors, jackknife(runs, moving, start_of(own, moving)), moving, source, result);
    result.error_before = median_error(runs, own);
    result.error_after = median_error(runs, factors);
    const std::string& of = result.framework.id;
    result.time = band_of(runs, factors, {"time", of}, source);
    result.time_experts = band_of(runs, factors, {"time", of + "-experts"}, source);
    result.memory = band_of(runs, factors, {"memory", of}, source);
    return result;
}

}  // namespace millwright
