#include "tests/unit/factory/small_catalog.h"

namespace millwright {

Catalog small_catalog() {
    Catalog c = built_in_catalog();
    const SourceId made_up(c.sources.size());
    c.sources.push_back({.id = "tests/small/made-up", .title = "t", .publisher = "p"});
    const auto link = [&](const char* id, double rate, double ns) {
        Link made{.id = id, .name = std::string(id) + " in full"};
        made.efficiency = part_named(c.links, "infiniband-ndr").efficiency;
        made.per_direction = {rate * unit::GBps, made_up};
        made.hop = {ns * unit::ns, made_up};
        return made;
    };
    c.links.push_back(link("lane", 10, 200));
    c.links.push_back(link("beam", 60, 100));
    const auto box = [&](const char* id, double ports, double price) {
        Switch made{.id = id, .name = id, .aliases = {std::string(id) + " ports"}, .link = "lane"};
        made.ports = {ports, made_up};
        made.price = {price * unit::USD, made_up};
        made.power = {7.0 * unit::W, made_up};
        made.hop = {100.0 * unit::ns, made_up};
        return made;
    };
    c.switches.push_back(box("many", 8, 160));
    c.switches.push_back(box("few", 4, 40));
    Chip chip = part_named(c.chips, "h100-sxm");
    chip.id = "cell";
    chip.name = "Cell";
    chip.aliases = {};
    chip.scale_up_link = "beam";
    chip.scale_up_per_direction = {60.0 * unit::GBps, made_up};
    c.chips.push_back(chip);
    Server server = part_named(c.servers, "hgx-h100");
    server.id = "tray";
    server.name = "Tray";
    server.aliases = {};
    server.chip = "cell";
    server.nic = "lane";
    server.scale_up_switch = "few";
    server.nics.value = 1;
    server.host_memory = {1600.0 * unit::GB, made_up};
    server.host_bandwidth = {400.0 * unit::GBps, made_up};
    server.price = {1000.0 * unit::USD, made_up};
    c.servers.push_back(server);
    Fabric fabric{.id = "plain", .name = "Plain", .optics = "optics-400g"};
    fabric.oversubscription = {1, made_up};
    fabric.max_tiers = {2, made_up};
    c.fabrics.push_back(fabric);
    fabric.id = fabric.name = "railed";
    fabric.rails = true;
    c.fabrics.push_back(fabric);
    return c;
}

}  // namespace millwright
