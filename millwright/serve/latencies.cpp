#include "millwright/serve/latencies.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

constexpr double nanosecond = 1e-9;
constexpr int parts = 256;  // of a power of two

std::size_t bin_of(double seconds) {
    if (!(seconds > nanosecond)) return 0;
    int power = 0;
    const double fraction = std::frexp(seconds / nanosecond, &power);  // half to one
    const auto part = static_cast<std::size_t>((fraction - 0.5) * 2 * parts);
    return 1 + static_cast<std::size_t>(power) * parts + part;
}

/// The middle of a bin.
double value_of(std::size_t bin) {
    if (bin == 0) return 0;
    const auto power = static_cast<int>((bin - 1) / parts);
    const auto part = static_cast<double>((bin - 1) % parts);
    return nanosecond * std::ldexp(0.5 + (part + 0.5) / (2 * parts), power);
}

}  // namespace

void LatencyCounts::add(Seconds value, double times) {
    if (times <= 0) return;
    const std::size_t bin = bin_of(value.si());
    if (bins_.size() <= bin) bins_.resize(bin + 1);
    bins_[bin] += times;
    least_ = count_ > 0 ? min(least_, value) : value;
    most_ = count_ > 0 ? max(most_, value) : value;
    count_ += times;
    sum_ += times * value;
}

void LatencyCounts::add(const LatencyCounts& other) {
    if (other.count_ <= 0) return;
    if (bins_.size() < other.bins_.size()) bins_.resize(other.bins_.size());
    for (std::size_t i = 0; i < other.bins_.size(); ++i) bins_[i] += other.bins_[i];
    least_ = count_ > 0 ? min(least_, other.least_) : other.least_;
    most_ = count_ > 0 ? max(most_, other.most_) : other.most_;
    count_ += other.count_;
    sum_ += other.sum_;
}

Seconds LatencyCounts::mean() const { return count_ > 0 ? sum_ / count_ : Seconds{}; }

Seconds LatencyCounts::quantile(double share) const {
    if (count_ <= 0) return {};
    const double rank = share * count_;
    double below = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        below += bins_[i];
        if (below >= rank && below > 0) {
            return std::clamp(Seconds::from_si(value_of(i)), least_, most_);
        }
    }
    return most_;
}

}  // namespace millwright
