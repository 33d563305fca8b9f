// Servers and fabrics to networks and bills of materials.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/fabric/topology.h"
#include "millwright/factory/factory_links.h"
#include "millwright/factory/factory_shape.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

constexpr const char* usual_optics = "optics-400g";

Channel channel_of(const Catalog& catalog, const Link& link, Bandwidth per_chip, bool in_network) {
    Channel channel;
    channel.per_chip = per_chip;
    use_collectives(part_named(catalog.collectives, link.efficiency), in_network, channel);
    channel.step += link.hop.value;
    return channel;
}

/// Channels of the links that join a server's chips.
Channels channels_on(const Catalog& catalog, const Server& server, const Chip& chip,
                     const FabricSource& fabric, bool reduces) {
    const Link& inner = inner_link(catalog, server, chip);
    const Link& outer = part_named(catalog.links, server.nic);
    Channels channels;
    channels.inner =
        channel_of(catalog, inner, inner_rate(catalog, server, chip), server.in_network_reduction);
    channels.outer =
        channel_of(catalog, outer,
                   outer.per_direction.value * server.nics.value / server.chips.value, reduces);
    // shapes of their own state the rates of their links
    if (fabric.shape) channels.outer.per_chip = Bandwidth{};
    if (fabric.shape && fabric.shape->domain.endpoints > 1) channels.inner.per_chip = Bandwidth{};
    return channels;
}

/// Servers are bought whole; cloud-only parts are rented by the slice, which may be part of one.
double servers_of(const Server& server, const Chip& chip, double chips) {
    const double servers = chips / server.chips.value;
    return chip.market == Market::cloud ? servers : std::ceil(servers);
}

double sum_of(const std::vector<double>& counts) {
    double sum = 0;
    for (const double count : counts) sum += count;
    return sum;
}

/// What joins the servers of a compound, in all planes. Trees of the catalog count ports in use, so
/// that a last domain that is partly used has its part; other shapes wire whole domains.
FabricCounts counted(const FabricShape& shape, double radix) {
    const double ports = is_tree(shape) ? shape.tree.hosts : ports_of_plane(shape);
    const FabricCounts plane = row_of(shape).counts(shape, ports, radix);
    return {plane.switches * shape.planes, plane.cables * shape.planes};
}

BillOfMaterials bill_of(const Catalog& catalog, const Factory& factory, const FactoryShape& made,
                        double compounds_share) {
    const Server& server = factory.server;
    BillOfMaterials bill;
    bill.servers = servers_of(server, factory.chip, factory.chips);
    bill.server_price = server.price.value;
    bill.server_power = server.power.value;
    // chips of one domain are joined by what the server has, whose price holds it
    const bool joined = has_outside(made.shape) && factory.job_chips > server.domain.value;
    if (!made.cannot.empty() || !joined) return bill;
    const FabricCounts all = counted(made.shape, made.box != nullptr ? made.box->ports.value : 0);
    if (made.box != nullptr) {
        // other compounds are billed as parts of the largest, which alone was wired
        bill.switches = std::ceil(all.switches * compounds_share);
        bill.switch_price = made.box->price.value;
        bill.switch_power = made.box->power.value;
    }
    // one at each end of a cable
    bill.transceivers = std::ceil(2 * all.cables * compounds_share);
    const std::string& named = part_named(catalog.links, server.nic).optics;
    const std::string& otherwise = factory.fabric.part.optics;
    // of the card if it asks for its own, else of the fabric, else the usual ones
    const PriceItem& optics = part_named(catalog.prices, !named.empty()      ? named
                                                         : otherwise.empty() ? usual_optics
                                                                             : otherwise);
    bill.transceiver_price = optics.price.value;
    bill.transceiver_power = optics.power.value;
    return bill;
}

/// What the bill leaves out, in words.
std::vector<std::string> unpriced(const FactoryShape& made, const Factory& factory) {
    // where there are boxes they are priced; where there are no switches none is missing
    if (!has_outside(made.shape) || factory.bill.transceivers <= 0 || made.box != nullptr)
        return {};
    const double switches = counted(made.shape, 0).switches;
    if (switches <= 0) return {};
    return {
        fmt::format("{:.0f} switches of the fabric {} are not priced: the catalog has no box "
                    "that takes {} and has their ports",
                    switches, factory.fabric.part.id, factory.server.nic)};
}

/// Shapes of their own that are wired whole, however few chips they join.
std::vector<std::string> billed_whole(const FactoryShape& made, const Factory& factory) {
    const FabricShape& shape = made.shape;
    if (factory.bill.switches <= 0 || is_tree(shape)) return {};
    const double held = capacity_of(shape);
    FabricShape full = shape;
    full.endpoints = narrow<std::uint32_t>(held);
    if (factory.job_chips >= held || counted(full, 0).switches > counted(shape, 0).switches)
        return {};
    return {
        fmt::format("all {:.0f} switches of the fabric {} are priced: it holds {:.0f} chips, "
                    "{:.0f} are there",
                    factory.bill.switches, factory.fabric.part.id, held, factory.job_chips)};
}

/// Ports of an own shape that run faster than the server's cards do.
std::vector<std::string> faster_than_cards(const Catalog& catalog, const FactoryShape& made,
                                           const Factory& factory) {
    const FabricShape& shape = made.shape;
    if (!factory.fabric.shape || factory.bill.transceivers <= 0) return {};
    const Bandwidth card = part_named(catalog.links, factory.server.nic).per_direction.value *
                           factory.server.nics.value / factory.server.chips.value;
    const Bandwidth chip = 1.0 * shape.domain.ports / shape.domain.endpoints * port_rate(shape);
    // rates are sums of like links: they meet to rounding only
    if (chip <= (1 + 1e-9) * card) return {};
    return {
        fmt::format("the fabric {} gives a chip {} outside its domain, the cards of {} {}: its "
                    "rate is counted with",
                    factory.fabric.part.id, to_text(chip), factory.server.id, to_text(card))};
}

/// What no plan can do without.
std::string cannot_run(const Chip& chip) {
    if (!chip.bf16.known()) return "the dense BF16 rate of " + chip.name + " is not published";
    if (!chip.memory_capacity.known()) return "the memory of " + chip.name + " is not published";
    if (!chip.memory_bandwidth.known()) {
        return "the memory bandwidth of " + chip.name + " is not published";
    }
    return "";
}

std::string describe(const FactoryShape& made, const Factory& factory) {
    if (!made.cannot.empty()) return "not wired";
    if (factory.job_chips <= factory.server.domain.value) {
        return "one scale-up domain, no switches beyond it";
    }
    // trees of the catalog say their boxes too
    if (factory.fabric.shape || made.box == nullptr) return describe(made.shape);
    const TreeCounts counts = counts_of(made.shape.tree, made.box->ports.value);
    const double planes = made.shape.planes;
    return fmt::format("{:.0f} plane{} of {}, {} tier{}, {:.0f} {} a plane ({:.0f} ports each)",
                       planes, planes > 1 ? "s" : "", factory.server.nic, counts.switches.size(),
                       counts.switches.size() > 1 ? "s" : "", sum_of(counts.switches), made.box->id,
                       made.box->ports.value);
}

}  // namespace

void use_collectives(const CollectiveFamily& family, bool in_network, Channel& channel) {
    channel.base = family.base.value;
    channel.step = family.step.value;
    channel.crowding = family.crowding.value;
    channel.one_shot = family.one_shot.value;
    channel.two_shot = family.two_shot.value;
    channel.kernel_share = family.kernel_share.value;
    channel.ring = family.ring.value;
    channel.all_to_all = family.all_to_all.known() ? family.all_to_all.value : family.ring.value;
    channel.reduced = in_network && family.reduced.known() ? family.reduced.value : Curve{};
}

Factory resolve_factory(const Catalog& catalog, const Server& server, const FabricSource& fabric,
                        double chips, const std::vector<std::int64_t>& compounds) {
    Factory factory;
    factory.chip = part_named(catalog.chips, server.chip);
    factory.server = server;
    factory.fabric = fabric;
    factory.chips = chips;
    // without compounds all chips are in one
    const auto largest = std::max_element(compounds.begin(), compounds.end());
    factory.job_chips =
        largest == compounds.end() ? chips : std::min(chips, static_cast<double>(*largest));
    const FactoryShape made = factory_shape(catalog, server, fabric, factory.job_chips);
    factory.cannot = cannot_run(factory.chip);
    if (factory.cannot.empty() && !made.cannot.empty()) {
        factory.cannot = "the fabric cannot be wired: " + made.cannot;
    }
    if (factory.cannot.empty()) factory.cannot = vendor_missing(catalog, server, factory.chip);
    factory.host = host_of(catalog, server, factory.chip);
    factory.rates = resolve_rates(catalog, factory.chip);
    factory.network = network_of(
        made.shape, channels_on(catalog, server, factory.chip, fabric, made.shape.reduces));
    // no shape for what cannot be built, so that nothing asks for its graph
    if (factory.cannot.empty()) factory.shape = made.shape;
    factory.bill = bill_of(catalog, factory, made, chips / factory.job_chips);
    factory.framework = framework_for(catalog, factory.chip);
    factory.notes = size_notes(server, factory.chip, chips);
    for (const auto& notes : {unpriced(made, factory), billed_whole(made, factory),
                              faster_than_cards(catalog, made, factory)}) {
        factory.notes.insert(factory.notes.end(), notes.begin(), notes.end());
    }
    if (!factory.chip.bf16_from.empty()) {
        factory.notes.push_back(
            fmt::format("{} has no BF16: the rate of {} stands in wherever bf16 is written",
                        factory.chip.name, factory.chip.bf16_from));
    }
    factory.wiring = describe(made, factory) + describe_rates(factory.network, factory.host);
    factory.facts = chip_facts(catalog, factory.chip);
    return factory;
}

}  // namespace millwright
