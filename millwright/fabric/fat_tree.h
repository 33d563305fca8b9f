// How many switches, cables and tiers a fat tree needs (Al-Fares 2008, Leiserson 1985).
#pragma once

#include <string>
#include <vector>

#include "millwright/base/quantity.h"

namespace millwright {

struct FatTreeRequest {
    double endpoints = 1;  // ports of network cards in one tree
    double radix = 64;     // ports of a switch
    double oversubscription = 1;
    double max_tiers = 3;
};

/// Counts of one tree. `reaches[i]` is how many endpoints share the switches of tier i.
struct FatTree {
    bool fits = false;
    std::string why;  // set if it does not fit
    std::vector<double> switches;
    std::vector<double> reaches;
    double cables = 0;  // endpoint cables included
};

/// The tree with the fewest tiers that joins all endpoints; leaf ports split down : up as the
/// oversubscription says, upper tiers without.
FatTree dimension(const FatTreeRequest& request);

/// Endpoints that `tiers` tiers of this radix can join.
double capacity(double radix, double tiers, double oversubscription);

}  // namespace millwright
