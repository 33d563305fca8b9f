// A fabric as a graph of links, and the ways over it.
//
// Topologies of all kinds (millwright/fabric/shape.h) become this one form; flows, collectives and
// replays know nothing else. A link has one direction.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/sim/flows.h"

namespace millwright {

/// How a flow picks its way among equal ones: always the same for a destination, by a hash of the
/// flow, or spread evenly over all (parallel links are then one).
enum class Routing : std::uint8_t { single, ecmp, adaptive };

template <>
struct EnumNames<Routing> {
    static constexpr std::array<std::string_view, 3> names{"single", "ecmp", "adaptive"};
};

/// Ways of one flow: one, or several with their shares of its bytes.
struct Ways {
    // way i has the links [first[i], first[i + 1]); kept flat, as ways are asked for by the million
    std::vector<LinkId> links;
    std::vector<std::uint32_t> first{0};
    std::vector<double> share;

    std::size_t count() const { return share.size(); }
    std::span<const LinkId> way(std::size_t i) const {
        return std::span(links).subspan(first[i], first[i + 1] - first[i]);
    }
    /// Ends the way whose links were pushed last.
    void close(double its_share = 1);
    /// No ways, but their memory, for the next.
    void clear();
};

/// So many consecutive endpoints, and all links that leave them together, one direction.
struct Near {
    std::uint32_t endpoints = 1;
    Bandwidth out;
    Bandwidth scale_up{};  // the part of it that is links of a scale-up domain
};

/// Ports out of a scale-up domain.
struct Ports {
    std::uint32_t shared_by = 1;  // endpoints
    Bandwidth out;                // of what those share, one direction; zero: no ports
    bool receivers = false;       // data leaves by the port that is like the receiver's
};

/// Endpoints are numbered from 0, nearest ones together.
struct FabricGraph {
    std::string description;
    std::uint32_t endpoints = 0;
    Routing routing = Routing::ecmp;
    std::vector<Bandwidth> capacity;
    std::vector<Seconds> latency;
    std::vector<std::uint8_t> tier;  // of each link, in `tiers`
    std::vector<std::string> tiers;  // what kinds of links there are, nearest first
    std::size_t scale_up_tiers = 0;  // the first so many are inside scale-up domains
    std::vector<Near> near;          // nested groups, from one endpoint by itself
    std::uint32_t domain = 1;        // endpoints of a scale-up domain
    Bandwidth inside{};              // of one endpoint's links inside it, one direction
    Bandwidth pair{};                // of the link between two of a full mesh; else zero
    Ports ports;
    bool by_links = false;         // no cuts tell its rate: closed forms add up every link
    bool reduces = false;          // switches of its domains reduce
    bool reduces_outside = false;  // those outside do
    double crossing = 0;           // members of a domain by whose ports sums cross; zero: all
    bool degraded = false;         // some link has less than its rate
    bool impaired = false;         // some link has failed
    // of bundles some of whose links were named: the part of its rate that each link has left
    std::map<LinkId, std::vector<double>> left;
    Seconds message{};  // fixed cost of sending one

    /// Appends the ways from one endpoint to another; no ways: none leads there. `flow` is hashed;
    /// where routing is fixed (`single`) zero means the way of the destination, and other numbers
    /// other ways, likewise the same for all who send there.
    std::function<void(std::uint32_t from, std::uint32_t to, std::uint64_t flow, Ways&)> route;
    /// "tier 1 group 3 up, link 4".
    std::function<std::string(LinkId)> name;
    /// Physical links that one id stands for.
    std::function<double(LinkId)> parallel;
};

/// Appends ways that avoid failed links, found by hashing again, where routing is fixed by trying
/// other ways of the destination; none where none leads there.
/// Shares of what is appended add up to one.
void ways_on(const FabricGraph& graph, std::uint32_t from, std::uint32_t to, std::uint64_t flow,
             Ways& ways);

/// Latency of the first way from one endpoint to another; zero where none leads there.
Seconds latency_between(const FabricGraph& graph, std::uint32_t from, std::uint32_t to);

/// The same of the switches outside scale-up domains alone: the last link ends in a port, not in a
/// switch.
Seconds switches_between(const FabricGraph& graph, std::uint32_t from, std::uint32_t to);

/// Whether a link is inside a scale-up domain.
inline bool is_scale_up(const FabricGraph& graph, LinkId link) {
    return graph.tier[link] < graph.scale_up_tiers;
}

/// The links of a graph as a problem without flows.
FlowProblem problem_of(const FabricGraph& graph);

/// A link, or all links of a switch, at a share of their rate; zero: failed.
struct Degraded {
    std::string name;  // as `name` gives it; or what names of a switch's links begin with
    double share = 0;
};

/// Lowers the links of that name; false if there are none. A link of a bundle takes its part of the
/// bundle's rate: what is left is what the same links would have by themselves. It costs the name
/// of every link.
bool degrade(FabricGraph& graph, const Degraded& degraded);

}  // namespace millwright
