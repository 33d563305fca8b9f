// Kernel families from measured kernel times.
#pragma once

#include <string>
#include <vector>

#include "millwright/evidence/kernel_row.h"

namespace millwright {

/// What one fit of some parameters to some rows came to. Errors are |predicted / measured - 1| of
/// all rows of the fit, in what each prints.
struct KernelFit {
    std::string family, chip;
    std::string table;  // such as "gemm.bf16"
    std::size_t rows = 0;
    double median_abs_error = 0, p90_abs_error = 0;
};

/// What a table of kernels says: families that take the place of the catalog's.
struct KernelCalibration {
    std::vector<KernelFamily> families;  // catalog families with the fitted figures replaced
    std::vector<KernelFit> fits;
    std::size_t skipped = 0;  // rows that could not be used
};

/// Fits the family of each measured chip: products of each format, grouped products, attention,
/// each by itself and only with twelve rows or more; a family without such rows is left out. Rows
/// of other chips of that family are left out of the fit. `source` is cited by every fitted figure.
/// Least mean of |log(predicted / measured)|, weighted by the rows, by subplex (Rowan 1990) from
/// the catalog's figures; the same table gives the same figures.
KernelCalibration calibrate_kernels(const CsvTable& table, const Catalog& catalog, SourceId source);

}  // namespace millwright
