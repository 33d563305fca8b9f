// What an answer rests on, found by trying: the weight of a figure is the elasticity of the price,
// |d ln price / d ln figure|, by one step of a per cent.
//
// Nothing is searched again: the plans and replicas of the report are timed and priced on a factory
// that is resolved anew, once for each figure. Figures are changed in place and put back, so each
// chunk has a catalog of its own; which figures a chunk has does not hang on the number of threads.
#include "millwright/study/provenance.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "millwright/base/parallel.h"
#include "millwright/catalog/defaults.h"
#include "millwright/catalog/references.h"
#include "millwright/factory/resolve.h"
#include "millwright/study/judge_factory.h"

namespace millwright {
namespace {

constexpr double hundredth_less = 0.99, hundredth_more = 1.01;
constexpr std::size_t figure_chunks = 16;  // of figures, each with a catalog of its own
constexpr double least_weight = 1e-9;      // below it, rounding

/// Whether the value was changed so; false for what is no number.
template <class T>
bool scaled(T&, double) {
    return false;
}
bool scaled(double& value, double by) {
    value *= by;
    return true;
}
template <Dimension D>
bool scaled(Quantity<D>& value, double by) {
    value = by * value;
    return true;
}
bool scaled(Curve& curve, double by) {
    for (double& y : curve.y) y *= by;
    return true;
}

/// Parts that a factory and its jobs begin with. Ratios and unit prices are asked for by the code,
/// and boxes and hosts are chosen among all, so these kinds are there whole.
PartIds reached_by(const Catalog& catalog, const Scenario& scenario, const Factory& factory) {
    PartIds reached;
    reach(catalog, factory.server, reached);
    if (!factory.fabric.shape) reach(catalog, factory.fabric.part, reached);
    reach(catalog, site_of(scenario, factory).site, reached);
    for (const PriceItem& item : catalog.prices) reach(catalog, item, reached);
    for (const Switch& box : catalog.switches) reach(catalog, box, reached);
    reach(catalog, part_named(catalog.fleets, std::string(default_fleet)), reached);
    if (!scenario.reliability.fleet.empty()) {
        reach(catalog, part_named(catalog.fleets, scenario.reliability.fleet), reached);
    }
    for (const Band& band : catalog.bands) reach(catalog, band, reached);
    for (const Job& job : scenario.jobs) {
        const auto* train = std::get_if<TrainJob>(&job.work);
        if (train != nullptr) reach(catalog, framework_of(factory, *train), reached);
        const auto* serve = std::get_if<ServeJob>(&job.work);
        if (serve != nullptr) reach(catalog, engine_of(catalog, factory, *serve), reached);
    }
    return reached;
}

/// Calls with the part and each of its figures: its key, itself, its range.
template <class AnyCatalog, class Visit>
void for_each_figure(AnyCatalog& catalog, const PartIds& reached, Visit&& visit) {
    for_each_kind([&](const auto& kind) {
        for (auto& part : catalog.*kind.parts) {
            if (!reached.contains({kind.name, part.id})) continue;
            const std::string name = std::string(kind.name) + "/" + part.id;
            for_each_cited(part, [&](const std::string& key, auto& figure, const Range& range) {
                visit(name, key, figure, range);
            });
        }
    });
}

struct PricedFactory {
    const Scenario& scenario;
    const Factory& factory;
    const FactoryReport& report;
};

/// What a unit of each feasible job costs, resolved anew; nothing where it cannot be built.
std::vector<double> unit_prices(const PricedFactory& p, const Catalog& catalog) {
    FabricSource fabric = p.factory.fabric;
    if (!fabric.shape) fabric.part = part_named(catalog.fabrics, fabric.part.id);
    Factory fresh =
        resolve_factory(catalog, part_named(catalog.servers, p.factory.server.id), fabric,
                        p.factory.chips, {static_cast<std::int64_t>(p.factory.job_chips)});
    if (!fresh.cannot.empty()) return {};
    fresh.software = p.factory.software;
    BillOfMaterials bill = fresh.bill;
    bill.import_charge = import_charge(catalog, fresh, p.report.verdict);
    const Dollars yearly =
        yearly_cost(bill, costs_of(catalog, site_of(p.scenario, p.factory))).value;
    const JobSite site{p.scenario, catalog, fresh, yearly, 1};
    std::vector<double> prices;
    for (std::size_t k = 0; k < p.report.jobs.size(); ++k) {
        if (!p.report.jobs[k].feasible) continue;
        for (const double price : priced_again(site, p.scenario.jobs[k], p.report.jobs[k])) {
            prices.push_back(price);
        }
    }
    return prices;
}

/// Relative change of prices for one of a figure, the mean over the prices; nothing where prices
/// cannot be compared: no factory is left, or no replica that holds the model.
std::optional<double> weight_of(const std::vector<double>& before, const std::vector<double>& after,
                                double by) {
    if (before.size() != after.size()) return std::nullopt;
    std::vector<double> moves;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const double moved = std::log(after[i] / before[i]) / std::log(by);
        if (!std::isfinite(moved)) return std::nullopt;
        moves.push_back(std::abs(moved));
    }
    return mean_of(std::move(moves));  // the same whatever the order of jobs
}

/// A figure that may move the answer.
struct Weighed {
    std::string part, figure;
    SourceId source = no_source;
    double weight = 0;
};

/// Weights of every `figure_chunks`-th figure from `first`, into their places.
void weigh(const PricedFactory& pricing, const Catalog& given, const PartIds& reached,
           const std::vector<double>& before, std::size_t first, std::vector<Weighed>& figures) {
    Catalog catalog = given;
    std::size_t at = 0;
    for_each_figure(catalog, reached, [&](const auto&, const auto&, auto& cited, const Range& r) {
        const std::size_t own = at++;
        if (own % figure_chunks != first || !cited.known() || r.whole) return;
        const auto kept = cited.value;
        // memory may be so full that less holds nothing
        for (const double by : {hundredth_less, hundredth_more}) {
            if (!scaled(cited.value, by)) break;
            const auto weight = weight_of(before, unit_prices(pricing, catalog), by);
            cited.value = kept;
            figures[own].weight = weight.value_or(0);
            if (weight) break;
        }
    });
}

}  // namespace

// the smallest first: the order of the sum follows from the values alone
double mean_of(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<UsedFigure> used_figures(const Catalog& catalog, const Scenario& scenario,
                                     const Factory& factory, const FactoryReport& report,
                                     int threads) {
    const PricedFactory pricing{scenario, factory, report};
    const std::vector<double> before = unit_prices(pricing, catalog);
    if (before.empty()) return {};
    const PartIds reached = reached_by(catalog, scenario, factory);
    std::vector<Weighed> figures;
    for_each_figure(catalog, reached,
                    [&](const auto& part, const auto& key, const auto& cited, const Range&) {
                        figures.push_back({part, key, cited.source, 0});
                    });
    parallel_for(figure_chunks, threads, [&](std::size_t first) {
        weigh(pricing, catalog, reached, before, first, figures);
    });
    std::vector<UsedFigure> used;
    for (const Weighed& f : figures) {
        if (f.weight < least_weight) continue;
        used.push_back({f.part, f.figure, f.source, catalog.sources[f.source.index()], f.weight});
    }
    std::ranges::stable_sort(used, std::greater{}, &UsedFigure::weight);
    return used;
}

double estimate_share(const std::vector<UsedFigure>& figures) {
    double all = 0;
    double estimated = 0;
    for (const UsedFigure& figure : figures) {
        all += figure.weight;
        if (figure.source.grade == Grade::estimate) estimated += figure.weight;
    }
    return all > 0 ? estimated / all : 0;
}

std::vector<UsedSource> used_sources(const Catalog& catalog, const Scenario& scenario,
                                     const std::vector<FactoryReport>& factories) {
    std::map<SourceId, std::vector<double>> weights;
    const auto count = [&](const auto& part) {  // what cannot be nudged and is not left out
        for_each_cited(part, [&](const std::string&, const auto& figure, const Range& range) {
            using Value = std::decay_t<decltype(figure.value)>;
            if (figure.known() && (range.whole || std::is_same_v<Value, std::int64_t>)) {
                weights[figure.source];
            }
        });
    };
    for (std::size_t i = 0; i < factories.size(); ++i) {
        for (const UsedFigure& figure : factories[i].rests_on) {
            weights[figure.cited].push_back(figure.weight);
        }
        count(scenario.factories[i].server);
        count(scenario.factories[i].chip);
        for (const Outcome& outcome : factories[i].verdict.outcomes) {
            const Rule* rule = find_part(catalog.rules, outcome.rule);
            if (rule != nullptr) weights[rule->citation.source];
        }
    }
    for (const Job& job : scenario.jobs) {
        std::visit([&](const auto& work) { count(work.model); }, job.work);
    }
    std::vector<UsedSource> sources;
    for (auto& [id, each] : weights) {
        if (id.index() >= catalog.sources.size()) continue;
        // the mean over the factories, added up in an order that is none of theirs
        const double sum = mean_of(each) * static_cast<double>(each.size());
        sources.push_back(
            {catalog.sources[id.index()], sum / static_cast<double>(factories.size())});
    }
    std::ranges::stable_sort(sources, std::greater{}, &UsedSource::weight);
    return sources;
}

}  // namespace millwright
