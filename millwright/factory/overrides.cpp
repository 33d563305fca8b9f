#include "millwright/factory/overrides.h"

#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/catalog/references.h"
#include "millwright/factory/figure_paths.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// Whether the figure can be that at all; else a fault.
bool within_range(const OverrideText& said, const FigurePath& figure, double si, Faults& faults) {
    const Range& range = figure.range;
    const bool whole = !range.whole || si == std::floor(si);
    if (si >= range.low && si <= range.high && whole) return true;
    faults.push_back(
        {said.is.at,
         fmt::format("'{}' cannot be {}", said.figure.value, format_si(si, figure.dimension)),
         fmt::format("{} to {}{}", format_si(range.low, figure.dimension),
                     format_si(range.high, figure.dimension),
                     range.whole ? ", and no fraction" : "")});
    return false;
}

Source source_of(const ScenarioText& text, const OverrideText& said) {
    return {.id = fmt::format("{}: {}", text.file, said.figure.value),
            .title = said.source.value,
            .publisher = said.publisher.given ? said.publisher.value : text.name.value,
            .dated = said.dated.value,
            .note = "stated by the scenario in place of the catalog",
            .grade = said.grade.given ? said.grade.value : Grade::estimate};
}

/// Where each part is overridden first, by its "chips/x2".
using Stated = std::map<std::string, Place>;

void put_in_place(const ScenarioText& text, const OverrideText& said, Catalog& catalog,
                  Stated& stated, Faults& faults) {
    ScenarioText none;  // only figures of the catalog are found in it
    Fault why{.at = said.figure.at};
    const auto figure = figure_at(catalog, none, said.figure.value, why, FigureUse::stated);
    if (!figure || !figure->cite) {
        if (figure) {
            why.message = fmt::format("'{}' is of the scenario itself", said.figure.value);
            why.hint = "write it where it belongs; overrides are of the catalog";
        }
        faults.push_back(std::move(why));
        return;
    }
    if (!said.is.given) return;
    const auto si = amount_for(*figure, said.is.value);
    if (!si) {
        faults.push_back({said.is.at,
                          fmt::format("'{}' is counted in another unit", said.figure.value),
                          fmt::format("such as {}", example_of(figure->dimension))});
        return;
    }
    if (!within_range(said, *figure, *si, faults)) return;
    const SourceId source(catalog.sources.size());
    catalog.sources.push_back(source_of(text, said));
    figure->set(*si);
    figure->cite(source);
    stated.emplace(figure->part, said.is.at);
}

/// The catalog with every override in place.
std::shared_ptr<const Catalog> overridden(const ScenarioText& text, const Catalog& catalog,
                                          Faults& faults) {
    auto own = std::make_shared<Catalog>(catalog);
    Stated stated;
    std::set<std::string> seen;
    for (const OverrideText& said : text.overrides) {
        if (!said.figure.given) continue;  // told when it was read
        if (!seen.insert(said.figure.value).second) {
            faults.push_back({said.figure.at,
                              fmt::format("'{}' is overridden twice", said.figure.value),
                              "one [[override]] a figure"});
        }
        put_in_place(text, said, *own, stated, faults);
    }
    // what shows only of figures beside each other is told of a part's file, which is the scenario
    for (Fault& fault : reference_faults(*own)) {
        const std::string part = fault.at.file.substr(0, fault.at.file.rfind(".toml"));
        const auto at = stated.find(part);
        if (at == stated.end()) continue;
        faults.push_back({at->second, fmt::format("{}: {}", part, fault.message), fault.hint});
    }
    return own;
}

}  // namespace

Result<Resolved> resolve_with_overrides(const ScenarioText& text, const Catalog& catalog) {
    Faults faults;
    // without any, one that owns nothing
    auto meant = text.overrides.empty()
                     ? std::shared_ptr<const Catalog>(std::shared_ptr<const Catalog>{}, &catalog)
                     : overridden(text, catalog, faults);
    auto scenario = resolve(text, *meant);
    if (!scenario) append(faults, scenario.error());
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    return Resolved{std::move(meant), std::move(*scenario)};
}

}  // namespace millwright
