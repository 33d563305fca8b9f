// Worked cases of the export rules against the engine.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

/// One worked case; answers are "CLASS/VERDICT", of the authority whose answer leads.
struct JudgedRow {
    std::string id;
    std::string predicted, measured;
    std::string skipped;     // why it cannot be judged; empty if it can
    std::string confidence;  // of the case, as its table says
    std::string rule, reason;

    bool right() const { return skipped.empty() && predicted == measured; }
};

/// Cases of one confidence: `count` without the skipped, `right` of these.
struct JudgedGroup {
    std::string confidence;
    std::size_t count = 0, skipped = 0, right = 0;
};

/// All cases of a table, in its order, and how many are right.
struct RulesValidation {
    std::vector<JudgedRow> rows;
    std::vector<JudgedGroup> groups;  // by confidence
    JudgedGroup summary;
};

/// Judges every case of a table. Columns: those of question_of, with id, expected_class,
/// expected_verdict and confidence. An empty die area says that no die counts, as such tables write
/// it. A case that is no question is skipped, with the reason; faults are those of columns, and of
/// the catalog's rules.
Result<RulesValidation> validate_rules(const CsvTable& table, const Catalog& catalog);

}  // namespace millwright
