// Predictions held against measurements.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/csv.h"
#include "millwright/evidence/requests.h"
#include "millwright/evidence/rules.h"
#include "millwright/evidence/validation.h"

namespace millwright {

/// What the rows of a table are, by the columns of docs/reference/tables.md.
enum class EvidenceKind {
    training,
    sweep,
    kernels,
    collectives,
    serving,
    openloop,
    reliability,
    requests,
    rules
};

template <>
struct EnumNames<EvidenceKind> {
    static constexpr std::array<std::string_view, 9> names{"training",    "sweep",    "kernels",
                                                           "collectives", "serving",  "openloop",
                                                           "reliability", "requests", "rules"};
};

/// A table of measurements and how to predict its rows. Options that say nothing of tables of this
/// kind are faults, rather than passed over.
struct ValidateQuestion {
    EvidenceKind kind = EvidenceKind::training;
    CsvTable table;                                       // of all kinds but requests
    std::optional<RequestLog> log;                        // of requests
    bool each_request = false;                            // requests: rows for every one
    std::vector<std::string> group_by{"source", "chip"};  // of group_keys()
    std::string family;     // kernels: predict every chip from this family; by the chip if empty
    std::string framework;  // training, sweep: of all rows; by what each row says if empty
};

/// Measured figures with errors, or verdicts that are right or not; the second for `rules` alone.
using ValidateAnswer = std::variant<Validation, RulesValidation>;

/// Rows that cannot be predicted are part of the answer, with the reason; cells that cannot be what
/// their columns say are faults.
Result<ValidateAnswer> validate(const ValidateQuestion& question, const Setting& setting);

}  // namespace millwright
