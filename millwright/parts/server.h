// Servers, racks and supernodes: chips with a scale-up domain, network cards and a price.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// A unit of purchase. `domain` chips share one scale-up fabric (8 in HGX, 72 in NVL72).
/// `domain` may be more than `chips`: a supernode of several servers.
struct Server {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string chip;
    std::string note;
    Cited<double> chips;
    Cited<double> domain;
    bool over_host = false;       // the host's links join its chips, whatever links these have
    std::string scale_up_switch;  // a switch of the catalog; empty for a mesh, torus or PCIe tree
    Cited<std::vector<double>> dimensions;  // lengths of the domain's torus; unknown: it is none
    bool in_network_reduction = false;
    Cited<double> crossing;  // chips by whose ports sums of the switch leave; not known: all
    // `nics` are the ports that serve chips; those of storage and management are not counted
    std::string nic;  // scale-out link
    Cited<double> nics;
    std::string processor_vendor;     // of the host's processors
    Cited<double> host_chips;         // of one operating system; not known: all
    Cited<Bytes> host_memory;         // of the whole server; unknown: nothing is kept there
    Cited<Bandwidth> host_bandwidth;  // of that memory
    // of the whole server under load, chips included, as it is bought
    Cited<Watts> power;
    Cited<Dollars> price;
};

template <std::same_as<Server> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"chip", &P::chip, "accelerator of the catalog", Need::required},
        Field{"note", &P::note, "what to know about the figures"},
        Field{"chips", &P::chips, "accelerators in the server", Need::required, counted(1, 16384)},
        Field{"scale_up.domain", &P::domain, "accelerators that share the scale-up fabric",
              Need::required, counted(1, 16384)},
        Field{"scale_up.over_host", &P::over_host,
              "whether the host's links join its chips, as where bridges are sold apart"},
        Field{"scale_up.switch", &P::scale_up_switch, "switch of the scale-up fabric"},
        Field{"scale_up.dimensions", &P::dimensions, "lengths of the torus of a domain",
              Need::optional, counted(1, 16384)},
        Field{"scale_up.in_network_reduction", &P::in_network_reduction,
              "the scale-up switch reduces"},
        Field{"scale_up.crossing", &P::crossing,
              "accelerators of a domain by whose ports sums of the switch leave it; all if absent",
              Need::optional, counted(1, 16384)},
        Field{"scale_out.link", &P::nic, "link of each network card", Need::required},
        Field{"scale_out.ports", &P::nics, "network ports for accelerators", Need::required,
              counted(1, 16384)},
        Field{"host.vendor", &P::processor_vendor, "maker of the host's processors"},
        Field{"host.chips", &P::host_chips,
              "accelerators of one operating system, which one command starts; all if absent",
              Need::optional, counted(1, 16384)},
        Field{"host.memory", &P::host_memory, "memory that all accelerators share", Need::optional,
              positive},
        Field{"host.bandwidth", &P::host_bandwidth, "of that memory", Need::optional, positive},
        Field{"power.max", &P::power, "power of the server under load", Need::required, positive},
        Field{"price.purchase", &P::price, "price of the server", Need::required, positive},
    };
};

}  // namespace millwright
