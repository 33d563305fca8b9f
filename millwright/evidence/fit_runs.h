// Factors of a machine of one's own, from a few measured steps.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/catalog/catalog.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// One factor: measured over predicted, with the band of it and of what leaving out one run at a
/// time gives. One that no run tells anything of stays the framework's own.
struct RunFactor {
    std::string figure;
    bool identified = false;
    double value = 1, low = 1, high = 1;
};

struct RunCalibration {
    Framework framework;  // with the identified factors set
    Band time, memory;    // of what is left; `rows` is zero where no run tells
    std::vector<RunFactor> factors;
    std::size_t runs = 0, skipped = 0;
    SkipReasons reasons;                       // of the skipped
    double error_before = 0, error_after = 0;  // median of |predicted / measured - 1|
};

/// Fits the factors of compute, memory and each kind of communication to the runs of a table in
/// the columns of training.csv. A factor is identified where doubling it moves some run by more
/// than repeated runs differ. One that the runs say little of stays near one: factors are
/// drawn to it as strongly as ten runs that are off by the same share would draw them away.
RunCalibration calibrate_runs(const CsvTable& table, const Catalog& catalog,
                              const std::string& framework, SourceId source);

}  // namespace millwright
