// What a chip may be made of: dies, compute units, memory stacks and links of one generation.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// The grid of `millwright rules design`: each count from its largest down, each area up to `die`.
/// A design has the formats of `chip` in its ratios, scaled by units. No product sells every unit
/// of a die: `yielding` is at most `units`.
struct Process {
    std::string id;
    std::string name;
    std::string chip;    // of the catalog: kernels, host link and ratios between formats
    std::string server;  // of the catalog: how such chips are joined
    std::string note;
    Cited<Area> die;                           // largest die
    Cited<double> dies;                        // of a package, at most
    Cited<double> units;                       // compute units of a full die
    Cited<double> yielding;                    // of these, that can be sold working
    Cited<FlopRate> unit_rate;                 // dense BF16 of one unit
    Cited<std::vector<double>> matrix_shares;  // of it, that matrix units may be throttled to
    Cited<double> stacks;                      // memory stacks a die can hold
    Cited<Bytes> stack_capacity;
    Cited<Bandwidth> stack_bandwidth;
    Cited<double> links;  // scale-up links of a package, at most
    Cited<Bandwidth> link_per_direction;
};

template <std::same_as<Process> P>
struct Fields<P> {
    static constexpr Range count{1, 1024};
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"chip", &P::chip, "chip that kernels and ratios of formats are taken from",
              Need::required},
        Field{"server", &P::server, "server that such chips are joined in", Need::required},
        Field{"note", &P::note, "what to know about it"},
        Field{"die.area", &P::die, "largest die", Need::required, positive},
        Field{"die.count", &P::dies, "dies of a package, at most", Need::required, count},
        Field{"unit.count", &P::units, "compute units of a full die", Need::required, count},
        Field{"unit.yielding", &P::yielding, "units of a die that can be sold working",
              Need::required, count},
        Field{"unit.rate", &P::unit_rate, "dense BF16 rate of one unit", Need::required, positive},
        Field{"unit.matrix_shares", &P::matrix_shares,
              "shares of that rate which matrix units may be throttled to", Need::required,
              Range{1e-3, 1}},
        Field{"stack.count", &P::stacks, "memory stacks of a die, at most", Need::required, count},
        Field{"stack.capacity", &P::stack_capacity, "capacity of a stack", Need::required,
              positive},
        Field{"stack.bandwidth", &P::stack_bandwidth, "bandwidth of a stack", Need::required,
              positive},
        Field{"link.count", &P::links, "scale-up links of a package, at most", Need::required,
              count},
        Field{"link.per_direction", &P::link_per_direction, "one link, one direction",
              Need::required, positive},
    };
};

}  // namespace millwright
