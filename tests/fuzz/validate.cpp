// The kind of a table on a line by itself, then the table: any bytes make predictions whose errors
// and bands are numbers, or faults.
#include "millwright/evidence/rules.h"
#include "millwright/evidence/validation.h"
#include "tests/fuzz/sections.h"

namespace {
using namespace millwright;

constexpr std::size_t most_rows = 8;  // keeps an input's time bounded

void check_rows(const Validation& validation) {
    for (const ValidatedRow& row : validation.rows) {
        fuzz::require(!row.metric.empty() || !row.skipped.empty());
        if (!row.skipped.empty()) continue;
        for (const double number : {row.predicted, row.measured, row.error, row.low, row.high}) {
            fuzz::require(std::isfinite(number));
        }
        fuzz::require(row.predicted > 0 && row.low <= row.high);
    }
    fuzz::require(validation.summary.count + validation.summary.skipped == validation.rows.size());
}

void check_rules(const CsvTable& table) {
    const auto judged = validate_rules(table, built_in_catalog());
    if (!judged) return fuzz::require(!judged.error().empty());
    for (const JudgedRow& row : judged->rows) {
        fuzz::require(!row.predicted.empty() || !row.skipped.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return 0;
    const std::string_view kind = text.substr(0, end);
    const auto table = parse_csv(text.substr(end + 1), "fuzz.csv");
    if (!table || table->rows.size() > most_rows) return 0;
    if (kind == "rules") {
        check_rules(*table);
        return 0;
    }
    const auto known = enum_named<TableKind>(kind);
    if (!known) return 0;
    const auto found = validate(*known, *table, built_in_catalog(), {{"source", "chip"}, ""});
    if (found) {
        check_rows(*found);
    } else {
        fuzz::require(!found.error().empty());
    }
    return 0;
}
