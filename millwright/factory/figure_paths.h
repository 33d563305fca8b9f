// Numbers of a catalog or of a scenario by the path that a scenario names them by:
// "chips/h100-sxm.power.tdp", "sites/us.energy_price", "site.pue", "site/NAME.pue",
// "books.utilisation", "job/NAME.tokens", "sale/NAME.output".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "millwright/base/units.h"
#include "millwright/catalog/catalog.h"
#include "millwright/intake/text.h"

namespace millwright {

/// One number, to be set to another. It holds a reference into what it was found in.
struct FigurePath {
    std::function<void(double)> set;  // in SI units
    std::optional<double> now;        // nothing where it is left out, or nobody knows it
    Dimension dimension;
    Range range;
    const void* number = nullptr;  // itself: two paths may lead to one
    // of the catalog alone; its part is named as "chips/h100-sxm"
    std::string part{};
    SourceId source = no_source;
    std::function<void(SourceId)> cite{};
};

/// What a number is looked for: to take any value of its range, which a count cannot and a figure
/// of the catalog that nobody knows has no middle for, or to be stated.
enum class FigureUse { varied, stated };

/// The number at a path; nothing, with `why` and a hint in words, where there is none, or none for
/// that use: a curve, a text. A path with a slash before its first dot is of a part of the catalog,
/// but for sites, jobs and sales of the scenario.
std::optional<FigurePath> figure_at(Catalog& catalog, ScenarioText& text, std::string_view path,
                                    Fault& why, FigureUse use = FigureUse::varied);

/// What was written for it, in SI units; a bare number may count tokens. None in another unit.
std::optional<double> amount_for(const FigurePath& figure, const ParsedQuantity& written);

}  // namespace millwright
