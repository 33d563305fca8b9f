#include "millwright/serve/prefix_cache.h"

#include "millwright/base/require.h"

namespace millwright {

PrefixCache::Kept PrefixCache::kept(std::span<const std::uint64_t> ids) const {
    Kept found;
    for (const std::uint64_t id : ids) {
        const auto piece = pieces_.find(id);
        if (piece == pieces_.end()) break;
        ++found.pieces;
        if (piece->second.holders > 0) found.held_tokens += piece->second.tokens;
    }
    return found;
}

void PrefixCache::hold(std::span<const std::uint64_t> ids, double tokens) {
    for (const std::uint64_t id : ids) {
        const auto [at, is_new] = pieces_.try_emplace(id, Piece{0, tokens, idle_.end()});
        Piece& piece = at->second;
        if (piece.holders++ > 0) continue;
        held_ += piece.tokens;
        if (is_new) {
            tell(Change::came, id, tokens);
            continue;
        }
        idle_tokens_ -= piece.tokens;
        idle_.erase(piece.place);
        piece.place = idle_.end();
    }
}

// Later pieces of a prefix are of no use without earlier ones, so they go first.
void PrefixCache::release(std::span<const std::uint64_t> ids) {
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        Piece& piece = pieces_.at(*id);
        require(piece.holders > 0, "a prefix is released as often as it was held");
        if (--piece.holders > 0) continue;
        held_ -= piece.tokens;
        idle_tokens_ += piece.tokens;
        piece.place = idle_.insert(idle_.end(), *id);
        tell(Change::idle, *id, piece.tokens);
    }
}

void PrefixCache::lose(std::span<const std::uint64_t> ids) {
    for (const std::uint64_t id : ids) {
        const auto piece = pieces_.find(id);
        require(piece != pieces_.end() && piece->second.holders > 0,
                "a prefix is lost by those who hold it");
        if (--piece->second.holders > 0) continue;
        const double tokens = piece->second.tokens;
        held_ -= tokens;
        pieces_.erase(piece);
        tell(Change::lost, id, tokens);
    }
}

void PrefixCache::shrink_to(double tokens) {
    while (!idle_.empty() && idle_tokens_ > tokens) {
        const std::uint64_t id = idle_.front();
        const auto piece = pieces_.find(id);
        const double tokens_of_it = piece->second.tokens;
        idle_tokens_ -= tokens_of_it;
        pieces_.erase(piece);
        idle_.pop_front();
        tell(Change::left, id, tokens_of_it);
    }
}

void PrefixCache::clear() {
    for (const auto& [id, piece] : pieces_) tell(Change::lost, id, piece.tokens);
    pieces_.clear();
    idle_.clear();
    held_ = idle_tokens_ = 0;
}

}  // namespace millwright
