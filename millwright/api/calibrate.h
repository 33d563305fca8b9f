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

/// `kernels` or `runs`, whichever the table holds, and `files`.
using CalibrateAnswer = Calibration;

/// The files of a catalog folder, in memory, and what was fitted. A column `metric` makes it a
/// table of runs. Nothing is written: whoever asks puts the files into a folder, which
/// `load_catalog` then takes. Faults are those of cells, of names that the catalog lacks, and too
/// few rows to fit anything to.
Result<CalibrateAnswer> calibrate(const CalibrateQuestion& question, const Setting& setting);

}  // namespace millwright
