// Closed formulas of the table's rows over the few numbers of a network.
//
// With n ranks, `inner` of them in each of D domains, S bytes:
//
//   ring, multi-ring     S (n-1)/n / min(B_in e, inner B_out e), twice for all-reduce, at chunks of
//                        S/n; hops of each rank in turn
//   double-binary-tree,  all-reduce: 2 S (n-1)/n at the ring's rate of streams of S/2 a rail;
//   chain-tree           2 log2(D) outer hops
//   parallel-trees       gather or scatter: bytes of the ring, log2(D) outer hops
//   rail-ring, -tree     reduce-scatter inside, ring or tree of S/inner outside, all-gather inside
//   in-network           all-reduce in the scale-up switch, S at the `reduced` curve
//   direct               all-to-all: the slower of what stays inside and what crosses
//
// where e is the measured share of the rate. The measured shares hold the start-up of calls, so
// latency is a floor and not a summand. A formula is asked for collectives and groups that its row
// does alone (`has_formula`).
#pragma once

#include "millwright/collective/collectives.h"

namespace millwright {

using Formula = Seconds (*)(const Network&, Collective, const Group&, Bytes);

/// Each as above, for a collective and a group that its row fits; rings over members that share
/// domains are multi-rings.
Seconds ring_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds tree_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds parallel_trees_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds rail_ring_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds rail_tree_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds in_network_time(const Network& net, Collective collective, const Group& g, Bytes size);
Seconds direct_time(const Network& net, Collective collective, const Group& g, Bytes size);

/// Hops of a small message inside a domain: a chain among a few ranks, a tree among many.
double inner_depth(double ranks);

/// Levels of a binary tree over so many domains.
double tree_levels(double domains);

/// How an all-reduce in the switch was measured: bytes that nccl-tests count as moved over those of
/// the buffer, and the size at which the curve of eight ranks is read.
struct SwitchMeasure {
    double moved = 1;
    Bytes message;
};
SwitchMeasure switch_measure(double ranks, Bytes size);

}  // namespace millwright
