// From names to numbers: the one way from a scenario as written to what engines take.
#pragma once

#include "millwright/base/result.h"
#include "millwright/factory/factory.h"

namespace millwright {

/// Looks every name up and checks what only the catalog can tell. All faults at once, those of the
/// reading with them, in order of their places. A factory that lacks a part or a figure of the
/// catalog is no fault: it is told in `cannot`, beside those that can be built.
Result<Scenario> resolve(const ScenarioText& text, const Catalog& catalog);

/// Kernel rates of a chip. A rate or curve nobody published leaves the precision at rate zero.
ChipRates resolve_rates(const Catalog& catalog, const Chip& chip);

/// The serving engine that stands in on a chip where none is named: its maker's, else the generic.
const Engine& engine_for(const Catalog& catalog, const Chip& chip);

/// Sets how well collectives use a channel. `in_network`: its switches reduce, if the family was
/// measured so. Where all-to-alls were not measured, curves of rings stand in.
void use_collectives(const CollectiveFamily& family, bool in_network, Channel& channel);

/// The factory of so many chips of a server on a fabric, wired and priced; `compounds` splits it
/// over buildings. What cannot be built is told in `cannot`.
Factory resolve_factory(const Catalog& catalog, const Server& server, const FabricSource& fabric,
                        double chips, const std::vector<std::int64_t>& compounds);

/// What a site of the catalog costs, with the catalog's ratios and years.
SiteCosts site_costs(const Catalog& catalog, const Site& site);

/// The same of a scenario's site, with what the scenario says in its place.
SiteCosts costs_of(const Catalog& catalog, const SiteAsked& asked);

/// A model by the name it has in the catalog or on the hub, or by the path of a Hugging Face
/// config.json or of a folder with one. A model with layers that no operation describes is a fault.
Result<Model> resolve_model(const Catalog& catalog, const std::string& name, const Place& at);

}  // namespace millwright
