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

}  // namespace

Rails rails_of(const FabricGraph& graph, const Request& r) {
    const std::uint32_t inner = members_in_domain(graph, r.team);
    return {inner, r.team.size / inner};
}

Phases pairwise(const FabricGraph&, const Request& r) {
    const std::uint32_t n = r.team.size;
    Phases phases;
    for (std::uint32_t d = 1; d < n; ++d) {
        if (r.skew.empty()) {
            phases.push_back({.shift = d, .each = r.size / real(n)});
            continue;
        }
        phases.push_back({.others = [r, n, d] {
            std::vector<Send> all;
            for (std::uint32_t i = 0; i < n; ++i) {
                all.push_back({i, (i + d) % n, between(r, i, (i + d) % n)});
            }
            return all;
        }});
    }
    return phases;
}

Phases direct(const FabricGraph&, const Request& r) {
    return {{.others = [r] {
        std::vector<Send> all;
        for (std::uint32_t i = 0; i < r.team.size; ++i) {
            for (std::uint32_t d = 1; d < r.team.size; ++d) {
                const std::uint32_t to = (i + d) % r.team.size;
                all.push_back({i, to, between(r, i, to)});
            }
        }
        return all;
    }}};
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
    return {{.others = inside}, {.others = across}};
}

}  // namespace millwright
