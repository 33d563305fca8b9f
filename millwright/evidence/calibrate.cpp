// All that is wrong with table and options is told before anything is fitted. The source that
// fitted figures cite is put into a copy of the catalog first, so that the files written from it
// can name it. Bands without rows are left out, as they would say that predictions are exact.
#include "millwright/evidence/calibrate.h"

#include <algorithm>

#include "millwright/base/date.h"
#include "millwright/base/names.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/catalog/toml_writer.h"
#include "millwright/evidence/columns.h"

namespace millwright {
namespace {

/// The source of all fitted figures. A file's name may hold any bytes, and a title is printed into
/// files that are read again.
SourceId add_source(Catalog& catalog, const std::string& file, const CalibrationOptions& options) {
    Source source{.id = "calibration/measured"};
    source.title = options.title.empty() ? printable(file) : options.title;
    source.publisher = options.publisher;
    source.dated = options.dated;
    source.note = "fitted by millwright calibrate";
    source.grade = Grade::measured;
    catalog.sources.push_back(source);
    return SourceId(catalog.sources.size() - 1);
}

bool has_column(const CsvTable& table, std::string_view name) {
    return std::ranges::find(table.columns, name) != table.columns.end();
}

TableKind table_kind(CalibrationKind kind) {
    switch (kind) {
        case CalibrationKind::training: return TableKind::training;
        case CalibrationKind::serving: return TableKind::serving;
        case CalibrationKind::kernels: return TableKind::kernels;
        case CalibrationKind::requests: break;
    }
    require(false, "a log of requests is no table");
    return TableKind::kernels;
}

void check_framework(CalibrationKind kind, const Catalog& catalog, const std::string& framework,
                     Faults& faults) {
    const bool training = kind == CalibrationKind::training;
    if (!training && framework != default_framework && kind != CalibrationKind::kernels) {
        faults.push_back({{"--framework", 0, 0},
                          "a framework trains; rows and logs of serving name their engine",
                          "leave it out"});
    }
    if (training && find_part(catalog.frameworks, framework) == nullptr) {
        faults.push_back({{"--framework", 0, 0},
                          "no framework '" + framework + "' in the catalog",
                          name_hint(catalog.frameworks, framework, "frameworks")});
    }
}

/// Everything that is wrong with the options at once.
Faults option_faults(CalibrationKind kind, const Catalog& catalog,
                     const CalibrationOptions& options) {
    Faults faults;
    check_framework(kind, catalog, options.framework, faults);
    for (const auto& [option, text] :
         {std::pair("--title", &options.title), std::pair("--publisher", &options.publisher)}) {
        if (first_control(*text) == std::string::npos) continue;
        faults.push_back({{option, 0, 0},
                          "a control character, or a byte that is not UTF-8",
                          "write it in plain text: a file of the catalog names it"});
    }
    if (!options.dated.empty() && !is_publication_date(options.dated)) {
        faults.push_back({{"--dated", 0, 0},
                          "'" + excerpt(options.dated) + "' is no date",
                          "write YYYY, YYYY-MM or YYYY-MM-DD"});
    }
    return faults;
}

Result<Calibration> from_kernels(const CsvTable& table, const Catalog& catalog, SourceId source) {
    Calibration result{.kernels = calibrate_kernels(table, catalog, source)};
    if (result.kernels->families.empty()) {
        return failure({{table.file, 0, 0},
                        "no chip in the table has rows enough to fit",
                        "a fit needs 12 rows of a chip that a kernel family was measured on"});
    }
    for (const KernelFamily& family : result.kernels->families) {
        result.files.push_back({"kernels/" + family.id + ".toml", to_toml(catalog, family)});
    }
    return result;
}

Result<Calibration> from_runs(const CsvTable& table, const Catalog& catalog,
                              const std::string& framework, SourceId source) {
    Calibration result{.runs = calibrate_runs(table, catalog, framework, source)};
    const RunCalibration& runs = *result.runs;
    if (runs.runs == 0) {
        return failure({{table.file, 0, 0},
                        "no row of the table can be predicted: " + runs.reasons.front().first,
                        "`millwright validate training TABLE` says why of all"});
    }
    result.files.push_back(
        {"frameworks/" + runs.framework.id + ".toml", to_toml(catalog, runs.framework)});
    // a band of no rows would say that predictions are exact
    for (const Band* band : {&runs.time, &runs.time_experts, &runs.memory}) {
        if (band->rows.value == 0) continue;
        result.files.push_back({"bands/" + band->id + ".toml", to_toml(catalog, *band)});
    }
    return result;
}

Result<Calibration> from_serving(const MeasuredRuns& runs, const std::string& file,
                                 const Catalog& catalog, SourceId source, const FitWork& work) {
    Calibration result{.serving = calibrate_serving(runs, source, work)};
    const ServingCalibration& serving = *result.serving;
    if (serving.engines.empty()) {
        const std::string why =
            serving.reasons.empty() ? "it has none" : serving.reasons.front().first;
        return failure({{file, 0, 0},
                        "no row can be predicted: " + why,
                        "`millwright validate serving TABLE` or `validate requests LOG` says why "
                        "of all"});
    }
    for (const EngineFit& fit : serving.engines) {
        result.files.push_back(
            {"engines/" + fit.engine.id + ".toml", to_toml(catalog, fit.engine)});
    }
    for (const EngineFit& fit : serving.engines) {
        for (const KindFit& kind : fit.kinds) {
            if (!kind.band) continue;
            const std::string path = "bands/" + kind.band->id + ".toml";
            result.files.push_back({path, to_toml(catalog, *kind.band)});
        }
    }
    return result;
}

}  // namespace

CalibrationKind kind_of(const CsvTable& table) {
    for (const char* column : {"isl", "osl"}) {
        if (has_column(table, column)) return CalibrationKind::serving;
    }
    return has_column(table, "metric") ? CalibrationKind::training : CalibrationKind::kernels;
}

bool looks_like_log(std::string_view text) {
    const std::string_view line = trimmed(text.substr(0, text.find('\n')));
    return line.starts_with('{') || line.find("first_token_ts") != std::string_view::npos;
}

Result<Calibration> calibrate(const CsvTable& table, Catalog catalog,
                              const CalibrationOptions& options, const FitWork& work) {
    const CalibrationKind kind = options.kind.value_or(kind_of(table));
    // shapes are looked at only in cells that are sound
    Faults faults = table_faults(table, columns_of(table_kind(kind)));
    if (faults.empty() && kind == CalibrationKind::kernels) faults = shape_faults(table);
    for (Fault& fault : option_faults(kind, catalog, options)) faults.push_back(std::move(fault));
    if (!faults.empty()) return failure(std::move(faults));
    const SourceId source = add_source(catalog, table.file, options);
    if (kind == CalibrationKind::training) {
        return from_runs(table, catalog, options.framework, source);
    }
    if (kind == CalibrationKind::kernels) return from_kernels(table, catalog, source);
    return from_serving(runs_of_table(table, catalog), table.file, catalog, source, work);
}

Result<Calibration> calibrate(const RequestLog& log, const std::string& file, Catalog catalog,
                              const CalibrationOptions& options, const FitWork& work) {
    Faults faults = option_faults(CalibrationKind::requests, catalog, options);
    if (!faults.empty()) return failure(std::move(faults));
    const SourceId source = add_source(catalog, file, options);
    return from_serving(run_of_requests(log, catalog), file, catalog, source, work);
}

Result<Calibration> calibrate(std::string_view bytes, const std::string& file,
                              const Catalog& catalog, const CalibrationOptions& options) {
    const auto table = parse_csv(bytes, file);
    if (!table) return failure(table.error());
    return calibrate(*table, catalog, options);
}

}  // namespace millwright
