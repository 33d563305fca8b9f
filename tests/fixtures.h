// Systems that several tests use.
#pragma once

#include "millwright/factory/resolve.h"
#include "millwright/train/step.h"

namespace millwright {

/// A model on so many chips of a server, BF16, rail-optimised fabric.
TrainContext context_on(const char* model, const char* server, double chips, double sequence = 4096,
                        Precision precision = Precision::bf16);

/// The same server and fabric as a graph's shape.
FabricShape shape_on(const char* server, double chips);

}  // namespace millwright
