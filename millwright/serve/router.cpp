// Load is what was sent and has not ended. News of caches stand in a queue until their delay has
// passed. Choices, but of two drawn ones, begin behind the replica that was chosen last, so that
// ties go round. Pieces of a prompt that caches hold are counted for all replicas in one walk,
// which ends at the first piece that none has who has all before it.
#include "millwright/serve/router.h"

#include <algorithm>

#include "millwright/base/random.h"
#include "millwright/base/require.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::uint64_t draws_of_router = 0x726f75746572;  // a stream of its own

}  // namespace

void PrefixView::note(std::uint64_t id, std::size_t replica, bool kept) {
    std::vector<Holder>& holders = holders_[id];
    const auto at = std::ranges::find(holders, replica, &Holder::replica);
    if (kept) {
        if (at == holders.end()) {
            holders.push_back({replica, 1});
        } else {
            ++at->caches;
        }
        return;
    }
    require(at != holders.end(), "what is lost was kept");
    if (--at->caches > 0) return;
    holders.erase(at);
    if (holders.empty()) holders_.erase(id);
}

void PrefixView::overlaps(std::span<const std::uint64_t> ids,
                          std::vector<std::size_t>& pieces) const {
    std::ranges::fill(pieces, 0);
    for (std::size_t place = 0; place < ids.size(); ++place) {
        const auto found = holders_.find(ids[place]);
        if (found == holders_.end()) return;
        bool any = false;
        for (const Holder& holder : found->second) {
            if (pieces[holder.replica] != place) continue;
            ++pieces[holder.replica];
            any = true;
        }
        if (!any) return;
    }
}

RequestRouter::RequestRouter(const RouterSettings& settings, std::size_t replicas)
    : settings_(settings), states_(replicas), pieces_(replicas) {
    require(replicas > 0, "a router has a replica");
}

bool RequestRouter::takes(std::size_t replica) const {
    const State& s = states_[replica];
    return s.open && (settings_.most_each == 0 || s.requests < settings_.most_each);
}

std::optional<std::size_t> RequestRouter::by_turns() {
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const std::size_t replica = (turn_ + i) % states_.size();
        if (!takes(replica)) continue;
        turn_ = replica + 1;
        return replica;
    }
    return std::nullopt;
}

/// Of equals the first after the one that was chosen last, so that none is always the first.
std::optional<std::size_t> RequestRouter::least() {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const std::size_t replica = (turn_ + i) % states_.size();
        if (!takes(replica)) continue;
        if (!best || states_[replica].requests < states_[*best].requests) best = replica;
    }
    if (best) turn_ = *best + 1;
    return best;
}

std::optional<std::size_t> RequestRouter::of_two() {
    candidates_.clear();
    for (std::size_t i = 0; i < states_.size(); ++i) {
        if (takes(i)) candidates_.push_back(i);
    }
    if (candidates_.empty()) return std::nullopt;
    Draw draw(settings_.seed, draws_of_router, draws_++);
    const std::size_t first = draw.below(candidates_.size());
    if (candidates_.size() == 1) return candidates_[first];
    std::size_t second = draw.below(candidates_.size() - 1);
    if (second >= first) ++second;
    const std::size_t a = candidates_[first], b = candidates_[second];
    return states_[b].requests < states_[a].requests ? b : a;
}

void RequestRouter::learn(Seconds now) {
    while (!news_.empty() && news_.front().at + settings_.delay <= now) {
        const News& news = news_.front();
        view_.note(news.id, news.replica, news.kept);
        news_.pop_front();
    }
}

std::optional<std::size_t> RequestRouter::by_prefix(const Request& request, Seconds now) {
    learn(now);
    view_.overlaps(request.prefix, pieces_);
    std::optional<std::size_t> best;
    double least = 0;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const std::size_t replica = (turn_ + i) % states_.size();
        if (!takes(replica)) continue;
        const double kept = real(pieces_[replica]) * real(request.prefix_tokens);
        const double cost = std::max(0.0, real(request.prompt) - kept) + states_[replica].tokens;
        if (best && cost >= least) continue;
        best = replica;
        least = cost;
    }
    if (best) turn_ = *best + 1;
    return best;
}

std::optional<std::size_t> RequestRouter::choose(const Request& request, Seconds now,
                                                 std::optional<std::size_t> last) {
    const bool stays =
        settings_.kind == RouterKind::round_robin || settings_.kind == RouterKind::session;
    if (stays && last && takes(*last)) return last;
    switch (settings_.kind) {
        case RouterKind::round_robin: return by_turns();
        case RouterKind::least_loaded:
        case RouterKind::session: return least();
        case RouterKind::power_of_two: return of_two();
        case RouterKind::prefix: return by_prefix(request, now);
    }
    return std::nullopt;
}

void RequestRouter::sent(std::size_t replica, std::int64_t prompt) {
    ++states_[replica].requests;
    ++outstanding_;
    states_[replica].tokens += real(prompt);
}

void RequestRouter::ended(std::size_t replica, std::int64_t prompt) {
    require(states_[replica].requests > 0, "an answer that ends was sent for");
    --states_[replica].requests;
    --outstanding_;
    states_[replica].tokens -= real(prompt);
}

void RequestRouter::note(std::uint64_t id, std::size_t replica, bool kept, Seconds at) {
    news_.push_back({at, id, replica, kept});
}

}  // namespace millwright
