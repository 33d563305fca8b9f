// How long all passes of a pipeline take, stages waiting for each other.
//
// Of 1F1B the time is exact for any stages. A stage j with q passes ahead of its first backward
// waits there for as long as the way through the later stages and back is longer than these, and
// likewise before its last backward:
//     D_j = f_j + max(q f_j, D_j+1) + b_j       from its first forward to its first backward
//     E_j = f_j + max(q b_j, E_j+1) + b_j       from its last forward to its last backward
//     time = max over j of   sum_{i<j} (f_i + b_i) + M (f_j + b_j) + both waits
// which for like stages is (M + p - 1)(f + b) (Narayanan 2021). Interleaved stages have 2 q passes
// ahead and 1/v of the time of each; a round may be too short to go once round all stages. ZB-H1
// (Qi 2024) has weight gradients between, and some left at the end. Of these two the time is that
// of the longest way that leaves a stage only so: never too long, and mostly exact.
#pragma once

#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// One micro-batch on a stage, with what it waits for of its own groups.
struct StagePass {
    Seconds forward, backward;
    Seconds weight_gradient;  // part of `backward`
};

/// From the first pass to the last, `stages` in order.
Seconds pipeline_span(const Plan& plan, const std::vector<StagePass>& stages);

}  // namespace millwright
