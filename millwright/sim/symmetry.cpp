// Colours are 64-bit hashes of flows and links, refined by each other in turn; a round costs all
// crossings and a sort of the flows. Classes only split, so a round that adds none is the last,
// and more classes than half of the flows end the search. Then classes are checked by values and
// by what they meet: a collision costs the saving, never the result.
#include "millwright/sim/symmetry.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "millwright/base/require.h"
#include "millwright/sim/hash.h"

namespace millwright {
namespace {

/// A class while it is refined is a hash. That unlike members have one by chance costs the saving
/// and never the result, as the classes are checked.
using Colour = std::uint64_t;

struct Colours {
    std::vector<Colour> flows, links;
};

Colour colour_of(double value) { return mixed_bits(std::bit_cast<Colour>(value)); }

/// Not the same the other way round.
Colour both(Colour one, Colour other) { return mixed_bits(mixed_bits(one) + other); }

/// What of a flow stands by itself; of start and latency the sum, when it begins to send.
std::vector<Colour> first_colours(const FlowProblem& p, std::span<const std::uint32_t> labels) {
    std::vector<Colour> flows(p.flows());
    for (std::size_t f = 0; f < p.flows(); ++f) {
        Colour c = colour_of(p.bytes[f].si());
        c = both(c, colour_of((p.start[f] + p.latency_of(f)).si()));
        c = both(c, colour_of(p.weight_of(f)));
        flows[f] = labels.empty() ? c : both(c, labels[f]);
    }
    return flows;
}

/// Colours of links from those of their flows; sums, as the order of flows does not matter.
void colour_links(const FlowProblem& p, Colours& c) {
    for (std::size_t l = 0; l < p.capacity.size(); ++l) c.links[l] = colour_of(p.capacity[l].si());
    for (std::size_t f = 0; f < p.flows(); ++f) {
        const Colour mine = mixed_bits(c.flows[f]);
        for (const LinkId link : p.way(f)) c.links[link] += mine;
    }
}

void colour_flows(const FlowProblem& p, Colours& c) {
    for (std::size_t f = 0; f < p.flows(); ++f) {
        Colour sum = c.flows[f];
        for (const LinkId link : p.way(f)) sum += mixed_bits(c.links[link]);
        c.flows[f] = mixed_bits(sum);
    }
}

std::vector<Colour> distinct(std::vector<Colour> colours) {
    std::sort(colours.begin(), colours.end());
    colours.erase(std::unique(colours.begin(), colours.end()), colours.end());
    return colours;
}

std::vector<std::uint32_t> numbered(const std::vector<Colour>& colours) {
    const std::vector<Colour> all = distinct(colours);
    std::vector<std::uint32_t> ids(colours.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto at = std::lower_bound(all.begin(), all.end(), colours[i]);
        ids[i] = narrow<std::uint32_t>(at - all.begin());
    }
    return ids;
}

/// Refines until no class of flows splits; false if that leaves too many. A colour is mixed from
/// the one before it, so classes never merge, and as many as before are the same ones.
bool refine(const FlowProblem& p, Colours& c) {
    std::size_t before = 0;
    for (;;) {
        const std::size_t now = distinct(c.flows).size();
        if (2 * now > p.flows()) return false;
        colour_links(p, c);
        if (now == before) return true;
        before = now;
        colour_flows(p, c);
    }
}

/// Members of classes, one class after another. The first of each speaks for it.
struct Members {
    std::vector<std::uint32_t> first, of;

    std::uint32_t speaker(std::uint32_t c) const { return of[first[c]]; }
    std::uint32_t count(std::uint32_t c) const { return first[c + 1] - first[c]; }
};

Members members_of(const std::vector<std::uint32_t>& classes) {
    const std::uint32_t most = *std::max_element(classes.begin(), classes.end());
    Members m;
    m.first.assign(most + 2UL, 0);
    for (const std::uint32_t c : classes) ++m.first[c + 1];
    std::partial_sum(m.first.begin(), m.first.end(), m.first.begin());
    std::vector<std::uint32_t> next = m.first;
    m.of.resize(classes.size());
    for (std::uint32_t i = 0; i < classes.size(); ++i) m.of[next[classes[i]]++] = i;
    return m;
}

/// Classes that each thing meets, in order of class: one row a thing.
struct Meetings {
    std::vector<std::uint32_t> first, classes;

    std::span<std::uint32_t> row(std::size_t i) {
        return std::span(classes).subspan(first[i], first[i + 1] - first[i]);
    }
};

Meetings links_of_flows(const FlowProblem& p, const std::vector<std::uint32_t>& link_class) {
    Meetings m{p.first, {}};
    m.classes.reserve(p.ways.size());
    for (const LinkId link : p.ways) m.classes.push_back(link_class[link]);
    for (std::size_t f = 0; f < p.flows(); ++f) std::sort(m.row(f).begin(), m.row(f).end());
    return m;
}

Meetings flows_of_links(const FlowProblem& p, const std::vector<std::uint32_t>& flow_class) {
    Meetings m;
    m.first.assign(p.capacity.size() + 1, 0);
    for (const LinkId link : p.ways) ++m.first[link + 1];
    std::partial_sum(m.first.begin(), m.first.end(), m.first.begin());
    std::vector<std::uint32_t> next = m.first;
    m.classes.resize(p.ways.size());
    for (std::size_t f = 0; f < p.flows(); ++f) {
        for (const LinkId link : p.way(f)) m.classes[next[link]++] = flow_class[f];
    }
    for (std::size_t l = 0; l < p.capacity.size(); ++l) std::sort(m.row(l).begin(), m.row(l).end());
    return m;
}

/// Whether all members of all classes meet what their speaker meets, as often: what makes the
/// classes an equitable partition.
bool all_alike(const std::vector<std::uint32_t>& classes, const Members& members, Meetings& met) {
    for (std::uint32_t i = 0; i < classes.size(); ++i) {
        if (!std::ranges::equal(met.row(i), met.row(members.speaker(classes[i])))) return false;
    }
    return true;
}

/// By the values themselves, not by hashes of them.
bool same_flows(const FlowProblem& p, const std::vector<std::uint32_t>& classes, const Members& m,
                std::span<const std::uint32_t> labels) {
    for (std::uint32_t f = 0; f < p.flows(); ++f) {
        const std::uint32_t s = m.speaker(classes[f]);
        const bool same = p.bytes[f] == p.bytes[s] && p.weight_of(f) == p.weight_of(s) &&
                          p.start[f] + p.latency_of(f) == p.start[s] + p.latency_of(s) &&
                          (labels.empty() || labels[f] == labels[s]);
        if (!same) return false;
    }
    return true;
}

bool same_links(const FlowProblem& p, const std::vector<std::uint32_t>& classes, const Members& m) {
    for (std::uint32_t l = 0; l < classes.size(); ++l) {
        if (p.capacity[l] != p.capacity[m.speaker(classes[l])]) return false;
    }
    return true;
}

/// One flow of each class; a class of links appears once in its way, crossed by as many: of n flows
/// over k links each of a class of m, each link carries n k / m.
FlowProblem problem_of_classes(const FlowProblem& p, const Members& flows, const Members& links,
                               Meetings& met) {
    FlowProblem q{.first = {0}};
    for (std::uint32_t c = 0; c + 1 < links.first.size(); ++c) {
        q.capacity.push_back(p.capacity[links.speaker(c)]);
        q.latency.push_back(Seconds{});
    }
    for (std::uint32_t c = 0; c + 1 < flows.first.size(); ++c) {
        const std::uint32_t f = flows.speaker(c);
        const std::span<std::uint32_t> row = met.row(f);
        std::vector<LinkId> way;
        for (auto at = row.begin(); at != row.end();) {
            const auto next = std::upper_bound(at, row.end(), *at);
            way.push_back(*at);
            q.crossing.push_back(static_cast<double>(next - at) * flows.count(c) /
                                 links.count(*at));
            at = next;
        }
        q.add(way, p.bytes[f], p.start[f] + p.latency_of(f), p.weight_of(f));
    }
    return q;
}

}  // namespace

std::optional<Quotient> quotient_of(const FlowProblem& p, std::span<const std::uint32_t> labels) {
    if (p.flows() < 2 || p.ways.empty() || !p.crossing.empty()) return std::nullopt;
    Colours colours{first_colours(p, labels), std::vector<Colour>(p.capacity.size())};
    if (!refine(p, colours)) return std::nullopt;
    Quotient q{.flow_class = numbered(colours.flows), .link_class = numbered(colours.links)};
    const Members flows = members_of(q.flow_class);
    const Members links = members_of(q.link_class);
    Meetings met_by_flows = links_of_flows(p, q.link_class);
    Meetings met_by_links = flows_of_links(p, q.flow_class);
    const bool exact = same_flows(p, q.flow_class, flows, labels) &&
                       same_links(p, q.link_class, links) &&
                       all_alike(q.flow_class, flows, met_by_flows) &&
                       all_alike(q.link_class, links, met_by_links);
    if (!exact) return std::nullopt;
    q.problem = problem_of_classes(p, flows, links, met_by_flows);
    for (std::uint32_t c = 0; c + 1 < flows.first.size(); ++c) q.members.push_back(flows.count(c));
    return q;
}

}  // namespace millwright
