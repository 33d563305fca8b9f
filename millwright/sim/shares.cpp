// Links whose level may have moved are marked, solved from the lowest level up, and mark others
// only where these can change. Each flow keeps the two lowest levels on its way, so that what
// holds it back apart from one link is known without a walk. Senders stand first among the slots
// of a link: silent flows cost nothing.
#include "millwright/sim/shares.h"

#include <algorithm>
#include <limits>

namespace millwright {
namespace {

constexpr double open_level = std::numeric_limits<double>::infinity();
constexpr LinkId no_link = std::numeric_limits<LinkId>::max();

}  // namespace

Shares::Shares(const FlowProblem& problem)
    : p_(problem),
      level_(problem.capacity.size(), open_level),
      sending_(problem.capacity.size(), 0),
      link_active_(problem.capacity.size(), 0),
      is_dirty_(problem.capacity.size(), false),
      is_touched_(problem.flows(), false),
      lowest_(problem.flows()) {
    capacity_.reserve(problem.capacity.size());
    for (const Bandwidth b : problem.capacity) capacity_.push_back(b.si());
    index();
}

void Shares::index() {
    const std::size_t links = capacity_.size();
    link_first_.assign(links + 1, 0);
    for (const LinkId link : p_.ways) ++link_first_[link + 1];
    for (std::size_t i = 0; i < links; ++i) link_first_[i + 1] += link_first_[i];
    std::vector<std::uint32_t> next(link_first_.begin(), link_first_.end() - 1);
    slots_.resize(p_.ways.size());
    slot_of_.resize(p_.ways.size());
    uniform_ = p_.weight.empty() && p_.crossing.empty();
    for (std::uint32_t flow = 0; flow < p_.flows(); ++flow) {
        for (std::uint32_t step = p_.first[flow]; step < p_.first[flow + 1]; ++step) {
            const std::uint32_t slot = next[p_.ways[step]]++;
            slots_[slot] = {flow, step};
            slot_of_[step] = slot;
            if (!uniform_) share_.push_back(p_.weight_of(flow) * p_.crossing_at(step));
        }
        if (!uniform_) weight_.push_back(p_.weight_of(flow));
    }
}

void Shares::mark(LinkId link) {
    if (is_dirty_[link]) return;
    is_dirty_[link] = true;
    dirty_.push_back(link);
}

void Shares::touch(std::uint32_t flow) {
    if (is_touched_[flow]) return;
    is_touched_[flow] = true;
    touched_.push_back(flow);
}

void Shares::forget_touched() {
    for (const std::uint32_t flow : touched_) is_touched_[flow] = false;
    touched_.clear();
}

void Shares::swap_slots(std::uint32_t a, std::uint32_t b) {
    std::swap(slots_[a], slots_[b]);
    slot_of_[slots_[a].step] = a;
    slot_of_[slots_[b].step] = b;
}

/// Senders are kept in the first `link_active_` slots of each link: who comes changes places with
/// the first that does not send, who goes with the last that does. So nobody walks over silent
/// flows.
void Shares::come(std::uint32_t flow) {
    for (std::uint32_t step = p_.first[flow]; step < p_.first[flow + 1]; ++step) {
        const LinkId link = p_.ways[step];
        swap_slots(slot_of_[step], link_first_[link] + link_active_[link]++);
        sending_[link] += uniform_ ? 1 : share_[step];
        mark(link);
    }
    lowest_[flow] = lowest_on(flow, no_link);
    touch(flow);
    visited_ += p_.first[flow + 1] - p_.first[flow];
}

void Shares::go(std::uint32_t flow) {
    for (std::uint32_t step = p_.first[flow]; step < p_.first[flow + 1]; ++step) {
        const LinkId link = p_.ways[step];
        swap_slots(slot_of_[step], link_first_[link] + --link_active_[link]);
        sending_[link] -= uniform_ ? 1 : share_[step];
        mark(link);
    }
    visited_ += p_.first[flow + 1] - p_.first[flow];
}

std::span<const Shares::Slot> Shares::senders(LinkId link) const {
    return std::span(slots_).subspan(link_first_[link], link_active_[link]);
}

double Shares::used(LinkId link, const std::vector<double>& rates) const {
    double sum = 0;
    for (const auto& [flow, step] : senders(link)) sum += p_.crossing_at(step) * rates[flow];
    return sum;
}

/// The two lowest levels on a flow's way, one link aside.
Shares::LowestLevels Shares::lowest_on(std::uint32_t flow, LinkId aside) const {
    LowestLevels lowest{no_link, open_level, open_level};
    for (const LinkId link : p_.way(flow)) {
        if (link == aside) continue;
        const double level = level_[link];
        if (level < lowest.first) {
            lowest = {link, level, lowest.first};
        } else {
            lowest.second = std::min(lowest.second, level);
        }
    }
    return lowest;
}

double Shares::rate(std::uint32_t flow) const {
    return uniform_ ? lowest_[flow].first : weight_[flow] * lowest_[flow].first;
}

/// The level that shares the capacity among the demands; open if they leave some of it. In order of
/// their levels d the first k get all they ask, as long as the next one's d is not above what is
/// left for each:
///   level = (capacity - sum of the first k of share x d) / sum of the others' shares.
/// Those below a fair share go first, which leaves more to the others, until nobody is below it:
/// mostly after two or three passes over the senders.
double Shares::level_for(double capacity) {
    const auto lower = [](const Demand& a, const Demand& b) { return a.level < b.level; };
    double sum = 0;
    double shares = 0;
    for (const Demand& d : demands_) {
        sum += d.share * d.level;
        shares += d.share;
    }
    if (sum <= capacity * (1 + rate_rounding)) return open_level;
    double left = capacity;
    for (auto rest = demands_.begin();;) {
        const double fair = left / shares;
        const auto below =
            std::partition(rest, demands_.end(), [&](const Demand& d) { return d.level <= fair; });
        if (below == rest) return fair;
        // rounding may let the last demands through though the sum exceeds the capacity
        if (below == demands_.end()) return std::max_element(rest, below, lower)->level;
        for (; rest != below; ++rest) {
            left -= rest->share * rest->level;
            shares -= rest->share;
        }
    }
}

/// Marks the links that a new level of `link` may change: those where a flow's level from elsewhere
/// changes below their own, or grows on a link that was not full. A full link does not see what
/// holds a flow elsewhere above its own level, and a link with room keeps it when flows slow down.
/// A flow with two links below both levels sees nothing of the change, nor do its other links.
void Shares::spread(LinkId link, double before, double now) {
    level_[link] = now;
    for (const auto& [flow, step] : senders(link)) {
        if (lowest_[flow].second < std::min(before, now)) continue;
        visited_ += 2 * (p_.first[flow + 1] - p_.first[flow]);
        lowest_[flow] = lowest_on(flow, no_link);
        const LowestLevels rest = lowest_on(flow, link);
        if (rest.first <= std::min(before, now)) continue;
        touch(flow);
        for (const LinkId other : p_.way(flow)) {
            if (other == link || is_dirty_[other]) continue;
            const double held = other == rest.link ? rest.second : rest.first;
            const double was = std::min(held, before);
            const double is = std::min(held, now);
            const double level = level_[other];
            const bool full = level < open_level;
            if (full ? std::min(was, level) != std::min(is, level) : is > was) mark(other);
        }
    }
}

/// One link from the levels of all others. What rounding alone moves stays, else changes would go
/// round for ever.
void Shares::solve(LinkId link) {
    ++solved_;
    demands_.clear();
    for (const auto& [flow, step] : senders(link)) {
        const LowestLevels& lowest = lowest_[flow];
        demands_.push_back(
            {link == lowest.link ? lowest.second : lowest.first, uniform_ ? 1 : share_[step]});
    }
    visited_ += demands_.size();
    const double before = level_[link];
    const double now = level_for(capacity_[link]);
    if (!nearly(before, now)) spread(link, before, now);
}

/// Rounds go from lower levels to higher ones: a level hangs only on lower ones, so most links are
/// solved once they can be. The order decides how often links are solved and not what comes out:
/// that sums in `sending_` round does no harm.
void Shares::settle() {
    std::vector<std::pair<double, LinkId>> round;
    while (!dirty_.empty()) {
        round.clear();
        for (const LinkId link : dirty_) {
            const double fair = capacity_[link] / std::max(sending_[link], 1.0);
            round.emplace_back(std::min(level_[link], fair), link);
        }
        dirty_.clear();
        std::sort(round.begin(), round.end());
        for (const auto& [level, link] : round) {
            is_dirty_[link] = false;
            solve(link);
        }
    }
}

}  // namespace millwright
