#include "millwright/study/provenance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace millwright {
namespace {

double part_of(const Ledger<Dollars>& ledger, std::string_view name) {
    const Ledger<Dollars>* part = find(ledger, name);
    return part == nullptr || ledger.value <= Dollars{} ? 0 : part->value / ledger.value;
}

/// The mean over the jobs that run: no job comes first.
double sensitivity(const FactoryReport& report, std::string_view resource) {
    std::vector<double> changes;
    for (const JobReport& job : report.jobs) {
        for (const Sensitivity& s : job.sensitivities) {
            if (s.resource == resource) changes.push_back(std::abs(s.change) / 0.1);
        }
    }
    return mean_of(std::move(changes));
}

template <class Part>
void add_sources(const Part& part, std::set<SourceId>& used) {
    for_each_field<Part>([&](const auto& field) {
        if constexpr (requires { (part.*field.member).source; }) {
            used.insert((part.*field.member).source);
        }
    });
}

/// Equipment's share of the yearly cost that each piece of capital carries.
double equipment_weight(const FactoryReport& report) {
    return part_of(report.yearly, "depreciation of equipment") +
           part_of(report.yearly, "cost of capital") +
           part_of(report.yearly, "staff and maintenance");
}

void add_kernel_sources(const KernelFamily& family, std::set<SourceId>& used) {
    add_sources(family, used);
    for_each_table(family, [&](const char*, const auto& table) { add_sources(table, used); });
}

void add_factory(const Catalog& catalog, const Factory& factory, std::set<SourceId>& used) {
    add_sources(factory.chip, used);
    add_sources(factory.server, used);
    add_sources(factory.fabric.part, used);
    const KernelFamily& family = part_named(catalog.kernels, factory.chip.generation);
    add_kernel_sources(family, used);
    if (!family.like.empty()) add_kernel_sources(part_named(catalog.kernels, family.like), used);
    for (const std::string& name : {factory.chip.scale_up_link, factory.server.nic}) {
        const Link* link = find_part(catalog.links, name);
        if (link == nullptr) continue;
        add_sources(*link, used);
        add_sources(part_named(catalog.collectives, link->efficiency), used);
    }
}

void add_job(const Scenario& scenario, const TrainJob& job, std::set<SourceId>& used) {
    add_sources(job.model, used);
    for (const Factory& factory : scenario.factories) {
        add_sources(framework_of(factory, job), used);
    }
}

void add_job(const Scenario&, const ServeJob& job, std::set<SourceId>& used) {
    add_sources(job.model, used);
}

}  // namespace

double mean_of(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<UsedInput> used_inputs(const Catalog& catalog, const Scenario& scenario,
                                   const Factory& factory, const FactoryReport& report) {
    const double equipment = equipment_weight(report);
    std::vector<UsedInput> inputs;
    const auto add = [&](SourceId source, double weight) {
        if (source != no_source && weight > 0) inputs.push_back({source, weight});
    };
    add(factory.server.price.source, equipment * part_of(report.capital, "servers with chips"));
    add(scenario.site.building.source, part_of(report.yearly, "depreciation of building"));
    add(scenario.site.energy.source, part_of(report.yearly, "electricity"));
    add(factory.server.power.source, part_of(report.yearly, "electricity"));
    add(part_named(catalog.prices, "staff-share").ratio.source,
        part_of(report.yearly, "staff and maintenance"));
    add(part_named(catalog.prices, "depreciation-years").ratio.source,
        part_of(report.yearly, "depreciation of equipment"));
    add(factory.chip.bf16.source, sensitivity(report, "FLOP rate"));
    add(factory.chip.memory_bandwidth.source, sensitivity(report, "memory bandwidth"));
    add(factory.chip.scale_up_per_direction.source, sensitivity(report, "scale-up bandwidth"));
    add(factory.server.nics.source, sensitivity(report, "scale-out bandwidth"));
    const KernelFamily& family = part_named(catalog.kernels, factory.chip.generation);
    add(family.like.empty() ? family.bf16.peak_share.source : family.scale.source,
        sensitivity(report, "FLOP rate"));
    return inputs;
}

double estimate_share(const Catalog& catalog, const std::vector<UsedInput>& inputs) {
    double all = 0;
    double estimated = 0;
    for (const UsedInput& input : inputs) {
        all += input.weight;
        if (catalog.sources[input.source].grade == Grade::estimate) estimated += input.weight;
    }
    return all > 0 ? estimated / all : 0;
}

std::vector<Source> sources_of(const Catalog& catalog, const Scenario& scenario) {
    std::set<SourceId> used;
    for (const Factory& factory : scenario.factories) add_factory(catalog, factory, used);
    for (const Job& job : scenario.jobs) {
        std::visit([&](const auto& work) { add_job(scenario, work, used); }, job.work);
    }
    add_sources(scenario.site, used);
    for (const PriceItem& item : catalog.prices) add_sources(item, used);
    std::vector<Source> sources;
    for (const SourceId id : used) {
        if (id != no_source && id < catalog.sources.size()) sources.push_back(catalog.sources[id]);
    }
    return sources;
}

}  // namespace millwright
