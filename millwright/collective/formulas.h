// Closed formulas of the table's rows over the few numbers of a network.
//
// With n ranks, `inner` of them in each of D domains, S bytes:
//
//   ring, multi-ring     S (n-1)/n / min(B_in e, inner B_out e), twice for all-reduce, at chunks of
//                        S/n; hops of each rank in turn
//   double-binary-tree,  all-reduce: 2 S (n-1)/n at the ring's rate of streams of S/2 a rail;
//   chain-tree           2 log2(D) outer hops
//   parallel-trees       gather or scatter: bytes of the ring, log2(D) outer hops
//   switch-tree          all-reduce: S in switches inside, beside trees of S/ports outside, whose
//                        fullest node sends to four at most; a walk over the ranks of others
//   in-network           all-reduce in switches: S inside, S/ports outside, at the `reduced` curves
//   direct               all-to-all: the slower of what stays inside and what crosses
//
// where e is the measured share of the rate; of trees over more than four domains it falls by a
// power of their number where the channel says so (`crowding`). The measured shares hold the
// start-up of calls, so latency is a floor and not a summand. A formula is asked for collectives
// and groups that its row does alone (`has_formula`).
#pragma once

#include "millwright/collective/collectives.h"

namespace millwright {

using Formula = Seconds (*)(const Network&, Collective, const Group&, Bytes);

/// Each as above, for a collective and a group that its row fits; rings over members that share
/// domains are multi-rings.
Seconds ring_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds tree_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds parallel_trees_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds switch_tree_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds in_network_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds direct_time(const Network& net, Collective collective, const Group& g, Bytes size);

/// Hops of a small message inside a domain: a chain among a few ranks, a tree among many.
double inner_depth(double ranks);

/// Levels of a binary tree over so many domains.
double tree_levels(double domains);

/// Buffers that the fullest node of two trees sends, half a buffer to each it is joined to: to
/// three in the tree that it is inside, and to one where it is a leaf.
double fullest_node(double domains);

/// How much slower trees over so many domains are than over four where others share the fabric.
double crowd(const Channel& channel, double domains);

/// Members of a domain by whose ports sums leave it, of `inner` that are there; zero crossing: all.
double crossing_ports(double crossing, double inner);

/// Part of their rate that sums in a switch keep while the same chips feed the network: HGX H100,
/// 470 GB/s over two hosts and 480 on one (nccl-tests of 16 GiB, issue 309).
constexpr double feeding = 0.915;

/// Longest chain of members of a domain that libraries run where its switches could add instead.
constexpr double longest_chain = 8;

/// How an all-reduce in the switch was measured: bytes that nccl-tests count as moved over those of
/// the buffer, and the size at which the curve of eight ranks is read.
struct SwitchMeasure {
    double moved = 1;
    Bytes message;
};
SwitchMeasure switch_measure(double ranks, Bytes size);

}  // namespace millwright
