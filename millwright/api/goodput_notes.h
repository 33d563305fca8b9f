// What stood in for what was not written of a job on machines that fail.
#pragma once

#include <string>
#include <vector>

#include "millwright/api/goodput_causes.h"
#include "millwright/api/goodput_inputs.h"

namespace millwright {

/// How large what a failure takes out is, of the radii that causes and levels name.
std::vector<std::string> radius_notes(const GoodputText& text, const BlastSizes& blasts,
                                      const MeasuredFleet* fleet);

/// Adds to the notes what else stood in, where it decides anything; the job is known.
void append_notes(const GoodputText& text, GoodputInputs& inputs);

}  // namespace millwright
