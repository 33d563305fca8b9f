// From a data loop as written to the one that is simulated.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"
#include "millwright/intake/loop_text.h"
#include "millwright/loop/data_loop.h"

namespace millwright {

/// The loop, and what of its text is no part of it.
struct LoopInputs {
    DataLoop loop;
    std::string chip;
    double chips_an_eflops = 0;
    std::vector<std::string> notes;
};

/// Faults as of `data_loop`, all at once.
Result<LoopInputs> loop_inputs(const DataLoopText& text, const Catalog& catalog);

}  // namespace millwright
