// Collectives of traces as phases on a fabric.
#pragma once

#include "millwright/collective/algorithms.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// What a collective of the schema is done as.
struct DoneAs {
    Collective collective = Collective::all_reduce;
    bool to_all = true;     // else to or from one rank
    double size_scale = 1;  // bytes of the whole over `comm_size`
};

DoneAs done_as(ChakraCollective collective, std::uint32_t ranks);

/// The algorithm of least closed time for one group so large and laid out so.
Algorithm algorithm_for(const FabricGraph& graph, Collective collective, const Team& team,
                        Bytes size, const Channels& channels = {});

/// Phases of one byte of the whole; of one rank there are none.
std::vector<Phase> phases_for(const FabricGraph& graph, const Team& team,
                              ChakraCollective collective, Algorithm algorithm);

/// What a replay takes for a collective of so many bytes (`comm_size`) that all groups of a team do
/// at once with nothing else on the fabric.
Seconds collective_seconds(const FabricGraph& graph, const Team& team, ChakraCollective collective,
                           Bytes size, const Channels& channels = {});

}  // namespace millwright
