// Catalog figures from measurements of one's own.
#pragma once

#include "millwright/api/setting.h"
#include "millwright/base/csv.h"
#include "millwright/evidence/calibrate.h"

namespace millwright {

/// A table of kernels or of runs; the options name the framework of the runs and the source that
/// the figures cite.
struct CalibrateQuestion {
    CsvTable table;
    CalibrationOptions options;
};

using CalibrateAnswer = Calibration;

/// The files of a catalog folder, in memory, and what was fitted.
Result<CalibrateAnswer> calibrate(const CalibrateQuestion& question, const Setting& setting);

}  // namespace millwright
