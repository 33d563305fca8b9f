#include "millwright/serve/cache_links.h"

#include <algorithm>

#include "millwright/base/whole.h"
#include "millwright/collective/collectives.h"
#include "millwright/serve/roofline.h"

namespace millwright {

Seconds transfer_time(const Fleet& from, const Fleet& to, const Network& between, double tokens) {
    const Replica& r = from.replica;
    const double bf16 = 2;
    const Bytes held = (r.formats.cache_bytes / bf16) * sequence_cache(r.model, tokens).held;
    const double chips = std::min(r.ways.chips(), to.replica.ways.chips());
    // from one pool's first chips to the other's: as far as the pools are long
    const double apart = r.ways.chips() * real(from.replicas);
    return point_to_point_time(between, apart, held / chips);
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
    const Seconds whole = transfer_time(from_, to_, between_, tokens);
    const Seconds last = by_layers_ ? whole / real(from_.replica.model.layers.value) : whole;
    const Seconds begins = max(max(sends_[from], receives_[to]), by_layers_ ? begun : ended);
    const Seconds there = max(begins + whole, ended + last);
    sends_[from] = receives_[to] = there;
    return there;
}

}  // namespace millwright
