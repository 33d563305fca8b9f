#include "millwright/fabric/fat_tree.h"

#include <cmath>

#include <fmt/format.h>

namespace millwright {
namespace {

double leaf_down(double radix, double oversubscription) {
    return std::floor(radix * oversubscription / (1 + oversubscription));
}

/// Endpoints under one subtree whose top switches are of tier `tier` (0 for leaves).
double subtree(double radix, double tier, double oversubscription) {
    return leaf_down(radix, oversubscription) * std::pow(radix / 2, tier);
}

}  // namespace

double capacity(double radix, double tiers, double oversubscription) {
    if (tiers <= 1) return radix;
    return 2 * subtree(radix, tiers - 1, oversubscription);
}

FatTree dimension(const FatTreeRequest& r) {
    double tiers = 1;
    while (tiers < r.max_tiers && capacity(r.radix, tiers, r.oversubscription) < r.endpoints) {
        ++tiers;
    }
    const double most = capacity(r.radix, tiers, r.oversubscription);
    FatTree tree;
    if (most < r.endpoints) {
        tree.why = fmt::format(
            "{:.0f} ports are needed, {:.0f} tiers of {:.0f}-port switches join "
            "{:.0f}",
            r.endpoints, tiers, r.radix, most);
        return tree;
    }
    tree.fits = true;
    tree.cables = r.endpoints;
    double uplinks = r.endpoints;  // ports that the tier below sends up
    for (double tier = 0; tier < tiers; ++tier) {
        const bool top = tier + 1 == tiers;
        const double down = tier == 0 && !top ? leaf_down(r.radix, r.oversubscription)
                                              : (top ? r.radix : r.radix / 2);
        tree.switches.push_back(std::ceil(uplinks / down));
        tree.reaches.push_back(top ? r.endpoints : subtree(r.radix, tier, r.oversubscription));
        if (tier == 0) uplinks /= r.oversubscription;
        if (!top) tree.cables += uplinks;
    }
    return tree;
}

}  // namespace millwright
