// How tokens go to their experts and come back.
#pragma once

#include "millwright/serve/replica.h"

namespace millwright {

/// Of one layer, `tokens` of each attention rank: the least of gathering all tokens everywhere, of
/// sending each to its experts alone, and over several domains of sending it once to each of them,
/// where it is copied (DeepEP). There in FP8 and back in BF16 where it is sent to experts. Zero
/// without attention ranks.
Seconds exchange_time(const Replica& replica, double tokens);

/// Attention ranks that have sequences.
double ranks_that_send(const Replica& replica);

}  // namespace millwright
