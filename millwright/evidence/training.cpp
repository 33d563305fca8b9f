// Rows of training tables and of sweeps.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "millwright/evidence/tables.h"
#include "millwright/evidence/training_row.h"

namespace millwright {
namespace {

/// Leaves of a ledger, times `scale` from SI: seconds stay, bytes become gigabytes.
template <class Q>
void add_terms(const Ledger<Q>& ledger, double scale, ValidatedRow& out) {
    if (ledger.parts.empty()) out.terms.emplace_back(ledger.name, scale * ledger.value.si());
    for (const Ledger<Q>& part : ledger.parts) add_terms(part, scale, out);
}

/// What kinds of layers a model has; empty of one that is not known.
std::string structure_of(const Model& model) {
    if (model.layers.value == 0) return "";
    if (!mixers_text(model).empty()) return "hybrid";
    return is_moe(model) ? "mixture" : "dense";
}

/// Both states of a cluster that may stall, the likelier first.
std::vector<PredictedState> states_of(const TrainingRow& row, const Step& step) {
    if (step.stalled.wait <= Seconds{}) return {};
    std::vector<PredictedState> states{{"stalled", step.stalled.odds, 0},
                                       {"usual", 1 - step.stalled.odds, 0}};
    if (!step.stalled.likelier()) std::swap(states[0], states[1]);
    states[0].predicted = predict(row, step.likelier);
    states[1].predicted = predict(row, step.other);
    return states;
}

/// A band that is made for four in five needs the other state where one in ten jobs meets it.
void widen_to_states(ValidatedRow& out) {
    constexpr double rare = 0.1;
    if (out.states.empty() || out.states.back().odds < rare) return;
    const double other = out.states.back().predicted / out.predicted;
    const double low = out.low, high = out.high;
    out.low = std::min(low, other * low);
    out.high = std::max(high, other * high);
}

/// Keys of groups are filled in also where the row is skipped.
ValidatedRow validated(const TrainingRow& row, const CsvTable& table, std::size_t i,
                       const Catalog& catalog) {
    ValidatedRow out;
    out.id = cell(table, i, "id");
    out.metric = row.metric;
    out.measured = row.measured;
    out.skipped = row.skipped;
    out.defaults = row.defaults;
    out.source = first_words(cell(table, i, "source"));
    out.chip = row.chip;
    out.precision = name_of(row.context.precision);
    out.scale = scale_of(row.chips);
    out.model = cell(table, i, "model");
    out.framework = row.framework;
    out.structure = structure_of(row.context.model);
    out.release = cell(table, i, "year");
    out.layout = fmt::format("{}, {} chips, {}", out.model, row.chips, out.chip);
    if (!out.skipped.empty()) return out;
    const Step step = evaluate(row.context, row.plan);
    if (out.metric == "memory_gb") {
        add_terms(memory_ledger(step.memory), 1 / row.gigabyte.si(), out);
    } else {
        add_terms(time_ledger(step.times), 1, out);
    }
    settle(out, predict(row, step));
    if (out.skipped.empty()) out.skipped = why_impossible(row, step);
    if (!out.skipped.empty()) return out;
    const BandKey band = band_key(row.framework, row.metric, row.context.model);
    add_band(out, catalog, band.kind, band.detail,
             out.metric != "step_s" && out.metric != "memory_gb",
             {row.context.sequence, row.chips});
    out.states = states_of(row, step);
    widen_to_states(out);
    return out;
}

}  // namespace

std::vector<ValidatedRow> validated_training(const CsvTable& table, std::size_t index,
                                             const Catalog& catalog, const std::string& framework) {
    return {
        validated(resolve_training_row(table, index, catalog, framework), table, index, catalog)};
}

std::vector<ValidatedRow> validated_sweep(const CsvTable& table, std::size_t index,
                                          const Catalog& catalog, const std::string& framework) {
    std::vector<ValidatedRow> rows;
    for (const char* metric : {"tokens_per_s_per_gpu", "memory_gb"}) {
        rows.push_back(validated(resolve_sweep_row(table, index, catalog, metric, framework), table,
                                 index, catalog));
    }
    return rows;
}

}  // namespace millwright
