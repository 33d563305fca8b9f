// Rows of serving tables.
#include "millwright/base/text.h"
#include "millwright/evidence/served_run.h"
#include "millwright/evidence/serving_bands.h"
#include "millwright/evidence/tables.h"

namespace millwright {
std::vector<ValidatedRow> validated_serving(const CsvTable& table, std::size_t index,
                                            const Catalog& catalog) {
    const ServingRow row = read_serving_row(Cells(table, index), catalog);
    ValidatedRow out;
    out.id = row.id;
    out.metric = cell(table, index, "metric");
    out.measured = row.measured;
    out.skipped = row.skipped;
    out.defaults = row.defaults;
    out.source = first_words(row.source);
    if (row.chip != nullptr) out.chip = row.chip->id;
    out.precision = name_of(row.forms.dense);
    out.model = row.model.id;
    if (row.engine != nullptr) out.framework = row.engine->id;
    if (!out.skipped.empty()) return {out};
    const ServedRun run = run_of_row(row, catalog);
    out.skipped = run.skipped;
    if (!out.skipped.empty()) return {out};
    if (!run.layout.empty()) out.defaults.push_back("layout planned: " + run.layout);
    out.scale = scale_of(run.chips);
    out.structure = is_moe(row.model) ? "mixture" : "dense";
    settle(out, metric_of(row, run));
    if (out.skipped.empty()) {
        const std::string band = serving_band(catalog, row.metric.form, out.framework);
        add_band(out, catalog, "serving", band, is_rate(row.metric.form));
    }
    return {out};
}

}  // namespace millwright
