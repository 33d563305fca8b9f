// Each step of a row needs those before it, and the first that cannot be had is why it is
// skipped. A metric is predicted by its source's own definition: convention of FLOPs, gigabytes,
// per cent or share. In the bound of why_impossible() the prediction cancels out, so that a
// measurement is judged by the chip's peak and not by the model.
#include "millwright/evidence/training_row.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/bands.h"
#include "millwright/compute/weights.h"
#include "millwright/evidence/cells.h"
#include "millwright/evidence/row_flops.h"
#include "millwright/evidence/row_model.h"
#include "millwright/evidence/row_recipe.h"
#include "millwright/evidence/row_system.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// Metrics of a step or of the tokens of one; others include evaluation or convergence. Wall time
/// of a step does not, where the row does not say so.
bool is_predictable(const std::string& metric) {
    constexpr std::array known{
        "step_s", "step_s_wall", "tokens_per_s_per_gpu",  "tokens_per_s_total", "tflops_per_gpu",
        "mfu",    "memory_gb",   "gpu_hours_per_T_tokens"};
    return std::find(known.begin(), known.end(), metric) != known.end();
}

bool is_step(const std::string& metric) { return metric == "step_s" || metric == "step_s_wall"; }

/// What a row needs beside model and system. The time of a step and all its tokens go with the
/// global batch, so these need it printed.
std::string missing(const Cells& cells, const TrainingRow& row) {
    if (cells.number("chips").value_or(0) < 1) return "not usable: no chip count";
    if (cells.number("seq").value_or(0) < 1) return "not usable: no sequence length";
    const bool batch = cells.number("global_batch") || cells.number("micro_batch");
    if (!batch) return "not usable: neither global batch nor micro-batch";
    const bool per_step = is_step(row.metric) || row.metric == "tokens_per_s_total";
    if (per_step && !cells.number("global_batch")) return "not usable: no global batch";
    return "";
}

/// What a reader can mend first: the model's name before the digits of the value.
std::string why_unusable(const Cells& cells, const TrainingRow& row, std::string_view value,
                         const RowModel& model) {
    if (!is_predictable(row.metric)) return "the metric includes evaluation or convergence";
    if (!model.skipped.empty()) return model.skipped;
    const std::string why = unusable_value(cells, value);
    return why.empty() ? missing(cells, row) : why;
}

/// Model, system, recipe, in this order: each needs those before it. The first that cannot be had
/// is why the row is skipped.
TrainingRow resolve_row(const Cells& cells, const Catalog& catalog, const std::string& metric,
                        std::string_view value, const std::string& framework) {
    TrainingRow row;
    row.metric = metric;
    row.measured = cells.number(value).value_or(0);
    row.chips = cells.number("chips").value_or(0);
    RowModel model = model_of_row(cells, catalog);
    row.skipped = why_unusable(cells, row, value, model);
    if (!row.skipped.empty()) return row;
    row.defaults = std::move(model.defaults);
    row.context.model = std::move(model.model);
    row.context.sequence = *cells.number("seq");
    row.skipped = resolve_row_system(cells, catalog, row);
    if (row.skipped.empty()) read_recipe(cells, catalog, row, framework);
    return row;
}

}  // namespace

TrainingRow resolve_training_row(const CsvTable& table, std::size_t index, const Catalog& catalog,
                                 const std::string& framework) {
    const Cells cells{table, index};
    TrainingRow row = resolve_row(cells, catalog, cells.text("metric"), "value", framework);
    if (row.skipped.empty()) use_pair(table, index, row);
    return row;
}

TrainingRow resolve_sweep_row(const CsvTable& table, std::size_t index, const Catalog& catalog,
                              const std::string& metric, const std::string& framework) {
    return resolve_row({table, index}, catalog, metric, metric, framework);
}

BandKey band_key(const std::string& framework, const std::string& metric, const Model& model) {
    if (metric == "memory_gb") return {"memory", framework};
    return {"time", band_detail(framework, model)};
}

/// Bounds that hold whatever the model predicts: the share of the peak that the measurement would
/// mean is the prediction's own times measured over predicted speed. MFU is over the BF16 peak, the
/// bound over the faster of that and the recipe's own. Of six FLOPs a weight, training adapters
/// leaves out the two of weight gradients.
std::string why_impossible(const TrainingRow& row, const Step& step) {
    constexpr double loose = 1.1;  // binary gigabytes taken for decimal ones, and rounded prints
    const ChipRates& chip = row.context.chip;
    if (row.metric == "memory_gb") {
        const double capacity = chip.memory_capacity.in(unit::GB);
        if (row.measured <= loose * capacity) return "";
        return fmt::format("not usable: {:.4g} GB, of which the chip has {:.4g}", row.measured,
                           capacity);
    }
    // adapters alone are trained: no products for the gradients of frozen weights
    const double share = row.context.frozen_weights ? 2.0 / 3 : 1;
    const double off = predict(row, step) / row.measured;
    const bool time = is_step(row.metric) || row.metric == "gpu_hours_per_T_tokens";
    const double faster = time ? off : 1 / off;
    const FlopRate peak = std::max(chip.rate(Precision::bf16), chip.rate(row.context.precision));
    const double used = share * faster * (chip.rate(Precision::bf16) / peak) *
                        model_flops_utilisation(row.context, row.plan, step.times.total);
    if (!std::isfinite(used) || used <= loose) return "";
    return fmt::format("not usable: {:.3g} % of the chip's peak", 100 * used);
}

double predict(const TrainingRow& row, const Step& step) { return predict(row, step.likelier); }

double predict(const TrainingRow& row, const StateFound& state) {
    const double seconds = state.total.si();
    const double tokens = row.batch * row.context.sequence;
    if (is_step(row.metric)) return seconds;
    if (row.metric == "memory_gb") return state.resident / row.gigabyte;
    if (row.metric == "tokens_per_s_total") return tokens / seconds;
    const double per_chip = tokens / seconds / row.chips;
    if (row.metric == "tokens_per_s_per_gpu") return per_chip;
    if (row.metric == "gpu_hours_per_T_tokens") return 1e12 / per_chip / unit::hour.si();
    const double tflops = per_chip * flops_per_token(row, row.convention) / 1e12;
    if (row.metric == "tflops_per_gpu") return tflops;
    const double mfu = tflops / row.context.chip.rate(Precision::bf16).in(unit::TFLOPS);
    return row.measured > 1 ? 100 * mfu : mfu;  // printed in percent or as a share
}

}  // namespace millwright
