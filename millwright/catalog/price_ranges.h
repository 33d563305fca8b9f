// What ratios of price items may be: the code knows each by its id, and what it is of.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "millwright/base/fields.h"

namespace millwright {

/// By id; of other items, which no code asks for, any number that is not negative.
inline constexpr std::array price_ranges{
    std::pair<std::string_view, Range>{"building-years", {1, 100}},
    std::pair<std::string_view, Range>{"chip-hour-decline", {0, 0.99}},
    std::pair<std::string_view, Range>{"construction-months", {0, 600}},
    std::pair<std::string_view, Range>{"cost-of-capital", {0, 1}},
    std::pair<std::string_view, Range>{"depreciation-years", {0.5, 50}},
    std::pair<std::string_view, Range>{"equipment-decline", {0, 0.99}},
    std::pair<std::string_view, Range>{"generation-drop", {0, 0.99}},
    std::pair<std::string_view, Range>{"interest-rate", {0, 1}},
    std::pair<std::string_view, Range>{"own-carbon", {0, 2}},
    std::pair<std::string_view, Range>{"power-load", {0.01, 1}},
    std::pair<std::string_view, Range>{"repair-days", {0, 365}},
    std::pair<std::string_view, Range>{"revenue-share", {0, 1}},
    std::pair<std::string_view, Range>{"sale-years", {0.5, 50}},
    std::pair<std::string_view, Range>{"salvage-share", {0, 1}},
    std::pair<std::string_view, Range>{"staff-share", {0, 1}},
    std::pair<std::string_view, Range>{"storage-share", {0, 1}},
    std::pair<std::string_view, Range>{"tariff-lane", {0, 10}},
    std::pair<std::string_view, Range>{"token-decline", {0, 0.99}},
    std::pair<std::string_view, Range>{"utilisation", {0.01, 1}},
    std::pair<std::string_view, Range>{"water-use", {0, 100}}};

constexpr Range price_range(std::string_view id) {
    for (const auto& [item, range] : price_ranges) {
        if (item == id) return range;
    }
    return {};
}

}  // namespace millwright
