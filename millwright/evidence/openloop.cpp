// Stages of open-loop runs.
#include "millwright/evidence/served_run.h"
#include "millwright/evidence/serving_bands.h"
#include "millwright/evidence/tables.h"

namespace millwright {
std::vector<ValidatedRow> validated_openloop(const CsvTable& table, std::size_t index,
                                             const Catalog& catalog) {
    const OpenLoopRow stage = read_openloop_row(Cells(table, index), catalog);
    const ServingRow& row = stage.serving;
    ServedRun run{.skipped = row.skipped};
    if (run.skipped.empty() && !stage.trustworthy) {
        run.skipped = "not usable: latencies of those that did not time out";
    }
    if (run.skipped.empty()) run = run_of_stage(stage, catalog);
    std::vector<ValidatedRow> rows;
    for (const StageFigure& figure : stage.figures) {
        ValidatedRow& out = rows.emplace_back();
        out.id = row.id;
        out.metric = figure.name;
        out.measured = figure.measured;
        out.skipped = run.skipped;
        out.defaults = row.defaults;
        out.defaults.push_back(told_of_answers());
        out.source = first_words(row.source);
        if (row.chip != nullptr) out.chip = row.chip->id;
        out.model = row.model.id;
        if (row.engine != nullptr) out.framework = row.engine->id;
        if (!out.skipped.empty()) continue;
        settle(out, metric_of(figure.metric, run));
        if (!out.skipped.empty()) continue;
        const std::string band = serving_band(catalog, figure.metric.form, out.framework);
        add_band(out, catalog, "serving", band, is_rate(figure.metric.form));
    }
    return rows;
}

}  // namespace millwright
