// The first of many that have a time each: a tournament, in which a new time costs log n.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

class FirstOf {
public:
    /// All of them without a time.
    explicit FirstOf(std::size_t count) {
        while (leaves_ < count) leaves_ *= 2;
        times_.assign(leaves_, never);
        winners_.resize(leaves_);
        for (std::size_t node = leaves_; node-- > 1;) play(node);
    }

    static constexpr double never = std::numeric_limits<double>::infinity();

    /// Seconds; `never` takes its time away.
    void set(std::size_t i, double time) {
        times_[i] = time;
        for (std::size_t node = (leaves_ + i) / 2; node >= 1; node /= 2) play(node);
    }
    /// Of equals the one with the lower number.
    std::size_t first() const { return leaves_ > 1 ? winners_[1] : 0; }
    double time() const { return times_[first()]; }

private:
    std::size_t winner(std::size_t node) const {
        return node >= leaves_ ? node - leaves_ : winners_[node];
    }
    void play(std::size_t node) {
        const std::size_t a = winner(2 * node), b = winner(2 * node + 1);
        winners_[node] = static_cast<std::uint32_t>(times_[b] < times_[a] ? b : a);
    }

    std::size_t leaves_ = 1;
    std::vector<double> times_;
    std::vector<std::uint32_t> winners_;
};

}  // namespace millwright
