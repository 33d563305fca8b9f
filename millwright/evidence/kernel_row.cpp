// Words of a kernel's name tell its kind, tried in this order: routed experts, gemm, attention,
// cast. Grouped products of training print the forward's sizes whatever their direction, and are
// turned to the gradient's here. A row runs at the burst clock unless its source or its kernel is
// known to have run for long.
#include "millwright/evidence/kernel_row.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/evidence/row_system.h"
#include "millwright/factory/factory_links.h"
#include "millwright/factory/resolve.h"
#include "millwright/parts/precision.h"

namespace millwright {
namespace {

/// Names of sizes in shapes: whole numbers, but for the exponent `alpha`.
constexpr std::array size_names{
    "m_per_group", "num_groups", "m",    "n",       "k",   "b",        "batch", "groups", "s",
    "seq",         "s_q",        "s_k",  "kv_len",  "skv", "heads",    "h",     "h_q",    "kv",
    "kv_heads",    "h_kv",       "hkv",  "d_qk",    "d",   "head_dim", "d_v",   "window", "tokens",
    "hidden",      "inter",      "topk", "experts", "tp",  "ep",       "alpha", "gated"};
// read as flags; any further name is told as unread
constexpr std::array other_names{"causal", "accumulate", "kv_dtype", "gradient"};
constexpr double largest_size = 1e12;

bool is_among(const auto& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_size(const std::string& name, const std::string& text) {
    if (name == "gated" && (text == "True" || text == "False")) return true;
    const auto number = number_of(text);
    if (!number || *number < 0 || *number > largest_size) return false;
    return name == "alpha" || *number == std::floor(*number);
}

/// The format of the operands; FP16 runs at the rate of BF16.
Precision precision_of(const std::string& dtype) {
    if (contains(dtype, "fp4")) return Precision::fp4;
    if (contains(dtype, "block") || contains(dtype, "1x128")) return Precision::fp8_block;
    // a product of fp8 operands; "fp8 KV" is a cache read by bf16 kernels
    if (contains(dtype, "fp8") && !contains(dtype, "kv")) return Precision::fp8;
    return Precision::bf16;
}

/// These give why the row cannot be used; empty if it can. What a product adds to is read and
/// written: twice the bytes.
std::string read_product(const Shape& shape, const std::string& dtype, KernelRow& row) {
    Product& p = row.product;
    p.precision = row.precision;
    p.m = shape_number(shape, {"m", "m_per_group"}, 0);
    p.n = shape_number(shape, {"n"}, 0);
    p.k = shape_number(shape, {"k"}, 0);
    p.grouped = row.kind == KernelKind::grouped_gemm;
    p.count = shape_number(shape, {"groups", "num_groups", "b"}, 1);
    if (contains(dtype, "-> fp32")) p.output_bytes = fp32_bytes;
    if (shape_flag(shape, "accumulate")) p.output_bytes = 2 * fp32_bytes;
    return p.m >= 1 && p.n >= 1 && p.k >= 1 ? "" : "not usable: no m, n and k";
}

bool is_attention(const KernelRow& row) {
    return row.kind == KernelKind::attention || row.kind == KernelKind::decode;
}

/// Whether the gradient that a product adds to is BF16: as the row says after `gradient=` or an
/// arrow; FP32 where it says nothing, as Megatron-LM keeps it.
bool narrow_gradient(const Shape& shape, const std::string& dtype) {
    const auto said = shape.find("gradient");
    const std::string type = said == shape.end() ? dtype : "-> " + lower(said->second);
    return contains(type, "-> bf16") || contains(type, "-> fp16");
}

/// Grouped products of training print the forward's m, n and k whatever their direction. Those are
/// a framework's, which runs them in its own way; kernels without a direction are fused ones.
void read_direction(const Shape& shape, const std::string& name, const std::string& dtype,
                    const Framework& framework, KernelRow& row) {
    const bool weights = contains(name, "bwd_grad_w") || contains(name, "wgrad");
    const bool inputs = contains(name, "bwd_grad_act") || contains(name, "dgrad");
    if (!weights && !inputs && !contains(name, "fwd")) return;
    row.calls = {framework.grouped_streams.value, framework.host_group.value};
    if (inputs) row.product = input_gradient(row.product);
    if (!weights) return;
    row.product =
        weight_gradient(row.product, narrow_gradient(shape, dtype) ? bf16_bytes : fp32_bytes);
}

std::string read_experts(const Shape& shape, KernelRow& row) {
    ExpertLayer& e = row.layer;
    e.hidden = shape_number(shape, {"hidden"}, 0);
    e.inner = shape_number(shape, {"inter"}, 0);
    e.tensor = shape_number(shape, {"tp"}, 1);
    e.gated = !shape.contains("gated") || shape_flag(shape, "gated");
    ExpertRouting r;
    r.tokens = shape_number(shape, {"tokens"}, 0);
    r.top_k = shape_number(shape, {"topk"}, 1);
    r.experts = shape_number(shape, {"experts"}, 0);
    r.ranks = shape_number(shape, {"ep"}, 1);
    r.exponent = shape_number(shape, {"alpha"}, 0);
    const bool whole = r.tokens >= 1 && e.hidden >= 1 && e.inner >= 1 && r.experts >= 1;
    if (!whole) return "not usable: no tokens, widths and experts";
    if (r.ranks < 1 || e.tensor < 1) return "not usable: no ranks";
    e.load = fullest_rank(r);
    return "";
}

std::string read_cast(const Shape& shape, KernelRow& row) {
    row.product.m = shape_number(shape, {"m"}, 0);
    row.product.k = shape_number(shape, {"k"}, 0);
    if (row.precision == Precision::bf16) return "not usable: a cast to a format of 16 bits";
    return row.product.m >= 1 && row.product.k >= 1 ? "" : "not usable: no m and k";
}

std::string read_shape(const Cells& cells, const Framework& framework, KernelRow& row) {
    const Shape shape = named_values(cells.text("shape"));
    for (const auto& [key, value] : shape) {
        if (!is_among(size_names, key) && !is_among(other_names, key)) row.unread.push_back(key);
    }
    const std::string name = lower(cells.text("kernel"));
    const std::string dtype = lower(cells.text("dtype"));
    row.precision = precision_of(dtype);
    row.with_cast = contains(dtype, "with cast");
    if (contains(name, "routed experts")) {
        row.kind = KernelKind::experts;
        return read_experts(shape, row);
    }
    if (contains(name, "gemm")) {
        row.kind = contains(name, "group") ? KernelKind::grouped_gemm : KernelKind::gemm;
        const std::string skipped = read_product(shape, dtype, row);
        if (row.product.grouped) read_direction(shape, name, dtype, framework, row);
        return skipped;
    }
    if (contains(name, "attention") || contains(name, "mla")) {
        const std::string source = lower(cells.text("source"));
        const std::string fault = read_attention(shape, name, dtype, source, row.attention);
        row.kind = row.attention.decodes ? KernelKind::decode : KernelKind::attention;
        return fault;
    }
    if (contains(name, "cast")) {
        row.kind = KernelKind::cast;
        return read_cast(shape, row);
    }
    return "not usable: kernel '" + name +
           "' is not one of gemm, attention, routed experts or cast";
}

}  // namespace

Faults shape_faults(const CsvTable& table) {
    Faults faults;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const Cells cells{table, row};
        for (const auto& [name, text] : named_values(cells.text("shape"))) {
            if (!is_among(size_names, name) || is_size(name, text)) continue;
            faults.push_back(cells.fault(
                "shape", fmt::format("'{}={}' in shape is no size", name, excerpt(text)),
                fmt::format("sizes are whole numbers from 0 to {:g}", largest_size)));
        }
    }
    return faults;
}

KernelRow resolve_kernel_row(const CsvTable& table, std::size_t index, const Catalog& catalog,
                             const std::string& family) {
    const Cells cells{table, index};
    KernelRow row;
    row.in_tflops = !cells.number("time_us");
    const char* column = row.in_tflops ? "tflops" : "time_us";
    row.skipped = unusable_value(cells, column);
    row.measured = cells.number(column).value_or(0);
    row.weight = cells.number("weight").value_or(1);
    const std::string printed = cells.text("chip");
    const Chip* chip = chip_of_system(catalog, printed);
    if (chip == nullptr) row.skipped = "not usable: chip '" + printed + "' is unknown";
    if (!row.skipped.empty()) return row;
    row.chip = chip->id;
    Chip timed = *chip;
    if (!family.empty()) timed.generation = family;
    row.rates = resolve_rates(catalog, timed);
    // most kernels are timed in bursts, where only a lower power limit slows the clock; those
    // that a step simulator was calibrated with ran for long, as do benchmarks of a BLAS library,
    // which repeat a shape for seconds
    row.in_bursts = !contains(lower(cells.text("source")), "simumax") &&
                    !contains(lower(cells.text("kernel")), "blaslt");
    if (row.in_bursts) row.rates = at_burst_clock(row.rates);
    row.skipped = read_shape(cells, framework_for(catalog, *chip), row);
    if (row.skipped.empty() && row.rates.rate(row.precision) <= FlopRate{}) {
        row.skipped = "not usable: the chip has no known rate of this format";
    }
    return row;
}

Seconds kernel_time(const KernelRow& row, const ChipRates& chip) {
    if (row.kind == KernelKind::experts) return expert_layer_time(chip, row.precision, row.layer);
    if (row.kind == KernelKind::cast) {
        return quantise_time(chip, row.precision, row.product.m, row.product.k);
    }
    if (is_attention(row)) return attention_row_time(row.attention, chip);
    ChipRates own = chip;
    own.grouped_calls = row.calls;
    const Seconds time = product_time(own, row.product);
    if (!row.with_cast) return time;
    return time + quantise_time(chip, row.precision, row.product.m, row.product.k);
}

Flops kernel_flops(const KernelRow& row) {
    const Product& p = row.product;
    if (is_attention(row)) return attention_row_flops(row.attention);
    return 2 * p.m * p.n * p.k * p.count * unit::flop;
}

double predict(const KernelRow& row) {
    const Seconds time = kernel_time(row, row.rates);
    if (!row.in_tflops) return time.in(unit::us);
    return (kernel_flops(row) / time).in(unit::TFLOPS);
}

}  // namespace millwright
