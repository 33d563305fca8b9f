// Why a job costs more on one factory than on another, or takes longer: in a sentence, in a table,
// for programs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/explain.h"

namespace millwright {

/// A sentence a figure, of the second factory against the first: the difference and its largest
/// terms, the others in one; or why there is none. Each begins with the job. Factories of one name
/// are those of A and of B.
std::string explanation_sentences(const JobExplanation& job);

/// A table a figure: the largest terms with what they are on both sides, small ones folded into a
/// row, and the difference in all. Nothing of figures that are alike.
std::string explanation_tables(const JobExplanation& job);

/// Indices of the factories that do a job, best first, behind the best-ranked one.
std::vector<std::size_t> runners_up(const Study& study);

/// Jobs on that factory explained against the best-ranked one: sentences, then tables.
std::string study_why_text(const Study& study, std::size_t other);

/// All terms of all figures. `difference` is that of b over a, in the figure's `unit`; `a` and `b`
/// of a term are in SI units.
nlohmann::ordered_json explanation_json(const JobExplanation& job);

}  // namespace millwright
