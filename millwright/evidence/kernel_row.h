// One row of a table of kernel measurements, resolved to what the kernel model takes.
#pragma once

#include <string>
#include <vector>

#include "millwright/catalog/catalog.h"
#include "millwright/compute/kernels.h"
#include "millwright/evidence/cells.h"

namespace millwright {

/// What was timed: a matrix product (with the cast of its activation), grouped products, an
/// attention core, or the routed experts of a layer on one rank.
enum class KernelKind { gemm, grouped_gemm, attention, experts };

template <>
struct EnumNames<KernelKind> {
    static constexpr std::array<std::string_view, 4> names{"gemm", "grouped gemm", "attention",
                                                           "experts"};
};

struct ExpertLayer {
    double tokens = 0, hidden = 0, inner = 0, top_k = 1, experts = 1;
    double tensor = 1, expert = 1;
    double skew = 0;  // exponent of a power law over experts; 0 is balanced
    bool gated = true;
};

struct KernelRow {
    std::string skipped;  // why the row cannot be predicted; empty if it can
    std::string chip;     // id in the catalog
    ChipRates rates;      // at burst clock, as kernels are timed
    KernelKind kind = KernelKind::gemm;
    Precision precision = Precision::bf16;
    Product product;
    bool with_cast = false;
    Attention attention;
    bool flash_attention_2 = false;
    bool forward = true, backward = false;
    ExpertLayer layer;
    bool in_tflops = false;           // printed as a rate rather than a time
    double measured = 0;              // microseconds or TFLOP/s
    std::vector<std::string> unread;  // names in the shape that say nothing to the model
    double weight = 1;                // in a calibration
};

/// Faults of shapes: what stands after the names of sizes must be numbers.
Faults shape_faults(const CsvTable& table);

/// `family`, if not empty, stands in for the chip's own kernel family.
KernelRow resolve_kernel_row(const CsvTable& table, std::size_t row, const Catalog& catalog,
                             const std::string& family = "");

/// Time on chip rates that need not be the row's own, as a calibration varies them.
Seconds kernel_time(const KernelRow& row, const ChipRates& chip);

/// Useful FLOPs of the row's kernel, attention as its mask leaves it.
Flops kernel_flops(const KernelRow& row);

/// Time in microseconds or rate in TFLOP/s, as printed.
double predict(const KernelRow& row);

}  // namespace millwright
