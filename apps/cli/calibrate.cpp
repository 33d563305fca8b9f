// millwright calibrate: catalog figures from measurements of one's own.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "apps/cli/skipped.h"
#include "millwright/evidence/calibrate.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

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
            factors.push_back({{"figure", f.figure},
                               {"identified", f.identified},
                               {"value", f.value},
                               {"low", f.low},
                               {"high", f.high}});
        }
        nlohmann::ordered_json reasons = nlohmann::ordered_json::object();
        for (const auto& [reason, rows] : c.reasons) reasons[reason] = rows;
        std::cout << json_text({{"factors", factors},
                                {"runs", c.runs},
                                {"skipped", c.skipped},
                                {"skipped_reasons", reasons},
                                {"median_abs_error_before", c.error_before},
                                {"median_abs_error_after", c.error_after}})
                  << "\n";
        return;
    }
    std::vector<std::vector<std::string>> rows;
    std::size_t fitted = 0;
    for (const RunFactor& f : c.factors) {
        const auto shown = [&](double x) { return f.identified ? fmt::format("{:.3f}", x) : "-"; };
        rows.push_back({f.figure, shown(f.value), shown(f.low), shown(f.high),
                        f.identified ? "" : "not identified, left as it was"});
        if (f.identified) ++fitted;
    }
    std::cout << format_table({"factor", "value", "low", "high", ""}, rows, "lrrrl");
    std::cout << fmt::format("{} runs, {} skipped; median error {} % before, {} % after\n", c.runs,
                             c.skipped, percent(c.error_before), percent(c.error_after))
              << skipped_text(c.reasons);
    if (c.runs >= fitted) return;
    std::cout << wrapped("",
                         fmt::format("{} runs are fewer than the {} factors fitted to them: what "
                                     "they share is divided by keeping each near 1",
                                     c.runs, fitted),
                         2);
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
        std::cerr << "wrote " << files.size() << " kernel families to " << a.out
                  << "; use them with --catalog " << a.out << "\n";
    } else {
        print_factors(*result.runs, common.json);
        const std::string& id = result.runs->framework.id;
        std::cerr << "wrote framework " << id << " and its bands to " << a.out
                  << "; `plan` and `validate training` use it with --framework " << id
                  << " --catalog " << a.out << ", a scenario's job with framework = \"" << id
                  << "\"\n";
    }
    return exit_done;
}

}  // namespace millwright::app
