// A Chakra trace as a program of work and exchanges on a fabric.
#pragma once

#include <functional>

#include "millwright/collective/program.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// A buffer of NCCL's for one channel of a peer (NCCL_BUFFSIZE, 4 MiB as it comes): sends of no
/// more do not wait.
inline constexpr Bytes eager_limit = Bytes::from_si(4 * 1024.0 * 1024.0);

/// How a trace is replayed: on which endpoints, and what its work takes.
struct TraceOptions {
    std::uint32_t ranks = 0;                // zero: those of the trace; more or fewer if it allows
    std::vector<std::uint32_t> dimensions;  // that `involved_dim` counts, innermost first
    /// Time of a node's operations and memory traffic; none: durations stand in the trace. Nodes
    /// that have neither keep their durations.
    std::function<Seconds(const ChakraNode&)> work;
    // of all work, host's too; 0 to 1e6
    double work_scale = 1;
    std::uint32_t first = 0, step = 1;  // endpoint of rank 0, and from rank to rank
    Bytes eager = eager_limit;
    Channels channels;  // of the fabric
};

/// A trace can be rescaled if it has no messages between two ranks
/// and no groups: rank r then does what rank r mod n of the trace does. Collectives run by the
/// algorithm of least closed time, those of a group one after another; the compute lane takes one
/// node at a time, the host's likewise.
///
/// Messages are posted, as isend and irecv are: a send ends when it has come. Its bytes leave at
/// once if they are `eager` at most, else when the receive has been posted. Messages of two ranks
/// and a tag meet in the order in which they stand in the files.
///
/// The n-th collective of a group in each rank's file is one. They must be of one kind and size (of
/// an exchange of all with all the fullest rank tells); groups of like ranks with two names are two
/// groups. Faults name rank and node.
Result<Program> program_of(const ChakraTrace& trace, const FabricGraph& graph,
                           const TraceOptions& options);

/// Ranks that a replay has: those asked for, or those of the trace.
std::uint32_t ranks_of(const ChakraTrace& trace, const TraceOptions& options);

/// A trace and so many ranks of it: a job whose program stands beside others.
struct Replayed {
    const ChakraTrace* trace = nullptr;
    std::uint32_t ranks = 0;
};

/// The nodes that never end, by rank and node; the jobs are those whose programs were appended, in
/// that order, and `stall` has a chain. `folder` is the place of the fault.
Fault stall_fault(const Stall& stall, const std::vector<Replayed>& jobs, const std::string& folder);

}  // namespace millwright
