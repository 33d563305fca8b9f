// A graph without failed links takes its ways as they are. With some, other ways are found by
// hashing again, as only `route` knows which there are; of spread flows the ways that are left
// carry the bytes of the others. A bundle remembers what each of its links has left, so that
// lowering several of them adds up as it would for links by themselves.
#include "millwright/fabric/graph.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/sim/hash.h"

namespace millwright {
namespace {

bool all_alive(const FabricGraph& graph, const Ways& ways) {
    return std::ranges::none_of(ways.links,
                                [&](LinkId link) { return graph.capacity[link] <= Bandwidth{}; });
}

/// Ways without those over failed links, which the others then carry.
Ways alive_ones(const FabricGraph& graph, const Ways& ways) {
    Ways alive;
    double sum = 0;
    for (std::size_t i = 0; i < ways.count(); ++i) {
        const auto way = ways.way(i);
        if (std::ranges::any_of(way,
                                [&](LinkId link) { return graph.capacity[link] <= Bandwidth{}; })) {
            continue;
        }
        alive.links.insert(alive.links.end(), way.begin(), way.end());
        alive.close(ways.share[i]);
        sum += ways.share[i];
    }
    for (double& share : alive.share) share /= sum;
    return alive;
}

void append(const Ways& more, Ways& ways) {
    for (std::size_t i = 0; i < more.count(); ++i) {
        const auto way = more.way(i);
        ways.links.insert(ways.links.end(), way.begin(), way.end());
        ways.close(more.share[i]);
    }
}

/// A link of a bundle is named as the bundle is, but for its number.
struct BundleLink {
    std::string bundle;
    double number = 0;
};

/// None if the name is of no link of a bundle.
std::optional<BundleLink> bundle_link(const std::string& name) {
    constexpr std::string_view parts = ", link ";
    const std::size_t comma = name.rfind(parts);
    if (comma == std::string::npos) return std::nullopt;
    const std::string written = name.substr(comma + parts.size());
    const auto number = number_of(written);
    if (!number || *number < 0 || fmt::format("{:.0f}", *number) != written) return std::nullopt;
    return BundleLink{name.substr(0, comma) + ", all links", *number};
}

/// Lowers all links of one id, or of a bundle one alone, each of which has its own share: two links
/// that fail out of two leave nothing, though each by itself leaves a half.
void lower(FabricGraph& graph, LinkId link, double share, std::optional<std::size_t> one) {
    const auto known = graph.left.find(link);
    if (!one && known == graph.left.end()) {
        graph.capacity[link] = share * graph.capacity[link];
        return;
    }
    const auto links = static_cast<std::size_t>(graph.parallel(link));
    std::vector<double>& left =
        graph.left.try_emplace(link, std::vector<double>(links, 1.0)).first->second;
    const double before = std::accumulate(left.begin(), left.end(), 0.0);
    if (before <= 0) return;
    for (std::size_t i = 0; i < left.size(); ++i) left[i] *= !one || *one == i ? share : 1;
    const double after = std::accumulate(left.begin(), left.end(), 0.0);
    graph.capacity[link] = after / before * graph.capacity[link];
}

}  // namespace

void Ways::close(double its_share) {
    first.push_back(narrow<std::uint32_t>(links.size()));
    share.push_back(its_share);
}

void Ways::clear() {
    links.clear();
    first.resize(1);
    share.clear();
}

void ways_on(const FabricGraph& graph, std::uint32_t from, std::uint32_t to, std::uint64_t flow,
             Ways& ways) {
    const bool fixed = graph.routing == Routing::single;
    if (!graph.impaired) return graph.route(from, to, fixed ? 0 : flow, ways);
    // Which ways there are is known to `route` alone, so other ones are sought by other hashes.
    // Where one way in k is alive, all tries miss it with probability (1 - 1/k)^256: 2 % for k =
    // 64. The first try has the flow itself, so that flows far from failures keep their ways.
    constexpr std::uint64_t tries = 256;
    Ways found;
    for (std::uint64_t salt = 0; salt < tries; ++salt) {
        found.clear();
        const std::uint64_t again = salt == 0 ? flow : mixed_bits(flow ^ (salt << 32U));
        graph.route(from, to, fixed ? salt : again, found);
        if (!all_alive(graph, found)) found = alive_ones(graph, found);
        if (found.count() > 0) break;
    }
    append(found, ways);
}

Seconds latency_between(const FabricGraph& graph, std::uint32_t from, std::uint32_t to) {
    Ways ways;
    ways_on(graph, from, to, 0, ways);
    Seconds sum;
    if (ways.count() == 0) return sum;
    for (const LinkId link : ways.way(0)) sum += graph.latency[link];
    return sum;
}

Seconds switches_between(const FabricGraph& graph, std::uint32_t from, std::uint32_t to) {
    Ways ways;
    ways_on(graph, from, to, 0, ways);
    Seconds sum, last;
    if (ways.count() == 0) return sum;
    for (const LinkId link : ways.way(0)) {
        if (is_scale_up(graph, link)) continue;
        // one behind: the last link outside is not added
        sum += last;
        last = graph.latency[link];
    }
    return sum;
}

FlowProblem problem_of(const FabricGraph& graph) {
    return {.capacity = graph.capacity, .latency = graph.latency, .first = {0}};
}

bool degrade(FabricGraph& graph, const Degraded& degraded) {
    bool found = false;
    const auto of_bundle = bundle_link(degraded.name);
    for (LinkId link = 0; link < graph.capacity.size(); ++link) {
        const std::string name = graph.name(link);
        // " " and ",": "tier 1 group 3" is not to hurt group 31
        const bool whole = name == degraded.name || name.starts_with(degraded.name + " ") ||
                           name.starts_with(degraded.name + ",");
        const bool part = !whole && of_bundle && name == of_bundle->bundle &&
                          of_bundle->number < graph.parallel(link);
        if (!whole && !part) continue;
        const auto one = static_cast<std::size_t>(part ? of_bundle->number : 0);
        lower(graph, link, degraded.share, part ? std::optional(one) : std::nullopt);
        graph.impaired = graph.impaired || graph.capacity[link] <= Bandwidth{};
        found = true;
    }
    graph.degraded = graph.degraded || found;
    return found;
}

}  // namespace millwright
