#include "millwright/evidence/calibrate.h"

#include <algorithm>

#include "millwright/base/date.h"
#include "millwright/base/names.h"
#include "millwright/base/text.h"
#include "millwright/catalog/toml_writer.h"
#include "millwright/evidence/columns.h"

namespace millwright {
namespace {

/// The source of all fitted figures. A file's name may hold any bytes, and a title is printed into
/// files that are read again.
SourceId add_source(Catalog& catalog, const CsvTable& table, const CalibrationOptions& options) {
    Source source{.id = "calibration/measured"};
    source.title = options.title.empty() ? printable(table.file) : options.title;
    source.publisher = options.publisher;
    source.dated = options.dated;
    source.note = "fitted by millwright calibrate";
    source.grade = Grade::measured;
    catalog.sources.push_back(source);
    return SourceId(catalog.sources.size() - 1);
}

bool is_table_of_runs(const CsvTable& table) {
    return std::ranges::find(table.columns, "metric") != table.columns.end();
}

/// Everything that is wrong with table and options at once; shapes are looked at only in cells that
/// are sound.
Faults faults_of(const CsvTable& table, const Catalog& catalog, const CalibrationOptions& options) {
    const bool runs = is_table_of_runs(table);
    Faults faults =
        table_faults(table, columns_of(runs ? TableKind::training : TableKind::kernels));
    if (faults.empty() && !runs) faults = shape_faults(table);
    if (runs && find_part(catalog.frameworks, options.framework) == nullptr) {
        faults.push_back({{"--framework", 0, 0},
                          "no framework '" + options.framework + "' in the catalog",
                          name_hint(catalog.frameworks, options.framework, "frameworks")});
    }
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

}  // namespace

Result<Calibration> calibrate(const CsvTable& table, Catalog catalog,
                              const CalibrationOptions& options) {
    if (Faults faults = faults_of(table, catalog, options); !faults.empty()) {
        return failure(std::move(faults));
    }
    const SourceId source = add_source(catalog, table, options);
    return is_table_of_runs(table) ? from_runs(table, catalog, options.framework, source)
                                   : from_kernels(table, catalog, source);
}

Result<Calibration> calibrate(std::string_view bytes, const std::string& file,
                              const Catalog& catalog, const CalibrationOptions& options) {
    const auto table = parse_csv(bytes, file);
    if (!table) return failure(table.error());
    return calibrate(*table, catalog, options);
}

}  // namespace millwright
