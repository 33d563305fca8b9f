// Flows over links with max-min fair shares (millwright/sim/shares.h), from event to event.
//
// Left out: packets, queues and their loss, transport start-up; a flow sends at its share from its
// start plus the latency of its way.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

/// A link by its place in a problem: one direction.
using LinkId = std::uint32_t;

/// Links that the flows of one problem cross together, at most: some 5 GB of memory. Places in
/// `ways` then fit 32 bits.
constexpr std::size_t most_crossings = 200'000'000;

/// More than there is memory for; refused before it is taken.
struct TooLarge : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Flows and the links they cross. A flow without links arrives at its start. Links that are
/// crossed have a capacity, and weights are above zero: else flows would never end.
struct FlowProblem {
    std::vector<Bandwidth> capacity;   // of each link, one direction
    std::vector<Seconds> latency;      // of each link
    std::vector<LinkId> ways;          // links of all flows, one after another
    std::vector<std::uint32_t> first;  // of each flow in `ways`, and the end as one more
    std::vector<Bytes> bytes;
    std::vector<Seconds> start;
    std::vector<double> weight;    // of each flow in shares; empty: all one
    std::vector<double> crossing;  // like flows that cross a link, of each in `ways`; empty: one

    /// How many there are; they are numbered from 0 as they were added.
    std::size_t flows() const { return bytes.size(); }
    /// Links of a flow, in order; valid until a flow is added.
    std::span<const LinkId> way(std::size_t flow) const {
        return std::span(ways).subspan(first[flow], first[flow + 1] - first[flow]);
    }
    /// What stands in where these are left out. `step` is a place in `ways`.
    double weight_of(std::size_t flow) const { return weight.empty() ? 1 : weight[flow]; }
    double crossing_at(std::size_t step) const { return crossing.empty() ? 1 : crossing[step]; }
    /// Sum over the links on its way.
    Seconds latency_of(std::size_t flow) const;
    /// Takes all flows out; the links stay.
    void clear();
    /// Appends a flow. Throws TooLarge beyond `most_crossings`, and the problem is then as it was.
    void add(std::span<const LinkId> way, Bytes size, Seconds begin, double share = 1);
};

/// What a run came to: an entry for each flow or link, and what it cost.
struct FlowOutcome {
    std::vector<Seconds> finish;     // of each flow
    std::vector<Bytes> link_bytes;   // carried by each link
    std::vector<double> peak_share;  // most of its capacity that each link ever gave
    std::uint64_t events = 0;        // times at which flows came or went
    std::uint64_t solved = 0;        // levels computed
    std::size_t classes = 0;         // flows that were simulated: one of each kind
};

/// Whether flows that are alike by symmetry are simulated once (millwright/sim/symmetry.h). The
/// result is the same.
enum class Symmetry : std::uint8_t { off, on };

/// Runs all flows to their end. The same input gives the same bits.
FlowOutcome run_flows(const FlowProblem& problem, Symmetry symmetry = Symmetry::on);

/// Rates of all flows if all were sending at once; infinite without links.
std::vector<Bandwidth> max_min_rates(const FlowProblem& problem);

/// Flows that are started one by one while others run; `bytes` and `start` of the problem are not
/// read. A flow may be started again once it has finished. The problem must outlive the engine and
/// stay as it is.
class FlowEngine {
public:
    /// With `peaks` the most that each link gives is noted, which costs time.
    explicit FlowEngine(const FlowProblem& problem, bool peaks = false);
    ~FlowEngine();
    FlowEngine(FlowEngine&&) noexcept;

    /// The flow sends so many bytes from `at` and the latency of its way on, which is not before
    /// the last event.
    void start(std::uint32_t flow, Bytes size, Seconds at);
    /// Whether any flow is under way. Drops finish times that rates have overtaken: ask before each
    /// `next`.
    bool has_next();
    /// Time at which a flow begins or ends to send; infinite where none is under way.
    Seconds next();
    /// Goes on to the next event; the flows that ended then, valid until the next call. None where
    /// flows only begin.
    std::span<const std::uint32_t> advance();

    /// Of each link, as in FlowOutcome; zero without `peaks`.
    const std::vector<double>& peak_share() const;
    /// Cost so far: events, links solved, flows looked at while solving them.
    std::uint64_t events() const;
    std::uint64_t solved() const;
    std::uint64_t visited() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace millwright
