// Catalog figures from measurements of one's own.
#pragma once

#include <optional>
#include <string>

#include "millwright/api/setting.h"
#include "millwright/base/csv.h"
#include "millwright/evidence/calibrate.h"

namespace millwright {

/// A table of kernels, of runs of training or of runs that were served; or a log of requests. The
/// options name the framework of runs of training and the source that the figures cite.
struct CalibrateQuestion {
    CsvTable table;
    CalibrationOptions options;
    std::optional<RequestLog> log{};  // in place of the table, and
    std::string log_file{};           // its name
};

/// `kernels`, `runs` or `serving`, whichever was measured, and `files`.
using CalibrateAnswer = Calibration;

/// The files of a catalog folder, in memory, and what was fitted. Nothing is written: whoever asks
/// puts the files into a folder, which `load_catalog` then takes. Faults are those of cells, of
/// names that the catalog lacks, and too few rows to fit anything to.
Result<CalibrateAnswer> calibrate(const CalibrateQuestion& question, const Setting& setting);

}  // namespace millwright
