// The memories below one lane's chips, nearest first, as that lane reaches them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "millwright/serve/cache_tier.h"

namespace millwright {

/// Pieces that leave the chips go to the nearest memory of the lane's own, what makes room there to
/// the next; what nobody holds any more goes to those that all share. Pieces that are loaded stay
/// where they were.
class TierLinks {
public:
    struct Link {
        std::shared_ptr<CacheTier> tier;
        Seconds per_token, latency;
        bool shared = false;
    };
    /// A memory of the lane's own got a piece or lost it.
    using Told = std::function<void(std::uint64_t id, bool kept)>;

    explicit TierLinks(std::vector<Link> links = {}) : links_(std::move(links)) {}

    void tell(Told told) { told_ = std::move(told); }
    bool empty() const { return links_.empty(); }
    bool has(std::uint64_t id) const;
    /// A piece left the chips.
    void left(const CacheTier::Piece& piece);
    /// A piece that is on the chips has nobody who holds it.
    void rests(const CacheTier::Piece& piece);
    /// Time to bring pieces to the chips, each from the nearest memory that has it: those of one
    /// memory one after the other, after one latency. They were used.
    Seconds load(std::span<const std::uint64_t> ids, double tokens_each);
    /// The lane's own memories are empty.
    void clear();

private:
    void put(std::size_t link, const CacheTier::Piece& piece, std::vector<CacheTier::Piece>& gone);

    std::vector<Link> links_;
    Told told_;
};

/// Links of one lane, its own memories new: `token` is what a token's cache takes of each chip.
/// `shared` has those of the pool, made for all lanes.
TierLinks tier_links(std::span<const CacheTierSettings> settings, Bytes token, double lanes_a_chip,
                     std::span<const std::shared_ptr<CacheTier>> shared);

/// For each of the settings the memory that lanes of so many chips together share, or none.
std::vector<std::shared_ptr<CacheTier>> shared_tiers(std::span<const CacheTierSettings> settings,
                                                     Bytes token, double lanes,
                                                     double lanes_a_chip);

}  // namespace millwright
