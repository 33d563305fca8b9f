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

template <>
struct Fields<Process> {
    static constexpr Range count{1, 1024};
    static constexpr auto table = std::tuple{
        Field{"name", &Process::name, "name in full", Need::required},
        Field{"chip", &Process::chip, "chip that kernels and ratios of formats are taken from",
              Need::required},
        Field{"server", &Process::server, "server that such chips are joined in", Need::required},
        Field{"note", &Process::note, "what to know about it"},
        Field{"die.area", &Process::die, "largest die", Need::required, positive},
        Field{"die.count", &Process::dies, "dies of a package, at most", Need::required, count},
        Field{"unit.count", &Process::units, "compute units of a full die", Need::required, count},
        Field{"unit.yielding", &Process::yielding, "units of a die that can be sold working",
              Need::required, count},
        Field{"unit.rate", &Process::unit_rate, "dense BF16 rate of one unit", Need::required,
              positive},
        Field{"unit.matrix_shares", &Process::matrix_shares,
              "shares of that rate which matrix units may be throttled to", Need::required,
              Range{1e-3, 1}},
        Field{"stack.count", &Process::stacks, "memory stacks of a die, at most", Need::required,
              count},
        Field{"stack.capacity", &Process::stack_capacity, "capacity of a stack", Need::required,
              positive},
        Field{"stack.bandwidth", &Process::stack_bandwidth, "bandwidth of a stack", Need::required,
              positive},
        Field{"link.count", &Process::links, "scale-up links of a package, at most", Need::required,
              count},
        Field{"link.per_direction", &Process::link_per_direction, "one link, one direction",
              Need::required, positive},
    };
};

}  // namespace millwright
