// One row of a table of kernel measurements, resolved to what the kernel model takes.
#pragma once

#include <string>
#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/compute/expert_layer.h"
#include "millwright/compute/kernels.h"
#include "millwright/evidence/attention_row.h"
#include "millwright/evidence/cells.h"

namespace millwright {

/// What was timed: a matrix product (with the cast of its activation), grouped products, attention
/// of whole sequences, the routed experts of a layer on one rank, attention to a cache, or a cast
/// alone.
enum class KernelKind { gemm, grouped_gemm, attention, experts, decode, cast };

template <>
struct EnumNames<KernelKind> {
    static constexpr std::array<std::string_view, 6> names{
        "gemm", "grouped gemm", "attention", "experts", "decode attention", "cast"};
};

/// A row as the kernel model takes it. Of product, attention and layer the one that `kind` names is
/// set.
struct KernelRow {
    std::string skipped;    // why the row cannot be predicted; empty if it can
    std::string chip;       // id in the catalog
    ChipRates rates;        // at the clock that the row ran at
    bool in_bursts = true;  // else under long load
    KernelKind kind = KernelKind::gemm;
    Precision precision = Precision::bf16;
    Product product;
    GroupedCalls calls;  // of grouped products that a framework runs
    bool with_cast = false;
    AttentionRow attention;  // of both kinds of attention
    ExpertLayer layer;
    bool in_tflops = false;           // printed as a rate rather than a time
    double measured = 0;              // microseconds or TFLOP/s
    std::vector<std::string> unread;  // names in the shape that say nothing to the model
    double weight = 1;                // in a calibration
};

/// Faults of shapes: what stands after the names of sizes must be numbers. Names that the model
/// does not read may hold anything.
Faults shape_faults(const CsvTable& table);

/// The row against the catalog: its chip's rates and what was timed. `family`, if not empty, stands
/// in for the chip's own kernel family. Cells are as table_faults() and shape_faults() want them.
KernelRow resolve_kernel_row(const CsvTable& table, std::size_t row, const Catalog& catalog,
                             const std::string& family = "");

/// Time on chip rates that need not be the row's own, as a calibration varies them. Infinite or not
/// a number where the chip or the shape has no such kernel.
Seconds kernel_time(const KernelRow& row, const ChipRates& chip);

/// Useful FLOPs of the row's kernel, attention as its mask leaves it. None are counted of routed
/// experts and casts: rows of these must print a time.
Flops kernel_flops(const KernelRow& row);

/// What the model says in the unit of the row: microseconds or TFLOP/s.
double predict(const KernelRow& row);

}  // namespace millwright
