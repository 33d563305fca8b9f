// Figures of the catalog by part and key: "chips/h20" and "memory.capacity".
#pragma once

#include <optional>
#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/claims/literal.h"

namespace millwright {

/// A figure as a value; one that nobody published has no `value`.
struct CatalogFigure {
    std::optional<LiteralValue> value;
    std::string source;  // title of its document
};

/// Fails where the catalog has no such kind, part or key, with what is near. `at` is the place of
/// the fault.
Result<CatalogFigure> catalog_figure(const Catalog& catalog, const std::string& part,
                                     const std::string& key, const Place& at);

}  // namespace millwright
