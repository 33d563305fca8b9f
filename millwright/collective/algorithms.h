// The shelf of collective algorithms, each as phases of flows.
//
//   ring                 Patarasuk and Yuan 2009
//   bidirectional-ring   two rings, half of the data each way
//   multi-ring           a ring through every port of the scale-up domains, as NCCL's channels
//   double-binary-tree   Sanders, Speck and Traeff 2009; pieces follow each other up and down
//   halving-doubling     Rabenseifner 2004; for a power of two of ranks
//   hierarchical         rings of nested groups: reduce-scatter inwards out, all-gather back
//   torus                as many parts as dimensions, each round another ring (Jouppi 2023)
//   rail-ring            exchange inside scale-up domains, rings of like ranks across them
//   rail-tree            the same with double binary trees across
//   in-network           every rank sends once, the switches of its domain reduce
//   pairwise             all-to-all, every rank to the one d further, d = 1 to n - 1 (Thakur 2005)
//   direct               all-to-all, everything at once
//   forwarded            all-to-all, first to the like rank's neighbour inside, then across (PXN)
#pragma once

#include <array>
#include <string_view>

#include "millwright/collective/phases.h"

namespace millwright {

enum class PhaseAlgorithm : std::uint8_t {
    automatic,
    ring,
    bidirectional_ring,
    multi_ring,
    double_binary_tree,
    halving_doubling,
    hierarchical,
    torus,
    rail_ring,
    rail_tree,
    in_network,
    pairwise,
    direct,
    forwarded
};

template <>
struct EnumNames<PhaseAlgorithm> {
    static constexpr std::array<std::string_view, 14> names{"auto",
                                                            "ring",
                                                            "bidirectional-ring",
                                                            "multi-ring",
                                                            "double-binary-tree",
                                                            "halving-doubling",
                                                            "hierarchical",
                                                            "torus",
                                                            "rail-ring",
                                                            "rail-tree",
                                                            "in-network",
                                                            "pairwise",
                                                            "direct",
                                                            "forwarded"};
};

/// Bytes from each member to each other over those of an even spread, for all_to_all: row of
/// senders after row of senders; empty: even.
using Skew = std::vector<double>;

struct CollectiveRequest {
    Collective collective = Collective::all_reduce;
    Bytes size;
    Team team;
    Skew skew;
};

/// Whether an algorithm does a collective on this fabric, for teams laid out so.
bool does(PhaseAlgorithm algorithm, const FabricGraph& graph, const CollectiveRequest& request);

/// Phases of one collective; the algorithm must do it.
std::vector<Phase> phases_of(PhaseAlgorithm algorithm, const FabricGraph& graph,
                             const CollectiveRequest& request);

/// Time of phases on a fabric: `closed_time`, or `flow_time`.
using PhaseEngine =
    std::function<Seconds(const FabricGraph&, const Team&, const std::vector<Phase>&)>;

/// The algorithm that is fastest by that engine, among those whose closed time is not more than
/// twice the least.
PhaseAlgorithm fastest(const FabricGraph& graph, const CollectiveRequest& request,
                       const PhaseEngine& engine);

/// Members of each group in each scale-up domain that it touches; one if domains hold unlike
/// numbers of them.
std::uint32_t members_in_domain(const FabricGraph& graph, const Team& team);

}  // namespace millwright
