// How long collectives take over a scale-up domain and the scale-out tiers above it, by formula.
//
// Sizes are those of nccl-tests: all-reduce buffer, all-gather output, reduce-scatter input,
// all-to-all send buffer of one rank. The formulas are those rows of the table of algorithms that
// have one (millwright/collective/formulas.h); what their phases take on the graph of a fabric
// whose channels are measured is the same (a law).
//
// References: Thakur 2005, Patarasuk 2009, NCCL's ring and tree (docs/references.md).
#pragma once

#include <array>
#include <string_view>

#include "millwright/base/fields.h"
#include "millwright/collective/network.h"

namespace millwright {

/// What all members of a group do together.
enum class Collective { all_reduce, all_gather, reduce_scatter, all_to_all };

template <>
struct EnumNames<Collective> {
    static constexpr std::array<std::string_view, 4> names{"all_reduce", "all_gather",
                                                           "reduce_scatter", "all_to_all"};
};

/// What each is: millwright/collective/algorithms.h.
enum class Algorithm : std::uint8_t {
    automatic,
    ring,
    bidirectional_ring,
    multi_ring,
    double_binary_tree,
    chain_tree,
    parallel_trees,
    halving_doubling,
    hierarchical,
    mesh,
    torus,
    rail_ring,
    rail_tree,
    switch_tree,
    in_network,
    pairwise,
    direct,
    forwarded
};

template <>
struct EnumNames<Algorithm> {
    static constexpr std::array<std::string_view, 18> names{
        "auto",       "ring",           "bidirectional-ring", "multi-ring",   "double-binary-tree",
        "chain-tree", "parallel-trees", "halving-doubling",   "hierarchical", "mesh",
        "torus",      "rail-ring",      "rail-tree",          "switch-tree",  "in-network",
        "pairwise",   "direct",         "forwarded"};
};

/// The least time and what takes it; zero where nothing is sent.
struct CollectiveTime {
    Seconds time;
    Algorithm algorithm = Algorithm::automatic;  // none was needed
};

/// The fastest algorithm for this collective on an otherwise quiet network, of those that have a
/// formula. Zero for one rank.
CollectiveTime collective_time(const Network& network, Collective collective, const Group& group,
                               Bytes size);

/// All-to-all of tokens to the experts that they picked, forwarded inside domains: `near` bytes of
/// a rank stay in its domain or are copied there, `far` bytes cross.
Seconds dispatch_time(const Network& network, const Group& group, Bytes near, Bytes far);

/// One message of `size` bytes between chips `stride` apart: a call, the switches on its way and
/// its bytes at the ring curve's share for that size.
Seconds point_to_point_time(const Network& network, double stride, Bytes size);

/// Times that all data goes round: an all-reduce scatters its sums and then gathers them.
constexpr double rounds(Collective c) { return c == Collective::all_reduce ? 2 : 1; }

/// Bus bandwidth over algorithm bandwidth, as nccl-tests define it (doc/PERFORMANCE.md).
double bus_factor(Collective collective, double ranks);

}  // namespace millwright
