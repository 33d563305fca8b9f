// From measurements to the files of a catalog folder, in memory.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/evidence/fit_kernels.h"
#include "millwright/evidence/fit_runs.h"
#include "millwright/evidence/fit_serving.h"

namespace millwright {

/// What was measured: single kernels, steps of training, or a served model, by figures of whole
/// runs or by its requests. Named as `validate` names them.
enum class CalibrationKind : std::uint8_t { kernels, training, serving, requests };

template <>
struct EnumNames<CalibrationKind> {
    static constexpr std::array<std::string_view, 4> names{"kernels", "training", "serving",
                                                           "requests"};
};

/// What a table holds, by its columns: lengths of prompts or answers are of serving, a metric
/// without them of training, all else is taken to be of kernels.
CalibrationKind kind_of(const CsvTable& table);

/// Whether a file is a log of requests rather than a table: objects, or a header with the times of
/// tokens.
bool looks_like_log(std::string_view text);

/// The framework of the runs, and the source that the fitted figures cite.
struct CalibrationOptions {
    std::string framework{default_framework};  // of runs of training
    std::optional<CalibrationKind> kind;       // of a table, but `requests`; else kind_of()
    std::string title;                         // the file's name if empty
    std::string publisher = "own measurements";
    std::string dated;  // see is_publication_date(); empty where it is not known
};

/// A file of the catalog: a folder that holds these is what `--catalog` takes.
struct CalibratedFile {
    std::string path, text;  // path within the folder, such as "kernels/hopper.toml"
};

/// What a calibration came to: one of the three is set, by what was measured.
struct Calibration {
    std::optional<KernelCalibration> kernels;
    std::optional<RunCalibration> runs;
    std::optional<ServingCalibration> serving;
    std::vector<CalibratedFile> files;
};

/// Fits kernel families to a table of kernels, a framework's factors and bands to runs of training,
/// figures of engines and bands to runs that were served. Every fitted figure cites one source of
/// grade `measured`, which the options describe and which goes into this copy of the catalog.
/// Faults: what table_faults() finds, a framework that the catalog lacks or that serves nothing, a
/// date that is none, control characters in title or publisher, or too few rows that can be
/// predicted.
Result<Calibration> calibrate(const CsvTable& table, Catalog catalog,
                              const CalibrationOptions& options, const FitWork& work = {});

/// The same from a log of requests, whose name in faults is `file`.
Result<Calibration> calibrate(const RequestLog& log, const std::string& file, Catalog catalog,
                              const CalibrationOptions& options, const FitWork& work = {});

/// The same from the bytes of a table.
Result<Calibration> calibrate(std::string_view bytes, const std::string& file,
                              const Catalog& catalog, const CalibrationOptions& options);

}  // namespace millwright
