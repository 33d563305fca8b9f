#include "validate/training_row.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "scenario/resolve.h"
#include "validate/row_system.h"

namespace millwright {
namespace {

struct Cells {
    const CsvTable& table;
    std::size_t row;

    std::string text(std::string_view column) const {
        return std::string(cell(table, row, column));
    }
    std::optional<double> number(std::string_view column) const {
        const std::string_view value = cell(table, row, column);
        double number = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), number);
        const bool whole = error == std::errc{} && end == value.data() + value.size();
        return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
    }
    std::int64_t ways(std::string_view column) const {
        return std::max<std::int64_t>(1, static_cast<std::int64_t>(number(column).value_or(1)));
    }
};

/// Metrics that include evaluation or convergence say nothing of a step.
bool is_predictable(const std::string& metric) {
    constexpr std::array known{
        "step_s",   "tokens_per_s_per_gpu", "tokens_per_s_total", "tflops_per_gpu", "mfu",
        "memory_gb"};
    return std::find(known.begin(), known.end(), metric) != known.end();
}

std::size_t significant_digits(std::string_view printed) {
    std::size_t digits = 0;
    bool leading = true;
    for (const char c : printed) {
        if (c == 'e' || c == 'E') break;
        if (c < '0' || c > '9') continue;
        leading = leading && c == '0';
        if (!leading) ++digits;
    }
    return digits;
}

std::string bad_value(const Cells& cells) {
    const auto value = cells.number("value");
    if (!value) return "no measured value";
    if (*value <= 0) return "the measured value is zero";
    if (significant_digits(cells.text("value")) < 2) return "fewer than two significant digits";
    return "";
}

constexpr std::int64_t usual_head_width = 128;
constexpr std::int64_t usual_vocabulary = 32000;
constexpr int first_year_of_fused_attention = 2023;  // FlashAttention in training frameworks

// --- model ---------------------------------------------------------------------------------

void put(const Cells& cells, std::string_view column, Cited<std::int64_t>& into) {
    const auto value = cells.number(column);
    if (value && *value >= 1) into.value = static_cast<std::int64_t>(*value);
}

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

/// From the printed dimensions; gated MLP and tied embeddings are those whose total is nearest
/// the printed number of weights.
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

// --- recipe --------------------------------------------------------------------------------

Precision precision_of(const std::string& printed) {
    const std::string p = lower(printed);
    if (contains(p, "nvfp4") || contains(p, "fp4")) return Precision::fp4;
    if (contains(p, "mxfp8") || contains(p, "block")) return Precision::fp8_block;
    if (contains(p, "fp8") || contains(p, "float8")) return Precision::fp8;
    return Precision::bf16;
}

Recompute recompute_of(const std::string& printed) {
    const std::string r = lower(printed);
    if (r.starts_with("full") || contains(r, "layers/stage full")) return Recompute::full;
    const bool some = contains(r, "selective") || contains(r, "policy") || contains(r, "custom") ||
                      contains(r, "partial") || contains(r, "offload");
    return some ? Recompute::selective : Recompute::none;
}

Sharding sharding_of(const std::string& printed) {
    const std::string z = lower(printed);
    if (contains(z, "grad_op")) return Sharding::zero_2;
    if (contains(z, "fsdp") || contains(z, "zero-3")) return Sharding::zero_3;
    if (contains(z, "zero-1") || contains(z, "distributed")) return Sharding::zero_1;
    return contains(z, "zero-0") || contains(z, "none") ? Sharding::none : Sharding::zero_1;
}

FlopConvention convention_of(const Cells& cells) {
    const std::string source = lower(cells.text("source") + " " + cells.text("notes"));
    if (contains(source, "recomputed forward")) return FlopConvention::with_recompute;
    if (contains(source, "megatron-bridge")) return FlopConvention::causal_attention;
    return FlopConvention::full_attention;
}

void read_layout(const Cells& cells, TrainingRow& row) {
    Plan& p = row.plan;
    p.tensor = cells.ways("tp");
    p.pipeline = cells.ways("pp");
    p.virtual_stages = cells.ways("vp");
    p.context = cells.ways("cp");
    p.expert = cells.ways("ep");
    p.expert_tensor = cells.ways("etp");
    p.micro_batch = cells.ways("micro_batch");
    const auto chips = static_cast<std::int64_t>(row.chips);
    const std::int64_t model_ways = p.tensor * p.pipeline * p.context;
    p.data = std::max<std::int64_t>(1, chips / model_ways);
    if (cells.number("dp")) {
        p.data = cells.ways("dp");
    } else {
        row.defaults.push_back("data ways from the chips");
    }
    const bool batch = cells.number("global_batch").value_or(0) >= 1;
    p.global_batch = batch ? cells.ways("global_batch") : p.data * p.micro_batch;
    if (!batch) row.defaults.push_back("one micro-batch a step");
    if (!cells.number("micro_batch")) row.defaults.push_back("micro-batch 1");
    p.schedule = p.virtual_stages > 1 ? Schedule::interleaved : Schedule::one_f_one_b;
    p.recompute = recompute_of(cells.text("recompute"));
    p.sharding = sharding_of(cells.text("zero_fsdp"));
}

/// What the flags say of overlap, and the rest as the frameworks do by default.
void read_flags(const Cells& cells, TrainingRow& row) {
    const std::string flags = lower(cells.text("flags"));
    TrainAssumptions& a = row.context.assume;
    const bool overlapped = contains(flags, "tp comm overlap") || contains(flags, "async tp") ||
                            contains(flags, "asynctp") || contains(flags, "tp and p2p overlap");
    a.tensor_overlap = overlapped ? 0.7 : 0.0;
    a.pipeline_overlap = contains(flags, "no async p2p") ? 0.0 : 0.5;
    a.data_overlap = contains(flags, "no grad-reduce overlap") ? 0.0 : 0.9;
    a.expert_overlap = contains(flags, "ep overlap on") || contains(flags, "a2a overlap") ? 0.8 : 0;
    a.forwarded_dispatch = contains(flags, "deepep") || contains(flags, "hybridep");
    // torchtitan's operator-level checkpointing recomputes every second product
    a.selective_products = contains(lower(cells.text("recompute")), "selective ac") ? 0.5 : 0.0;
    const double year = cells.number("year").value_or(first_year_of_fused_attention);
    row.context.fused_attention = year >= first_year_of_fused_attention;
    const std::string model = lower(cells.text("model"));
    row.context.frozen_weights = contains(model, "lora") || contains(flags, "lora");
}

std::string missing(const Cells& cells, const TrainingRow& row) {
    if (cells.number("chips").value_or(0) < 1) return "not usable: no chip count";
    if (cells.number("seq").value_or(0) < 1) return "not usable: no sequence length";
    const bool batch = cells.number("global_batch") || cells.number("micro_batch");
    if (!batch) return "not usable: neither global batch nor micro-batch";
    const bool per_step = row.metric == "step_s" || row.metric == "tokens_per_s_total";
    if (per_step && !cells.number("global_batch")) return "not usable: no global batch";
    return "";
}

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

TrainingRow resolve_training_row(const CsvTable& table, std::size_t index, const Catalog& catalog) {
    const Cells cells{table, index};
    TrainingRow row;
    row.metric = cells.text("metric");
    row.skipped = bad_value(cells);
    if (!is_predictable(row.metric)) {
        row.skipped = "the metric includes evaluation or convergence";
    }
    row.measured = cells.number("value").value_or(0);
    row.chips = cells.number("chips").value_or(0);
    if (row.skipped.empty()) row.skipped = missing(cells, row);
    if (!row.skipped.empty()) return row;
    const auto model = model_of_row(cells, catalog, row.defaults);
    if (!model) {
        row.skipped = "model unknown and without dimensions";
        return row;
    }
    row.context.model = *model;
    row.context.sequence = *cells.number("seq");
    row.context.precision = precision_of(cells.text("precision"));
    const std::string fault = resolve_row_system(cells.table, index, catalog, row);
    if (!fault.empty()) {
        row.skipped = fault;
        return row;
    }
    read_layout(cells, row);
    read_flags(cells, row);
    row.convention = convention_of(cells);
    return row;
}

double predict(const TrainingRow& row) {
    const Step step = evaluate(row.context, row.plan);
    const double seconds = step.times.total.si();
    const double tokens = static_cast<double>(row.plan.global_batch) * row.context.sequence;
    if (row.metric == "step_s") return seconds;
    if (row.metric == "memory_gb") return step.memory.total.in(unit::GB);
    if (row.metric == "tokens_per_s_total") return tokens / seconds;
    const double per_chip = tokens / seconds / row.chips;
    if (row.metric == "tokens_per_s_per_gpu") return per_chip;
    const double tflops = per_chip * printed_flops_per_token(row) / 1e12;
    if (row.metric == "tflops_per_gpu") return tflops;
    const double mfu = tflops / row.context.chip.rate(Precision::bf16).in(unit::TFLOPS);
    return row.measured > 1 ? 100 * mfu : mfu;  // printed in percent or as a share
}

}  // namespace millwright
