// Replicas whose steps take what a test says, and requests that are written out.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "millwright/parts/request.h"
#include "millwright/serve/replica.h"
#include "millwright/serve/simulate.h"
#include "tests/tiny.h"

namespace millwright {

inline constexpr double tiny_cache_token = 4 * 2 * 4 * 2;  // bytes: keys and values of 4 in BF16

/// Attention to a cache at the rates of the chip.
DecodeKernel plain_decode();

/// Layers that keep a state each and nothing that grows.
Model tiny_states();

/// So many blocks of cache, for each lane of a pipeline, beside weights and activations.
Replica with_blocks(Replica r, std::int64_t blocks);

/// Kernels that take no time: a step takes `step` and `sequence` more for each running sequence.
/// A budget, numbers of sequences and blocks that nothing here reaches.
Replica steady_replica(Seconds step = 1 * unit::ms, Seconds sequence = {});

/// Kernels alone, at round rates: a TFLOP/s and so many GB/s of memory.
Replica plain_replica(double gigabytes_a_second = 1);

RequestSource source_of(std::vector<Request> requests);

Request request_at(Seconds arrival, std::int64_t prompt, std::int64_t output);

/// What came of a run, request by request in the order of the source; those dropped are not there.
struct ServedRequests {
    ServeOutcome outcome;
    std::vector<ServedRequest> all;
};

ServedRequests served(const Replica& replica, const ServeLoad& load, std::vector<Request> requests);

}  // namespace millwright
