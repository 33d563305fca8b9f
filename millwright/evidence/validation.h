// Published measurements against predictions: rows, groups and error figures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

/// What is predicted in one state of the cluster, and the share of jobs that meet it.
struct PredictedState {
    std::string name;  // "usual" or "stalled"
    double odds = 0;
    double predicted = 0;
};

/// One printed value and what Millwright predicts for it. `skipped` says why there is none.
struct ValidatedRow {
    std::string id;
    std::string metric;
    double predicted = 0;
    double measured = 0;
    double error = 0;  // predicted / measured - 1
    std::string skipped;
    std::vector<std::string> defaults;  // what the row left open
    // what the prediction is made of: seconds of a step, or gigabytes of memory
    std::vector<std::pair<std::string, double>> terms;
    std::string source, chip, precision, scale;  // keys of groups
    std::string model, kernel;
    std::string framework, structure, release;  // runs: framework's id; dense, mixture or hybrid
    // how near its chip is to what kernels were measured on: measured, sister or foreign
    std::string nearness;
    std::string band;                    // kind-detail of the band that it carries
    double low = 0, high = 0;            // four in five measurements lie between
    std::vector<PredictedState> states;  // the likelier first; none where there is one alone
    std::string layout;                  // sweeps: what is compared with what: model, chips, chip
};

/// How far predictions are off, as shares of what was measured; zero where no row is predicted.
struct ErrorFigures {
    std::size_t count = 0;  // rows predicted
    std::size_t skipped = 0;
    double median_abs_error = 0;
    double mean_abs_error = 0;
    double p90_abs_error = 0;
    double bias = 0;      // mean signed error
    double coverage = 0;  // share of rows measured within their bands
    // sweeps only: of the layouts of one model and scale, mean over them
    std::optional<double> rank_correlation;
    std::optional<double> regret;  // measured loss of the layout that is predicted best
};

/// Rows of one value of the keys and one metric.
struct ValidatedGroup {
    std::string by;                   // such as "chip=h100-sxm"
    std::vector<std::string> values;  // of each of Validation::group_by; none of a sweep's layout
    std::string metric;
    ErrorFigures figures;
};

/// A table against its predictions. `groups` are those asked for; a sweep has its layouts behind
/// them.
struct Validation {
    std::vector<ValidatedRow> rows;
    std::vector<std::string> group_by;
    std::vector<ValidatedGroup> groups;
    ErrorFigures summary;
};

/// What a table holds, by the columns of docs/reference/tables.md.
enum class TableKind { training, sweep, kernels, collectives, serving, openloop, reliability };

template <>
struct EnumNames<TableKind> {
    static constexpr std::array<std::string_view, 7> names{
        "training", "sweep", "kernels", "collectives", "serving", "openloop", "reliability"};
};

/// Keys that rows can be grouped by: what `group_by` may hold.
std::vector<std::string> group_keys();

/// How to predict, and what to sum up.
struct ValidationOptions {
    std::vector<std::string> group_by;
    /// Kernels: predict every chip from this family and its own datasheet, to test transfer.
    std::string family;
    /// Runs: predict every row as of this framework; by what the row says of it if empty.
    std::string framework;
};

/// Predicts every usable row of a table. A cell that cannot be what its column says is a fault of
/// the table (columns.h); a row that says too little is skipped, with the reason.
Result<Validation> validate(TableKind kind, const CsvTable& table, const Catalog& catalog,
                            const ValidationOptions& options);

/// The same from the bytes of a file; `file` is its name in faults.
Result<Validation> validate(TableKind kind, std::string_view bytes, const std::string& file,
                            const Catalog& catalog, const ValidationOptions& options);

/// Reasons for which rows were skipped, and how many for each, most first; of as many, by the
/// alphabet.
using SkipReasons = std::vector<std::pair<std::string, std::size_t>>;
SkipReasons counted(std::vector<std::string> reasons);
SkipReasons skip_reasons(const Validation& validation);

/// Rows with their groups and figures; rankings are not among them.
Validation summed_up(std::vector<ValidatedRow> rows, const std::vector<std::string>& group_by);

/// Figures of these rows, whatever their metrics; ranks and regret are not among them.
ErrorFigures error_figures(const std::vector<const ValidatedRow*>& rows);

}  // namespace millwright
