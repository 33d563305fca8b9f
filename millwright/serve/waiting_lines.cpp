// Tokens of answers are not counted one by one: a line keeps how many sequences answer and the
// sum of the steps at which they began, so that what it was served at any step is a product. To
// choose the next costs O(tenants), to join a walk along one line. Where nobody waits, who comes
// back begins at what the tenant has whose request went last.
#include "millwright/serve/waiting_lines.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// What a token of an answer costs over one of a prompt, as in the paper's experiments.
constexpr double answer_weight = 2;

}  // namespace

WaitingLines::WaitingLines(std::vector<double> weights, double speed)
    : fair_(!weights.empty()), speed_(speed) {
    lines_.resize(std::max<std::size_t>(1, weights.size()));
    for (std::size_t i = 0; i < weights.size(); ++i) {
        require(weights[i] > 0, "a tenant has a weight");
        lines_[i].weight = weights[i];
    }
}

WaitingLines::Line& WaitingLines::line(std::uint32_t tenant) {
    if (!fair_) return lines_.front();
    if (tenant >= lines_.size()) lines_.resize(tenant + std::size_t{1});
    return lines_[tenant];
}

double WaitingLines::served(const Line& one, double step) const {
    const double answered = speed_ * (one.answering * step - one.base);
    return (one.charged + answer_weight * answered) / one.weight;
}

/// The line of a tenant that has one more to wait.
WaitingLines::Line& WaitingLines::comes(std::uint32_t tenant, double step) {
    Line& own = line(tenant);
    ++size_;
    if (!fair_ || !own.waiting.empty()) return own;
    double least = HUGE_VAL;
    for (const Line& other : lines_) {
        if (!other.waiting.empty()) least = std::min(least, served(other, step));
    }
    if (least == HUGE_VAL) least = served(lines_[last_], step);
    const double behind = least - served(own, step);
    if (behind > 0) own.charged += behind * own.weight;
    return own;
}

void WaitingLines::join(const WaitingRequest& request, double step) {
    std::deque<WaitingRequest>& in = comes(request.tenant, step).waiting;
    auto at = in.end();
    while (at != in.begin() && std::prev(at)->priority < request.priority) --at;
    in.insert(at, request);
}

void WaitingLines::join_again(const WaitingRequest& request, double step) {
    std::deque<WaitingRequest>& in = comes(request.tenant, step).waiting;
    const auto comes_after = [&](const WaitingRequest& other) {
        if (other.priority != request.priority) return other.priority < request.priority;
        return other.ready >= request.ready;
    };
    in.insert(std::ranges::find_if(in, comes_after), request);
}

std::size_t WaitingLines::first(double step) const {
    require(!empty(), "a request waits");
    if (!fair_) return 0;
    std::size_t best = lines_.size();
    const auto goes_before = [&](const Line& a, const Line& b) {
        const WaitingRequest &x = a.waiting.front(), &y = b.waiting.front();
        if (x.priority != y.priority) return x.priority > y.priority;
        const double of_a = served(a, step), of_b = served(b, step);
        return of_a != of_b ? of_a < of_b : x.ready < y.ready;
    };
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].waiting.empty()) continue;
        if (best == lines_.size() || goes_before(lines_[i], lines_[best])) best = i;
    }
    return best;
}

std::uint32_t WaitingLines::next(double step) const {
    return lines_[first(step)].waiting.front().slot;
}

void WaitingLines::take(double step) {
    last_ = first(step);
    lines_[last_].waiting.pop_front();
    --size_;
}

void WaitingLines::charge(std::uint32_t tenant, double tokens) {
    if (fair_) line(tenant).charged += tokens;
}

void WaitingLines::begins(std::uint32_t tenant, double step) {
    if (!fair_) return;
    Line& one = line(tenant);
    ++one.answering;
    one.base += step;
}

void WaitingLines::ends(std::uint32_t tenant, double began, double step) {
    if (!fair_) return;
    Line& one = line(tenant);
    one.charged += answer_weight * speed_ * (step - began);
    one.base -= began;
    --one.answering;
}

std::vector<std::uint32_t> WaitingLines::slots() const {
    std::vector<std::uint32_t> all;
    for (const Line& one : lines_) {
        for (const WaitingRequest& waiting : one.waiting) all.push_back(waiting.slot);
    }
    return all;
}

void WaitingLines::clear() {
    for (Line& one : lines_) one.waiting.clear();
    size_ = 0;
}

}  // namespace millwright
