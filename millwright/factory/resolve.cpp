// The steps are spread over files of this folder (resolver.h); here are their order and those
// that are small. A part that is missing is a fault where it is named, and all that depends on it
// is passed over in silence, so one slip is told once. What a factory lacks in figures is no slip
// of the scenario's and stays in `cannot`.
#include "millwright/factory/resolve.h"

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/factory/link_faults.h"
#include "millwright/factory/resolver.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

void resolve_rules(Resolver& r) {
    auto book = resolve_rulebook(r.catalog);
    if (book) {
        r.out.rulebook = std::move(*book);
    } else {
        r.faults.insert(r.faults.end(), book.error().begin(), book.error().end());
    }
}

void resolve_overlaps(Resolver& r) {
    const AssumeText& a = r.text.assume;
    Scenario& s = r.out;
    const auto given = [](const Written<double>& w) {
        return w.given ? std::optional(w.value) : std::nullopt;
    };
    s.tensor_overlap = given(a.tensor_overlap);
    s.data_overlap = given(a.data_overlap);
    s.pipeline_overlap = given(a.pipeline_overlap);
    s.expert_overlap = given(a.expert_overlap);
    s.context_overlap = given(a.context_overlap);
}

/// What is of training alone, and told as idle where no job trains.
void resolve_training(Resolver& r) {
    r.out.deadline = r.text.deadline.value;
    resolve_overlaps(r);
    if (trains(r.text)) {
        resolve_reliability(r);
        r.stood_in("tokens cross to each scale-up domain once and are forwarded there");
        if (r.text.objective.value == Objective::cost && !r.text.deadline.given) {
            r.fault(r.text.objective.at, "objective cost needs a deadline",
                    "the cheapest plan uses a few chips for years: write deadline = \"90 days\"");
        }
        return;
    }
    std::vector<std::string> idle;
    if (r.text.deadline.given) idle.push_back("deadline");
    if (r.text.useful_share.given) idle.push_back("useful_share");
    for_each_field<ReliabilityText>([&](const auto& field) {
        if ((r.text.reliability.*field.member).given) {
            idle.push_back(fmt::format("reliability.{}", field.key));
        }
    });
    for_each_field<AssumeText>([&](const auto& field) {
        if ((r.text.assume.*field.member).given) idle.emplace_back(field.key);
    });
    if (idle.empty()) return;
    r.stood_in(fmt::format("no job trains: {} changes nothing", join(idle, ", ")));
}

/// A factory may fill its compounds in part. Only their sum is checked: a job takes the largest.
void check_compounds(Resolver& r, const FactoryText& factory, const SiteText& site) {
    if (!site.compounds.given) return;
    std::int64_t sum = 0;
    for (const std::int64_t chips : site.compounds.value) sum += chips;
    if (factory.chips.value <= sum) return;
    r.fault(
        factory.chips.at,
        fmt::format("{} chips do not fit the compounds, which hold {}", factory.chips.value, sum),
        "raise site.compounds or lower chips");
}

std::optional<FabricSource> look_up_fabric(Resolver& r, const Written<std::string>& name) {
    if (!name.given) return std::nullopt;  // told when it was read
    auto found = fabric_source(r.catalog, name.value, name.at);
    if (found) return std::move(*found);
    r.faults.insert(r.faults.end(), found.error().begin(), found.error().end());
    return std::nullopt;
}

void resolve_factories(Resolver& r) {
    for (const FactoryText& text : r.text.factories) {
        const Server* server = r.look_up(r.catalog.servers, text.server, "server");
        const std::optional<FabricSource> fabric = look_up_fabric(r, text.fabric);
        const std::optional<std::size_t> site = site_named(r, text);
        if (site) check_compounds(r, text, r.text.sites[*site]);
        if (server == nullptr || !fabric || !text.chips.given || !site) continue;
        const auto chips = static_cast<double>(text.chips.value);
        Faults wrong = fabric_faults(*fabric, *server, chips, text.fabric.at);
        r.faults.insert(r.faults.end(), wrong.begin(), wrong.end());
        // a fabric that holds fewer chips has no graph for them
        if (!wrong.empty()) continue;
        Factory factory =
            resolve_factory(r.catalog, *server, *fabric, chips, r.out.sites[*site].compounds);
        wrong = link_faults(factory, text.fabric.at);
        r.faults.insert(r.faults.end(), wrong.begin(), wrong.end());
        factory.name = text.name.value;
        factory.site = *site;
        factory.software = training_software(r.catalog, factory.chip, r.out.date);
        r.out.factories.push_back(std::move(factory));
    }
}

}  // namespace

SiteCosts site_costs(const Catalog& catalog, const Site& site) {
    const auto ratio = [&](std::string_view id) { return stated_ratio(catalog, id); };
    return {.energy = site.energy.value,
            .pue = site.pue.value,
            .building = site.building.value,
            .power_load = ratio("power-load"),
            .storage_share = ratio("storage-share"),
            .staff_share = ratio("staff-share"),
            .equipment_years = ratio("depreciation-years"),
            .building_years = ratio("building-years"),
            .cost_of_capital = ratio("cost-of-capital")};
}

SiteCosts costs_of(const Catalog& catalog, const SiteAsked& asked) {
    // by name again, so that costs follow a catalog whose prices were varied
    SiteCosts costs = site_costs(catalog, part_named(catalog.sites, asked.site.id));
    costs.energy = asked.energy.value_or(costs.energy);
    costs.pue = asked.pue.value_or(costs.pue);
    return costs;
}

Result<Scenario> resolve(const ScenarioText& text, const Catalog& catalog) {
    Resolver r{text, catalog, {}, text.faults};
    r.out.name = text.name.value;
    r.out.date = text.date.value;
    r.out.objective = text.objective.value;
    r.out.rank_unlawful = text.rank_unlawful.value;
    if (!text.objective.given) r.stood_in("objective time");
    if (text.date.given && !may_be_asked(text.date.value)) {
        r.faults.push_back(outside_asked(text.date.at, "date"));
    }
    // The rulebook first, which knows the countries; jobs last, as frameworks stand in by the chips
    // of factories. Each step goes on after faults as far as it can, so that all are told at once,
    // and passes over what depends on a part that is missing.
    resolve_rules(r);
    resolve_sites(r);
    resolve_training(r);
    resolve_factories(r);
    resolve_jobs(r);
    check_books(r);
    if (!r.faults.empty()) return failure(in_order(std::move(r.faults)));
    return std::move(r.out);
}

}  // namespace millwright
