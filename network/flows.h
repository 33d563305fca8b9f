// Flows over links with max-min fair shares (Bertsekas and Gallager, Data Networks, 6.5.2).
//
// Every saturated link has a level, the share it gives to flows that nothing else holds back; the
// rate of a flow is the least level on its way, and a link's level solves
//   sum over its flows of min(rate elsewhere, level) = capacity.
// The one fixed point of all levels is the max-min allocation. When flows come or go only links
// whose level can change are solved again, and the change travels until it dies out, so an event
// costs what it touches and not the size of the fabric. Left out: packets, queues and their loss,
// transport start-up; a flow sends at its share from its start plus the latency of its way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/quantity.h"

namespace millwright {

using LinkId = std::uint32_t;

/// Flows and the links they cross. A flow without links arrives at its start.
struct FlowProblem {
    std::vector<Bandwidth> capacity;   // of each link, one direction
    std::vector<Seconds> latency;      // of each link
    std::vector<LinkId> ways;          // links of all flows, one after another
    std::vector<std::uint32_t> first;  // of each flow in `ways`, and the end as one more
    std::vector<Bytes> bytes;
    std::vector<Seconds> start;

    std::size_t flows() const { return bytes.size(); }
    std::span<const LinkId> way(std::size_t flow) const {
        return std::span(ways).subspan(first[flow], first[flow + 1] - first[flow]);
    }
    /// Appends a flow.
    void add(std::span<const LinkId> way, Bytes size, Seconds begin);
};

struct FlowOutcome {
    std::vector<Seconds> finish;     // of each flow
    std::vector<Bytes> link_bytes;   // carried by each link
    std::vector<double> peak_share;  // most of its capacity that each link ever gave
    std::uint64_t events = 0;        // times at which flows came or went
    std::uint64_t solved = 0;        // levels computed
};

/// Runs all flows to their end. The same input gives the same bits.
FlowOutcome run_flows(const FlowProblem& problem);

/// Rates of all flows if all were sending at once.
std::vector<Bandwidth> max_min_rates(const FlowProblem& problem);

}  // namespace millwright
