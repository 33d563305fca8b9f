#include "catalog/references.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "parts/plan.h"

namespace millwright {
namespace {

struct Checking {
    const Catalog& catalog;
    Faults faults{};

    /// An empty name means none.
    template <class Part, class Named>
    void check(std::string_view kind, const Part& part, std::string_view key,
               const std::string& name, const std::vector<Named>& among) {
        if (name.empty() || find_part(among, name) != nullptr) return;
        faults.push_back({{fmt::format("{}/{}.toml", kind, part.id), 0, 0},
                          fmt::format("'{}' names '{}', which the catalog lacks", key, name),
                          did_you_mean(name, ids(among))});
    }
};

void check_chips(Checking& c) {
    for (const Chip& chip : c.catalog.chips) {
        c.check("chips", chip, "generation", chip.generation, c.catalog.kernels);
        c.check("chips", chip, "scale_up.link", chip.scale_up_link, c.catalog.links);
        c.check("chips", chip, "host.link", chip.host_link, c.catalog.links);
    }
    for (const KernelFamily& family : c.catalog.kernels) {
        c.check("kernels", family, "like", family.like, c.catalog.kernels);
        c.check("kernels", family, "measured_on", family.measured_on, c.catalog.chips);
    }
    for (const Process& process : c.catalog.processes) {
        c.check("processes", process, "chip", process.chip, c.catalog.chips);
        c.check("processes", process, "server", process.server, c.catalog.servers);
    }
}

void check_networks(Checking& c) {
    for (const Link& link : c.catalog.links) {
        c.check("links", link, "efficiency", link.efficiency, c.catalog.collectives);
    }
    for (const Switch& box : c.catalog.switches) {
        c.check("switches", box, "link", box.link, c.catalog.links);
    }
    for (const Server& server : c.catalog.servers) {
        c.check("servers", server, "chip", server.chip, c.catalog.chips);
        c.check("servers", server, "scale_up.switch", server.scale_up_switch, c.catalog.switches);
        c.check("servers", server, "scale_out.link", server.nic, c.catalog.links);
    }
    for (const Server& server : c.catalog.servers) {
        const Chip* chip = find_part(c.catalog.chips, server.chip);
        if (chip == nullptr || !chip->scale_up_link.empty() || !chip->host_link.empty()) continue;
        c.faults.push_back(
            {{fmt::format("servers/{}.toml", server.id), 0, 0},
             fmt::format("chip '{}' has neither scale_up.link nor host.link", chip->id),
             "its chips could not talk to each other"});
    }
    for (const Fabric& fabric : c.catalog.fabrics) {
        c.check("fabrics", fabric, "switch", fabric.switch_box, c.catalog.switches);
        c.check("fabrics", fabric, "optics", fabric.optics, c.catalog.prices);
    }
}

void check_frameworks(Checking& c) {
    std::vector<std::string> makers;
    for (const Chip& chip : c.catalog.chips) makers.push_back(chip.vendor);
    const std::vector<std::string> schedules(EnumNames<Schedule>::names.begin(),
                                             EnumNames<Schedule>::names.end());
    std::map<std::string, std::string> taken;
    for (const Framework& framework : c.catalog.frameworks) {
        const Place at{fmt::format("frameworks/{}.toml", framework.id), 0, 0};
        for (const std::string& name : framework.schedules) {
            if (enum_named<Schedule>(name)) continue;
            c.faults.push_back({at, fmt::format("'schedules' names '{}'", name),
                                "choose of " + join(schedules, ", ")});
        }
        for (const std::string& maker : framework.vendors) {
            if (std::find(makers.begin(), makers.end(), maker) == makers.end()) {
                c.faults.push_back({at,
                                    fmt::format("'vendors' names '{}', who makes no chip of "
                                                "the catalog",
                                                maker),
                                    did_you_mean(maker, makers)});
            }
            const auto [other, first] = taken.emplace(maker, framework.id);
            if (first) continue;
            c.faults.push_back({at,
                                fmt::format("'{}' stands in for {} already", other->second, maker),
                                "name each maker in one framework"});
        }
    }
}

}  // namespace

Faults reference_faults(const Catalog& catalog) {
    Checking checking{catalog};
    check_chips(checking);
    check_networks(checking);
    check_frameworks(checking);
    return std::move(checking.faults);
}

}  // namespace millwright
