// A sample's columns sorted anew so that their ranks are correlated as asked.
#pragma once

#include "millwright/chance/sample.h"

namespace millwright {

/// Moves values within the tied columns of an independent sample until normal scores of their ranks
/// have the correlations of `ties` (Iman and Conover, "A distribution-free approach to inducing
/// rank correlation among input variables", Commun. Stat. B 11 (1982) 311-334, with van der
/// Waerden's scores). Each column keeps its values, so a sample that is even in each stays so; that
/// it is even over pairs of columns is lost. A sample with no more rows than tied columns is sorted
/// as if its scores were uncorrelated. O(rows log rows) a column.
void sort_to_ties(Matrix& sample, const Dependence& ties, int threads);

}  // namespace millwright
