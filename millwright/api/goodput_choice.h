// Words of a goodput file that name one of a few things.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/intake/text.h"

namespace millwright {

/// What the word names; what stands where none is written, or where it names nothing, which is
/// told.
template <class E>
E choice_of(const Written<std::string>& written, E otherwise, Faults& faults) {
    if (!written.given) return otherwise;
    if (const auto value = enum_named<E>(written.value)) return *value;
    const std::vector<std::string> names(EnumNames<E>::names.begin(), EnumNames<E>::names.end());
    faults.push_back({written.at, fmt::format("there is no '{}' here", excerpt(written.value)),
                      hint_from(written.value, names, "choices")});
    return otherwise;
}

}  // namespace millwright
