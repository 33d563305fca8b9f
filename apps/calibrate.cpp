// millwright calibrate: catalog figures from measurements of one's own.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/commands.h"
#include "apps/output.h"
#include "calibrate/calibrate.h"
#include "report/json_text.h"
#include "report/table.h"

namespace millwright::app {
namespace {

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
        std::cout << json_text({{"fits", fits}, {"skipped", c.skipped}}) << "\n";
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

void print_factors(const RunCalibration& c, bool json) {
    if (json) {
        nlohmann::ordered_json factors = nlohmann::ordered_json::array();
        for (const RunFactor& f : c.factors) {
            factors.push_back(
                {{"figure", f.figure}, {"value", f.value}, {"low", f.low}, {"high", f.high}});
        }
        std::cout << json_text({{"factors", factors},
                                {"runs", c.runs},
                                {"skipped", c.skipped},
                                {"median_abs_error_before", c.error_before},
                                {"median_abs_error_after", c.error_after}})
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

}  // namespace

int calibrate_command(const CalibrateArguments& a, const Common& common) {
    const CsvTable table = table_from(a.table);
    if (Faults faults = check_output(a.out); !faults.empty()) throw UserFault{faults};
    const Calibration result = value_or_throw(
        calibrate(table, catalog(common), {a.framework, a.title, a.publisher, a.dated}));
    std::vector<OutputFile> files;
    for (const CalibratedFile& file : result.files) files.push_back({file.path, file.text});
    write_or_throw(a.out, files);
    if (result.kernels) {
        print_fits(*result.kernels, common.json);
        std::cerr << "wrote " << files.size() << " kernel families to " << a.out;
    } else {
        print_factors(*result.runs, common.json);
        std::cerr << "wrote framework " << result.runs->framework.id << " and its bands to "
                  << a.out;
    }
    std::cerr << "; use them with --catalog " << a.out << "\n";
    return exit_done;
}

}  // namespace millwright::app
