// Names by which parts of the catalog mean each other.
#pragma once

#include <set>
#include <utility>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// A field that holds the name of another part; an empty one means none.
/// `required`: an empty one is a fault. Names are ids, names or aliases, as find_part() takes them.
template <class Part, class Named>
struct Reference {
    std::string_view key;
    std::string Part::*member;
    std::vector<Named> Catalog::*among;
    Need need = Need::optional;
};

// clang 16 does not deduce aggregates by itself (P1816)
template <class Part, class Named>
Reference(std::string_view, std::string Part::*, std::vector<Named> Catalog::*,
          Need = Need::optional) -> Reference<Part, Named>;

/// Every such field: what is checked when parts are read, and what an answer reaches from the parts
/// that it begins with.
/// Lists of names (makers, schedules, marks) are checked apart, in references.cpp.
inline constexpr std::tuple catalog_references{
    Reference{"generation", &Chip::generation, &Catalog::kernels, Need::required},
    Reference{"fleet", &Chip::fleet, &Catalog::fleets},
    Reference{"scale_up.link", &Chip::scale_up_link, &Catalog::links},
    Reference{"host.link", &Chip::host_link, &Catalog::links},
    Reference{"like", &KernelFamily::like, &Catalog::kernels},
    Reference{"measured_on", &KernelFamily::measured_on, &Catalog::chips},
    Reference{"draw_of", &KernelFamily::draw_of, &Catalog::chips},
    Reference{"chip", &Process::chip, &Catalog::chips, Need::required},
    Reference{"server", &Process::server, &Catalog::servers, Need::required},
    Reference{"efficiency", &Link::efficiency, &Catalog::collectives, Need::required},
    Reference{"optics", &Link::optics, &Catalog::prices},
    Reference{"link", &Switch::link, &Catalog::links, Need::required},
    Reference{"chip", &Server::chip, &Catalog::chips, Need::required},
    Reference{"scale_up.switch", &Server::scale_up_switch, &Catalog::switches},
    Reference{"scale_out.link", &Server::nic, &Catalog::links, Need::required},
    Reference{"switch", &Fabric::switch_box, &Catalog::switches},
    Reference{"optics", &Fabric::optics, &Catalog::prices},
    Reference{"fallback", &Software::fallback, &Catalog::software},
    Reference{"says.collectives", &Word::collectives, &Catalog::collectives},
};

/// Calls `visit` with every row, as a Reference of its own types.
template <class Visit>
constexpr void for_each_reference(Visit&& visit) {
    std::apply([&](const auto&... reference) { (visit(reference), ...); }, catalog_references);
}

/// A fault for each part that names a part which the catalog lacks, or has a word that cannot be,
/// where its file says it. What a faulty file leaves out is not held against it again.
Faults reference_faults(const Catalog& catalog, const PartPlaces& places = {});

/// Parts of a catalog by kind and id.
using PartIds = std::set<std::pair<std::string_view, std::string>>;

/// Adds a part, and all that it names, and what these name.
/// `reached` holds what was walked already, so parts that name each other end; O(parts x names).
template <class Part>
void reach(const Catalog& catalog, const Part& part, PartIds& reached) {
    if (!reached.emplace(kind_of<Part>().name, part.id).second) return;
    for_each_reference([&]<class From, class To>(const Reference<From, To>& reference) {
        if constexpr (std::is_same_v<From, Part>) {
            const To* named = find_part(catalog.*reference.among, part.*reference.member);
            if (named != nullptr) reach(catalog, *named, reached);
        }
    });
}

}  // namespace millwright
