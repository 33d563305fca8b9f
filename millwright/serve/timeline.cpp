// Slices begin narrow; when a run outgrows them each two become one. As widths are powers of two,
// slices of two runs lie on the same marks once the narrower ones are widened.
#include "millwright/serve/timeline.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/require.h"

namespace millwright {
namespace {

constexpr std::size_t most_slices = 128;

}  // namespace

void ServeTimeline::widen() {
    const std::size_t half = (sums_.size() + 1) / 2;
    for (std::size_t i = 0; i < half; ++i) {
        Sum sum = sums_[2 * i];
        if (2 * i + 1 < sums_.size()) {
            sum.running += sums_[2 * i + 1].running;
            sum.waiting += sums_[2 * i + 1].waiting;
            sum.cache += sums_[2 * i + 1].cache;
        }
        sums_[i] = sum;
    }
    sums_.resize(half);
    width_ *= 2;
    slices_a_second_ /= 2;
}

void ServeTimeline::add(const ServeStep& step) {
    const double from = step.begin.si();
    const double to = (step.begin + step.duration).si();
    require(std::isfinite(to) && from >= 0, "a step ends in finite time");
    if (!(to > from)) return;
    while (to > width_ * static_cast<double>(most_slices)) widen();
    end_ = std::max(end_, to);
    const auto first = static_cast<std::size_t>(from * slices_a_second_);
    const auto last = static_cast<std::size_t>(to * slices_a_second_);
    const std::size_t past = static_cast<double>(last) * width_ < to ? last + 1 : last;
    if (sums_.size() < past) sums_.resize(past);
    for (std::size_t i = first; i < past; ++i) {
        const double begin = static_cast<double>(i) * width_;
        const double time = std::min(to, begin + width_) - std::max(from, begin);
        sums_[i].running += time * static_cast<double>(step.running);
        sums_[i].waiting += time * static_cast<double>(step.waiting);
        sums_[i].cache += time * step.cache_share;
    }
}

void ServeTimeline::add(const ServeTimeline& other) {
    ServeTimeline more = other;
    while (width_ < more.width_) widen();
    while (more.width_ < width_) more.widen();
    end_ = std::max(end_, more.end_);
    if (sums_.size() < more.sums_.size()) sums_.resize(more.sums_.size());
    for (std::size_t i = 0; i < more.sums_.size(); ++i) {
        sums_[i].running += more.sums_[i].running;
        sums_[i].waiting += more.sums_[i].waiting;
        sums_[i].cache += more.sums_[i].cache;
    }
}

std::vector<ServeTimeline::Slice> ServeTimeline::slices(double lanes) const {
    require(lanes > 0, "there is a lane");
    std::vector<Slice> all;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        const double begin = static_cast<double>(i) * width_;
        const double length = std::min(end_ - begin, width_);
        all.push_back({.begin = Seconds::from_si(begin),
                       .length = Seconds::from_si(length),
                       .running = sums_[i].running / length,
                       .waiting = sums_[i].waiting / length,
                       .cache_share = sums_[i].cache / length / lanes});
    }
    return all;
}

}  // namespace millwright
