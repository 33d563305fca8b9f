// Sequences that give way to others of their lane, and a lane that gives up all of them.
#include <algorithm>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/serve/lane.h"

namespace millwright {

ServeLane::Slot ServeLane::victim() const {
    if (!prompting_.empty()) return prompting_.back();
    if (!loading_.empty()) return loading_.back();
    return *std::ranges::max_element(answering_, [&](Slot a, Slot b) {
        const Sequence& x = slots_[a];
        const Sequence& y = slots_[b];
        if (engine_.preemption == Preemption::fewest_answered) {
            const double tokens_x = x.answered + speed_ * (answer_steps_ - x.began);
            const double tokens_y = y.answered + speed_ * (answer_steps_ - y.began);
            if (tokens_x != tokens_y) return tokens_x > tokens_y;
        }
        return x.stay < y.stay;
    });
}

/// Tokens of its answer, of this stay.
double ServeLane::answered(const Sequence& s) const {
    if (s.state != State::answering) return 0;
    return 1 + std::floor(speed_ * (answer_steps_ - s.began));
}

/// Of its beginning; what was not computed is in no cache.
std::size_t ServeLane::computed_pieces(const Sequence& s) const {
    const std::size_t all = s.request.prefix.size();
    if (s.state == State::answering || all == 0) return all;
    const auto each = static_cast<std::size_t>(s.request.prefix_tokens);
    return std::min(all, static_cast<std::size_t>(s.computed) / each);
}

void ServeLane::preempt(Slot slot) {
    Sequence& s = slots_[slot];
    ++preemptions;
    const double tokens = answered(s);
    leave(s, computed_pieces(s));
    if (s.state == State::prompting) std::erase(prompting_, slot);
    if (s.state == State::loading) std::erase(loading_, slot);
    s.state = State::waiting;
    s.answered += tokens;
    s.to_compute = real(s.request.prompt) + s.answered;
    s.stay = 0;
    waiting_.join_again(in_line(slot), answer_steps_);
}

std::vector<DueRequest> ServeLane::give_up(Seconds at) {
    std::vector<Slot> all = waiting_.slots();
    for (const auto* list : {&prompting_, &loading_, &coming_}) {
        all.insert(all.end(), list->begin(), list->end());
    }
    all.insert(all.end(), answering_.begin(), answering_.end());
    std::vector<DueRequest> lost;
    for (const Slot slot : all) {
        Sequence& s = slots_[slot];
        const double tokens = s.answered + answered(s);
        lost.push_back({s.request, s.index, {s.started, s.scheduled, s.first, tokens, s.moves}});
        lost.back().request.prefilled = false;
        if (s.state != State::waiting) leave(s, 0);  // the chips' memory is lost
        s.state = State::waiting;
        s.stay = 0;
        free_.push_back(slot);
    }
    for (auto* list : {&prompting_, &loading_, &coming_}) list->clear();
    waiting_.clear();
    endings_ = {};
    fresh_.clear();
    prefixes_.clear();
    below_.clear();
    arriving_.clear();
    waits_ = false;
    now_ = max(now_, at);
    std::ranges::sort(lost, {}, &DueRequest::index);
    return lost;
}

}  // namespace millwright
