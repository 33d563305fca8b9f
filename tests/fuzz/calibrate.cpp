// Any bytes make a fit whose files read back to the same text, or no fit.
#include "calibrate/kernels.h"
#include "calibrate/runs.h"
#include "catalog/toml_writer.h"
#include "tests/fuzz/sections.h"
#include "validate/validation.h"

namespace {
using namespace millwright;

constexpr std::size_t most_runs = 3, most_kernels = 14;  // keep an input's time bounded

Catalog measured_catalog() {
    Catalog catalog = built_in_catalog();
    Source source{.id = "calibration/measured", .title = "fuzz", .publisher = "fuzz"};
    source.grade = Grade::measured;
    catalog.sources.push_back(source);
    return catalog;
}

/// A part that is written reads back without a fault, and is then written alike.
template <class Part>
void check_round_trip(Catalog catalog, std::vector<Part> Catalog::*parts, const char* kind,
                      const Part& part) {
    const std::string text = to_toml(catalog, part);
    fuzz::require(add_part(catalog, kind, part.id, text, "written.toml").empty());
    const Part* read = find_part(catalog.*parts, part.id);
    fuzz::require(read != nullptr && to_toml(catalog, *read) == text);
}

void fit_runs(const CsvTable& table, const Catalog& catalog, SourceId source) {
    if (table.rows.size() > most_runs) return;
    const RunCalibration fit = calibrate_runs(table, catalog, "nemo", source);
    fuzz::require(fit.runs + fit.skipped == table.rows.size());
    if (fit.runs == 0) return;
    for (const RunFactor& f : fit.factors) {
        fuzz::require(std::isfinite(f.value) && f.value > 0 && f.low <= f.high);
    }
    check_round_trip(catalog, &Catalog::frameworks, "frameworks", fit.framework);
}

void fit_kernels(const CsvTable& table, const Catalog& catalog, SourceId source) {
    if (table.rows.size() > most_kernels) return;
    const KernelCalibration fit = calibrate_kernels(table, catalog, source);
    for (const KernelFit& f : fit.fits) fuzz::require(std::isfinite(f.median_abs_error));
    for (const KernelFamily& family : fit.families) {
        check_round_trip(catalog, &Catalog::kernels, "kernels", family);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Catalog catalog = measured_catalog();
    const auto source = static_cast<SourceId>(catalog.sources.size() - 1);
    const auto table = parse_csv(fuzz::text_of(data, size), "fuzz.csv");
    if (!table) return 0;
    if (missing_columns(*table, columns_of(TableKind::training)).empty()) {
        fit_runs(*table, catalog, source);
    } else if (missing_columns(*table, columns_of(TableKind::kernels)).empty()) {
        fit_kernels(*table, catalog, source);
    }
    return 0;
}
