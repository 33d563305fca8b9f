#include "millwright/factory/overrides.h"

#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "millwright/base/date.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/catalog/references.h"
#include "millwright/catalog/toml_reader.h"
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
         fmt::format("'{}' is {}, outside {}", said.figure.value, format_si(si, figure.dimension),
                     toml_detail::range_text(range, figure.dimension)),
         whole ? "check the number and its unit" : "it counts things: no fraction"});
    return false;
}

void check_day(const OverrideText& said, Faults& faults) {
    if (!said.dated.given || is_publication_date(said.dated.value)) return;
    faults.push_back({said.dated.at,
                      fmt::format("'{}' in 'dated' is no date", excerpt(said.dated.value)),
                      "write YYYY, YYYY-MM or YYYY-MM-DD"});
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

/// A copy of the catalog while overrides are put in place.
struct Overriding {
    const ScenarioText& text;
    Catalog& catalog;
    Faults& faults;
    std::vector<StatedFigure>& figures;
    Stated stated{};
};

void put_in_place(const OverrideText& said, Overriding& o) {
    Faults& faults = o.faults;
    check_day(said, faults);
    ScenarioText none;  // only figures of the catalog are found in it
    Fault why{.at = said.figure.at};
    const auto figure = figure_at(o.catalog, none, said.figure.value, why, FigureUse::stated);
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
    const SourceId source(o.catalog.sources.size());
    o.catalog.sources.push_back(source_of(o.text, said));
    figure->set(*si);
    figure->cite(source);
    o.stated.emplace(figure->part, said.is.at);
    o.figures.push_back({.part = figure->part,
                         .figure = said.figure.value.substr(figure->part.size() + 1),
                         .was = figure->now,
                         .is = *si,
                         .dimension = figure->dimension,
                         .source = o.catalog.sources.back()});
}

/// The catalog with every override in place.
std::shared_ptr<const Catalog> overridden(const ScenarioText& text, const Catalog& catalog,
                                          Faults& faults, std::vector<StatedFigure>& figures) {
    auto own = std::make_shared<Catalog>(catalog);
    Overriding overriding{text, *own, faults, figures};
    std::set<std::string> seen;
    for (const OverrideText& said : text.overrides) {
        if (!said.figure.given) continue;  // told when it was read
        if (!seen.insert(said.figure.value).second) {
            faults.push_back({said.figure.at,
                              fmt::format("'{}' is overridden twice", said.figure.value),
                              "one [[override]] a figure"});
        }
        put_in_place(said, overriding);
    }
    // what shows only of figures beside each other is told of a part's file, which is the scenario
    for (Fault& fault : reference_faults(*own)) {
        const std::string part = fault.at.file.substr(0, fault.at.file.rfind(".toml"));
        const auto at = overriding.stated.find(part);
        if (at == overriding.stated.end()) continue;
        faults.push_back({at->second, fmt::format("{}: {}", part, fault.message), fault.hint});
    }
    return own;
}

}  // namespace

Result<Resolved> resolve_with_overrides(const ScenarioText& text, const Catalog& catalog) {
    Faults faults;
    std::vector<StatedFigure> figures;
    // without any, one that owns nothing
    auto meant = text.overrides.empty()
                     ? std::shared_ptr<const Catalog>(std::shared_ptr<const Catalog>{}, &catalog)
                     : overridden(text, catalog, faults, figures);
    auto scenario = resolve(text, *meant);
    if (!scenario) append(faults, scenario.error());
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    scenario->stated = std::move(figures);
    return Resolved{std::move(meant), std::move(*scenario)};
}

}  // namespace millwright
