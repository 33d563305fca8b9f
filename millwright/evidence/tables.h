// The rows of one kind of table, predicted; for validate() alone.
#pragma once

#include "millwright/catalog/bands.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// Rows of line `index` of a table: one, or two for a sweep. `framework` and `family` are as in
/// ValidationOptions. A row that cannot be predicted has `skipped`, and what of it is known.
std::vector<ValidatedRow> validated_training(const CsvTable& table, std::size_t index,
                                             const Catalog& catalog, const std::string& framework);
std::vector<ValidatedRow> validated_sweep(const CsvTable& table, std::size_t index,
                                          const Catalog& catalog, const std::string& framework);
std::vector<ValidatedRow> validated_kernel(const CsvTable& table, std::size_t index,
                                           const Catalog& catalog, const std::string& family);
std::vector<ValidatedRow> validated_collective(const CsvTable& table, std::size_t index,
                                               const Catalog& catalog);

std::vector<ValidatedRow> validated_serving(const CsvTable& table, std::size_t index,
                                            const Catalog& catalog);
/// One row for each figure of a stage.
std::vector<ValidatedRow> validated_openloop(const CsvTable& table, std::size_t index,
                                             const Catalog& catalog);

/// Outcomes of a fleet, from what the other rows of its document say.
std::vector<ValidatedRow> validated_reliability(const CsvTable& table, std::size_t index);

/// First word of a printed source, up to a space or one of ",;@(": what rows are grouped by.
std::string first_words(std::string_view source);
/// Bucket of a number of chips, such as "9-64".
std::string scale_of(double chips);
/// Error from prediction and print, or the row skipped where the prediction is no number.
void settle(ValidatedRow& row, double predicted);
/// The band of a settled row, kind-detail as interval_of() looks it up; `is_rate` for what is
/// better when larger. Its chip is one of the catalog's, and as near as the row says; where it does
/// not, the row learns it.
void add_band(ValidatedRow& row, const Catalog& catalog, const std::string& kind,
              const std::string& detail, bool is_rate, const Extent& reach = {});

}  // namespace millwright
