#include "millwright/serve/tier_links.h"

#include <algorithm>

namespace millwright {

bool TierLinks::has(std::uint64_t id) const {
    return std::ranges::any_of(links_, [&](const Link& link) { return link.tier->has(id); });
}

void TierLinks::put(std::size_t link, const CacheTier::Piece& piece,
                    std::vector<CacheTier::Piece>& gone) {
    CacheTier& tier = *links_[link].tier;
    const bool tells = told_ && !links_[link].shared;
    const std::size_t before = gone.size();
    if (tells && !tier.has(piece.id)) told_(piece.id, true);
    tier.put(piece, gone);
    for (std::size_t i = before; tells && i < gone.size(); ++i) told_(gone[i].id, false);
}

void TierLinks::left(const CacheTier::Piece& piece) {
    std::vector<CacheTier::Piece> moving{piece};
    for (std::size_t i = 0; i < links_.size() && !moving.empty(); ++i) {
        if (links_[i].shared) continue;
        std::vector<CacheTier::Piece> gone;
        for (const CacheTier::Piece& one : moving) put(i, one, gone);
        moving = std::move(gone);
    }
}

void TierLinks::rests(const CacheTier::Piece& piece) {
    std::vector<CacheTier::Piece> gone;
    for (std::size_t i = 0; i < links_.size(); ++i) {
        if (links_[i].shared) put(i, piece, gone);
    }
}

Seconds TierLinks::load(std::span<const std::uint64_t> ids, double tokens_each) {
    Seconds time;
    std::vector<bool> used(links_.size());
    for (const std::uint64_t id : ids) {
        const auto at =
            std::ranges::find_if(links_, [&](const Link& l) { return l.tier->has(id); });
        if (at == links_.end()) continue;
        at->tier->use(id);
        time += tokens_each * at->per_token;
        const auto place = static_cast<std::size_t>(at - links_.begin());
        if (!used[place]) time += at->latency;
        used[place] = true;
    }
    return time;
}

void TierLinks::clear() {
    for (const Link& link : links_) {
        if (link.shared) continue;
        if (told_) link.tier->each([&](std::uint64_t id) { told_(id, false); });
        link.tier->clear();
    }
}

TierLinks tier_links(std::span<const CacheTierSettings> settings, Bytes token, double lanes_a_chip,
                     std::span<const std::shared_ptr<CacheTier>> shared) {
    std::vector<TierLinks::Link> links;
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const CacheTierSettings& s = settings[i];
        links.push_back(
            {s.shared ? shared[i] : std::make_shared<CacheTier>(s.capacity / token / lanes_a_chip),
             token / s.bandwidth, s.latency, s.shared});
    }
    return TierLinks(std::move(links));
}

std::vector<std::shared_ptr<CacheTier>> shared_tiers(std::span<const CacheTierSettings> settings,
                                                     Bytes token, double lanes,
                                                     double lanes_a_chip) {
    std::vector<std::shared_ptr<CacheTier>> tiers;
    for (const CacheTierSettings& s : settings) {
        tiers.push_back(s.shared
                            ? std::make_shared<CacheTier>(s.capacity / token * lanes / lanes_a_chip)
                            : nullptr);
    }
    return tiers;
}

}  // namespace millwright
