// Fabrics by name: trees of the catalog, topologies that came with the program, files.
#pragma once

#include <optional>
#include <string>

#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"
#include "millwright/fabric/shape.h"

namespace millwright {

/// What a factory's chips are to be joined by: a fabric of the catalog, whose tree is made of
/// switches for their number, or a shape of its own.
struct FabricSource {
    // always there: what reports call the fabric, and its optics
    Fabric part;
    std::optional<FabricShape> shape;

    FabricSource() = default;
    FabricSource(Fabric of_the_catalog) : part(std::move(of_the_catalog)) {}
    // `part` then has the name alone, and no oversubscription: links of the shape say it all
    FabricSource(const std::string& name, FabricShape own);
};

/// The fabric of that name: of the catalog, else a topology (`millwright list topologies`), else a
/// file of tiers (TOML; a relative path from the folder of the file that names it). A fault says
/// what there is.
Result<FabricSource> fabric_source(const Catalog& catalog, const std::string& name,
                                   const Place& at);

/// Why so many chips of a server cannot be joined by it, with what to do; nothing if they can. Of
/// shapes of their own only: whether switches of the catalog suffice is told by `factory_shape`.
Faults fabric_faults(const FabricSource& fabric, const Server& server, double chips,
                     const Place& at);

}  // namespace millwright
