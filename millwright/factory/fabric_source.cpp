#include "millwright/factory/fabric_source.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "millwright/base/paths.h"
#include "millwright/base/text.h"
#include "millwright/factory/factory_shape.h"
#include "millwright/intake/shape_file.h"

namespace millwright {
namespace {

bool is_topology(const std::string& name) {
    const auto names = shape_names();
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

FabricSource::FabricSource(const std::string& name, FabricShape own) : shape(std::move(own)) {
    part.id = name;
    part.name = shape->name.empty() ? name : shape->name;
    part.oversubscription.value = 1;
}

Result<FabricSource> fabric_source(const Catalog& catalog, const std::string& name,
                                   const Place& at) {
    // The order is the contract: a name of the catalog never becomes a file by accident, and a file
    // is known by its ending, so that a misspelt name is answered with names and not "cannot open".
    if (const Fabric* part = find_part(catalog.fabrics, name)) return FabricSource(*part);
    if (is_topology(name)) {
        auto shape = shape_named(name);
        if (!shape) return failure(shape.error());
        return FabricSource(name, std::move(*shape));
    }
    if (name.ends_with(".toml")) {
        auto shape = read_shape(beside(at.file, name));
        if (!shape) return failure(shape.error());
        return FabricSource(name, std::move(*shape));
    }
    const std::string file =
        name.ends_with(".csv")
            ? "a list of cables is for `collective`, `flows` and `replay`: what its switches cost "
              "is not known"
            : "a file of tiers (TOML, docs/reference/fabrics.md) works too";
    return failure(
        {at, fmt::format("no fabric '{}' in the catalog", name),
         fmt::format("{}; of topologies {}; {}", name_hint(catalog.fabrics, name, "fabrics"),
                     join(shape_names(), ", "), file)});
}

Faults fabric_faults(const FabricSource& fabric, const Server& server, double chips,
                     const Place& at) {
    if (!fabric.shape) return {};
    const Domain& own = fabric.shape->domain;
    const double domain = server.domain.value;
    if (own.endpoints > 1 && own.endpoints != domain) {
        return {{at,
                 fmt::format("the fabric {} is of scale-up domains of {} chips, those of {} have "
                             "{:.0f}",
                             fabric.part.id, own.endpoints, server.id, domain),
                 "take a server with such domains, or a fabric without [domain]"}};
    }
    // of the domains that the server would make of it, as ports decide how many find a place
    const double held = capacity_of(placed_shape(*fabric.shape, server, chips));
    if (chips <= held) return {};
    return {{at,
             fmt::format("the fabric {} holds {:.0f} chips of {}, fewer than {:.0f}",
                         fabric.part.id, held, server.id, chips),
             "lower chips, or widen the fabric"}};
}

}  // namespace millwright
