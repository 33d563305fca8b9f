#include "millwright/factory/factory_links.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/units.h"

namespace millwright {

Host host_of(const Catalog& catalog, const Server& server, const Chip& chip) {
    if (!server.host_memory.known() || !server.host_bandwidth.known()) return {};
    // chips take equal parts of memory and of its rate; the link to it is each chip's own
    const double chips = server.chips.value;
    return {part_named(catalog.links, chip.host_link).per_direction.value,
            server.host_memory.value / chips, server.host_bandwidth.value / chips};
}

std::string vendor_missing(const Catalog& catalog, const Server& server, const Chip& chip) {
    for (const std::string& name : {chip.scale_up_link, chip.host_link}) {
        const Link* link = find_part(catalog.links, name);
        if (link == nullptr || link->requires_vendor.empty()) continue;
        const std::string& wanted = link->requires_vendor;
        // one end of the maker's is enough, be it chip or host processor
        if (chip.vendor == wanted || server.processor_vendor == wanted) continue;
        return fmt::format(
            "{} joins parts of other makers to one of {} at least: neither {} nor "
            "its host's processor is",
            link->name, wanted, chip.name);
    }
    return "";
}

// The catalog's order decides among several of one maker.
const Framework& framework_for(const Catalog& catalog, const Chip& chip) {
    for (const Framework& framework : catalog.frameworks) {
        const auto& makers = framework.vendors;
        if (std::find(makers.begin(), makers.end(), chip.vendor) != makers.end()) return framework;
    }
    return part_named(catalog.frameworks, default_framework);
}

std::vector<std::string> size_notes(const Server& server, const Chip& chip, double chips) {
    const double each = server.chips.value;
    const double servers = std::ceil(chips / each);
    // slices of the cloud are rented by the chip
    if (chip.market == Market::cloud || servers * each == chips) return {};
    return {fmt::format(
        "{:.0f} chips are not whole servers ({} has {:.0f}): {:.0f} {} bought, {:.0f} of their "
        "{:.0f} chips stay unused",
        chips, server.id, each, servers, servers == 1 ? "is" : "are", servers * each - chips,
        servers * each)};
}

std::string describe_rates(const Network& network, const Host& host) {
    const auto both = [](Bandwidth one) {
        return fmt::format("{} one way ({} both ways)", to_text(one), to_text(2.0 * one));
    };
    std::string text = "; inside " + both(network.inner.per_chip);
    if (host.memory > Bytes{}) text += "; host memory " + both(host.link);
    return text;
}

}  // namespace millwright
