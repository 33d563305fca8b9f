// One output of a study's factories with some numbers of the scenario or the catalog set to others.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "millwright/factory/figure_paths.h"
#include "millwright/study/factory_books.h"

namespace millwright {

/// Scenario and catalog are copies of its own, so that each thread may have one. Plans and layouts
/// are those of the study, which outlives it.
class OutputAt {
public:
    /// `output` is a name that `output_of` (sampled_books.h) knows.
    OutputAt(const ScenarioText& text, const Catalog& catalog, const Study& study,
             const std::vector<std::string>& paths, std::string output);
    OutputAt(const OutputAt&) = delete;
    OutputAt& operator=(const OutputAt&) = delete;

    /// The numbers, in the order of their paths, where there are all.
    const std::vector<FigurePath>& numbers() const { return numbers_; }

    /// Of paths at which there is no number that may be set, without places.
    const Faults& faults() const { return faults_; }

    /// With one value for each number, which were all found; nothing where the factory cannot be
    /// built then, or has no such output.
    std::optional<double> operator()(std::size_t factory, std::span<const double> values) const;

private:
    const Study& study_;
    Catalog catalog_;
    ScenarioText text_;
    std::string output_;
    std::vector<FigurePath> numbers_;
    Faults faults_;
};

/// Ends between which a number is looked for: its range, or a factor of a thousand about it.
std::pair<double, double> wide_range(const FigurePath& number);

}  // namespace millwright
