// Links and switches: what moves bytes, and how fast in which direction.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// What it joins: chips of a domain, domains, a chip and its host, dies or packages.
enum class LinkKind { scale_up, scale_out, host, chip_to_chip };

template <>
struct EnumNames<LinkKind> {
    static constexpr std::array<std::string_view, 4> names{"scale-up", "scale-out", "host",
                                                           "chip-to-chip"};
};

/// One kind of link. `per_direction` is the rate of one port or device, one way.
/// How much of that rate collectives reach is the family's, `efficiency`, which every link needs.
/// An empty `requires_vendor` lets it join anybody's parts.
struct Link {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    LinkKind kind = LinkKind::scale_up;
    std::string efficiency;       // collective-efficiency family, a file in data/collectives
    std::string optics;           // price item of its transceiver
    std::string requires_vendor;  // of the accelerator or the processor at one of its ends
    std::string note;
    Cited<Bandwidth> per_direction;
    // latency of one switch or hop, added to the time of a step that the family of `efficiency`
    // measures
    Cited<Seconds> hop;
};

template <std::same_as<Link> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"kind", &P::kind, "scale-up, scale-out, host or chip-to-chip", Need::required},
        Field{"efficiency", &P::efficiency, "collective-efficiency family"},
        Field{"optics", &P::optics, "price item of its transceiver"},
        Field{"requires_vendor", &P::requires_vendor,
              "maker of the accelerator or the processor at one end at least"},
        Field{"note", &P::note, "what to know about the figures"},
        Field{"per_direction", &P::per_direction, "rate of a port or device, one way",
              Need::required, positive},
        Field{"hop", &P::hop, "latency of one hop"},
    };
};

/// A switch box or chip.
/// `ports` of the rate of `link`; a box without a price is never bought for a tree.
struct Switch {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string link;  // link of its ports
    std::string note;
    Cited<double> ports;
    Cited<Seconds> hop;
    Cited<Watts> power;
    Cited<Dollars> price;
    bool in_network_reduction = false;
};

template <std::same_as<Switch> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"link", &P::link, "link of its ports", Need::required},
        Field{"note", &P::note, "what to know about the figures"},
        Field{"ports", &P::ports, "number of ports", Need::required, counted(1, 4096)},
        Field{"hop", &P::hop, "port-to-port latency"},
        Field{"power", &P::power, "power draw of the box"},
        Field{"price", &P::price, "price of the box"},
        Field{"in_network_reduction", &P::in_network_reduction, "reduces in the switch"},
    };
};

}  // namespace millwright
