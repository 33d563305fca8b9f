// One row of a table of training measurements, resolved to what the engine takes.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/csv.h"
#include "millwright/catalog/catalog.h"
#include "millwright/train/step.h"

namespace millwright {

/// A row as the engine takes it. `context` and `plan` are whole only where it is not skipped.
struct TrainingRow {
    std::string skipped;  // why the row cannot be predicted; empty if it can
    TrainContext context;
    Plan plan;
    double chips = 0;
    std::string chip;  // id in the catalog
    std::string metric;
    // in the unit of the metric: seconds, tokens/s, TFLOPS, a share or per cent, GB
    double measured = 0;
    Bytes gigabyte = 1 * unit::GB;  // as the source counts memory
    FlopConvention convention = FlopConvention::full_attention;
    std::string framework;  // id in the catalog
    Date release{};         // of the software, as far as the row tells
    double batch = 0;       // sequences of a step that the source counts: the plan's, or fewer
    // what the row left open, and what was taken, in words
    std::vector<std::string> defaults;
};

/// Line `row` of a table of runs, whose column `metric` names what `value` is. `framework`, if not
/// empty, is taken in place of the one that the row's source means. Cells are as table_faults()
/// wants them.
TrainingRow resolve_training_row(const CsvTable& table, std::size_t row, const Catalog& catalog,
                                 const std::string& framework = "");

/// A row of a sweep, whose column `metric` is the value.
TrainingRow resolve_sweep_row(const CsvTable& table, std::size_t row, const Catalog& catalog,
                              const std::string& metric, const std::string& framework = "");

/// The band of such predictions: its kind, and the detail as interval_of() looks it up. Times know
/// kinds of models apart; memory has one band of each framework.
struct BandKey {
    std::string kind, detail;
    friend bool operator==(const BandKey&, const BandKey&) = default;
};
BandKey band_key(const std::string& framework, const std::string& metric, const Model& model);

/// The row's metric by the source's own definition, in the unit of `measured`, in one state of the
/// cluster. An MFU is in per cent where the print is above one.
double predict(const TrainingRow& row, const StateFound& state);
/// The same in the likelier state.
double predict(const TrainingRow& row, const Step& step);

/// Why no chip can have measured this: more FLOPs a second than its peak, or more memory than it
/// has. Empty if one can.
std::string why_impossible(const TrainingRow& row, const Step& step);

}  // namespace millwright
