// Numbers of a catalog or of a scenario by the path that a scenario names them by:
// "chips/h100-sxm.power", "sites/us.energy_price", "site.pue", "books.utilisation",
// "job/NAME.tokens", "sale/NAME.output".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "millwright/catalog/catalog.h"
#include "millwright/intake/text.h"

namespace millwright {

/// One number, to be set to another. It holds a reference into what it was found in.
struct FigurePath {
    std::function<void(double)> set;  // in SI units
    std::optional<double> now;        // nothing where the scenario leaves it out
    Dimension dimension;
    Range range;
    SourceId source = no_source;  // of the catalog
};

/// The number at a path; nothing, with `why` and a hint in words, where there is none, or no single
/// number that may be a fraction: a count, a curve, a text. A path with a slash before its first
/// dot is of a part of the catalog, but for jobs and sales of the scenario.
std::optional<FigurePath> figure_at(Catalog& catalog, ScenarioText& text, std::string_view path,
                                    Fault& why);

}  // namespace millwright
