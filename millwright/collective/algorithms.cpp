#include "millwright/collective/algorithms.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "millwright/base/whole.h"
#include "millwright/collective/exchanges.h"
#include "millwright/collective/two_trees.h"

namespace millwright {
namespace {

using Phases = std::vector<Phase>;
using Request = CollectiveRequest;

/// Rounds of a whole ring: there and back for an all-reduce.
double rounds(Collective collective) { return collective == Collective::all_reduce ? 2 : 1; }

bool exchanges(const Request& r) { return r.collective == Collective::all_to_all; }
bool reduces_all(const Request& r) { return r.collective == Collective::all_reduce; }

bool crosses_domains(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    return rails.inner > 1 && rails.domains > 1;
}

Phases ring(const FabricGraph&, const Request& r) {
    const std::uint32_t n = r.team.size;
    return {{.repeats = rounds(r.collective) * real(n - 1),
             .shift = 1,
             .each = r.size / real(n),
             .chained = true}};
}

Phases bidirectional_ring(const FabricGraph&, const Request& r) {
    const std::uint32_t n = r.team.size;
    const Bytes half = r.size / (2 * real(n));
    const auto sends = [n, half] {
        std::vector<Send> both;
        for (std::uint32_t i = 0; i < n; ++i) {
            both.push_back({i, (i + 1) % n, half});
            both.push_back({i, (i + n - 1) % n, half});
        }
        return both;
    };
    return {{.repeats = rounds(r.collective) * real(n - 1), .others = sends, .chained = true}};
}

/// As many rings as a domain has members; each crosses to the next domain from the member that it
/// reached last to the same member there, so that each ring uses a port of its own.
Phases multi_ring(const FabricGraph& graph, const Request& r) {
    const std::uint32_t n = r.team.size;
    const Rails rails = rails_of(graph, r);
    const Bytes each = r.size / (real(n) * real(rails.inner));
    const auto sends = [rails, each] {
        const auto [inner, domains] = rails;
        std::vector<Send> all;
        for (std::uint32_t c = 0; c < inner; ++c) {
            std::uint32_t local = c;
            for (std::uint32_t d = 0; d < domains; ++d) {
                for (std::uint32_t i = 0; i + 1 < inner; ++i, local = (local + 1) % inner) {
                    all.push_back({d * inner + local, d * inner + (local + 1) % inner, each});
                }
                all.push_back({d * inner + local, (d + 1) % domains * inner + local, each});
            }
        }
        return all;
    };
    return {{.repeats = rounds(r.collective) * real(n - 1), .others = sends}};
}

Phases double_binary_tree(const FabricGraph&, const Request& r) {
    return {tree_phase(r.team.size, 1, r.size)};
}

/// Exchanges with the rank whose number differs in one bit, the farthest first, of halves,
/// quarters and so on of the buffer; an all-gather is a reduce-scatter backwards.
Phases halving_doubling(const FabricGraph&, const Request& r) {
    const std::uint32_t n = r.team.size;
    Phases down;
    double share = 0.5;
    for (std::uint32_t bit = n / 2; bit >= 1; bit /= 2, share /= 2) {
        const auto sends = [n, bit, each = share * r.size] {
            std::vector<Send> all;
            for (std::uint32_t i = 0; i < n; ++i) all.push_back({i, i ^ bit, each});
            return all;
        };
        down.push_back({.others = sends});
    }
    const Phases up(down.rbegin(), down.rend());
    if (r.collective == Collective::reduce_scatter) return down;
    if (r.collective == Collective::all_gather) return up;
    down.insert(down.end(), up.begin(), up.end());
    return down;
}

/// Rings of `length` members `stride` apart, `turns` turns of `each`.
Phase nested_ring(std::uint32_t n, std::uint32_t stride, std::uint32_t length, double turns,
                  Bytes each) {
    const auto sends = [n, stride, length, each] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t at = i / stride % length;
            all.push_back({i, i - at * stride + (at + 1) % length * stride, each});
        }
        return all;
    };
    return {.repeats = turns * real(length - 1), .others = sends};
}

/// Everyone in blocks of `inner` sends `each` to everyone else there.
Phase exchange_inside(std::uint32_t n, std::uint32_t inner, Bytes each) {
    const auto sends = [n, inner, each] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < n; ++i) {
            for (std::uint32_t d = 1; d < inner; ++d) {
                all.push_back({i, i / inner * inner + (i + d) % inner, each});
            }
        }
        return all;
    };
    return {.others = sends};
}

/// Sizes of nested blocks of members that divide each other and the team, up to the whole.
std::vector<std::uint32_t> nested_blocks(const FabricGraph& graph, const Team& team) {
    std::vector<std::uint32_t> blocks{1};
    for (const Near& near : graph.near) {
        const std::uint32_t members = near.endpoints / team.stride;
        const bool fits = members > blocks.back() && members < team.size &&
                          members % blocks.back() == 0 && team.size % members == 0;
        if (fits) blocks.push_back(members);
    }
    blocks.push_back(team.size);
    return blocks;
}

Phases hierarchical(const FabricGraph& graph, const Request& r) {
    const std::uint32_t n = r.team.size;
    const std::vector<std::uint32_t> blocks = nested_blocks(graph, r.team);
    Phases in;
    for (std::size_t level = 0; level + 1 < blocks.size(); ++level) {
        const std::uint32_t length = blocks[level + 1] / blocks[level];
        const Bytes each = r.size / real(blocks[level + 1]);
        const bool top = level + 2 == blocks.size();
        const double turns = top ? rounds(r.collective) : 1;
        in.push_back(nested_ring(n, blocks[level], length, turns, each));
    }
    Phases out(in.rbegin(), in.rend());
    if (r.collective == Collective::reduce_scatter) return in;
    if (r.collective == Collective::all_gather) return out;
    in.insert(in.end(), out.begin() + 1, out.end());  // the top ring goes there and back
    return in;
}

/// A ring of a torus: members `stride` apart, `length` of them.
struct Circle {
    std::uint32_t stride = 1, length = 1;
};

/// One round: part p of the data goes round circle (p + round) mod k, half each way, with what the
/// rounds before have left of it.
Phase torus_round(std::uint32_t n, const std::vector<Circle>& circles, std::size_t round,
                  Bytes size) {
    const std::size_t parts = circles.size();
    std::uint32_t longest = 0;
    for (const Circle& c : circles) longest = std::max(longest, c.length);
    const double turns = real(longest - 1);
    const auto sends = [n, circles, round, parts, size, turns] {
        std::vector<Send> all;
        for (std::size_t p = 0; p < parts; ++p) {
            Bytes left = size / static_cast<double>(parts);
            for (std::size_t before = 0; before < round; ++before) {
                left = left / real(circles[(p + before) % parts].length);
            }
            const auto [stride, length] = circles[(p + round) % parts];
            const Bytes each = left * (real(length - 1) / real(length) / 2 / turns);
            for (std::uint32_t i = 0; i < n; ++i) {
                const std::uint32_t at = i / stride % length;
                const std::uint32_t zero = i - at * stride;
                all.push_back({i, zero + (at + 1) % length * stride, each});
                all.push_back({i, zero + (at + length - 1) % length * stride, each});
            }
        }
        return all;
    };
    return {.repeats = turns, .others = sends};
}

Phases torus(const FabricGraph& graph, const Request& r) {
    const std::vector<std::uint32_t> blocks = nested_blocks(graph, r.team);
    std::vector<Circle> circles;
    for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
        circles.push_back({blocks[i], blocks[i + 1] / blocks[i]});
    }
    Phases in;
    for (std::size_t round = 0; round < circles.size(); ++round) {
        in.push_back(torus_round(r.team.size, circles, round, r.size));
    }
    const Phases out(in.rbegin(), in.rend());
    if (r.collective == Collective::reduce_scatter) return in;
    if (r.collective == Collective::all_gather) return out;
    in.insert(in.end(), out.begin(), out.end());
    return in;
}

/// Exchange inside domains around what like ranks of all domains do with their piece.
Phases railed(const Request& r, const Rails& rails, Phases across) {
    const Phase inside = exchange_inside(r.team.size, rails.inner, r.size / real(rails.inner));
    if (r.collective != Collective::all_gather) across.insert(across.begin(), inside);
    if (r.collective != Collective::reduce_scatter) across.push_back(inside);
    return across;
}

Phases rail_ring(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    return railed(r, rails,
                  {nested_ring(r.team.size, rails.inner, rails.domains, rounds(r.collective),
                               r.size / real(r.team.size))});
}

Phases rail_tree(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    return railed(r, rails, {tree_phase(rails.domains, rails.inner, r.size / real(rails.inner))});
}

/// Up to the switch and down from it once; as flows from each to the next they load the same links.
Phases in_network(const FabricGraph&, const Request& r) { return {{.shift = 1, .each = r.size}}; }

/// A book of the shelf.
struct Entry {
    PhaseAlgorithm algorithm;
    bool (*does)(const FabricGraph&, const Request&);
    Phases (*phases)(const FabricGraph&, const Request&);
};

constexpr std::uint32_t most_direct = 2048;  // members that all send to all at once

constexpr std::array shelf{
    Entry{PhaseAlgorithm::ring, [](const FabricGraph&, const Request& r) { return !exchanges(r); },
          ring},
    Entry{PhaseAlgorithm::bidirectional_ring,
          [](const FabricGraph&, const Request& r) { return !exchanges(r) && r.team.size > 2; },
          bidirectional_ring},
    Entry{PhaseAlgorithm::multi_ring,
          [](const FabricGraph& g, const Request& r) {
              return !exchanges(r) && crosses_domains(g, r);
          },
          multi_ring},
    Entry{PhaseAlgorithm::double_binary_tree,
          [](const FabricGraph&, const Request& r) { return reduces_all(r) && r.team.size > 2; },
          double_binary_tree},
    Entry{PhaseAlgorithm::halving_doubling,
          [](const FabricGraph&, const Request& r) {
              return !exchanges(r) && std::has_single_bit(r.team.size);
          },
          halving_doubling},
    Entry{PhaseAlgorithm::hierarchical,
          [](const FabricGraph& g, const Request& r) {
              return !exchanges(r) && nested_blocks(g, r.team).size() > 2;
          },
          hierarchical},
    Entry{PhaseAlgorithm::torus,
          [](const FabricGraph& g, const Request& r) {
              return !exchanges(r) && g.by_links && nested_blocks(g, r.team).size() > 2;
          },
          torus},
    Entry{PhaseAlgorithm::rail_ring,
          [](const FabricGraph& g, const Request& r) {
              return !exchanges(r) && crosses_domains(g, r);
          },
          rail_ring},
    Entry{PhaseAlgorithm::rail_tree,
          [](const FabricGraph& g, const Request& r) {
              return reduces_all(r) && crosses_domains(g, r) && rails_of(g, r).domains > 2;
          },
          rail_tree},
    Entry{PhaseAlgorithm::in_network,
          [](const FabricGraph& g, const Request& r) {
              return reduces_all(r) && g.reduces && members_in_domain(g, r.team) == r.team.size;
          },
          in_network},
    Entry{PhaseAlgorithm::pairwise,
          [](const FabricGraph&, const Request& r) { return exchanges(r); }, pairwise},
    Entry{PhaseAlgorithm::direct,
          [](const FabricGraph&, const Request& r) {
              return exchanges(r) && r.team.size <= most_direct;
          },
          direct},
    Entry{PhaseAlgorithm::forwarded,
          [](const FabricGraph& g, const Request& r) {
              return exchanges(r) && crosses_domains(g, r) && r.team.size <= 8 * most_direct;
          },
          forwarded},
};

const Entry& entry_of(PhaseAlgorithm algorithm) {
    const auto* at = std::ranges::find(shelf, algorithm, &Entry::algorithm);
    if (at == shelf.end()) throw std::logic_error("phases of no algorithm in particular");
    return *at;
}

}  // namespace

std::uint32_t members_in_domain(const FabricGraph& graph, const Team& team) {
    const std::uint64_t block = 1ULL * team.size * team.stride;
    const std::uint64_t all = 1ULL * team.size * team.count;
    if (all <= graph.domain || graph.domain % block == 0) return team.size;
    const bool rows = graph.domain % team.stride == 0 && block % graph.domain == 0;
    return rows ? graph.domain / team.stride : 1;
}

bool does(PhaseAlgorithm algorithm, const FabricGraph& graph, const CollectiveRequest& request) {
    return entry_of(algorithm).does(graph, request);
}

std::vector<Phase> phases_of(PhaseAlgorithm algorithm, const FabricGraph& graph,
                             const CollectiveRequest& request) {
    return entry_of(algorithm).phases(graph, request);
}

PhaseAlgorithm fastest(const FabricGraph& graph, const CollectiveRequest& request,
                       const PhaseEngine& engine) {
    std::vector<std::pair<Seconds, const Entry*>> able;
    for (const Entry& entry : shelf) {
        if (!entry.does(graph, request)) continue;
        const auto phases = entry.phases(graph, request);
        able.emplace_back(closed_time(graph, request.team, phases), &entry);
    }
    std::ranges::stable_sort(able, {}, [](const auto& one) { return one.first; });
    PhaseAlgorithm best = PhaseAlgorithm::automatic;
    Seconds least;
    for (const auto& [closed, entry] : able) {
        if (closed > 2 * able.front().first) break;
        const Seconds time = engine(graph, request.team, entry->phases(graph, request));
        if (best != PhaseAlgorithm::automatic && time >= least) continue;
        best = entry->algorithm;
        least = time;
    }
    return best;
}

}  // namespace millwright
