// A Chakra trace as a program of work and exchanges on a fabric.
#pragma once

#include <functional>

#include "network/program.h"
#include "scenario/chakra.h"

namespace millwright {

struct TraceOptions {
    std::uint32_t ranks = 0;                // zero: those of the trace; more or fewer if it allows
    std::vector<std::uint32_t> dimensions;  // that `involved_dim` counts, innermost first
    /// Time of a node's operations and memory traffic; none: durations stand in the trace.
    std::function<Seconds(const ChakraNode&)> work;
    double work_scale = 1;
    std::uint32_t first = 0, step = 1;  // endpoint of rank 0, and from rank to rank
};

/// A trace can be rescaled if it has no messages between two ranks
/// and no groups: rank r then does what rank r mod n of the trace does. Collectives run by the
/// algorithm of least closed time, those of a group one after another; the compute lane takes one
/// node at a time, the host's likewise. Faults name rank and node.
Result<Program> program_of(const ChakraTrace& trace, const FabricGraph& graph,
                           const TraceOptions& options);

/// Ranks that a replay has.
std::uint32_t ranks_of(const ChakraTrace& trace, const TraceOptions& options);

}  // namespace millwright
