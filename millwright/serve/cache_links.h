// The links by which caches go from replicas of one pool to those of another.
#pragma once

#include <vector>

#include "millwright/serve/fleet.h"

namespace millwright {

/// Replicas of the pools, by number.
struct CacheWay {
    std::int64_t from = 0, to = 0;
};

/// Time to send the cache of a prompt of so many tokens from a replica of one pool to one of the
/// other, alone. `between` joins the chips of both, those of `from` first; within one scale-up
/// domain caches go by its links.
Seconds transfer_time(const Fleet& from, const Fleet& to, const Network& between, double tokens,
                      CacheWay way);

/// An attention rank sends, and one receives, one cache after the other. By layers they go while
/// later ones are computed, so that the last is left when the prompt ends; else as a whole behind
/// it.
class CacheLinks {
public:
    CacheLinks(const Fleet& from, const Fleet& to, const Network& between, bool by_layers);

    /// When the cache is there; the prompt was begun and ended at such times.
    Seconds send(std::size_t from, std::size_t to, double tokens, Seconds begun, Seconds ended);

private:
    Fleet from_, to_;
    Network between_;
    bool by_layers_;
    std::vector<Seconds> sends_, receives_;  // when a replica's link is free
};

}  // namespace millwright
