#include "millwright/serve/cache_tier.h"

namespace millwright {

void CacheTier::put(const Piece& piece, std::vector<Piece>& gone) {
    if (has(piece.id)) {
        use(piece.id);
        return;
    }
    order_.push_back(piece);
    pieces_.emplace(piece.id, std::prev(order_.end()));
    tokens_ += piece.tokens;
    while (tokens_ > capacity_) {
        gone.push_back(order_.front());
        tokens_ -= order_.front().tokens;
        pieces_.erase(order_.front().id);
        order_.pop_front();
    }
}

void CacheTier::use(std::uint64_t id) {
    const auto at = pieces_.find(id);
    if (at != pieces_.end()) order_.splice(order_.end(), order_, at->second);
}

void CacheTier::clear() {
    order_.clear();
    pieces_.clear();
    tokens_ = 0;
}

}  // namespace millwright
