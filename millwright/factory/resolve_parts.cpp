// Chips to kernel rates, servers and fabrics to networks and bills of materials.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/fabric/fat_tree.h"
#include "millwright/factory/factory_links.h"
#include "millwright/factory/factory_shape.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

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

/// Rails of a rail-optimised design: the largest divisor of a server's ports up to eight.
double rails_of(double ports) {
    for (double rails = 8; rails > 1; --rails) {
        if (std::fmod(ports, rails) == 0) return rails;
    }
    return 1;
}

struct Wiring {
    const Switch* box = nullptr;
    FatTree tree;  // of one plane in the largest compound
    double planes = 1;
};

double price_per_port(const Switch& box) { return box.price.value.si() / box.ports.value; }

/// Boxes whose ports take the server's cards, cheapest port first.
std::vector<const Switch*> fitting_boxes(const Catalog& catalog, const Server& server,
                                         const Fabric& fabric) {
    std::vector<const Switch*> boxes;
    for (const Switch& box : catalog.switches) {
        const bool named = fabric.switch_box.empty() || fabric.switch_box == box.id;
        if (named && box.link == server.nic && box.price.known()) boxes.push_back(&box);
    }
    std::stable_sort(boxes.begin(), boxes.end(), [](const Switch* a, const Switch* b) {
        return price_per_port(*a) < price_per_port(*b);
    });
    return boxes;
}

Wiring wire(const Catalog& catalog, const Server& server, const Fabric& fabric, double chips) {
    const double ports = chips / server.chips.value * server.nics.value;
    Wiring wiring;
    wiring.planes = fabric.topology == Topology::rail_fat_tree ? rails_of(server.nics.value) : 1;
    wiring.tree.why = "no switch of the catalog has " + server.nic + " ports";
    for (const Switch* box : fitting_boxes(catalog, server, fabric)) {
        FatTreeRequest request{.endpoints = std::ceil(ports / wiring.planes),
                               .radix = box->ports.value};
        request.oversubscription = fabric.oversubscription.value;
        request.max_tiers = fabric.max_tiers.value;
        wiring.tree = dimension(request);
        wiring.box = box;
        if (wiring.tree.fits) return wiring;
    }
    return wiring;
}

void add_tiers(const Wiring& wiring, const Server& server, Network& network, double oversub) {
    const double chips_per_port = server.chips.value / server.nics.value * wiring.planes;
    constexpr std::array names{"leaf", "spine", "core", "upper core"};
    for (std::size_t i = 0; i < wiring.tree.reaches.size(); ++i) {
        Tier tier{.name = names[std::min<std::size_t>(i, 3)]};
        tier.reach = wiring.tree.reaches[i] * chips_per_port;
        tier.hop = (i == 0 ? 1.0 : 2.0) * wiring.box->hop.value;
        tier.oversubscription = i == 0 ? 1 : oversub;
        network.tiers.push_back(tier);
    }
}

bool has_scale_up(const Chip& chip) {
    return !chip.scale_up_link.empty() && chip.scale_up_per_direction.known();
}

/// The link inside a domain: the scale-up fabric's, or the host's.
const Link& inner_link(const Catalog& catalog, const Chip& chip) {
    return part_named(catalog.links, has_scale_up(chip) ? chip.scale_up_link : chip.host_link);
}

Network network_of(const Catalog& catalog, const Server& server, const Fabric& fabric,
                   const Chip& chip, const Wiring& wiring, double chips) {
    Network network;
    network.chips = chips;
    const bool has_fabric = has_scale_up(chip);
    const Link& inner = inner_link(catalog, chip);
    const Bandwidth inner_rate =
        has_fabric ? chip.scale_up_per_direction.value : inner.per_direction.value;
    network.domain = std::min(server.domain.value, chips);
    if (has_fabric && server.dimensions.known()) {
        network.dimensions = slice_of(server.dimensions.value, network.domain);
    }
    network.inner = channel_of(catalog, inner, inner_rate, server.in_network_reduction);
    const Link& outer = part_named(catalog.links, server.nic);
    const Bandwidth outer_rate = outer.per_direction.value * server.nics.value / server.chips.value;
    network.outer = channel_of(catalog, outer, outer_rate, false);
    add_tiers(wiring, server, network, fabric.oversubscription.value);
    return network;
}

FabricShape shape_of(const Catalog& catalog, const Factory& factory, const Wiring& wiring) {
    const bool wired = wiring.box != nullptr && wiring.tree.fits;
    return factory_shape({.server = factory.server,
                          .chip = factory.chip,
                          .fabric = factory.fabric,
                          .network = factory.network,
                          .inner = inner_link(catalog, factory.chip),
                          .outer = part_named(catalog.links, factory.server.nic),
                          .planes = wiring.planes,
                          .radix = wired ? wiring.box->ports.value : 0,
                          .tiers = wired ? wiring.tree.switches.size() : 0,
                          .hop = wired ? wiring.box->hop.value : Seconds{}});
}

std::string optics_for(const std::string& link, const std::string& otherwise) {
    constexpr std::array rates{"1.6t", "800g", "400g", "200g", "100g"};
    for (const char* rate : rates) {
        if (link.ends_with(rate)) return std::string("optics-") + rate;
    }
    if (link == "infiniband-xdr") return "optics-800g";
    if (link == "infiniband-ndr") return "optics-400g";
    if (link == "infiniband-hdr") return "optics-200g";
    if (link == "infiniband-edr" || link == "omni-path-100") return "optics-100g";
    return otherwise;
}

/// Servers are bought whole; cloud-only parts are rented by the slice.
double servers_of(const Server& server, const Chip& chip, double chips) {
    const double servers = chips / server.chips.value;
    return chip.market == Market::cloud ? servers : std::ceil(servers);
}

BillOfMaterials bill_of(const Catalog& catalog, const Server& server, const Fabric& fabric,
                        const Wiring& wiring, double chips, double compounds_share) {
    BillOfMaterials bill;
    bill.servers = servers_of(server, part_named(catalog.chips, server.chip), chips);
    bill.server_price = server.price.value;
    bill.server_power = server.power.value;
    if (wiring.box == nullptr || !wiring.tree.fits) return bill;
    double switches = 0;
    for (const double count : wiring.tree.switches) switches += count;
    bill.switches = std::ceil(switches * wiring.planes * compounds_share);
    bill.switch_price = wiring.box->price.value;
    bill.switch_power = wiring.box->power.value;
    bill.transceivers = std::ceil(2 * wiring.tree.cables * wiring.planes * compounds_share);
    const PriceItem& optics = part_named(catalog.prices, optics_for(server.nic, fabric.optics));
    bill.transceiver_price = optics.price.value;
    bill.transceiver_power = optics.power.value;
    return bill;
}

std::string cannot_run(const Chip& chip) {
    if (!chip.bf16.known()) return "the dense BF16 rate of " + chip.name + " is not published";
    if (!chip.memory_capacity.known()) return "the memory of " + chip.name + " is not published";
    if (!chip.memory_bandwidth.known()) {
        return "the memory bandwidth of " + chip.name + " is not published";
    }
    return "";
}

std::string describe(const Wiring& wiring, const Server& server) {
    if (wiring.box == nullptr || !wiring.tree.fits) return "not wired";
    double switches = 0;
    for (const double count : wiring.tree.switches) switches += count;
    return fmt::format(
        "{} {}, {} tier{}, {:.0f} {} a plane ({:.0f} ports each)",
        fmt::format("{:.0f} plane{} of", wiring.planes, wiring.planes > 1 ? "s" : ""), server.nic,
        wiring.tree.switches.size(), wiring.tree.switches.size() > 1 ? "s" : "", switches,
        wiring.box->id, wiring.box->ports.value);
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

Factory resolve_factory(const Catalog& catalog, const Server& server, const Fabric& fabric,
                        double chips, const std::vector<std::int64_t>& compounds) {
    Factory factory;
    factory.chip = part_named(catalog.chips, server.chip);
    factory.server = server;
    factory.fabric = fabric;
    factory.chips = chips;
    const auto largest = std::max_element(compounds.begin(), compounds.end());
    factory.job_chips =
        largest == compounds.end() ? chips : std::min(chips, static_cast<double>(*largest));
    const bool one_domain = factory.job_chips <= server.domain.value;
    const Wiring wiring = one_domain ? Wiring{} : wire(catalog, server, fabric, factory.job_chips);
    factory.cannot = cannot_run(factory.chip);
    if (factory.cannot.empty() && !wiring.tree.fits && !one_domain) {
        factory.cannot = "the fabric cannot be wired: " + wiring.tree.why;
    }
    if (factory.cannot.empty()) factory.cannot = vendor_missing(catalog, server, factory.chip);
    factory.host = host_of(catalog, server, factory.chip);
    factory.rates = resolve_rates(catalog, factory.chip);
    factory.network = network_of(catalog, server, fabric, factory.chip, wiring, factory.job_chips);
    if (factory.cannot.empty()) factory.shape = shape_of(catalog, factory, wiring);
    factory.bill = bill_of(catalog, server, fabric, wiring, chips, chips / factory.job_chips);
    factory.framework = framework_for(catalog, factory.chip);
    factory.notes = size_notes(server, factory.chip, chips);
    if (!factory.chip.bf16_from.empty()) {
        factory.notes.push_back(
            fmt::format("{} has no BF16: the rate of {} stands in wherever bf16 is written",
                        factory.chip.name, factory.chip.bf16_from));
    }
    factory.wiring =
        (one_domain ? "one scale-up domain, no switches beyond it" : describe(wiring, server)) +
        describe_rates(factory.network, factory.host);
    factory.facts = chip_facts(catalog, factory.chip);
    return factory;
}

std::string fabric_hint(const Catalog& catalog, const std::string& name) {
    const std::string names = name_hint(catalog.fabrics, name, "fabrics");
    const std::string shown = slug(name);
    const bool torus = shown.find("torus") != std::string::npos;
    const bool other = torus || shown.find("dragonfly") != std::string::npos ||
                       shown.find("mesh") != std::string::npos;
    if (!other) return names;
    return fmt::format("between servers only trees are wired and priced: {}; {}",
                       join(ids(catalog.fabrics), ", "),
                       torus ? "servers with a torus of their own (TPU pods) state its dimensions"
                             : "`millwright list topologies` has others for `collective`");
}

}  // namespace millwright
