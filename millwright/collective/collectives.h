// Collectives in closed form over a scale-up domain and the scale-out tiers above it.
//
// Sizes are those of nccl-tests: all-reduce buffer, all-gather output, reduce-scatter input,
// all-to-all send buffer of one rank. With n ranks, `inner` of them in a domain:
//
//   ring          S (n-1)/n / min(B_in e, inner B_out e) + hops      (twice for all-reduce)
//   tree          all-reduce: 2 S (n-1)/n at the ring rate of streams of S/2 a rail,
//                 2 log2(domains) outer hops
//   hierarchical  reduce-scatter inside, all-reduce of S/inner outside, all-gather inside
//   in-network    all-reduce in the scale-up switch, S at the `reduced` curve
//
// where e is the measured share of the link rate at the chunk size S/n. References: Thakur 2005,
// Patarasuk 2009, NCCL's ring and tree (docs/references.md).
#pragma once

#include <array>
#include <string_view>

#include "millwright/base/fields.h"
#include "millwright/collective/network.h"

namespace millwright {

enum class Collective { all_reduce, all_gather, reduce_scatter, all_to_all };

template <>
struct EnumNames<Collective> {
    static constexpr std::array<std::string_view, 4> names{"all_reduce", "all_gather",
                                                           "reduce_scatter", "all_to_all"};
};

enum class Algorithm { none, ring, tree, hierarchical, in_network, pairwise };

template <>
struct EnumNames<Algorithm> {
    static constexpr std::array<std::string_view, 6> names{
        "none", "ring", "tree", "hierarchical", "in-network", "pairwise"};
};

struct CollectiveTime {
    Seconds time;
    Algorithm algorithm = Algorithm::none;
};

/// The fastest algorithm for this collective on an otherwise quiet network. Zero for one rank.
CollectiveTime collective_time(const Network& network, Collective collective, const Group& group,
                               Bytes size);

/// All-to-all of tokens to the experts that they picked, forwarded inside domains: `near` bytes of
/// a rank stay in its domain or are copied there, `far` bytes cross.
Seconds dispatch_time(const Network& network, const Group& group, Bytes near, Bytes far);

/// One message of `size` bytes between chips `stride` apart.
Seconds point_to_point_time(const Network& network, double stride, Bytes size);

/// Bus bandwidth over algorithm bandwidth, as nccl-tests define it (doc/PERFORMANCE.md).
double bus_factor(Collective collective, double ranks);

/// Least time that any algorithm needs: the bytes that must leave or enter a rank at full rate.
Seconds lower_bound(const Network& network, Collective collective, const Group& group, Bytes size);

}  // namespace millwright
