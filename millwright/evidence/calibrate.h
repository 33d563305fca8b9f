// From a table of measurements to the files of a catalog folder, in memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/evidence/fit_kernels.h"
#include "millwright/evidence/fit_runs.h"

namespace millwright {

/// The framework of the runs, and the source that the fitted figures cite.
struct CalibrationOptions {
    std::string framework{default_framework};
    std::string title;  // the table's file name if empty
    std::string publisher = "own measurements";
    std::string dated;  // see is_publication_date(); empty where it is not known
};

/// A file of the catalog: a folder that holds these is what `--catalog` takes.
struct CalibratedFile {
    std::string path, text;  // path within the folder, such as "kernels/hopper.toml"
};

/// What a calibration came to: `kernels` or `runs` is set, by what the table holds.
struct Calibration {
    std::optional<KernelCalibration> kernels;
    std::optional<RunCalibration> runs;
    std::vector<CalibratedFile> files;
};

/// Fits kernel families to a table of kernels, or a framework's factors and bands to a table of
/// runs (one with a column `metric`). Every fitted figure cites one source of grade `measured`,
/// which the options describe and which goes into this copy of the catalog. Faults: what
/// table_faults() finds, a framework that the catalog lacks, a date that is none, control
/// characters in title or publisher, or too few rows that can be predicted.
Result<Calibration> calibrate(const CsvTable& table, Catalog catalog,
                              const CalibrationOptions& options);

/// The same from the bytes of a file; `file` is its name in faults.
Result<Calibration> calibrate(std::string_view bytes, const std::string& file,
                              const Catalog& catalog, const CalibrationOptions& options);

}  // namespace millwright
