#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "validate/training_row.h"
#include "validate/validation.h"

namespace millwright {
namespace {

std::string first_words(std::string_view source) {
    const std::size_t end = source.find_first_of(" ,;@(");
    return std::string(source.substr(0, end));
}

std::string scale_of(double chips) {
    if (chips <= 8) return "1-8";
    if (chips <= 64) return "9-64";
    if (chips <= 512) return "65-512";
    return "513+";
}

ValidatedRow validated(const CsvTable& table, std::size_t i, const Catalog& catalog) {
    const TrainingRow row = resolve_training_row(table, i, catalog);
    ValidatedRow out;
    out.id = cell(table, i, "id");
    out.metric = row.metric;
    out.measured = row.measured;
    out.skipped = row.skipped;
    out.defaults = row.defaults;
    out.source = first_words(cell(table, i, "source"));
    out.chip = row.chip;
    out.precision = name_of(row.context.precision);
    out.scale = scale_of(row.chips);
    if (!out.skipped.empty()) return out;
    out.predicted = predict(row);
    if (!std::isfinite(out.predicted) || out.predicted <= 0) {
        out.skipped = "not usable: the printed layout gives no time";
        return out;
    }
    out.error = out.predicted / out.measured - 1;
    return out;
}

std::string key_of(const ValidatedRow& row, const std::string& name) {
    if (name == "source") return row.source;
    if (name == "chip") return row.chip;
    if (name == "precision") return row.precision;
    return row.scale;
}

std::vector<ValidatedGroup> groups_of(const std::vector<ValidatedRow>& rows,
                                      const std::vector<std::string>& names) {
    std::map<std::pair<std::string, std::string>, std::vector<const ValidatedRow*>> groups;
    for (const ValidatedRow& row : rows) {
        std::vector<std::string> words;
        for (const std::string& name : names) words.push_back(name + "=" + key_of(row, name));
        groups[{join(words, ","), row.metric}].push_back(&row);
    }
    std::vector<ValidatedGroup> list;
    for (const auto& [key, members] : groups) {
        list.push_back({key.first, key.second, error_figures(members)});
    }
    return list;
}

}  // namespace

Result<Validation> validate_training(const CsvTable& table, const Catalog& catalog,
                                     const std::vector<std::string>& group_by) {
    Faults faults;
    for (const char* column : {"id", "system", "chips", "model", "seq", "metric", "value"}) {
        if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end()) {
            faults.push_back({{table.file, 1, 1},
                              fmt::format("the table lacks column '{}'", column),
                              "see docs/reference/tables.md"});
        }
    }
    if (!faults.empty()) return failure(std::move(faults));
    Validation validation;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        validation.rows.push_back(validated(table, i, catalog));
    }
    std::vector<const ValidatedRow*> all;
    for (const ValidatedRow& row : validation.rows) all.push_back(&row);
    validation.summary = error_figures(all);
    validation.groups = groups_of(validation.rows, group_by);
    return validation;
}

}  // namespace millwright
