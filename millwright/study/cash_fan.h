// The cash that a factory has paid and earned by each month, over samples.
#pragma once

#include <vector>

#include "millwright/chance/summary.h"
#include "millwright/money/venture.h"

namespace millwright {

/// Free cash of all months up to each one, in dollars.
std::vector<double> cash_so_far(const Venture& venture);

/// Of each month what samples have by then, as long as the longest of them. One that ends earlier
/// keeps what it had, as all is sold by its end; an empty one has no factory and is left out.
std::vector<Summary> cash_fan(const std::vector<std::vector<double>>& samples);

}  // namespace millwright
