#include "millwright/collective/switch_sums.h"

#include "millwright/base/whole.h"
#include "millwright/collective/two_trees.h"

namespace millwright {
namespace {

/// The members of a domain by whose ports its sums leave it, spread over them.
std::vector<std::uint32_t> ports_that_cross(const FabricGraph& graph, const Rails& rails) {
    const auto ports = static_cast<std::uint32_t>(crossing_ports(graph.crossing, rails.inner));
    std::vector<std::uint32_t> members;
    for (std::uint32_t p = 0; p < ports; ++p) members.push_back(p * rails.inner / ports);
    return members;
}

/// Each to the next around every domain: as flows these load the links of its switch as sums do.
void add_sums(const Rails& rails, Bytes size, std::vector<Send>& all) {
    for (std::uint32_t i = 0; rails.inner > 1 && i < rails.inner * rails.domains; ++i) {
        all.push_back({i, i / rails.inner * rails.inner + (i + 1) % rails.inner, size});
    }
}

/// How sums inside are measured while the chips feed the network too.
Pace feeding_pace(const Rails& rails, Bytes size) {
    const SwitchMeasure inside = switch_measure(real(rails.inner), size);
    return {.inner_use = Use::reduced,
            .inner = inside.message,
            .inner_moved = inside.moved / feeding,
            .outer_calls = 1};
}

/// A walk over the ranks of the other domains, without bytes: sums over many start late.
Phase walk_outside(const CollectiveRequest& r, const Rails& rails) {
    return {
        .others = [] { return std::vector<Send>{}; },
        .pace = {
            .inner = r.size, .outer = r.size, .inner_hops = 2 * real(r.team.size - rails.inner)}};
}

}  // namespace

/// Sums in the switches of every domain, beside double trees across from the ports that cross.
std::vector<Phase> switch_tree(const FabricGraph& graph, const CollectiveRequest& r) {
    const Rails rails = rails_of(graph, r);
    const std::vector<std::uint32_t> ports = ports_that_cross(graph, rails);
    const Bytes each = r.size / real(ports.size());
    const auto sends = [rails, ports, each, size = r.size] {
        std::vector<Send> all;
        add_sums(rails, size, all);
        for (const auto& [child, parent] : double_tree(rails.domains)) {
            for (const std::uint32_t port : ports) {
                all.push_back({child * rails.inner + port, parent * rails.inner + port, each / 2});
                all.push_back({parent * rails.inner + port, child * rails.inner + port, each / 2});
            }
        }
        return all;
    };
    Pace pace = feeding_pace(rails, r.size);
    pace.outer = each / 2;
    pace.tree_domains = real(rails.domains);
    pace.outer_hops = 2 * tree_levels(real(rails.domains));
    return {{.others = sends, .pace = pace}, walk_outside(r, rails)};
}

std::vector<Phase> in_network(const FabricGraph& graph, const CollectiveRequest& r) {
    const double n = real(r.team.size);
    const Rails rails = rails_of(graph, r);
    if (rails.domains == 1) {
        const SwitchMeasure measured = switch_measure(n, r.size);
        return {{.shift = 1,
                 .each = r.size,
                 .pace = {.inner_use = Use::reduced,
                          .inner = measured.message,
                          .inner_moved = measured.moved,
                          .inner_calls = 1,
                          .inner_hops = 2 * inner_depth(n)}}};
    }
    const std::vector<std::uint32_t> ports = ports_that_cross(graph, rails);
    const Bytes each = r.size / real(ports.size());
    const auto sends = [rails, ports, each, size = r.size] {
        std::vector<Send> all;
        add_sums(rails, size, all);
        for (std::uint32_t domain = 0; domain < rails.domains; ++domain) {
            const std::uint32_t next = (domain + 1) % rails.domains;
            for (const std::uint32_t port : ports) {
                all.push_back({domain * rails.inner + port, next * rails.inner + port, each});
            }
        }
        return all;
    };
    Pace pace = feeding_pace(rails, r.size);
    pace.outer_use = Use::reduced;
    pace.outer = each;
    pace.outer_moved = 2 * (n - 1) / n;
    pace.outer_hops = 2;
    return {{.others = sends, .pace = pace}, walk_outside(r, rails)};
}

}  // namespace millwright
