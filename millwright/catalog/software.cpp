#include "millwright/catalog/software.h"

#include <algorithm>

namespace millwright {
namespace {

/// Whether one of `names` means the part; a part of null is meant by none.
template <class Part>
bool names_part(const std::vector<Part>& parts, const std::vector<std::string>& names,
                const Part* part) {
    return part != nullptr && std::ranges::any_of(names, [&](const std::string& name) {
               return find_part(parts, name) == part;
           });
}

bool is_out(const Software& software, const Date& date) {
    return software.since.known() && software.since.value <= date;
}

}  // namespace

bool serves(const Catalog& catalog, const Software& software, const Chip& chip) {
    const KernelFamily* family = find_part(catalog.kernels, chip.generation);
    return names_part(catalog.kernels, software.families, family) ||
           names_part(catalog.chips, software.chips, find_part(catalog.chips, chip.id));
}

std::vector<const Software*> software_on(const Catalog& catalog, const Chip& chip,
                                         const Date& date) {
    std::vector<const Software*> found;
    for (const Software& software : catalog.software) {
        if (is_out(software, date) && serves(catalog, software, chip)) found.push_back(&software);
    }
    return found;
}

const Software* software_for(const Catalog& catalog, const Software& wanted, const Chip& chip,
                             const Date& date) {
    const Software* next = &wanted;
    // a circle would be longer than the list
    for (std::size_t i = 0; next != nullptr && i <= catalog.software.size(); ++i) {
        if (is_out(*next, date) && serves(catalog, *next, chip)) return next;
        next = find_part(catalog.software, next->fallback);
    }
    return nullptr;
}

}  // namespace millwright
