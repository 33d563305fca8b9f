// Chips to kernel rates, servers and fabrics to networks and bills of materials.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/fabric/topology.h"
#include "millwright/factory/factory_links.h"
#include "millwright/factory/factory_shape.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

constexpr const char* usual_optics = "optics-400g";

constexpr std::array all_precisions{Precision::bf16, Precision::fp8, Precision::fp8_block,
                                    Precision::fp4};

/// Figures of the family, or of the one it is like.
struct Efficiency {
    KernelFamily own;
    KernelFamily measured;
    double scale = 1;  // on compute shares of a stand-in
    // FLOPs per processor and second over those of the measured chip; one where they are more, as
    // a faster design brings caches to match
    double quicker = 1;

    template <class T>
    T of(Cited<T> KernelFamily::*member) const {
        return (own.*member).known() ? (own.*member).value : (measured.*member).value;
    }
};

/// Processors of a chip: printed, or as many as its rate is times that of the measured chip.
double processors_of(const Catalog& catalog, const Efficiency& e, const Chip& chip) {
    if (chip.processors.known()) return chip.processors.value;
    const Chip& reference = part_named(catalog.chips, e.measured.measured_on);
    if (!chip.bf16.known()) return e.measured.processors.value;
    return std::max(
        1.0, std::round(e.measured.processors.value * (chip.bf16.value / reference.bf16.value)));
}

Efficiency efficiency_of(const Catalog& catalog, const Chip& chip) {
    Efficiency e;
    e.own = part_named(catalog.kernels, chip.generation);
    e.measured = e.own.like.empty() ? e.own : part_named(catalog.kernels, e.own.like);
    e.scale = e.own.like.empty() ? 1 : e.own.scale.value;
    const Chip& reference = part_named(catalog.chips, e.measured.measured_on);
    if (chip.bf16.known()) {
        const double quicker = (chip.bf16.value / processors_of(catalog, e, chip)) /
                               (reference.bf16.value / e.measured.processors.value);
        e.quicker = std::min(1.0, quicker);
    }
    return e;
}

/// A share of the rate when processors are `quicker` than where it was measured: what is lost
/// beside the arithmetic keeps its time.
double transferred_share(double share, double quicker) {
    return 1 / (1 + (1 / share - 1) * quicker);
}

GemmKernel gemm_of(Efficiency& e, Precision precision) {
    GemmKernels kernels = gemm_kernels(e.own, precision);
    double scale = 1;
    if (!kernels.peak_share.known()) {
        kernels = gemm_kernels(e.measured, precision);
        scale = e.scale;
    }
    if (!kernels.peak_share.known()) return {};
    GemmKernel out;
    out.peak_share = scale * transferred_share(kernels.peak_share.value, e.quicker);
    out.tile_traffic = kernels.tile_traffic.value * e.quicker;
    out.depth_overhead = kernels.depth_overhead.value * e.quicker;
    out.rounding = kernels.rounding.value;
    out.knee = kernels.knee.value;
    out.split = kernels.split.value;
    out.quantise = kernels.quantise.value;
    out.quantise_bytes = kernels.quantise_bytes.value;
    if (kernels.sustained.known()) {
        out.sustained = kernels.sustained.value / e.of(&KernelFamily::sustained);
    }
    return out;
}

AttentionKernel attention_of(const Efficiency& e, AttentionKernels KernelFamily::*member) {
    const bool own = (e.own.*member).peak_share.known();
    const AttentionKernels& kernels = own ? e.own.*member : e.measured.*member;
    if (!kernels.peak_share.known()) return {};
    AttentionKernel out;
    out.peak_share = (own ? 1 : e.scale) * transferred_share(kernels.peak_share.value, e.quicker);
    out.backward = kernels.backward.value;
    out.block_overhead = kernels.block_overhead.value * e.quicker;
    out.narrow = kernels.narrow.value;
    out.wide = kernels.wide.value;
    return out;
}

Channel channel_of(const Catalog& catalog, const Link& link, Bandwidth per_chip, bool in_network) {
    Channel channel;
    channel.per_chip = per_chip;
    use_collectives(part_named(catalog.collectives, link.efficiency), in_network, channel);
    channel.step += link.hop.value;
    return channel;
}

/// Channels of the links that join a server's chips.
Channels channels_on(const Catalog& catalog, const Server& server, const Chip& chip,
                     const FabricSource& fabric) {
    const Link& inner = inner_link(catalog, chip);
    const Link& outer = part_named(catalog.links, server.nic);
    Channels channels;
    channels.inner =
        channel_of(catalog, inner, inner_rate(catalog, chip), server.in_network_reduction);
    channels.outer = channel_of(
        catalog, outer, outer.per_direction.value * server.nics.value / server.chips.value, false);
    // shapes of their own state the rates of their links
    if (fabric.shape) channels.outer.per_chip = Bandwidth{};
    if (fabric.shape && fabric.shape->domain.endpoints > 1) channels.inner.per_chip = Bandwidth{};
    return channels;
}

/// Servers are bought whole; cloud-only parts are rented by the slice.
double servers_of(const Server& server, const Chip& chip, double chips) {
    const double servers = chips / server.chips.value;
    return chip.market == Market::cloud ? servers : std::ceil(servers);
}

double sum_of(const std::vector<double>& counts) {
    double sum = 0;
    for (const double count : counts) sum += count;
    return sum;
}

/// What joins the servers of a compound, in all planes.
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
    const bool joined = has_outside(made.shape) && factory.job_chips > server.domain.value;
    if (!made.cannot.empty() || !joined) return bill;
    const FabricCounts all = counted(made.shape, made.box != nullptr ? made.box->ports.value : 0);
    if (made.box != nullptr) {
        bill.switches = std::ceil(all.switches * compounds_share);
        bill.switch_price = made.box->price.value;
        bill.switch_power = made.box->power.value;
    }
    bill.transceivers = std::ceil(2 * all.cables * compounds_share);
    const std::string& named = part_named(catalog.links, server.nic).optics;
    const std::string& otherwise = factory.fabric.part.optics;
    const PriceItem& optics = part_named(catalog.prices, !named.empty()      ? named
                                                         : otherwise.empty() ? usual_optics
                                                                             : otherwise);
    bill.transceiver_price = optics.price.value;
    bill.transceiver_power = optics.power.value;
    return bill;
}

/// What the bill leaves out, in words.
std::vector<std::string> unpriced(const FactoryShape& made, const Factory& factory) {
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
    full.endpoints = static_cast<std::uint32_t>(held);
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
    if (chip <= (1 + 1e-9) * card) return {};
    return {
        fmt::format("the fabric {} gives a chip {} outside its domain, the cards of {} {}: its "
                    "rate is counted with",
                    factory.fabric.part.id, to_text(chip), factory.server.id, to_text(card))};
}

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
    if (factory.fabric.shape || made.box == nullptr) return describe(made.shape);
    const TreeCounts counts = counts_of(made.shape.tree, made.box->ports.value);
    const double planes = made.shape.planes;
    return fmt::format("{:.0f} plane{} of {}, {} tier{}, {:.0f} {} a plane ({:.0f} ports each)",
                       planes, planes > 1 ? "s" : "", factory.server.nic, counts.switches.size(),
                       counts.switches.size() > 1 ? "s" : "", sum_of(counts.switches), made.box->id,
                       made.box->ports.value);
}

/// Clock that the power limit leaves, against the chip the curves were measured on. Dynamic power
/// grows with clock times voltage squared, and voltage with clock: near the limit of these parts
/// power is about the square of the clock. Never above one: a burst clock is what was measured.
double power_limited_clock(const Catalog& catalog, const KernelFamily& family, const Chip& chip) {
    if (family.measured_on.empty() || !chip.power.known() || !chip.bf16.known()) return 1;
    const Chip& reference = part_named(catalog.chips, family.measured_on);
    const double allowed = chip.power.value / reference.power.value;
    const double wanted = chip.bf16.value / reference.bf16.value;
    return std::min(1.0, std::sqrt(allowed / wanted));
}

}  // namespace

void use_collectives(const CollectiveFamily& family, bool in_network, Channel& channel) {
    channel.base = family.base.value;
    channel.step = family.step.value;
    channel.ring = family.ring.value;
    channel.all_to_all = family.all_to_all.known() ? family.all_to_all.value : family.ring.value;
    if (in_network && family.reduced.known()) channel.reduced = family.reduced.value;
}

ChipRates resolve_rates(const Catalog& catalog, const Chip& chip) {
    Efficiency e = efficiency_of(catalog, chip);
    ChipRates rates;
    for (const Precision precision : all_precisions) {
        const std::size_t i = static_cast<std::size_t>(precision);
        rates.gemm[i] = gemm_of(e, precision);
        const Cited<FlopRate>& dense = rate(chip, product_format(precision));
        if (dense.known() && rates.gemm[i].peak_share > 0) rates.dense[i] = dense.value;
    }
    rates.processors = processors_of(catalog, e, chip);
    rates.memory_bandwidth = chip.memory_bandwidth.value;
    rates.memory_share = e.of(&KernelFamily::memory_share);
    rates.memory_capacity = chip.memory_capacity.value;
    rates.launch = e.of(&KernelFamily::launch);
    rates.power_limited = power_limited_clock(catalog, e.own, chip);
    rates.sustained = e.of(&KernelFamily::sustained) * rates.power_limited;
    const GroupedKernels& grouped =
        e.own.grouped.share.known() ? e.own.grouped : e.measured.grouped;
    rates.grouped_share = grouped.share.value;
    rates.grouped_depth_overhead = grouped.depth_overhead.value * e.quicker;
    rates.grouped_launch = grouped.launch.value;
    rates.attention = attention_of(e, &KernelFamily::attention);
    rates.flash_attention_2 = attention_of(e, &KernelFamily::flash_attention_2);
    if (rates.attention.peak_share <= 0) rates.attention = rates.flash_attention_2;
    return rates;
}

Factory resolve_factory(const Catalog& catalog, const Server& server, const FabricSource& fabric,
                        double chips, const std::vector<std::int64_t>& compounds) {
    Factory factory;
    factory.chip = part_named(catalog.chips, server.chip);
    factory.server = server;
    factory.fabric = fabric;
    factory.chips = chips;
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
    factory.network = network_of(made.shape, channels_on(catalog, server, factory.chip, fabric));
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
