// Resolved inputs: nothing optional, no names to look up. After this everything is const.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/catalog/catalog.h"
#include "millwright/catalog/defaults.h"
#include "millwright/collective/network.h"
#include "millwright/compute/chip_rates.h"
#include "millwright/fabric/shape.h"
#include "millwright/factory/fabric_source.h"
#include "millwright/factory/job.h"
#include "millwright/factory/reliability_asked.h"
#include "millwright/factory/site_asked.h"
#include "millwright/factory/training_software.h"
#include "millwright/intake/text.h"
#include "millwright/money/cost.h"
#include "millwright/parts/host.h"
#include "millwright/rules/decide.h"

namespace millwright {

/// One alternative, ready for the engines.
struct Factory {
    std::string name;
    std::size_t site = 0;  // of those of the scenario
    // parts of the catalog, by value
    Chip chip;
    Server server;
    FabricSource fabric;
    double chips = 0;      // of the site
    double job_chips = 0;  // of the largest compound: what one synchronous job may use
    ChipRates rates;
    // of one synchronous job: what joins compounds carries none of its traffic
    Network network;    // of the largest compound, derived from its shape
    Host host;          // of one chip; without memory if the server states none
    FabricShape shape;  // without endpoints if it cannot be wired
    // of all chips, not of the largest compound alone
    BillOfMaterials bill;
    TrainingSoftware software;       // of the scenario's day; without one all that there is
    Framework framework;             // that trains on its chips where a job names none
    std::vector<std::string> notes;  // what is worth knowing of its size
    ChipFacts facts;                 // for export rules
    std::string wiring;              // one line: switches, tiers, planes
    // told in place of results, and of no account to other factories
    std::string cannot;  // why it cannot be built or run at all; empty if it can
};

/// A figure that the scenario states in place of the catalog.
struct StatedFigure {
    std::string part, figure;   // "chips/h100-sxm", "power.tdp"
    std::optional<double> was;  // in SI units; nothing where nobody knew it
    double is = 0;
    Dimension dimension{};
    Source source;
};

/// A scenario, ready for the engines: every name is looked up, every default has been told.
struct Scenario {
    std::string name;
    Date date;
    Objective objective = Objective::time;
    Seconds deadline;                      // for each training job; zero: none
    ReliabilityAsked reliability;          // how much of the time training works
    double hours_to_train = hours_of_day;  // of a day: those in which nothing is served
    // whether what may not be sold is ranked among what may
    bool rank_unlawful = false;
    std::vector<SiteAsked> sites;      // at least one
    std::vector<StatedFigure> stated;  // in place of the catalog, in the order of the file
    Rulebook rulebook;
    // of training, in place of the framework's
    std::optional<double> tensor_overlap, data_overlap, pipeline_overlap, expert_overlap,
        context_overlap;
    // `resolve` writes them, reports repeat them: no figure stands in silently
    std::vector<std::string> defaults;  // every default that stood in, in words
    std::vector<Factory> factories;
    std::vector<Job> jobs;
};

/// Where a factory of the scenario stands.
inline const SiteAsked& site_of(const Scenario& scenario, const Factory& factory) {
    return scenario.sites.at(factory.site);
}

}  // namespace millwright
