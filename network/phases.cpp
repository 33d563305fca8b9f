#include "network/phases.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace millwright {
namespace {

std::vector<Phase> ring(Collective collective, std::uint32_t ranks, Bytes size) {
    const double rounds = collective == Collective::all_reduce ? 2 : 1;
    return {{rounds * (ranks - 1), size / static_cast<double>(ranks),
             [ranks](std::uint32_t rank) { return rank + 1 == ranks ? 0 : rank + 1; }, true}};
}

/// Exchanges with the rank whose number differs in one bit, the farthest first, of halves,
/// quarters and so on of the buffer; an all-gather is a reduce-scatter backwards.
std::vector<Phase> halving_doubling(Collective collective, std::uint32_t ranks, Bytes size) {
    std::vector<Phase> down;
    double share = 0.5;
    for (std::uint32_t bit = ranks / 2; bit >= 1; bit /= 2, share /= 2) {
        down.push_back({1, share * size, [bit](std::uint32_t rank) { return rank ^ bit; }});
    }
    const std::vector<Phase> up(down.rbegin(), down.rend());
    if (collective == Collective::reduce_scatter) return down;
    if (collective == Collective::all_gather) return up;
    down.insert(down.end(), up.begin(), up.end());
    return down;
}

std::vector<Phase> pairwise(std::uint32_t ranks, Bytes size) {
    std::vector<Phase> phases;
    for (std::uint32_t d = 1; d < ranks; ++d) {
        phases.push_back({1, size / static_cast<double>(ranks),
                          [d, ranks](std::uint32_t rank) { return (rank + d) % ranks; }});
    }
    return phases;
}

Seconds latency_of(const Tree& tree, std::uint32_t from, std::uint32_t to) {
    return static_cast<double>(way_on(tree, from, to, 0).size()) * tree.hop;
}

/// The longest way between ranks: from the first to the last.
Seconds diameter(const Tree& tree) { return latency_of(tree, 0, tree.hosts - 1); }

Seconds mean_latency(const Tree& tree, const Phase& phase) {
    Seconds sum;
    for (std::uint32_t rank = 0; rank < tree.hosts; ++rank) {
        sum += latency_of(tree, rank, phase.receiver(rank));
    }
    return sum / static_cast<double>(tree.hosts);
}

/// A chain's turn: the mean of all ways around it, or the slowest link if that is more.
Seconds chained_time(const Tree& tree, const Phase& phase, const std::vector<Seconds>& finish) {
    Seconds sum, slowest;
    for (std::uint32_t rank = 0; rank < tree.hosts; ++rank) {
        sum += finish[rank];
        slowest = max(slowest, finish[rank] - latency_of(tree, rank, phase.receiver(rank)));
    }
    return max(slowest, sum / static_cast<double>(tree.hosts));
}

}  // namespace

bool does(PhaseAlgorithm algorithm, Collective collective, std::uint32_t ranks) {
    const bool exchange = collective == Collective::all_to_all;
    switch (algorithm) {
        case PhaseAlgorithm::automatic: return true;
        case PhaseAlgorithm::ring: return !exchange;
        case PhaseAlgorithm::halving_doubling: return !exchange && std::has_single_bit(ranks);
        case PhaseAlgorithm::pairwise: return exchange;
    }
    return false;
}

std::vector<Phase> phases_of(Collective collective, PhaseAlgorithm algorithm, std::uint32_t ranks,
                             Bytes size) {
    switch (algorithm) {
        case PhaseAlgorithm::ring: return ring(collective, ranks, size);
        case PhaseAlgorithm::halving_doubling: return halving_doubling(collective, ranks, size);
        case PhaseAlgorithm::pairwise: return pairwise(ranks, size);
        case PhaseAlgorithm::automatic: break;
    }
    throw std::logic_error("phases of no algorithm in particular");
}

Seconds closed_time(const Tree& tree, const std::vector<Phase>& phases) {
    Seconds sum;
    for (const Phase& phase : phases) {
        const Seconds way = phase.chained ? mean_latency(tree, phase) : diameter(tree);
        sum += phase.repeats * (way + phase.each / tree.port);
    }
    return sum;
}

Seconds flow_time(const Tree& tree, const std::vector<Phase>& phases) {
    const FlowProblem links = problem_of(tree);
    Seconds sum;
    for (const Phase& phase : phases) {
        FlowProblem flows = links;
        for (std::uint32_t rank = 0; rank < tree.hosts; ++rank) {
            flows.add(way_on(tree, rank, phase.receiver(rank), rank), phase.each, Seconds{});
        }
        const std::vector<Seconds> finish = run_flows(flows).finish;
        sum += phase.repeats * (phase.chained ? chained_time(tree, phase, finish)
                                              : *std::max_element(finish.begin(), finish.end()));
    }
    return sum;
}

Seconds least_time(const Tree& tree, Collective collective, Bytes size) {
    return bus_factor(collective, tree.hosts) * size / tree.port + diameter(tree);
}

PhaseAlgorithm fastest(const Tree& tree, Collective collective, Bytes size, PhaseEngine engine) {
    PhaseAlgorithm best = PhaseAlgorithm::automatic;
    Seconds least;
    for (const auto algorithm :
         {PhaseAlgorithm::ring, PhaseAlgorithm::halving_doubling, PhaseAlgorithm::pairwise}) {
        if (!does(algorithm, collective, tree.hosts)) continue;
        const Seconds time = engine(tree, phases_of(collective, algorithm, tree.hosts, size));
        if (best != PhaseAlgorithm::automatic && time >= least) continue;
        best = algorithm;
        least = time;
    }
    return best;
}

}  // namespace millwright
