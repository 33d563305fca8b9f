// What a sample at hand says of its inputs: no model is asked again, and inputs may be tied.
#pragma once

#include <vector>

#include "millwright/chance/sample.h"

namespace millwright {

/// Of each output (a column of `outputs`) the share of its variance that goes on average when an
/// input (a column of `inputs`) is known, an entry for each input; inputs that are tied count what
/// they have in common each. From bins of equal counts along an input (Plischke, "An effective
/// algorithm for computing global sensitivity indices (EASI)", Reliab. Eng. Syst. Saf. 95 (2010)
/// 354-360, and the correlation ratio of Pearson 1905), with Kelley's correction for what bins of
/// an input without influence would show (PNAS 21 (1935) 554-559). From 0 to 1; zero for inputs
/// and outputs that do not vary. The matrices have as many rows.
std::vector<std::vector<double>> first_order_shares(const Matrix& inputs, const Matrix& outputs);

/// What knowing everything before choosing is worth on average: the mean of the best gain of each
/// row, less the best mean. `gains` has a column for each alternative, at least one, and a row for
/// each sample, at least one.
double perfect_information(const Matrix& gains);

/// What knowing each input alone before choosing is worth, an entry for each, in units of gains.
/// From bins of equal counts along an input (Strong and Oakley, "An efficient method for computing
/// single-parameter partial expected value of perfect information", Med. Decis. Making 33 (2013)
/// 755-766). Half the rows of a bin choose its alternative and the other half tell its gain, and
/// the other way round: the best of several means over the same rows would be too good. From 0 to
/// `perfect_information`. The matrices have as many rows.
std::vector<double> partial_information(const Matrix& inputs, const Matrix& gains);

}  // namespace millwright
