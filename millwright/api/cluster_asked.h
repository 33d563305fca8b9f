// What a question says of a deployment beyond one replica: its router, memory below its chips,
// replicas that start, stop and fail.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"
#include "millwright/factory/factory.h"
#include "millwright/serve/availability.h"
#include "millwright/serve/cache_tier.h"
#include "millwright/serve/router.h"

namespace millwright {

/// Where what leaves a chip's prefix cache goes: to its host's memory, to a disk of its own, or to
/// a store of the whole pool.
enum class TierKind : std::uint8_t { host, disk, pool };

template <>
struct EnumNames<TierKind> {
    static constexpr std::array<std::string_view, 3> names{"host", "disk", "pool"};
};

/// Memory for each chip. It is reached over a link of the catalog or at a rate; without either over
/// the chip's host link, a pool over its scale-out link, a disk not at all.
struct TierAsked {
    TierKind kind = TierKind::host;
    Bytes capacity;
    std::string link;
    std::optional<Bandwidth> rate;
};

struct ClusterAsked {
    RouterSettings router;
    std::vector<TierAsked> tiers;
    Elasticity elasticity;
    ReplicaFailures failures;
    bool by_layers = true;  // how caches go from one pool to the other

    /// Whether what one replica does moves what others get.
    bool joint() const;
};

/// "host:64GB", "disk:4TB:7GB/s", "pool:512GB:nvlink-c2c".
Result<TierAsked> read_tier(const std::string& text, const char* option);

/// "2:16": two replicas at least, 16 requests for each.
Result<Elasticity> read_elasticity(const std::string& text, const char* option);

/// Own memory first, shared memory last; faults: a link that the catalog lacks, a disk without a
/// rate, a chip without a host link.
Result<std::vector<CacheTierSettings>> tiers_on(const Catalog& catalog, const Factory& factory,
                                                const std::vector<TierAsked>& tiers);

}  // namespace millwright
