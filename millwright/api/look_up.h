// Names in questions.
#pragma once

#include <string>

#include <fmt/format.h>

#include "millwright/base/result.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

/// The part of that id, name or alias; null, and a fault with the names that are near, if the
/// catalog has none. `option` is what the fault names as its place; it may be empty.
template <class Part>
const Part* look_up(const Catalog& catalog, const std::string& name, const std::string& option,
                    Faults& faults) {
    const auto& kind = kind_of<Part>();
    const auto& parts = catalog.*kind.parts;
    if (const Part* part = find_part(parts, name)) return part;
    faults.push_back({{option, 0, 0},
                      fmt::format("no {} '{}' in the catalog", kind.singular, name),
                      name_hint(parts, name, kind.name)});
    return nullptr;
}

}  // namespace millwright
