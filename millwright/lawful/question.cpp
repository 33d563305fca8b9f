// A frontier is resolved as a scenario for each buyer, so that places, jobs and models are checked
// and looked up as anywhere else. What all buyers share is faulty for each of them, and told once.
#include "millwright/lawful/question.h"

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/catalog/defaults.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// The party as a scenario that has no factory yet.
ScenarioText scenario_text(const FrontierText& text, const PartyText& party) {
    ScenarioText scenario;
    scenario.file = text.file;
    scenario.name = party.name;
    scenario.date = text.from;
    scenario.useful_share = text.useful_share;
    scenario.sites.emplace_back();
    scenario.sites.back().country = party.country;
    scenario.sites.back().region = party.region;
    scenario.buyers.emplace_back();
    scenario.buyers.back().headquarters =
        party.headquarters.given ? party.headquarters : party.country;
    scenario.jobs = text.jobs;
    return scenario;
}

/// The first of each month, from that of `from` to that of `until`.
std::vector<Date> months_of(const Date& from, const Date& until) {
    std::vector<Date> months;
    for (std::chrono::year_month m{from.year(), from.month()}; m / 1 <= until;
         m += std::chrono::months(1)) {
        months.push_back(m / 1);
    }
    return months;
}

}  // namespace

Result<Frontier> resolve(const FrontierText& text, const Catalog& catalog) {
    Faults faults = text.faults;
    Frontier frontier{.name = text.name.value,
                      .budget = text.budget.value,
                      .power_limit = text.power_limit.value};
    if (faults.empty()) frontier.months = months_of(text.from.value, text.until.value);
    const std::string name = text.fabric.given ? text.fabric.value : std::string(default_fabric);
    if (auto fabric = fabric_source(catalog, name, text.fabric.at)) {
        frontier.fabric = std::move(*fabric);
    } else {
        append(faults, fabric.error());
    }
    for (const PartyText& party : text.parties) {
        auto scenario = resolve(scenario_text(text, party), catalog);
        if (scenario) {
            frontier.parties.push_back({party.name.value, std::move(*scenario)});
        } else {
            append(faults, scenario.error());
        }
    }
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    return frontier;
}

}  // namespace millwright
