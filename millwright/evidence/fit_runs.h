// Factors of a machine of one's own, from a few measured steps.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/catalog/catalog.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// One factor: measured over predicted, with the least and the most that it and the fits without
/// one run each give. One that no run tells anything of stays the framework's own.
struct RunFactor {
    std::string figure;
    bool identified = false;
    double value = 1, low = 1, high = 1;
};

/// What a table of runs says of one framework on one's own machine.
struct RunCalibration {
    Framework framework;  // with the identified factors set
    // of what is left; `rows` is zero where no run tells. Times of models with experts have a band
    // of their own, as predictions do
    Band time, time_experts, memory;
    std::vector<RunFactor> factors;
    std::size_t runs = 0, skipped = 0;
    SkipReasons reasons;                       // of the skipped
    double error_before = 0, error_after = 0;  // median of |predicted / measured - 1|
};

/// Fits the factors of compute, memory and each kind of communication to the runs of a table in the
/// columns of training.csv. A factor is identified where doubling it moves some run by more than
/// repeated runs differ. One that the runs say little of stays near one: where it makes up a share
/// s of all predictions (d log prediction / d log factor) no table draws its logarithm further than
/// 25 s. `framework` is one of the catalog's. Where no run can be predicted `runs` is zero, and
/// beside `skipped` and `reasons` nothing is set but the framework, as it was.
RunCalibration calibrate_runs(const CsvTable& table, const Catalog& catalog,
                              const std::string& framework, SourceId source);

}  // namespace millwright
