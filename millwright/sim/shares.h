// Max-min fair shares of links (Bertsekas and Gallager, Data Networks, 6.5.2).
//
// Every saturated link has a level, the share it gives to a flow of weight one that nothing else
// holds back; the rate of a flow is its weight times the least level on its way, and a link's level
// solves
//   sum over its flows of crossing x weight x min(level elsewhere, level) = capacity.
// The one fixed point of all levels is the max-min allocation. When flows come or go only links
// whose level can change are solved again, and the change travels until it dies out, so an event
// costs what it touches and not the size of the fabric.
#pragma once

#include <algorithm>
#include <cmath>

#include "millwright/sim/flows.h"

namespace millwright {

/// Relative: what rounding makes of equal rates.
inline constexpr double rate_rounding = 1e-12;

/// Whether only rounding tells them apart; nothing is nearly infinite.
inline bool nearly(double a, double b) {
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return a == b || std::abs(a - b) <= rate_rounding * std::max(std::abs(a), std::abs(b));
}

/// Who sends over which link, and the level of each link (infinite while it has room). Keeps a
/// reference to the problem, which must stay as it is.
class Shares {
public:
    explicit Shares(const FlowProblem& problem);

    /// A flow that does not send begins to, or one that does ends; levels follow at the next
    /// `settle`.
    void come(std::uint32_t flow);
    void go(std::uint32_t flow);

    /// Solves links until no level changes; flows whose rate may have changed are in `touched`,
    /// each once, some of which may have gone.
    void settle();
    const std::vector<std::uint32_t>& touched() const { return touched_; }
    void forget_touched();

    /// Rate of a flow that sends, in B/s; infinite without links.
    double rate(std::uint32_t flow) const;
    /// What flows of those rates carry over a link together, in B/s.
    double used(LinkId link, const std::vector<double>& rates) const;
    /// Links solved, each time counted.
    std::uint64_t solved() const { return solved_; }
    /// Flows of links, and links of flows' ways, looked at in all solving: what it has cost.
    std::uint64_t visited() const { return visited_; }

private:
    // a flow's crossing of a link
    struct Slot {
        std::uint32_t flow = 0;
        std::uint32_t step = 0;  // in the ways
    };
    /// What a flow takes where nothing else holds it back.
    struct Demand {
        double level = 0;  // elsewhere on its way
        double share = 1;  // crossing x weight
    };

    /// The two lowest levels on a way and the link that has the lower one: without that link the
    /// second is the lowest.
    struct LowestLevels {
        LinkId link = 0;
        double first = 0, second = 0;
    };

    void index();
    std::span<const Slot> senders(LinkId link) const;
    void mark(LinkId link);
    void touch(std::uint32_t flow);
    void swap_slots(std::uint32_t a, std::uint32_t b);
    LowestLevels lowest_on(std::uint32_t flow, LinkId aside) const;
    double level_for(double capacity);
    void solve(LinkId link);
    void spread(LinkId link, double before, double now);

    // capacity in B/s, level in B/s a weight, both by link; weight by flow; share, crossing times
    // weight, by step of the ways. The last two are empty where all are one.
    const FlowProblem& p_;
    std::vector<double> capacity_, level_, weight_, share_;
    std::vector<double> sending_;  // shares of a link's active flows together
    std::vector<std::uint32_t> link_first_, link_active_;  // slots of a link: the active ones first
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> slot_of_;  // slot of a way's step
    std::vector<LinkId> dirty_;
    std::vector<bool> is_dirty_;
    std::vector<std::uint32_t> touched_;
    std::vector<bool> is_touched_;
    std::vector<LowestLevels> lowest_;  // by flow that sends
    std::vector<Demand> demands_;       // scratch
    bool uniform_ = true;               // all shares are one
    std::uint64_t solved_ = 0, visited_ = 0;
};

}  // namespace millwright
