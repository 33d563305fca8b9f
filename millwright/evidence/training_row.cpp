#include "millwright/evidence/training_row.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/compute/weights.h"
#include "millwright/evidence/cells.h"
#include "millwright/evidence/row_recipe.h"
#include "millwright/evidence/row_system.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// Metrics that include evaluation or convergence say nothing of a step.
bool is_predictable(const std::string& metric) {
    constexpr std::array known{
        "step_s",   "tokens_per_s_per_gpu", "tokens_per_s_total", "tflops_per_gpu", "mfu",
        "memory_gb"};
    return std::find(known.begin(), known.end(), metric) != known.end();
}

constexpr std::int64_t usual_head_width = 128;
constexpr std::int64_t usual_vocabulary = 32000;

// --- model ---------------------------------------------------------------------------------

/// Takes a count of one or more; an empty cell leaves what is there.
void put(const Cells& cells, std::string_view column, Cited<std::int64_t>& into) {
    const auto value = cells.number(column);
    if (value && *value >= 1) into.value = static_cast<std::int64_t>(*value);
}

/// A decoder of the printed dimensions. What is not printed is what goes with its hidden size as a
/// rule.
Model shaped(const Cells& cells, bool gated, bool tied) {
    Model m;
    put(cells, "layers", m.layers);
    put(cells, "hidden", m.hidden);
    m.ffn.value = 4 * m.hidden.value;
    put(cells, "ffn", m.ffn);
    m.heads.value = std::max<std::int64_t>(1, m.hidden.value / usual_head_width);
    put(cells, "heads", m.heads);
    m.vocab.value = usual_vocabulary;
    put(cells, "vocab", m.vocab);
    m.kv_heads = m.heads;
    put(cells, "kv_heads", m.kv_heads);
    m.head_dim.value = m.hidden.value / m.heads.value;
    put(cells, "experts", m.experts);
    put(cells, "topk", m.top_k);
    if (m.experts.value > 0 && m.top_k.value == 0) m.experts.value = 0;
    m.expert_ffn = m.ffn;
    m.gated = gated;
    m.tied_embeddings = tied;
    return m;
}

void note_derived(const Cells& cells, std::vector<std::string>& defaults) {
    if (!cells.number("heads")) defaults.push_back("heads of width 128");
    if (!cells.number("ffn")) defaults.push_back("MLP of four times the hidden size");
    if (!cells.number("vocab")) defaults.push_back("vocabulary of 32,000");
}

/// From the printed dimensions; gated MLP and tied embeddings are those whose total is nearest the
/// printed number of weights, by ratio. Without that number they are gated and not tied.
std::optional<Model> model_of_dimensions(const Cells& cells, std::vector<std::string>& defaults) {
    for (const char* column : {"layers", "hidden"}) {
        if (cells.number(column).value_or(0) < 1) return std::nullopt;
    }
    note_derived(cells, defaults);
    const auto printed = cells.number("params_b");
    std::optional<Model> best;
    double nearest_total = 0;
    for (const bool gated : {true, false}) {
        for (const bool tied : {false, true}) {
            const Model model = shaped(cells, gated, tied);
            const double distance =
                printed ? std::abs(std::log(parameters(model) / (*printed * 1e9))) : 0;
            if (best && distance >= nearest_total) continue;
            best = model;
            nearest_total = distance;
        }
    }
    return best;
}

/// The catalog's model of that name, trailing words ("proxy 7L", "LoRA rank16") left out one by
/// one.
const Model* known_model(const Catalog& catalog, std::string name) {
    while (!name.empty()) {
        if (const Model* model = find_part(catalog.models, name)) return model;
        const std::size_t space = name.find_last_of(' ');
        name = space == std::string::npos ? "" : name.substr(0, space);
    }
    return nullptr;
}

/// The catalog's model with the row's own layers and vocabulary, unless the row prints another
/// width.
std::optional<Model> model_of_row(const Cells& cells, const Catalog& catalog,
                                  std::vector<std::string>& defaults) {
    const Model* known = known_model(catalog, cells.text("model"));
    if (known == nullptr) return model_of_dimensions(cells, defaults);
    const auto hidden = cells.number("hidden");
    if (hidden && *hidden >= 1 && *hidden != static_cast<double>(known->hidden.value)) {
        return model_of_dimensions(cells, defaults);
    }
    Model model = *known;
    put(cells, "layers", model.layers);
    put(cells, "vocab", model.vocab);
    put(cells, "kv_heads", model.kv_heads);
    return model;
}

/// What a row needs beside model and system. The time of a step and all its tokens go with the
/// global batch, so these need it printed.
std::string missing(const Cells& cells, const TrainingRow& row) {
    if (cells.number("chips").value_or(0) < 1) return "not usable: no chip count";
    if (cells.number("seq").value_or(0) < 1) return "not usable: no sequence length";
    const bool batch = cells.number("global_batch") || cells.number("micro_batch");
    if (!batch) return "not usable: neither global batch nor micro-batch";
    const bool per_step = row.metric == "step_s" || row.metric == "tokens_per_s_total";
    if (per_step && !cells.number("global_batch")) return "not usable: no global batch";
    return "";
}

/// What a reader can mend first: the model's name before the digits of the value.
std::string why_unusable(const Cells& cells, const TrainingRow& row, std::string_view value,
                         bool has_model) {
    if (!is_predictable(row.metric)) return "the metric includes evaluation or convergence";
    if (!has_model) {
        return fmt::format("model '{}' is unknown and without dimensions",
                           excerpt(cells.text("model")));
    }
    const std::string why = unusable_value(cells, value);
    return why.empty() ? missing(cells, row) : why;
}

/// By the row's convention. The model's own count has causal attention, half of all pairs; what
/// attention adds to a model without it is counted once more where a source takes all pairs. A
/// forward pass made again is a third of forward and backward.
double printed_flops_per_token(const TrainingRow& row) {
    const Model& m = row.context.model;
    const double causal = model_flops_per_token(m, row.context.sequence).si();
    const double no_attention = model_flops_per_token(m, 0).si();
    const double full = causal + (causal - no_attention);
    switch (row.convention) {
        case FlopConvention::full_attention: return full;
        case FlopConvention::causal_attention: return causal;
        case FlopConvention::with_recompute:
            return full * (row.plan.recompute == Recompute::full ? 4.0 / 3.0 : 1.0);
    }
    return causal;
}

}  // namespace

namespace {

/// Model, system, recipe, in this order: each needs those before it. The first that cannot be had
/// is why the row is skipped.
TrainingRow resolve_row(const Cells& cells, const Catalog& catalog, const std::string& metric,
                        std::string_view value, const std::string& framework) {
    TrainingRow row;
    row.metric = metric;
    row.measured = cells.number(value).value_or(0);
    row.chips = cells.number("chips").value_or(0);
    std::vector<std::string> derived;
    const auto model = model_of_row(cells, catalog, derived);
    row.skipped = why_unusable(cells, row, value, model.has_value());
    if (!row.skipped.empty()) return row;
    row.defaults = std::move(derived);
    row.context.model = *model;
    row.context.sequence = *cells.number("seq");
    row.context.precision = precision_of(cells.text("precision"));
    row.skipped = resolve_row_system(cells, catalog, row);
    if (row.skipped.empty()) read_recipe(cells, catalog, row, framework);
    return row;
}

}  // namespace

TrainingRow resolve_training_row(const CsvTable& table, std::size_t index, const Catalog& catalog,
                                 const std::string& framework) {
    const Cells cells{table, index};
    return resolve_row(cells, catalog, cells.text("metric"), "value", framework);
}

TrainingRow resolve_sweep_row(const CsvTable& table, std::size_t index, const Catalog& catalog,
                              const std::string& metric, const std::string& framework) {
    return resolve_row({table, index}, catalog, metric, metric, framework);
}

BandKey band_key(const std::string& framework, const std::string& metric, const Model& model) {
    if (metric == "memory_gb") return {"memory", framework};
    return {"time", framework + (is_moe(model) ? "-experts" : "")};
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
    const double faster = row.metric == "step_s" ? off : 1 / off;
    const FlopRate peak = std::max(chip.rate(Precision::bf16), chip.rate(row.context.precision));
    const double used = share * faster * (chip.rate(Precision::bf16) / peak) *
                        model_flops_utilisation(row.context, row.plan, step.times.total);
    if (!std::isfinite(used) || used <= loose) return "";
    return fmt::format("not usable: {:.3g} % of the chip's peak", 100 * used);
}

double predict(const TrainingRow& row, const Step& step) { return predict(row, step.likelier); }

double predict(const TrainingRow& row, const StateFound& state) {
    const double seconds = state.total.si();
    const double tokens = static_cast<double>(row.plan.global_batch) * row.context.sequence;
    if (row.metric == "step_s") return seconds;
    if (row.metric == "memory_gb") return state.resident / row.gigabyte;
    if (row.metric == "tokens_per_s_total") return tokens / seconds;
    const double per_chip = tokens / seconds / row.chips;
    if (row.metric == "tokens_per_s_per_gpu") return per_chip;
    const double tflops = per_chip * printed_flops_per_token(row) / 1e12;
    if (row.metric == "tflops_per_gpu") return tflops;
    const double mfu = tflops / row.context.chip.rate(Precision::bf16).in(unit::TFLOPS);
    return row.measured > 1 ? 100 * mfu : mfu;  // printed in percent or as a share
}

}  // namespace millwright
