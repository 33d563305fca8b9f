#include "millwright/collective/network.h"

#include <algorithm>
#include <cmath>

namespace millwright {

Group group_on(const Network& network, double size, double stride) {
    Group group{.size = size, .span = size * stride};
    group.inner = std::clamp(std::floor(network.domain / stride), 1.0, size);
    group.domains = std::ceil(size / group.inner);
    return group;
}

std::vector<double> slice_of(const std::vector<double>& torus, double chips) {
    std::vector<double> slice(torus.size(), 1);
    for (double held = 1; held < chips;) {
        std::size_t least = torus.size();
        for (std::size_t i = 0; i < torus.size(); ++i) {
            const bool grows = slice[i] < torus[i];
            if (grows && (least == torus.size() || slice[i] < slice[least])) least = i;
        }
        if (least == torus.size()) break;
        held /= slice[least];
        slice[least] = std::min(2 * slice[least], torus[least]);
        held *= slice[least];
    }
    return slice;
}

double exchange_detour(const Network& network, double size) {
    const auto dimensions = static_cast<double>(network.dimensions.size());
    double most = 1;
    double held = 1;  // by the dimensions before
    for (const double whole : network.dimensions) {
        const double length = std::min(whole, std::ceil(size / held));
        held *= whole;
        if (length <= 1) continue;
        // each sends a byte: length / 8 of it meet on a link of a ring, twice that on an open row
        const double on_link = length >= whole ? length / 8 : length / 4;
        most = std::max(most, 2 * dimensions * on_link);
    }
    return most;
}

Bandwidth neighbour_rate(const Network& network) {
    const auto dimensions = static_cast<double>(network.dimensions.size());
    return network.inner.per_chip / std::max(1.0, 2 * dimensions);
}

Bandwidth outer_rate(const Network& network, double span) {
    double divisor = 1;
    double below = network.domain;
    for (const Tier& tier : network.tiers) {
        if (span > below) divisor = std::max(divisor, tier.oversubscription);
        below = tier.reach;
    }
    return network.outer.per_chip / divisor;
}

Seconds outer_hops(const Network& network, double span) {
    Seconds sum;
    double below = network.domain;
    for (const Tier& tier : network.tiers) {
        if (span > below) sum += tier.hop;
        below = tier.reach;
    }
    return sum;
}

}  // namespace millwright
