// What a lane keeps of beginnings of prompts: on its chips, and in memory below them.
#include <algorithm>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/serve/lane.h"

namespace millwright {

void ServeLane::listen() {
    using Change = PrefixCache::Change;
    prefixes_.listen([this](Change change, std::uint64_t id, double tokens) {
        if (news_ && change != Change::idle) news_(id, change == Change::came, now_);
        if (change == Change::left) below_.left({id, tokens});
        if (change == Change::idle) below_.rests({id, tokens});
    });
}

void ServeLane::tell_of_caches(CacheNews news) {
    news_ = std::move(news);
    below_.tell([this](std::uint64_t id, bool kept) { news_(id, kept, now_); });
    listen();
}

/// Sequences wait in the order in which what they wait for is loaded.
void ServeLane::load(Slot slot) {
    const auto later = std::ranges::upper_bound(loading_, slots_[slot].loaded, {},
                                                [&](Slot s) { return slots_[s].loaded; });
    loading_.insert(later, slot);
}

void ServeLane::note_loaded(Seconds by) {
    while (!loading_.empty() && slots_[loading_.front()].loaded <= by) {
        slots_[loading_.front()].state = State::prompting;
        prompting_.push_back(loading_.front());
        loading_.pop_front();
    }
}

/// Leading pieces that the chips or memory below them have.
std::size_t ServeLane::kept_pieces(const Request& request) const {
    if (below_.empty()) return prefixes_.kept(request.prefix).pieces;
    const auto missing = std::ranges::find_if(
        request.prefix, [&](std::uint64_t id) { return !prefixes_.has(id) && !below_.has(id); });
    return static_cast<std::size_t>(missing - request.prefix.begin());
}

double ServeLane::kept_tokens(const Request& request) const {
    if (!engine_.prefix_cache) return 0;
    return static_cast<double>(kept_pieces(request)) * real(request.prefix_tokens);
}

/// Loads what of these pieces is not on the chips; others' loads under way bring some of them.
void ServeLane::bring(std::span<const std::uint64_t> ids, Sequence& s) {
    std::erase_if(arriving_, [&](const auto& piece) { return piece.second <= now_; });
    std::vector<std::uint64_t> absent;
    for (const std::uint64_t id : ids) {
        if (!prefixes_.has(id)) {
            absent.push_back(id);
        } else if (const auto piece = arriving_.find(id); piece != arriving_.end()) {
            s.loaded = max(s.loaded, piece->second);
        }
    }
    const Seconds time = below_.load(absent, real(s.request.prefix_tokens));
    if (time <= Seconds{}) return;
    loader_free_ = max(now_, loader_free_) + time;
    s.loaded = max(s.loaded, loader_free_);
    for (const std::uint64_t id : absent) arriving_[id] = loader_free_;
}

/// What of the prompt is kept need not be computed; what of that is not on the chips is loaded.
void ServeLane::find_beginning(Sequence& s) {
    const Request& r = s.request;
    const double each = real(r.prefix_tokens);
    // whole blocks, and the last token is computed in any case
    const double most = std::min(kept_tokens(r), real(r.prompt) - 1);
    s.found = s.computed = std::max(0.0, std::floor(most / block_) * block_);
    if (!below_.empty()) {
        const auto used = static_cast<std::size_t>(std::ceil(s.found / each));
        bring(std::span(r.prefix).first(used), s);
    }
    s.shared = std::min(static_cast<double>(r.prefix.size()) * each, s.to_compute);
    prefixes_.hold(r.prefix, each);
    shared_tokens_ += s.shared;
}

/// Prefixes that nobody holds have the blocks that are left.
void ServeLane::forget_prefixes() {
    if (engine_.prefix_cache) {
        prefixes_.shrink_to(std::max(0.0, capacity_ - blocks_used() - growth(running())) * block_);
    }
}

}  // namespace millwright
