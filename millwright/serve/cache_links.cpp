#include "millwright/serve/cache_links.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/collective/collectives.h"
#include "millwright/serve/roofline.h"

namespace millwright {

namespace {

/// Chips that hold parts of one sequence: those of its attention rank.
double holders(const ServeWays& ways) { return ways.tensor * ways.pipeline; }

/// Whether one scale-up domain holds the chips of both replicas; the pool of prompts comes first.
bool share_a_domain(const Fleet& from, const Fleet& to, double domain, const CacheWay& way) {
    const double sender = from.replica.ways.chips(), receiver = to.replica.ways.chips();
    const double first = real(way.from) * sender;
    const double last = real(from.replicas) * sender + real(way.to + 1) * receiver - 1;
    return std::floor(first / domain) == std::floor(last / domain);
}

}  // namespace

Seconds transfer_time(const Fleet& from, const Fleet& to, const Network& between, double tokens,
                      CacheWay way) {
    const Replica& r = from.replica;
    const double bf16 = 2;
    const Bytes held = (r.formats.cache_bytes / bf16) * sequence_cache(r.model, tokens).held;
    const double chips = std::min(holders(r.ways), holders(to.replica.ways));
    const bool near = share_a_domain(from, to, between.domain, way);
    return point_to_point_time(between, near ? 1 : between.domain, held / chips);
}

CacheLinks::CacheLinks(const Fleet& from, const Fleet& to, const Network& between, bool by_layers)
    : from_(from),
      to_(to),
      between_(between),
      by_layers_(by_layers),
      sends_(narrow<std::size_t>(from.replicas)),
      receives_(narrow<std::size_t>(to.replicas)) {}

Seconds CacheLinks::send(std::size_t from, std::size_t to, double tokens, Seconds begun,
                         Seconds ended) {
    const Seconds whole = transfer_time(from_, to_, between_, tokens,
                                        {narrow<std::int64_t>(from), narrow<std::int64_t>(to)});
    const Seconds last = by_layers_ ? whole / real(from_.replica.model.layers.value) : whole;
    const Seconds begins = max(max(sends_[from], receives_[to]), by_layers_ ? begun : ended);
    const Seconds there = max(begins + whole, ended + last);
    // attention ranks have links of their own, which share the caches of a replica
    sends_[from] = begins + (there - begins) / from_.replica.ways.attention_data;
    receives_[to] = begins + (there - begins) / to_.replica.ways.attention_data;
    return there;
}

}  // namespace millwright
