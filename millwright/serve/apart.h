// Prompts and answers on replicas of their own: a request's cache goes from one pool to the other.
//
// The first token comes from the pool of prompts. The cache follows: layers go while later ones
// are computed, so that the last of them is left when the prompt ends, or more where the link is
// busy or slower than the prompt. A replica sends, and one receives, one cache after the other. The
// answer goes on at a replica of the other pool, by turns.
#pragma once

#include <vector>

#include "millwright/serve/fleet.h"

namespace millwright {

struct ApartPools {
    Fleet prompts, answers;
    Network between;  // joins the chips of both
};

struct ApartOutcome {
    ServeOutcome prompts, answers;  // of the pools, each as if it were all
    ServeOutcome all;               // of the requests
    LatencyCounts transfer;         // from the prompt's end until its cache is there
};

/// Simulates both pools. In a closed loop requests come evenly at the rate that keeps as many there
/// on average: rates and means are then those of the loop, percentiles are not. Turns of
/// conversations come at the times that the source gives them. `record`, if there is one, gets what
/// it asks for: every request from its arrival to its last token, the rest of the pool of answers.
/// The same bits for any number of threads.
ApartOutcome simulate_apart(const ApartPools& pools, const ServeLoad& load,
                            const ServeObjectives& objectives, const RequestsAnew& requests,
                            int threads, FleetRecord* record = nullptr);

/// Time to send the cache of a prompt of so many tokens, alone.
Seconds transfer_time(const ApartPools& pools, double tokens);

}  // namespace millwright
