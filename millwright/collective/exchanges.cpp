// Sends are made when they are asked for, by functions that hold the request: n (n - 1) of them
// are too many to keep. A skew moves bytes of sends; measured curves are read at the message of
// an even spread all the same. Paths through an even number of members zigzag as Walecki's do, so
// that no way between two is used more than others.
#include "millwright/collective/exchanges.h"

#include "millwright/base/whole.h"

namespace millwright {
namespace {

using Phases = std::vector<Phase>;
using Request = CollectiveRequest;

/// Bytes from one member to another.
Bytes between(const Request& r, std::uint32_t from, std::uint32_t to) {
    const double skew = r.skew.empty() ? 1 : r.skew[1UL * from * r.team.size + to];
    return skew * r.size / real(r.team.size);
}

/// What a member hands to the local rank `via` for members of other domains and itself.
Bytes handed(const Request& r, const Rails& rails, std::uint32_t from, std::uint32_t via) {
    Bytes sum;
    for (std::uint32_t d = 0; d < rails.domains; ++d)
        sum += between(r, from, d * rails.inner + via);
    return sum;
}

/// What the members of a domain have for one rank of another.
Bytes gathered(const Request& r, const Rails& rails, std::uint32_t domain, std::uint32_t to) {
    Bytes sum;
    for (std::uint32_t i = 0; i < rails.inner; ++i) sum += between(r, domain * rails.inner + i, to);
    return sum;
}

/// Everything at once, `each` from member to member: libraries send it to another domain together.
Pace direct_pace(const Rails& rails, Bytes each) {
    const bool crosses = rails.domains > 1;
    return {.inner_use = Use::all_to_all,
            .outer_use = Use::all_to_all,
            .inner = each,
            .outer = real(rails.inner) * each,
            .inner_calls = crosses ? 0.0 : 1.0,
            .outer_calls = crosses ? 1.0 : 0.0,
            .inner_hops = crosses ? 0.0 : 1.0,
            .outer_hops = crosses ? tree_levels(real(rails.domains + 1)) : 0};
}

}  // namespace

Rails rails_of(const FabricGraph& graph, const Request& r) {
    const std::uint32_t inner = members_in_domain(graph, r.team);
    return {inner, r.team.size / inner};
}

std::uint32_t on_path(std::uint32_t members, std::uint32_t first, std::uint32_t i) {
    if (members % 2 != 0) return (first + i) % members;
    const std::uint32_t step = i % 2 == 0 ? members - i / 2 : (i + 1) / 2;
    return (first + step) % members;
}

Phases pairwise(const FabricGraph& graph, const Request& r) {
    const std::uint32_t n = r.team.size;
    const Bytes each = r.size / real(n);
    const bool crosses = rails_of(graph, r).domains > 1;
    Pace pace{
        .inner_use = Use::all_to_all, .outer_use = Use::all_to_all, .inner = each, .outer = each};
    (crosses ? pace.outer_hops : pace.inner_hops) = 1;
    Phases phases;
    for (std::uint32_t d = 1; d < n; ++d) {
        phases.push_back({.shift = d, .each = each, .pace = pace});
        if (r.skew.empty()) continue;
        phases.back().shift = 0;
        phases.back().others = [r, n, d] {
            std::vector<Send> all;
            for (std::uint32_t i = 0; i < n; ++i) {
                all.push_back({i, (i + d) % n, between(r, i, (i + d) % n)});
            }
            return all;
        };
    }
    (crosses ? phases.front().pace.outer_calls : phases.front().pace.inner_calls) = 1;
    return phases;
}

Phases direct(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    const auto sends = [r] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < r.team.size; ++i) {
            for (std::uint32_t d = 1; d < r.team.size; ++d) {
                const std::uint32_t to = (i + d) % r.team.size;
                all.push_back({i, to, between(r, i, to)});
            }
        }
        return all;
    };
    return {{.others = sends, .pace = direct_pace(rails, r.size / real(r.team.size))}};
}

Phases forwarded(const FabricGraph& graph, const Request& r) {
    const Rails rails = rails_of(graph, r);
    const auto inside = [r, rails] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < r.team.size; ++i) {
            for (std::uint32_t d = 1; d < rails.inner; ++d) {
                const std::uint32_t via = (i + d) % rails.inner;
                all.push_back({i, i / rails.inner * rails.inner + via, handed(r, rails, i, via)});
            }
        }
        return all;
    };
    const auto across = [r, rails] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < r.team.size; ++i) {
            for (std::uint32_t d = 1; d < rails.domains; ++d) {
                const std::uint32_t to = (i + d * rails.inner) % r.team.size;
                all.push_back({i, to, gathered(r, rails, i / rails.inner, to)});
            }
        }
        return all;
    };
    const Bytes each = r.size / real(r.team.size);
    const Pace within{.inner_use = Use::all_to_all,
                      .outer_use = Use::all_to_all,
                      .inner = real(rails.domains) * each};
    return {{.others = inside, .pace = within},
            {.others = across, .pace = direct_pace(rails, each)}};
}

}  // namespace millwright
