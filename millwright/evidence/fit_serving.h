// Figures of serving engines from measured runs of one's own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/evidence/measured_runs.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// A figure of an engine: the catalog's, the fitted one, and the least and the most of it and the
/// fits without one run each. One that no run sees stays the catalog's.
struct EngineFigureFit {
    std::string_view figure;  // key of the engine's file
    std::string_view unit;    // "s", or empty for factors and parts
    bool seen = false;        // doubled, it moves some row by more than a repeated run differs
    double before = 0, after = 0, low = 0, high = 0;
    double told = 0;  // how much of it the runs tell: 0 nothing, 1 all
};

/// How far off rows are: medians of |predicted / measured - 1|, before the fit, after it, and of
/// rows by the figures of a fit without their run; the last where there are runs enough.
struct FitErrors {
    std::size_t rows = 0, runs = 0;
    double before = 0, after = 0;
    std::optional<double> left_out;
};

/// Figures of one kind (serving_kind): how far off they are, and the band that is left of them, of
/// rows left out where there are such. One run says nothing of the next, so it makes no band.
struct KindFit {
    std::string kind;
    FitErrors errors;
    std::optional<Band> band;  // serving-KIND-ENGINE
};

/// A release with what was fitted set in it.
struct EngineFit {
    Engine engine;
    FitErrors errors;
    std::vector<EngineFigureFit> figures;  // all that a fit may move, in a fixed order
    std::vector<KindFit> kinds;            // by kind
};

/// A row of the fit, in the unit that it is printed in.
struct FittedRow {
    std::string id, metric;
    MetricForm form = MetricForm::ttft;
    std::string engine;
    std::size_t run = 0;  // number of the run that it is of
    double measured = 0, before = 0, after = 0;
    std::optional<double> left_out;
    bool counts = true;  // unless its error is so large that its size moves nothing
};

/// What measured runs say of the releases that they name.
struct ServingCalibration {
    std::vector<EngineFit> engines;  // by id
    FitErrors errors;                // of all rows
    std::vector<FittedRow> rows;
    std::size_t skipped = 0;
    SkipReasons reasons;
};

/// How a fit works: on so many threads (zero: as many as there are cores), and whom it tells the
/// share of it that is done, one call at a time, if anybody.
struct FitWork {
    int threads = 0;
    std::function<void(double share)> progress{};
};

/// Fits each release by itself (robust_fit.h), its figures drawn to those of the catalog. Groups of
/// one model, chip and kind of metric count with the root of their rows, first tokens half.
/// `source` is cited by every figure that a run sees. Where no row can be predicted `engines` is
/// empty. The same runs give the same bits for any number of threads.
ServingCalibration calibrate_serving(const MeasuredRuns& measured, SourceId source,
                                     const FitWork& work);

}  // namespace millwright
