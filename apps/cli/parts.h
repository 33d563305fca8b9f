// The kinds of parts that `list` and `show` know, by the word a user types.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "millwright/catalog/catalog.h"

namespace millwright::app {

/// "chip", "chips" and "switch" alike become a name of `part_kinds()`; empty if none fits.
inline std::string kind_named(const std::string& word) {
    for (const std::string& kind : part_kinds()) {
        const bool in_y = word.ends_with('y') && word.substr(0, word.size() - 1) + "ies" == kind;
        if (word == kind || word + "s" == kind || word + "es" == kind || in_y) return kind;
    }
    return "";
}

/// Calls `visit` with the vector of parts of that kind.
template <class Visit>
void with_parts(const Catalog& catalog, const std::string& kind, Visit&& visit) {
    if (kind == "chips") return visit(catalog.chips);
    if (kind == "links") return visit(catalog.links);
    if (kind == "switches") return visit(catalog.switches);
    if (kind == "servers") return visit(catalog.servers);
    if (kind == "fabrics") return visit(catalog.fabrics);
    if (kind == "models") return visit(catalog.models);
    if (kind == "sites") return visit(catalog.sites);
    if (kind == "prices") return visit(catalog.prices);
    if (kind == "bands") return visit(catalog.bands);
    if (kind == "frameworks") return visit(catalog.frameworks);
    if (kind == "kernels") return visit(catalog.kernels);
    if (kind == "collectives") return visit(catalog.collectives);
    if (kind == "rules") return visit(catalog.rules);
    if (kind == "groups") return visit(catalog.groups);
    if (kind == "authorities") return visit(catalog.authorities);
    if (kind == "processes") return visit(catalog.processes);
    throw std::logic_error("unknown kind " + kind);
}

}  // namespace millwright::app
