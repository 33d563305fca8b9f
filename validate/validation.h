// Published measurements against predictions: rows, groups and error figures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/csv.h"
#include "catalog/catalog.h"

namespace millwright {

/// One printed value and what Millwright predicts for it. `skipped` says why there is none.
struct ValidatedRow {
    std::string id;
    std::string metric;
    double predicted = 0;
    double measured = 0;
    double error = 0;  // predicted / measured - 1
    std::string skipped;
    std::vector<std::string> defaults;           // what the row left open
    std::string source, chip, precision, scale;  // keys of groups
};

struct ErrorFigures {
    std::size_t count = 0;  // rows predicted
    std::size_t skipped = 0;
    double median_abs_error = 0;
    double mean_abs_error = 0;
    double p90_abs_error = 0;
    double bias = 0;  // mean signed error
};

struct ValidatedGroup {
    std::string by;  // such as "chip=h100-sxm"
    std::string metric;
    ErrorFigures figures;
};

struct Validation {
    std::vector<ValidatedRow> rows;
    std::vector<ValidatedGroup> groups;
    ErrorFigures summary;
};

/// Predicts every usable row of a table in the columns of docs/reference/tables.md.
Result<Validation> validate_training(const CsvTable& table, const Catalog& catalog,
                                     const std::vector<std::string>& group_by);

ErrorFigures error_figures(const std::vector<const ValidatedRow*>& rows);

}  // namespace millwright
