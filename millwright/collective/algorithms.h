// The table of collective algorithms, each as phases of flows, some with a closed formula too.
//
//   ring                 Patarasuk and Yuan 2009
//   bidirectional-ring   two rings, half of the data each way
//   multi-ring           a ring through every port of the scale-up domains, as NCCL's channels
//   double-binary-tree   Sanders, Speck and Traeff 2009; pieces follow each other up and down
//   chain-tree           such trees across domains, one of every port, chains inside (NCCL's tree)
//   parallel-trees       gather and scatter: bytes as in rings, hops as in trees (NCCL's PAT)
//   halving-doubling     Rabenseifner 2004; for a power of two of ranks
//   hierarchical         rings of nested groups: reduce-scatter inwards out, all-gather back
//   mesh                 every rank to every other at once, where each two have a link
//   torus                as many parts as dimensions, each round another ring (Jouppi 2023)
//   rail-ring            exchange inside scale-up domains, rings of like ranks across them
//   rail-tree            the same with double binary trees across
//   switch-tree          the switches of each domain reduce, double binary trees across, one of
//                        every port, both at once (NCCL's NVLS tree)
//   in-network           every rank sends once, the switches of its domain reduce; across domains
//                        those between them do too (SHARP)
//   pairwise             all-to-all, every rank to the one d further, d = 1 to n - 1 (Thakur 2005)
//   direct               all-to-all, everything at once
//   forwarded            all-to-all, first to the like rank's neighbour inside, then across (PXN)
//
// An algorithm more is its name (collectives.h), its phases in a source, and its row here: engines,
// command line and laws walk the rows.
#pragma once

#include <span>

#include "millwright/collective/formulas.h"
#include "millwright/collective/phases.h"

namespace millwright {

/// Bytes from each member to each other over those of an even spread, for all_to_all: row of
/// senders after row of senders; empty: even.
using Skew = std::vector<double>;

/// What is asked: `size` as nccl-tests count it (collectives.h), for each group of the team at
/// once.
struct CollectiveRequest {
    Collective collective = Collective::all_reduce;
    Bytes size;
    Team team;
    Skew skew;
};

/// An algorithm of the table: what it does where, and how long that takes.
struct AlgorithmRow {
    Algorithm algorithm = Algorithm::automatic;
    /// Whether it does a collective on this fabric, for teams laid out so.
    bool (*does)(const FabricGraph&, const CollectiveRequest&) = nullptr;
    std::vector<Phase> (*phases)(const FabricGraph&, const CollectiveRequest&) = nullptr;
    /// Whether collective libraries do it so here: what `auto` picks from on measured channels.
    /// None: they do not.
    bool (*usual)(const FabricGraph&, const CollectiveRequest&) = nullptr;
    /// Closed formula over a network; none: it is timed on a graph alone.
    Formula formula = nullptr;
    bool (*fits)(const Network&, Collective, const Group&) = nullptr;  // the formula
};

/// In the order in which ties are broken. `row_of` throws for `automatic`, which is none.
std::span<const AlgorithmRow> algorithm_rows();
const AlgorithmRow& row_of(Algorithm algorithm);

/// Whether an algorithm does a collective on this fabric, for teams laid out so.
bool does(Algorithm algorithm, const FabricGraph& graph, const CollectiveRequest& request);

/// Phases of one collective; the algorithm must do it.
std::vector<Phase> phases_of(Algorithm algorithm, const FabricGraph& graph,
                             const CollectiveRequest& request);

/// Time of phases on a fabric: `closed_time`, or `flow_time`.
using PhaseEngine = std::function<Seconds(const FabricGraph&, const Team&,
                                          const std::vector<Phase>&, const Channels&)>;

/// The algorithm that is fastest by that engine, among those whose closed time is not more than
/// twice the least. On measured channels those alone that libraries run. `automatic` if none does
/// the collective.
Algorithm fastest(const FabricGraph& graph, const CollectiveRequest& request,
                  const PhaseEngine& engine, const Channels& channels = {});

/// Members of each group in each scale-up domain that it touches; one if domains hold unlike
/// numbers of them.
std::uint32_t members_in_domain(const FabricGraph& graph, const Team& team);

}  // namespace millwright
