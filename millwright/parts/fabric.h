// Scale-out fabrics by name: how endpoints are joined.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// `fat_tree` joins all ports in one tree; `rail_fat_tree` gives each port of a server its own
/// tree (a plane), and crosses rails over the scale-up fabric. Tori are scale-up domains of servers
/// (`Server::dimensions`).
enum class Topology { fat_tree, rail_fat_tree };

template <>
struct EnumNames<Topology> {
    static constexpr std::array<std::string_view, 2> names{"fat-tree", "rail-fat-tree"};
};

struct Fabric {
    std::string id;
    std::string name;
    std::string note;
    Topology topology = Topology::fat_tree;
    std::string switch_box;  // empty: the cheapest listed box whose ports fit the server's cards
    std::string optics;      // price item of one transceiver
    Cited<double> oversubscription;  // leaf ports down over ports up
    Cited<double> max_tiers;
};

template <>
struct Fields<Fabric> {
    static constexpr auto table = std::tuple{
        Field{"name", &Fabric::name, "name in full", Need::required},
        Field{"note", &Fabric::note, "what to know about it"},
        Field{"topology", &Fabric::topology, "fat-tree or rail-fat-tree", Need::required},
        Field{"switch", &Fabric::switch_box, "switch box of every tier"},
        Field{"optics", &Fabric::optics, "price item of one transceiver"},
        Field{"oversubscription", &Fabric::oversubscription,
              "leaf bandwidth down over bandwidth up", Need::required, Range{1, 64}},
        Field{"max_tiers", &Fabric::max_tiers, "switch tiers at most", Need::required, Range{1, 4}},
    };
};

}  // namespace millwright
