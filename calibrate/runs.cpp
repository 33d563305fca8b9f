#include "calibrate/runs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/statistics.h"
#include "calibrate/search.h"
#include "validate/training_row.h"

namespace millwright {
namespace {

using Runs = std::vector<TrainingRow>;

struct FactorName {
    const char* name;
    double Factors::*live;
    Cited<double> Framework::*kept;
};

constexpr std::array names{FactorName{"compute", &Factors::compute, &Framework::compute_factor},
                           FactorName{"memory", &Factors::memory, &Framework::memory_factor},
                           FactorName{"tensor", &Factors::tensor, &Framework::tensor_factor},
                           FactorName{"data", &Factors::data, &Framework::data_factor},
                           FactorName{"pipeline", &Factors::pipeline, &Framework::pipeline_factor},
                           FactorName{"expert", &Factors::expert, &Framework::expert_factor},
                           FactorName{"context", &Factors::context, &Framework::context_factor}};

constexpr double pull = 0.02;   // towards one, in squares of logarithms
constexpr double noise = 0.02;  // of a repeated run
constexpr int most_evaluations = 600;

double log_error(const TrainingRow& run) {
    return std::log(predict(run, evaluate(run.context, run.plan)) / run.measured);
}

double loss(const Runs& runs, const Factors& factors) {
    double sum = 0;
    for (const TrainingRow& run : runs) {
        const double error = log_error(run);
        sum += std::sqrt(error * error + noise * noise);
    }
    double prior = 0;
    for (const FactorName& name : names) prior += std::pow(std::log(factors.*name.live), 2);
    return sum / static_cast<double>(runs.size()) + pull * prior;
}

Factors fit(Runs runs) {
    Factors factors;
    std::vector<Knob> knobs;
    for (const FactorName& name : names) {
        knobs.push_back({1, 0.2, 5, [&factors, &runs, name](double x) {
                             factors.*name.live = x;
                             for (TrainingRow& run : runs) {
                                 run.context.assume.factors.*name.live = x;
                             }
                         }});
    }
    least(
        knobs, [&] { return loss(runs, factors); }, most_evaluations);
    return factors;
}

double median_error(Runs runs, const Factors& factors) {
    std::vector<double> sizes;
    for (TrainingRow& run : runs) {
        run.context.assume.factors = factors;
        sizes.push_back(std::abs(std::expm1(log_error(run))));
    }
    return quantile(sizes, 0.5);
}

/// Fits with each run left out in turn, at most as many as are worth the time.
std::vector<Factors> jackknife(const Runs& runs) {
    constexpr std::size_t most = 24;
    std::vector<Factors> fits;
    const std::size_t step = (runs.size() + most - 1) / most;
    for (std::size_t out = 0; runs.size() > 2 && out < runs.size(); out += step) {
        Runs others = runs;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(out));
        fits.push_back(fit(std::move(others)));
    }
    return fits;
}

/// The band of measured over predicted times (or memory) after the fit, no narrower than noise.
Band band_of(const Runs& runs, const Factors& factors, bool memory, SourceId source) {
    std::vector<double> ratios;
    for (TrainingRow run : runs) {
        if ((run.metric == "memory_gb") != memory) continue;
        run.context.assume.factors = factors;
        const bool is_size = memory || run.metric == "step_s";
        ratios.push_back(is_size ? -log_error(run) : log_error(run));
    }
    Band band;
    band.note = "residuals after calibration";
    band.rows = {static_cast<std::int64_t>(ratios.size()), source};
    // within what the reader of bands takes
    band.low = {std::max(0.01, std::exp(std::min(-noise, quantile(ratios, 0.1)))), source};
    band.high = {std::min(100.0, std::exp(std::max(noise, quantile(ratios, 0.9)))), source};
    return band;
}

double rounded(double x) { return std::round(x * 1e4) / 1e4; }

}  // namespace

RunCalibration calibrate_runs(const CsvTable& table, const Catalog& catalog,
                              const std::string& framework, SourceId source) {
    RunCalibration result;
    result.framework = part_named(catalog.frameworks, framework);
    Runs runs;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        TrainingRow row = resolve_training_row(table, i, catalog, result.framework.id);
        row.context.assume.factors = {};
        if (row.skipped.empty() && std::isfinite(log_error(row))) {
            runs.push_back(std::move(row));
        } else {
            ++result.skipped;
        }
    }
    result.runs = runs.size();
    if (runs.empty()) return result;
    const Factors factors = fit(runs);
    const std::vector<Factors> others = jackknife(runs);
    for (const FactorName& name : names) {
        std::vector<double> values;
        for (const Factors& other : others) values.push_back(other.*name.live);
        if (values.empty()) values.push_back(factors.*name.live);
        result.framework.*name.kept = {rounded(factors.*name.live), source};
        result.factors.push_back({name.name, rounded(factors.*name.live),
                                  rounded(quantile(values, 0)), rounded(quantile(values, 1))});
    }
    result.error_before = median_error(runs, {});
    result.error_after = median_error(runs, factors);
    result.time = band_of(runs, factors, false, source);
    result.time.id = "time-" + result.framework.id;
    result.time.name = "time " + result.framework.id;
    result.memory = band_of(runs, factors, true, source);
    result.memory.id = "memory-" + result.framework.id;
    result.memory.name = "memory " + result.framework.id;
    return result;
}

}  // namespace millwright
