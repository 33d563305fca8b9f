// Factors of a machine of one's own, from a few measured steps.
#pragma once

#include <string>
#include <vector>

#include "base/csv.h"
#include "catalog/catalog.h"

namespace millwright {

/// One factor: measured over predicted, with the band that leaving out one run at a time gives.
struct RunFactor {
    std::string figure;
    double value = 1, low = 1, high = 1;
};

struct RunCalibration {
    Framework framework;  // with its factors set
    Band time, memory;    // of what is left; `rows` is zero where no run tells
    std::vector<RunFactor> factors;
    std::size_t runs = 0, skipped = 0;
    double error_before = 0, error_after = 0;  // median of |predicted / measured - 1|
};

/// Fits the factors of compute, memory and each kind of communication to the runs of a table in
/// the columns of training.csv. A kind that the runs say little of stays near one: factors are
/// drawn to it as strongly as ten runs that are off by the same share would draw them away.
RunCalibration calibrate_runs(const CsvTable& table, const Catalog& catalog,
                              const std::string& framework, SourceId source);

}  // namespace millwright
