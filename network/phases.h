// Collectives as phases of flows: who sends how much to whom, and how often.
//
// Sizes are counted as nccl-tests count them: all bytes of the buffer for all_reduce, of the
// gathered buffer for all_gather, of the whole input for reduce_scatter, of one rank's input for
// all_to_all. A phase begins when the one before has ended everywhere.
//   ring               Patarasuk and Yuan 2009
//   halving-doubling   Rabenseifner 2004; for a power of two of ranks
//   pairwise           every rank to the one d further, d = 1 to n - 1 (Thakur 2005)
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include "network/collectives.h"
#include "network/tree.h"

namespace millwright {

enum class PhaseAlgorithm : std::uint8_t { automatic, ring, halving_doubling, pairwise };

template <>
struct EnumNames<PhaseAlgorithm> {
    static constexpr std::array<std::string_view, 4> names{"auto", "ring", "halving-doubling",
                                                           "pairwise"};
};

/// A flow of like size from every rank, `repeats` times over.
struct Phase {
    double repeats = 1;
    Bytes each;                                            // of one flow
    std::function<std::uint32_t(std::uint32_t)> receiver;  // of each sender
    bool chained = false;
};

/// Whether an algorithm does a collective at all.
bool does(PhaseAlgorithm algorithm, Collective collective, std::uint32_t ranks);

std::vector<Phase> phases_of(Collective collective, PhaseAlgorithm algorithm, std::uint32_t ranks,
                             Bytes size);

/// Time of all phases on a quiet tree: each takes its way (the longest between ranks, or the mean
/// of a chain) and its bytes at the port.
Seconds closed_time(const Tree& tree, const std::vector<Phase>& phases);

/// Time of all phases when the flows of each share the tree's links; all hosts are ranks.
Seconds flow_time(const Tree& tree, const std::vector<Phase>& phases);

/// No algorithm is faster: what a port must carry, and the longest way once.
Seconds least_time(const Tree& tree, Collective collective, Bytes size);

/// `closed_time` or `flow_time`.
using PhaseEngine = Seconds (*)(const Tree&, const std::vector<Phase>&);

/// The algorithm that is fastest by that engine, of those that do the collective.
PhaseAlgorithm fastest(const Tree& tree, Collective collective, Bytes size, PhaseEngine engine);

}  // namespace millwright
