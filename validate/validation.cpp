#include "validate/validation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "validate/cells.h"
#include "validate/tables.h"

namespace millwright {
namespace {

struct GroupKey {
    std::string_view name;
    std::string ValidatedRow::*member;
};

constexpr std::array keys{
    GroupKey{"source", &ValidatedRow::source},       GroupKey{"chip", &ValidatedRow::chip},
    GroupKey{"precision", &ValidatedRow::precision}, GroupKey{"scale", &ValidatedRow::scale},
    GroupKey{"model", &ValidatedRow::model},         GroupKey{"kernel", &ValidatedRow::kernel},
    GroupKey{"layout", &ValidatedRow::layout}};

std::vector<ValidatedRow> validated(TableKind kind, const CsvTable& table, std::size_t i,
                                    const Catalog& catalog, const ValidationOptions& options) {
    switch (kind) {
        case TableKind::training: return validated_training(table, i, catalog);
        case TableKind::sweep: return validated_sweep(table, i, catalog);
        case TableKind::kernels: return validated_kernel(table, i, catalog, options.family);
        case TableKind::collectives: return validated_collective(table, i, catalog);
    }
    return {};
}

std::string group_of(const ValidatedRow& row, const std::vector<std::string>& names) {
    std::vector<std::string> words;
    for (const std::string& name : names) {
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const GroupKey& k) { return k.name == name; });
        if (key != keys.end()) words.push_back(name + "=" + row.*(key->member));
    }
    return join(words, ",");
}

std::vector<ValidatedGroup> groups_of(const std::vector<ValidatedRow>& rows,
                                      const std::vector<std::string>& names) {
    std::map<std::pair<std::string, std::string>, std::vector<const ValidatedRow*>> groups;
    for (const ValidatedRow& row : rows) groups[{group_of(row, names), row.metric}].push_back(&row);
    std::vector<ValidatedGroup> list;
    for (const auto& [key, members] : groups) {
        list.push_back({key.first, key.second, error_figures(members)});
    }
    return list;
}

}  // namespace

std::vector<std::string> group_keys() {
    std::vector<std::string> names;
    for (const GroupKey& key : keys) names.emplace_back(key.name);
    return names;
}

std::vector<std::string> columns_of(TableKind kind) {
    switch (kind) {
        case TableKind::training: return {"id", "system", "chips", "model", "seq", "metric", "value"};
        case TableKind::sweep:
            return {"id", "system", "chips", "model", "seq", "tokens_per_s_per_gpu", "memory_gb"};
        case TableKind::kernels: return {"id", "chip", "kernel", "dtype", "shape"};
        case TableKind::collectives: return {"id", "system", "chips", "op", "bytes"};
    }
    return {};
}

std::string first_words(std::string_view source) {
    return std::string(source.substr(0, source.find_first_of(" ,;@(")));
}

std::string scale_of(double chips) {
    if (chips <= 8) return "1-8";
    if (chips <= 64) return "9-64";
    if (chips <= 512) return "65-512";
    return "513+";
}

void settle(ValidatedRow& row, double predicted) {
    row.predicted = predicted;
    if (!std::isfinite(predicted) || predicted <= 0) {
        row.predicted = 0;
        row.skipped = "not usable: the printed layout gives no result";
        return;
    }
    row.error = predicted / row.measured - 1;
}

Result<Validation> validate(TableKind kind, const CsvTable& table, const Catalog& catalog,
                            const ValidationOptions& options) {
    Faults faults = missing_columns(table, columns_of(kind));
    if (!options.family.empty() && find_part(catalog.kernels, options.family) == nullptr) {
        faults.push_back({{table.file, 0, 0},
                          "no kernel family '" + options.family + "' in the catalog",
                          did_you_mean(options.family, ids(catalog.kernels))});
    }
    if (!faults.empty()) return failure(std::move(faults));
    Validation validation;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        for (ValidatedRow& row : validated(kind, table, i, catalog, options)) {
            validation.rows.push_back(std::move(row));
        }
    }
    std::vector<const ValidatedRow*> all;
    for (const ValidatedRow& row : validation.rows) all.push_back(&row);
    validation.summary = error_figures(all);
    validation.groups = groups_of(validation.rows, options.group_by);
    return validation;
}

}  // namespace millwright
