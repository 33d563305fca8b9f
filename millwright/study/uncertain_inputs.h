// The numbers of a study that are uncertain: those the scenario gives a range, those whose grade
// gives them one, and how far off predictions may be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "millwright/chance/dependence.h"
#include "millwright/chance/distribution.h"
#include "millwright/factory/figure_paths.h"
#include "millwright/study/study.h"

namespace millwright {

/// Where an input's range is from.
enum class RangeFrom { scenario, grade, prediction };

template <>
struct EnumNames<RangeFrom> {
    static constexpr std::array<std::string_view, 3> names{"scenario", "grade", "prediction"};
};

/// One uncertain number, in SI units. A prediction's is a factor on the time that the jobs of one
/// factory take.
struct UncertainInput {
    std::string name;  // its path, or "prediction of FACTORY"
    Spread spread;
    Dimension dimension;
    RangeFrom from = RangeFrom::scenario;
    std::string source;                  // of the range, as far as it was told
    std::optional<std::size_t> factory;  // of a prediction
};

/// All of them, and how they hang together.
struct UncertainInputs {
    std::vector<UncertainInput> inputs;
    std::vector<Correlation> correlations;
    Dependence dependence;
};

/// The inputs that the scenario gives a range, checked: paths, units, ranges, correlations that
/// cannot all be; faults have places in the file.
Result<UncertainInputs> ranged_inputs(const ScenarioText& text, const Catalog& catalog);

/// Those, and after them, unless [books] has grade_widths = false, the graded inputs
/// (study/graded_inputs.h), and the predictions of each factory that does a job.
Result<UncertainInputs> uncertain_inputs(const ScenarioText& text, const Catalog& catalog,
                                         const Study& study);

/// The scenario with its numbers that are left out and have a range at what is typical of that, or
/// at its median: the scenario as it stands. What is given stays. `inputs` are `ranged_inputs`.
ScenarioText at_the_middle(const ScenarioText& text, const Catalog& catalog,
                           const UncertainInputs& inputs);

/// In words, what is given outside of 98 in a hundred of its own range.
std::vector<std::string> beside_ranges(const ScenarioText& text, const Catalog& catalog,
                                       const UncertainInputs& inputs);

/// Sets the inputs that are numbers of the catalog or of the scenario; predictions are left out.
class InputSetter {
public:
    /// References into both are held.
    InputSetter(Catalog& catalog, ScenarioText& text, const std::vector<UncertainInput>& inputs);

    /// One value for each input, in its order.
    void set(std::span<const double> values) const;

private:
    std::vector<std::optional<FigurePath>> paths_;
};

}  // namespace millwright
