// A system whose figures are worked out by hand: small widths, round rates, nothing on top.
#pragma once

#include "millwright/train/step.h"

namespace millwright {

/// Four layers of 976 weights: attention 8 x (8 + 4 + 4) + 8 x 8 = 192, MLP 3 x 8 x 32 = 768, norms
/// 2 x 8. Either embedding matrix has 16 x 8 = 128.
Model tiny_model();

/// The same with a dense layer and three of four experts: 3 x 8 x 16 = 384 each, two picked by a
/// token, beside a shared one of 384 and a router of 8 x 4.
Model tiny_experts();

/// Products at a TFLOP/s, and as if memory and launches took no time. One processor has no waves;
/// tiles are still whole, so that rows and columns count as multiples of 64.
ChipRates plain_chip();

/// A GB/s inside domains of so many chips and a tenth of it between them, whatever the message.
Network plain_network(double chips, double domain);

/// Mixed precision with Adam as usual: 2, 4 and 12 bytes a weight; no overlap and no overhead.
TrainContext tiny_context(const Model& model = tiny_model());

}  // namespace millwright
