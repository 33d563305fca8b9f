// millwright calibrate: catalog figures from measurements of one's own.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/commands.h"
#include "apps/output.h"
#include "base/text.h"
#include "calibrate/kernels.h"
#include "calibrate/runs.h"
#include "catalog/toml_writer.h"
#include "report/table.h"
#include "validate/cells.h"
#include "validate/validation.h"

namespace millwright::app {
namespace {

SourceId add_source(Catalog& parts, const CalibrateArguments& a) {
    Source source{.id = "calibration/measured", .title = a.title.empty() ? a.table : a.title};
    source.publisher = a.publisher;
    source.dated = a.dated;
    source.note = "fitted by millwright calibrate";
    source.grade = Grade::measured;
    parts.sources.push_back(source);
    return static_cast<SourceId>(parts.sources.size() - 1);
}

void print_fits(const KernelCalibration& c, bool json) {
    if (json) {
        nlohmann::ordered_json fits = nlohmann::ordered_json::array();
        for (const KernelFit& fit : c.fits) {
            fits.push_back({{"family", fit.family},
                            {"chip", fit.chip},
                            {"figures", fit.table},
                            {"rows", fit.rows},
                            {"median_abs_error", fit.median_abs_error},
                            {"p90_abs_error", fit.p90_abs_error}});
        }
        std::cout << nlohmann::ordered_json{{"fits", fits}, {"skipped", c.skipped}}.dump(2) << "\n";
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const KernelFit& fit : c.fits) {
        rows.push_back({fit.family, fit.chip, fit.table, std::to_string(fit.rows),
                        percent(fit.median_abs_error), percent(fit.p90_abs_error)});
    }
    std::cout << format_table({"family", "chip", "figures", "rows", "median %", "90th %"}, rows,
                              "lllrrr");
    if (c.skipped > 0) std::cout << c.skipped << " rows could not be used\n";
}

int calibrate_from_kernels(const CalibrateArguments& a, const CsvTable& table,
                           const Common& common) {
    Catalog parts = catalog(common);
    const SourceId source = add_source(parts, a);
    const KernelCalibration result = calibrate_kernels(table, parts, source);
    if (result.families.empty()) {
        throw UserFault{{{{a.table, 0, 0},
                          "no chip in the table has rows enough to fit",
                          "a fit needs 12 rows of a chip that a kernel family was measured on"}}};
    }
    std::vector<OutputFile> files;
    for (const KernelFamily& family : result.families) {
        files.push_back({"kernels/" + family.id + ".toml", to_toml(parts, family)});
    }
    write_or_throw(a.out, files);
    print_fits(result, common.json);
    std::cerr << "wrote " << files.size() << " kernel families to " << a.out
              << "; use them with --catalog " << a.out << "\n";
    return exit_done;
}

void print_factors(const RunCalibration& c, bool json) {
    if (json) {
        nlohmann::ordered_json factors = nlohmann::ordered_json::array();
        for (const RunFactor& f : c.factors) {
            factors.push_back(
                {{"figure", f.figure}, {"value", f.value}, {"low", f.low}, {"high", f.high}});
        }
        std::cout << nlohmann::ordered_json{{"factors", factors},
                                            {"runs", c.runs},
                                            {"skipped", c.skipped},
                                            {"median_abs_error_before", c.error_before},
                                            {"median_abs_error_after", c.error_after}}
                         .dump(2)
                  << "\n";
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const RunFactor& f : c.factors) {
        rows.push_back({f.figure, fmt::format("{:.3f}", f.value), fmt::format("{:.3f}", f.low),
                        fmt::format("{:.3f}", f.high)});
    }
    std::cout << format_table({"factor", "value", "low", "high"}, rows, "lrrr");
    std::cout << fmt::format("{} runs, {} skipped; median error {} % before, {} % after\n", c.runs,
                             c.skipped, percent(c.error_before), percent(c.error_after));
}

int calibrate_from_runs(const CalibrateArguments& a, const CsvTable& table, const Common& common) {
    Catalog parts = catalog(common);
    if (find_part(parts.frameworks, a.framework) == nullptr) {
        throw UserFault{{{{"--framework", 0, 0},
                          "no framework '" + a.framework + "' in the catalog",
                          did_you_mean(a.framework, ids(parts.frameworks)) +
                              " `millwright list frameworks` shows all"}}};
    }
    const SourceId source = add_source(parts, a);
    const RunCalibration result = calibrate_runs(table, parts, a.framework, source);
    if (result.runs == 0) {
        throw UserFault{{{{a.table, 0, 0},
                          "no row of the table can be predicted",
                          "`millwright validate training TABLE --rows` says why"}}};
    }
    std::vector<OutputFile> files{
        {"frameworks/" + result.framework.id + ".toml", to_toml(parts, result.framework)}};
    for (const Band* band : {&result.time, &result.memory}) {
        if (band->rows.value == 0) continue;
        files.push_back({"bands/" + band->id + ".toml", to_toml(parts, *band)});
    }
    write_or_throw(a.out, files);
    print_factors(result, common.json);
    std::cerr << "wrote framework " << result.framework.id << " and its bands to " << a.out
              << "; use them with --catalog " << a.out << "\n";
    return exit_done;
}

bool is_table_of_runs(const CsvTable& table) {
    return std::find(table.columns.begin(), table.columns.end(), "metric") != table.columns.end();
}

}  // namespace

int calibrate_command(const CalibrateArguments& a, const Common& common) {
    const CsvTable table = table_from(a.table);
    if (Faults faults = check_output(a.out); !faults.empty()) throw UserFault{faults};
    const bool runs = is_table_of_runs(table);
    const Faults faults =
        missing_columns(table, columns_of(runs ? TableKind::training : TableKind::kernels));
    if (!faults.empty()) throw UserFault{faults};
    return runs ? calibrate_from_runs(a, table, common) : calibrate_from_kernels(a, table, common);
}

}  // namespace millwright::app
