// A fabric's file as written. Each struct is a table as it stands there, with whole numbers as TOML
// has them and zero rates and latencies where a key was left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/fabric/shape.h"

namespace millwright {

inline constexpr Range widths{1, 1e6};

struct TierText {
    Place at;
    std::int64_t width = 1;
    double oversubscription = 1;
    Bandwidth port;
    // told apart from zero, as the fabric's own
    Written<Seconds> hop;
};

struct DegradedText {
    Place at;
    std::string name;
    // a link that is named without a share has failed
    double share = 0;
};

struct DomainText {
    FabricKind kind = FabricKind::tree;
    std::int64_t endpoints = 1, ports = 1, attach = 0;
    std::vector<std::int64_t> dimensions;
    Bandwidth port;
    Seconds hop;
    bool forwards = true, reduces = false;
    std::vector<TierText> tiers;
};

struct DragonflyText {
    std::int64_t hosts = 1, leaves = 1, spines = 1, global_links = 1, groups = 1;
    Seconds global_hop;
};

struct ShapeText {
    std::string name, note, source;
    FabricKind kind = FabricKind::tree;
    Bandwidth port;
    // told apart from zero, which a latency may be
    Written<Seconds> hop;
    Seconds message;
    std::int64_t planes = 1;
    bool rails = false;
    std::vector<std::int64_t> dimensions;
    std::vector<TierText> tiers;
    std::vector<DegradedText> degraded;
    DomainText domain;
    DragonflyText dragonfly;
};

template <std::same_as<TierText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"width", &P::width, "hosts or groups below one group", Need::required, widths},
        Field{"oversubscription", &P::oversubscription, "of its links up; 1 if left out",
              Need::optional, Range{1, 1000}},
        Field{"port", &P::port, "rate of a link to a child, if not the fabric's", Need::optional,
              positive},
        Field{"hop", &P::hop, "latency of that link, if not the fabric's"},
    };
};

template <std::same_as<DegradedText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "link, or how the names of a switch's links begin", Need::required},
        Field{"share", &P::share, "of its rate that is left; 0: failed", Need::optional, fraction},
    };
};

template <std::same_as<DomainText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"kind", &P::kind, "tree, full-mesh, torus or grid"},
        Field{"endpoints", &P::endpoints, "endpoints of a scale-up domain", Need::required, widths},
        Field{"ports", &P::ports, "its ports to the fabric outside", Need::optional, widths},
        Field{"attach", &P::attach, "tier whose groups hold the ports; 0: the endpoints",
              Need::optional, Range{0, 8}},
        Field{"dimensions", &P::dimensions, "lengths of a torus or grid", Need::optional, widths},
        Field{"port", &P::port, "rate of a link, one direction", Need::required, positive},
        Field{"hop", &P::hop, "latency of a link", Need::required},
        Field{"forwards", &P::forwards, "data crosses to the chip whose port is on the way"},
        Field{"reduces", &P::reduces, "the switches of the domain reduce"},
    };
};

template <std::same_as<DragonflyText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"hosts", &P::hosts, "hosts of a leaf", Need::required, widths},
        Field{"leaves", &P::leaves, "leaves of a group", Need::required, widths},
        Field{"spines", &P::spines, "spines of a group", Need::required, widths},
        Field{"global_links", &P::global_links, "of a spine to other groups", Need::required,
              widths},
        Field{"groups", &P::groups, "number of groups", Need::required, Range{2, 1e5}},
        Field{"global_hop", &P::global_hop, "latency of a link between groups", Need::required},
    };
};

template <std::same_as<ShapeText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of the fabric"},
        Field{"note", &P::note, "what to know about it"},
        Field{"source", &P::source, "where its figures are from"},
        Field{"kind", &P::kind, "fat-tree, tree, torus, grid, full-mesh or dragonfly-plus"},
        Field{"port", &P::port, "rate of a link, one direction", Need::optional, positive},
        Field{"hop", &P::hop, "latency of a link"},
        Field{"message", &P::message, "fixed cost of sending a message"},
        Field{"planes", &P::planes, "like trees side by side", Need::optional, Range{1, 64}},
        Field{"rails", &P::rails, "ports of one number share leaf switches"},
        Field{"dimensions", &P::dimensions, "lengths of a torus or grid", Need::optional, widths},
    };
};

}  // namespace millwright
