// A reduce-scatter and an all-gather are the same phases in opposite order, and an all-reduce is
// both; of nested rings the top one goes there and back in one phase. Calls and hops of a pace
// are what measured channels add. Of a torus each part of the data begins round another circle,
// so that all circles are busy in every round.
#include "millwright/collective/rings.h"

#include <algorithm>

#include "millwright/base/whole.h"

namespace millwright {
namespace {

using Phases = std::vector<Phase>;
using Request = CollectiveRequest;

/// Chunks of so many bytes go round all members, once or twice.
Pace ring_pace(const FabricGraph& graph, const Request& r, Bytes chunk) {
    const Rails rails = rails_of(graph, r);
    const bool crosses = rails.domains > 1;
    const double turns = rounds(r.collective);
    return {.inner = chunk,
            .outer = chunk,
            .passes = crosses && rails.inner > 1,
            .inner_calls = crosses ? 0.0 : 1.0,
            .outer_calls = crosses ? 1.0 : 0.0,
            .inner_hops = turns * real(r.team.size - rails.domains),
            .outer_hops = turns * real(rails.domains - 1)};
}

/// Rings of `length` members `stride` apart, `turns` turns of `each`.
Phase nested_ring(std::uint32_t n, std::uint32_t stride, std::uint32_t length, double turns,
                  Bytes each, bool inside) {
    const auto sends = [n, stride, length, each] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t at = i / stride % length;
            all.push_back({i, i - at * stride + (at + 1) % length * stride, each});
        }
        return all;
    };
    const double hops = turns * real(length - 1);
    const Pace pace{.inner = each,
                    .outer = each,
                    .inner_calls = inside ? 1.0 : 0.0,
                    .outer_calls = inside ? 0.0 : 1.0,
                    .inner_hops = inside ? hops : 0,
                    .outer_hops = inside ? 0 : hops};
    return {.repeats = hops, .others = sends, .pace = pace};
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
    return {.others = sends, .pace = {.inner = each, .inner_calls = 1}};
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
    // Parts that go round a shorter circle take as many turns as the longest, of less each: all
    // parts of a round end together. A round leaves each a 1 / length of its part.
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
    const Bytes each = size / real(n);
    const Pace pace{.inner = each, .outer = each, .inner_hops = turns};
    return {.repeats = turns, .others = sends, .pace = pace};
}

}  // namespace

Phases ring(const FabricGraph& graph, const Request& r) {
    const std::uint32_t n = r.team.size;
    const Bytes each = r.size / real(n);
    return {{.repeats = rounds(r.collective) * real(n - 1),
             .shift = 1,
             .each = each,
             .chained = true,
             .pace = ring_pace(graph, r, each)}};
}

Phases bidirectional_ring(const FabricGraph& graph, const Request& r) {
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
    return {{.repeats = rounds(r.collective) * real(n - 1),
             .others = sends,
             .chained = true,
             .pace = ring_pace(graph, r, half)}};
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
            std::uint32_t at = c;  // where a domain is entered
            for (std::uint32_t d = 0; d < domains; ++d) {
                const std::uint32_t first = at;
                for (std::uint32_t i = 1; i < inner; ++i) {
                    const std::uint32_t next = on_path(inner, first, i);
                    all.push_back({d * inner + at, d * inner + next, each});
                    at = next;
                }
                all.push_back({d * inner + at, (d + 1) % domains * inner + at, each});
            }
        }
        return all;
    };
    return {{.repeats = rounds(r.collective) * real(n - 1),
             .others = sends,
             .pace = ring_pace(graph, r, r.size / real(n))}};
}

/// Bytes go where a ring of each port takes them: trees of gathers move as many. They differ in
/// hops.
Phases parallel_trees(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    Phases phases = rails.inner > 1 ? multi_ring(graph, r) : ring(graph, r);
    Pace& pace = phases.front().pace;
    pace.inner_hops = real(rails.inner - 1);
    pace.outer_hops = tree_levels(real(rails.domains));
    return phases;
}

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
    const std::uint32_t domain = members_in_domain(graph, r.team);
    Phases in;
    for (std::size_t level = 0; level + 1 < blocks.size(); ++level) {
        const std::uint32_t length = blocks[level + 1] / blocks[level];
        const Bytes each = r.size / real(blocks[level + 1]);
        const bool top = level + 2 == blocks.size();
        const double turns = top ? rounds(r.collective) : 1;
        const bool inside = blocks[level + 1] <= domain;
        in.push_back(nested_ring(n, blocks[level], length, turns, each, inside));
    }
    Phases out(in.rbegin(), in.rend());
    if (r.collective == Collective::reduce_scatter) return in;
    if (r.collective == Collective::all_gather) return out;
    in.insert(in.end(), out.begin() + 1, out.end());  // the top ring goes there and back
    return in;
}

Phases mesh(const FabricGraph& graph, const Request& r) {
    const std::uint32_t n = r.team.size;
    Phase exchange = exchange_inside(n, n, r.size / real(n));
    exchange.repeats = rounds(r.collective);
    exchange.pace = ring_pace(graph, r, r.size / real(n));
    exchange.pace.inner_hops = exchange.repeats * real(n - 1);
    return {exchange};
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
    Phases out(in.rbegin(), in.rend());
    in.front().pace.inner_calls = 1;
    if (r.collective == Collective::all_gather) out.front().pace.inner_calls = 1;
    if (r.collective == Collective::reduce_scatter) return in;
    if (r.collective == Collective::all_gather) return out;
    in.insert(in.end(), out.begin(), out.end());
    return in;
}

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
                               r.size / real(r.team.size), false)});
}

}  // namespace millwright
