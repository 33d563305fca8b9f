// Timed steps of a job of goodput: how much longer they take because passes are unlike.
#pragma once

#include "millwright/base/result.h"
#include "millwright/intake/goodput_text.h"
#include "millwright/train/straggling.h"

namespace millwright {

/// Reads the table that `text.steps` names, from the folder of the text's file where it is written
/// there, and adds what it comes to as an imbalance of every step. Faults: those of the table.
Result<Straggling> add_timed_steps(GoodputText& text);

}  // namespace millwright
