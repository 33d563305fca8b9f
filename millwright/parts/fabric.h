// Scale-out fabrics of the catalog: trees of switches that are bought by number of ports.
#pragma once

#include <string>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// How many switches and tiers it takes follows from the number of ports (fabric/tree.h).
struct Fabric {
    std::string id;
    std::string name;
    std::string note;
    bool rails = false;      // each port of a server has a tree of its own (a plane)
    std::string switch_box;  // empty: the cheapest listed box whose ports fit the server's cards
    std::string optics;      // price item of a transceiver, where the link names none
    // 1: as much up as down. Above the leaves nothing is oversubscribed
    Cited<double> oversubscription;  // leaf ports down over ports up
    // a fabric that would need more cannot be built: its radix is too small for so many ports
    Cited<double> max_tiers;
};

template <std::same_as<Fabric> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"note", &P::note, "what to know about it"},
        Field{
            "rails", &P::rails,
            "each port of a server has a tree of its own; crossing them goes over scale-up links"},
        Field{"switch", &P::switch_box, "switch box of every tier"},
        Field{"optics", &P::optics, "price item of a transceiver, where the link names none"},
        Field{"oversubscription", &P::oversubscription, "leaf bandwidth down over bandwidth up",
              Need::required, Range{1, 64}},
        Field{"max_tiers", &P::max_tiers, "switch tiers at most", Need::required, counted(1, 4)},
    };
};

}  // namespace millwright
