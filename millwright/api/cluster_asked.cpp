// Texts have parts between colons; the last of a memory is a rate if it can be read as one, and
// else a link unless it begins unlike a name. `joint` decides how all is run: what it names makes
// replicas depend on each other, so they need one clock; else replicas are simulated one by one.
#include "millwright/api/cluster_asked.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"

namespace millwright {
namespace {

std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t colon = 0; colon != std::string::npos; begin = colon + 1) {
        colon = text.find(':', begin);
        parts.push_back(text.substr(begin, colon - begin));
        if (colon == std::string::npos) break;
    }
    return parts;
}

Faults fault(const char* option, std::string what, std::string hint) {
    return {{{option, 0, 0}, std::move(what), std::move(hint)}};
}

template <Dimension dimension>
std::optional<Quantity<dimension>> positive_of(const std::string& text) {
    std::string why;
    const auto value = parse_as<dimension>(text, why);
    if (!value || !(value->si() > 0) || !std::isfinite(value->si())) return std::nullopt;
    return *value;
}

/// Rate and latency of a link, one way.
struct Way {
    Bandwidth rate;
    Seconds latency;
};

std::optional<Way> way_to(const Catalog& catalog, const Factory& factory, const TierAsked& tier,
                          Faults& faults) {
    if (tier.rate) return Way{*tier.rate, {}};
    if (tier.kind == TierKind::pool && tier.link.empty()) {
        const Channel& outer = factory.network.outer;
        if (outer.per_chip > Bandwidth{}) return Way{outer.per_chip, outer.base};
    }
    const bool host = tier.kind == TierKind::host && tier.link.empty();
    const std::string& name = host ? factory.chip.host_link : tier.link;
    if (name.empty()) {
        append(faults,
               fault("--cache-tier", fmt::format("no rate is known to the {}", name_of(tier.kind)),
                     "name a link or a rate, such as disk:4TB:7GB/s"));
        return std::nullopt;
    }
    const Link* link = look_up<Link>(catalog, name, "--cache-tier", faults);
    if (link == nullptr) return std::nullopt;
    return Way{link->per_direction.value, link->hop.known() ? link->hop.value : Seconds{}};
}

}  // namespace

bool ClusterAsked::joint() const {
    const auto shared = [](const TierAsked& tier) { return tier.kind == TierKind::pool; };
    return router.kind != RouterKind::round_robin || router.most_each > 0 || elasticity.on() ||
           failures.on() || std::ranges::any_of(tiers, shared);
}

Result<TierAsked> read_tier(const std::string& text, const char* option) {
    const std::vector<std::string> parts = parts_of(text);
    const char* form = "KIND:SIZE[:LINK or RATE], such as host:64GB or disk:4TB:7GB/s";
    const auto kind = enum_named<TierKind>(parts.front());
    if (parts.size() < 2 || parts.size() > 3 || !kind) {
        return failure(fault(option, fmt::format("'{}' is no memory", excerpt(text)), form));
    }
    TierAsked tier{.kind = *kind};
    const auto capacity = positive_of<Bytes::dimension>(parts[1]);
    if (!capacity) {
        return failure(fault(option, fmt::format("'{}' is no size", excerpt(parts[1])), form));
    }
    tier.capacity = *capacity;
    if (parts.size() == 2) return tier;
    tier.rate = positive_of<Bandwidth::dimension>(parts[2]);
    const bool number = !parts[2].empty() && (parts[2][0] < 'a' || parts[2][0] > 'z');
    if (!tier.rate && number) {
        return failure(fault(option, fmt::format("'{}' is no rate", excerpt(parts[2])), form));
    }
    if (!tier.rate) tier.link = parts[2];
    return tier;
}

Result<Elasticity> read_elasticity(const std::string& text, const char* option) {
    const std::vector<std::string> parts = parts_of(text);
    const auto least = number_of(parts.front());
    const auto target = parts.size() == 2 ? number_of(parts[1]) : std::nullopt;
    const bool whole = least && *least >= 1 && *least <= 1e6 && *least == std::floor(*least);
    if (!whole || !target || !(*target > 0) || !(*target <= 1e9)) {
        return failure(fault(option, fmt::format("'{}' is not LEAST:REQUESTS", excerpt(text)),
                             "replicas at least and requests for each, such as 2:16"));
    }
    return Elasticity{.least = static_cast<std::int64_t>(*least), .target = *target};
}

Result<std::vector<CacheTierSettings>> tiers_on(const Catalog& catalog, const Factory& factory,
                                                const std::vector<TierAsked>& tiers) {
    std::vector<CacheTierSettings> found;
    Faults faults;
    for (const TierAsked& tier : tiers) {
        const auto way = way_to(catalog, factory, tier, faults);
        if (!way) continue;
        found.push_back({tier.capacity, way->rate, way->latency, tier.kind == TierKind::pool});
    }
    if (!faults.empty()) return failure(std::move(faults));
    std::ranges::stable_partition(found, [](const CacheTierSettings& t) { return !t.shared; });
    return found;
}

}  // namespace millwright
