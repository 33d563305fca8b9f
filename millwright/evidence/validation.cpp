// Each kind of table has its own reader of rows, and all give the same ValidatedRow: groups,
// figures and bands know no kinds. Only sweeps are ranked, among layouts of one model and scale,
// as errors may be alike and the order still right. All faults of table and options come before
// the first prediction; a row that says too little is no fault.
#include "millwright/evidence/validation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "millwright/base/statistics.h"
#include "millwright/base/text.h"
#include "millwright/catalog/bands.h"
#include "millwright/evidence/columns.h"
#include "millwright/evidence/kernel_row.h"
#include "millwright/evidence/tables.h"

namespace millwright {
namespace {

struct GroupKey {
    std::string_view name;
    std::string ValidatedRow::*member;
};

constexpr std::array keys{GroupKey{"source", &ValidatedRow::source},
                          GroupKey{"chip", &ValidatedRow::chip},
                          GroupKey{"precision", &ValidatedRow::precision},
                          GroupKey{"scale", &ValidatedRow::scale},
                          GroupKey{"model", &ValidatedRow::model},
                          GroupKey{"kernel", &ValidatedRow::kernel},
                          GroupKey{"layout", &ValidatedRow::layout},
                          GroupKey{"framework", &ValidatedRow::framework},
                          GroupKey{"structure", &ValidatedRow::structure},
                          GroupKey{"release", &ValidatedRow::release},
                          GroupKey{"nearness", &ValidatedRow::nearness}};

std::vector<ValidatedRow> validated(TableKind kind, const CsvTable& table, std::size_t i,
                                    const Catalog& catalog, const ValidationOptions& options) {
    switch (kind) {
        case TableKind::training: return validated_training(table, i, catalog, options.framework);
        case TableKind::sweep: return validated_sweep(table, i, catalog, options.framework);
        case TableKind::kernels: return validated_kernel(table, i, catalog, options.family);
        case TableKind::collectives: return validated_collective(table, i, catalog);
        case TableKind::serving: return validated_serving(table, i, catalog);
        case TableKind::openloop: return validated_openloop(table, i, catalog);
        case TableKind::reliability: return validated_reliability(table, i);
    }
    return {};
}

/// What a row is of each key.
std::vector<std::string> values_of(const ValidatedRow& row, const std::vector<std::string>& names) {
    std::vector<std::string> values;
    for (const std::string& name : names) {
        const auto key = std::ranges::find(keys, name, &GroupKey::name);
        values.push_back(key == keys.end() ? "" : row.*(key->member));
    }
    return values;
}

std::string group_of(const std::vector<std::string>& names,
                     const std::vector<std::string>& values) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < names.size(); ++i) words.push_back(names[i] + "=" + values[i]);
    return join(words, ",");
}

/// Groups in order of their names. Metrics are kept apart: an error of memory and one of time are
/// not alike.
std::vector<ValidatedGroup> groups_of(const std::vector<ValidatedRow>& rows,
                                      const std::vector<std::string>& names) {
    std::map<std::pair<std::string, std::string>, std::vector<const ValidatedRow*>> groups;
    for (const ValidatedRow& row : rows) {
        groups[{group_of(names, values_of(row, names)), row.metric}].push_back(&row);
    }
    std::vector<ValidatedGroup> list;
    for (const auto& [key, members] : groups) {
        list.push_back(
            {key.first, values_of(*members.front(), names), key.second, error_figures(members)});
    }
    return list;
}

/// How well throughput ranks the layouts of one model on so many chips. Regret is what somebody
/// loses who runs the layout that is predicted best, as a share of the measured best: rows may be
/// off alike and still rank well, and a planner only ranks.
struct Ranking {
    double correlation = 0, regret = 0;
};

constexpr const char* ranked_metric = "tokens_per_s_per_gpu";
// ranks of fewer say little
constexpr std::size_t fewest_layouts = 5;

std::optional<Ranking> ranking_of(const std::vector<const ValidatedRow*>& rows) {
    std::vector<double> predicted, measured;
    for (const ValidatedRow* row : rows) {
        if (!row->skipped.empty()) continue;
        predicted.push_back(row->predicted);
        measured.push_back(row->measured);
    }
    if (predicted.size() < fewest_layouts) return std::nullopt;
    const auto best = std::max_element(measured.begin(), measured.end());
    const auto first = std::max_element(predicted.begin(), predicted.end());
    const double chosen = measured[static_cast<std::size_t>(first - predicted.begin())];
    return Ranking{rank_correlation(predicted, measured), 1 - chosen / *best};
}

/// Rank correlation and regret of each group, and their means over models and scales.
void add_rankings(Validation& validation) {
    std::map<std::string, std::vector<const ValidatedRow*>> layouts;
    for (const ValidatedRow& row : validation.rows) {
        if (row.metric == ranked_metric) layouts[row.layout].push_back(&row);
    }
    double count = 0, correlation = 0, regret = 0;
    for (const auto& [layout, rows] : layouts) {
        const auto ranking = ranking_of(rows);
        if (!ranking) continue;
        ValidatedGroup group{"layout=" + layout, {}, ranked_metric, error_figures(rows)};
        group.figures.rank_correlation = ranking->correlation;
        group.figures.regret = ranking->regret;
        validation.groups.push_back(group);
        count += 1;
        correlation += ranking->correlation;
        regret += ranking->regret;
    }
    if (count == 0) return;
    validation.summary.rank_correlation = correlation / count;
    validation.summary.regret = regret / count;
}

}  // namespace

std::vector<std::string> group_keys() {
    std::vector<std::string> names;
    for (const GroupKey& key : keys) names.emplace_back(key.name);
    return names;
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

void add_band(ValidatedRow& row, const Catalog& catalog, const std::string& kind,
              const std::string& detail, bool is_rate, const Extent& reach) {
    Nearness near = nearness_of(catalog, part_named(catalog.chips, row.chip));
    if (const auto said = enum_named<Nearness>(row.nearness)) near = *said;
    row.nearness = name_of(near);
    const Interval times = interval_of(catalog, kind, detail, near, reach);
    const Interval interval = is_rate ? inverse(times) : times;
    row.band = kind + "-" + detail;
    row.low = row.predicted * interval.low;
    row.high = row.predicted * interval.high;
}

Validation summed_up(std::vector<ValidatedRow> rows, const std::vector<std::string>& group_by) {
    Validation validation;
    validation.rows = std::move(rows);
    std::vector<const ValidatedRow*> all;
    for (const ValidatedRow& row : validation.rows) all.push_back(&row);
    validation.summary = error_figures(all);
    validation.group_by = group_by;
    validation.groups = groups_of(validation.rows, group_by);
    return validation;
}

Result<Validation> validate(TableKind kind, const CsvTable& table, const Catalog& catalog,
                            const ValidationOptions& options) {
    Faults faults = table_faults(table, columns_of(kind));
    if (faults.empty() && kind == TableKind::kernels) faults = shape_faults(table);
    if (!options.family.empty() && find_part(catalog.kernels, options.family) == nullptr) {
        faults.push_back({{table.file, 0, 0},
                          "no kernel family '" + options.family + "' in the catalog",
                          name_hint(catalog.kernels, options.family, "kernels")});
    }
    if (!options.framework.empty() && find_part(catalog.frameworks, options.framework) == nullptr) {
        faults.push_back({{"--framework", 0, 0},
                          "no framework '" + options.framework + "' in the catalog",
                          name_hint(catalog.frameworks, options.framework, "frameworks")});
    }
    if (!faults.empty()) return failure(std::move(faults));
    Validation validation;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        for (ValidatedRow& row : validated(kind, table, i, catalog, options)) {
            validation.rows.push_back(std::move(row));
        }
    }
    validation = summed_up(std::move(validation.rows), options.group_by);
    if (kind == TableKind::sweep) add_rankings(validation);
    return validation;
}

Result<Validation> validate(TableKind kind, std::string_view bytes, const std::string& file,
                            const Catalog& catalog, const ValidationOptions& options) {
    const auto table = parse_csv(bytes, file);
    if (!table) return failure(table.error());
    return validate(kind, *table, catalog, options);
}

}  // namespace millwright
