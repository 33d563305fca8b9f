// Collectives of traces as phases on a fabric.
#pragma once

#include "millwright/collective/algorithms.h"
#include "millwright/trace/chakra.h"

namespace millwright {

/// What a collective of the schema is done as: one of the table of algorithms, or where one rank
/// has all of it (`to_all` false) sends along a chain or straight.
struct DoneAs {
    Collective collective = Collective::all_reduce;
    bool to_all = true;     // else to or from one rank
    double size_scale = 1;  // bytes of the whole over `comm_size`
};

/// A barrier is an all-reduce of no bytes, and a reduce-scatter by blocks one like any other.
/// `comm_size` of an all-gather is one rank's part, so the whole is as many of these.
DoneAs done_as(ChakraCollective collective, std::uint32_t ranks);

/// The algorithm of least closed time for one group so large and laid out so. Groups that are not
/// evenly spaced (a stride beyond the fabric) take what needs no layout: rings, and exchanges of
/// all pairs.
Algorithm algorithm_for(const FabricGraph& graph, Collective collective, const Team& team,
                        Bytes size, const Channels& channels = {});

/// Phases of one byte of the whole; of one rank there are none. `algorithm` is read only where
/// `to_all` is.
std::vector<Phase> phases_for(const FabricGraph& graph, const Team& team,
                              ChakraCollective collective, Algorithm algorithm);

/// What a replay takes for a collective of so many bytes (`comm_size`) that all groups of a team do
/// at once with nothing else on the fabric.
Seconds collective_seconds(const FabricGraph& graph, const Team& team, ChakraCollective collective,
                           Bytes size, const Channels& channels = {});

}  // namespace millwright
