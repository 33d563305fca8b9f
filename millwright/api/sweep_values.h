// What `--over PATH=VALUES` takes, taken apart: a list of values, or a range and how many of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/result.h"
#include "millwright/base/units.h"

namespace millwright {

/// How the values of a range lie: by equal steps, or by equal ratios.
enum class Spacing { list, even, geometric };

template <>
struct EnumNames<Spacing> {
    static constexpr std::array<std::string_view, 3> names{"list", "even", "geometric"};
};

/// Values as they would stand in a file, each once.
struct WrittenValues {
    std::vector<std::string> texts;
    Spacing spacing = Spacing::list;
};

/// What the values are of. Words, dates and choices have no dimension and no ranges.
struct ValuesOf {
    std::optional<Dimension> dimension;
    bool whole = false;  // counts: values within a range are rounded
};

/// "a,b,c", or "LOW..HIGH:N" and "LOW..HIGH:xN", N values from end to end; a unit behind HIGH holds
/// for LOW too. Numbers of a range have twelve digits. Nothing, with faults at `at`, of what is
/// neither: an empty or a repeated value, no numbers, unlike units, HIGH not above LOW, equal
/// ratios from zero, fewer than two values or more than `most`. Whether a value may be there is not
/// asked.
std::optional<WrittenValues> written_values(const std::string& text, const ValuesOf& of,
                                            std::size_t most, const Place& at, Faults& faults);

}  // namespace millwright
