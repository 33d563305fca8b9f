#include "network/network.h"

#include <algorithm>
#include <cmath>

namespace millwright {

Group group_on(const Network& network, double size, double stride) {
    Group group{.size = size, .span = size * stride};
    group.inner = std::clamp(std::floor(network.domain / stride), 1.0, size);
    group.domains = std::ceil(size / group.inner);
    return group;
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
