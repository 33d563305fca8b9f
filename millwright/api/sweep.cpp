// A value is set in a copy of the scenario as written, by the reader that its file would be read
// by; a figure of the catalog becomes an [[override]]. So a point is a scenario that somebody could
// have written, and is resolved and run like one. Each value is tried before anything is run:
// what is wrong with it alone and at every point is the user's fault; what does not go together at
// some points stays there as a row.
//
// Nothing of a study but its metrics is kept, and what its answers rest on is not weighed. Flows of
// the best-ranked are run as in `run`, since they decide who ranks best, unless there is one
// factory.
#include "millwright/api/sweep.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/parallel.h"
#include "millwright/base/text.h"
#include "millwright/factory/figure_paths.h"
#include "millwright/factory/overrides.h"
#include "millwright/intake/scenario_keys.h"

namespace millwright {
namespace {

const Place at_over{"--over", 0, 0};

/// The [[override]] of that figure: the scenario's own, or a new one.
OverrideText& override_of(ScenarioText& text, const std::string& path) {
    for (OverrideText& own : text.overrides) {
        if (own.figure.value == path) return own;
    }
    OverrideText& added = text.overrides.emplace_back();
    added.at = at_over;
    added.figure = {path, at_over, true};
    added.source = {"given by --over", at_over, true};
    return added;
}

/// Puts a value into the scenario. Faults of what is written; what a figure of the catalog may be
/// is asked when the scenario is resolved.
void put_value(ScenarioText& text, const std::string& path, const std::string& written,
               Faults& faults) {
    if (is_scenario_path(path)) {
        Fault why{.at = at_over};
        if (const auto key = scenario_key_at(text, path, why)) {
            key->set(written, at_over, faults);
        } else {
            faults.push_back(std::move(why));
        }
        return;
    }
    std::string why;
    if (const auto amount = parse_quantity(written, why)) {
        override_of(text, path).is = {*amount, at_over, true};
    } else {
        faults.push_back({at_over, fmt::format("{}: {}", path, why),
                          "a number with the unit of the figure, such as 0.06 USD/kWh"});
    }
}

/// What a path leads to: what its values are of, and the places that they are set in.
struct PathEnd {
    ValuesOf of;
    std::vector<const void*> sets;
};

std::optional<PathEnd> path_end(ScenarioText& text, Catalog& catalog, const std::string& path,
                                Faults& faults) {
    Fault why{.at = at_over};
    if (is_scenario_path(path)) {
        if (path.starts_with("books.") || path.starts_with("sale/")) {
            faults.push_back({at_over, fmt::format("'{}' moves nothing that a sweep tells", path),
                              "ask `millwright books`, with a range in [[uncertain]]"});
            return std::nullopt;
        }
        if (const auto key = scenario_key_at(text, path, why)) {
            return PathEnd{{key->dimension, key->whole}, key->values};
        }
    } else if (const auto figure = figure_at(catalog, text, path, why, FigureUse::stated)) {
        return PathEnd{{figure->dimension, figure->range.whole}, {figure->number}};
    }
    faults.push_back(std::move(why));
    return std::nullopt;
}

/// The value in SI units, if it is a number; it is known to be one that may be there.
std::optional<double> si_of_value(const ScenarioText& scenario, const std::string& path,
                                  const std::string& written) {
    if (!is_scenario_path(path)) {
        std::string why;
        const auto amount = parse_quantity(written, why);
        return amount ? std::optional(amount->si) : std::nullopt;
    }
    ScenarioText text = scenario;
    Fault why;
    Faults faults;
    const auto key = scenario_key_at(text, path, why);
    key->set(written, at_over, faults);
    return key->now();
}

/// All points, before they are run.
std::vector<SweptPoint> grid_of(const std::vector<SweptPath>& paths, std::size_t count) {
    std::vector<SweptPoint> points(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t rest = i;
        points[i].at.resize(paths.size());
        for (std::size_t k = paths.size(); k-- > 0;) {
            points[i].at[k] = rest % paths[k].values.size();
            rest /= paths[k].values.size();
        }
    }
    return points;
}

/// The scenario with one point's values, of which `faults` has what is wrong as written.
ScenarioText scenario_at(const SweepQuestion& question, const std::vector<SweptPath>& paths,
                         const SweptPoint& point, Faults& faults) {
    ScenarioText text = question.scenario;
    for (std::size_t k = 0; k < paths.size(); ++k) {
        put_value(text, paths[k].path, paths[k].values[point.at[k]].text, faults);
    }
    return text;
}

/// Faults of one value: of how it is written; else of the scenario with it, alone and at every
/// point, as values may be sound together only.
Faults faults_of_value(const SweepQuestion& question, const Setting& setting,
                       const std::vector<SweptPath>& paths, const std::vector<SweptPoint>& points,
                       std::size_t k, std::size_t i) {
    ScenarioText text = question.scenario;
    Faults faults;
    put_value(text, paths[k].path, paths[k].values[i].text, faults);
    if (!faults.empty()) return faults;
    const auto alone = resolve_with_overrides(text, setting.catalog);
    if (alone) return {};
    for (const SweptPoint& point : points) {
        if (paths.size() == 1 || point.at[k] != i) continue;
        Faults others;
        const ScenarioText there = scenario_at(question, paths, point, others);
        if (others.empty() && resolve_with_overrides(there, setting.catalog)) return {};
    }
    return alone.error();
}

/// What is the user's fault among the values, each told with its path.
void try_values(const SweepQuestion& question, const Setting& setting,
                const std::vector<SweptPath>& paths, const std::vector<SweptPoint>& points,
                Faults& faults) {
    for (std::size_t k = 0; k < paths.size(); ++k) {
        std::vector<Faults> found(paths[k].values.size());
        parallel_for(found.size(), setting.threads, [&](std::size_t i) {
            found[i] = faults_of_value(question, setting, paths, points, k, i);
        });
        for (std::size_t i = 0; i < found.size(); ++i) {
            for (Fault& fault : found[i]) {
                fault.message = fmt::format("{} = {}: {}", paths[k].path, paths[k].values[i].text,
                                            fault.message);
                faults.push_back(std::move(fault));
            }
        }
    }
}

/// "PATH=VALUES" for each path, whether or not its values may be there. A path whose text is no
/// list or range is left out, with the fault.
std::vector<SweptPath> paths_of(const SweepQuestion& question, const Catalog& catalog,
                                Faults& faults) {
    ScenarioText text = question.scenario;
    Catalog own = catalog;
    std::vector<std::pair<const void*, std::string>> set;
    std::vector<SweptPath> paths;
    for (const SweptOver& over : question.over) {
        const auto end = path_end(text, own, over.path, faults);
        if (!end) continue;
        for (const void* place : end->sets) {
            const auto other =
                std::ranges::find(set, place, &std::pair<const void*, std::string>::first);
            if (other == set.end()) {
                set.emplace_back(place, over.path);
                continue;
            }
            faults.push_back(
                {at_over,
                 other->second == over.path
                     ? fmt::format("'{}' is swept twice", over.path)
                     : fmt::format("'{}' and '{}' set the same value", other->second, over.path),
                 "give each value one --over"});
            break;
        }
        const auto values =
            written_values(over.values, end->of, most_sweep_points, at_over, faults);
        if (!values) continue;
        SweptPath path{.path = over.path,
                       .dimension = end->of.dimension,
                       .spacing = values->spacing,
                       .values = {}};
        for (const std::string& value : values->texts) path.values.push_back({value, {}});
        paths.push_back(std::move(path));
    }
    return paths;
}

/// The number of points; a fault, and zero, where they are too many.
std::size_t count_points(const std::vector<SweptPath>& paths, Faults& faults) {
    // as a real number, which does not overflow
    double points = 1;
    for (const SweptPath& path : paths) points *= static_cast<double>(path.values.size());
    if (points <= static_cast<double>(most_sweep_points)) return static_cast<std::size_t>(points);
    faults.push_back(
        {at_over,
         fmt::format("the grid has {:.12g} points, more than {}", points, most_sweep_points),
         "give fewer values, or make several sweeps"});
    return 0;
}

/// Names of metrics that are told where none is asked for, as far as the jobs have them.
constexpr std::string_view default_metrics[]{"days",
                                             "mfu",
                                             "usd_per_million_tokens",
                                             "output_tokens_per_s",
                                             "usd_per_million_output_tokens",
                                             "power_w",
                                             "capital_usd"};

const SweepMetric* metric_named(std::string_view name) {
    const auto found = std::ranges::find(sweep_metrics(), name, &SweepMetric::name);
    return found == sweep_metrics().end() ? nullptr : &*found;
}

bool some_job_has(const ScenarioText& text, const SweepMetric& metric) {
    return std::ranges::any_of(
        text.jobs, [&](const JobText& job) { return has_metric(job.kind.value, metric); });
}

std::vector<const SweepMetric*> metrics_of(const SweepQuestion& question, Faults& faults) {
    std::vector<const SweepMetric*> metrics;
    if (question.of.empty()) {
        for (const std::string_view name : default_metrics) {
            const SweepMetric* metric = metric_named(name);
            if (some_job_has(question.scenario, *metric)) metrics.push_back(metric);
        }
        return metrics;
    }
    std::vector<std::string> known;
    for (const SweepMetric& metric : sweep_metrics()) known.emplace_back(metric.name);
    for (const std::string& name : question.of) {
        const SweepMetric* metric = metric_named(name);
        if (metric == nullptr) {
            const std::string near = did_you_mean(name, known);
            faults.push_back({{"--of", 0, 0},
                              fmt::format("no metric is called '{}'", excerpt(name)),
                              near.empty() ? "one of " + join(known, ", ") : near});
        } else if (std::ranges::find(metrics, metric) != metrics.end()) {
            faults.push_back({{"--of", 0, 0},
                              fmt::format("'{}' is asked for twice", name),
                              "name each metric once"});
        } else if (question.scenario.faults.empty() && !some_job_has(question.scenario, *metric)) {
            faults.push_back({{"--of", 0, 0},
                              fmt::format("no job here has '{}'", name),
                              fmt::format("it is of jobs of kind {}", name_of(*metric->kind))});
        } else {
            metrics.push_back(metric);
        }
    }
    return metrics;
}

/// Whether each factory of the scenario is asked for.
std::vector<bool> asked_factories_of(const SweepQuestion& question, Faults& faults) {
    std::vector<std::string> names;
    for (const FactoryText& factory : question.scenario.factories) {
        names.push_back(factory.name.value);
    }
    std::vector<bool> asked(names.size(), question.factories.empty());
    for (const std::string& name : question.factories) {
        const auto found = std::ranges::find(names, name);
        if (found != names.end()) {
            asked[static_cast<std::size_t>(found - names.begin())] = true;
            continue;
        }
        faults.push_back({{"--factory", 0, 0},
                          fmt::format("no factory is named '{}'", excerpt(name)),
                          names.empty() ? "the scenario has none" : "one of " + join(names, ", ")});
    }
    return asked;
}

/// The question as far as it is the same at all points.
struct SweepPlan {
    const SweepQuestion& question;
    const Setting& setting;
    std::vector<bool> asked;  // of factories
    RunOptions options;
};

SweptFactory swept_factory(const SweepAnswer& answer, const FactoryReport& report,
                           std::size_t rank) {
    SweptFactory factory{.rank = rank, .lawful = is_lawful(report.verdict), .jobs = {}};
    for (const JobReport& job : report.jobs) {
        SweptJob swept{.feasible = job.feasible, .infeasible = job.infeasible, .figures = {}};
        for (const SweepMetric* metric : answer.of) {
            swept.figures.push_back(metric->value(report, job));
        }
        factory.jobs.push_back(std::move(swept));
    }
    return factory;
}

/// A point whose values do not go together.
void fill_faulty(const SweepAnswer& answer, const Faults& faults, SweptPoint& point) {
    point.fault = faults.front().message;
    const SweptJob job{.feasible = false,
                       .infeasible = point.fault,
                       .figures = std::vector<std::optional<double>>(answer.of.size())};
    point.factories.assign(
        answer.factories.size(),
        {.rank = 0, .lawful = false, .jobs = std::vector<SweptJob>(answer.jobs.size(), job)});
}

void run_point(const SweepPlan& plan, const SweepAnswer& answer, SweptPoint& point) {
    Faults faults;
    ScenarioText text = scenario_at(plan.question, answer.over, point, faults);
    // values may name factories that are not asked for, so these go last
    std::size_t place = 0;
    std::erase_if(text.factories, [&](const FactoryText&) { return !plan.asked[place++]; });
    const auto resolved = resolve_with_overrides(text, plan.setting.catalog);
    if (!resolved) return fill_faulty(answer, resolved.error(), point);
    const Study study = run(resolved->scenario, *resolved->catalog, plan.options);
    std::vector<std::size_t> ranks(study.factories.size());
    for (std::size_t i = 0; i < study.ranking.size(); ++i) ranks[study.ranking[i]] = i + 1;
    for (std::size_t i = 0; i < study.factories.size(); ++i) {
        point.factories.push_back(swept_factory(answer, study.factories[i], ranks[i]));
    }
    if (any_feasible(study)) point.best = study.ranking.front();
}

void run_points(const SweepPlan& plan, SweepAnswer& answer) {
    std::mutex telling;
    std::size_t done = 0;
    const std::size_t count = answer.points.size();
    parallel_for(count, plan.setting.threads, [&](std::size_t i) {
        run_point(plan, answer, answer.points[i]);
        if (!plan.setting.progress) return;
        const std::lock_guard lock(telling);
        ++done;
        plan.setting.progress(fmt::format("{} of {} points", done, count),
                              static_cast<double>(done) / static_cast<double>(count));
    });
}

}  // namespace

Result<SweepAnswer> sweep(const SweepQuestion& question, const Setting& setting) {
    Faults faults;
    const Catalog& catalog = setting.catalog;
    if (const auto as_it_stands = resolve_with_overrides(question.scenario, catalog);
        !as_it_stands) {
        append(faults, as_it_stands.error());
    }
    SweepAnswer answer{.name = question.scenario.name.value};
    SweepPlan plan{question, setting, asked_factories_of(question, faults), {}};
    answer.of = metrics_of(question, faults);
    answer.over = paths_of(question, catalog, faults);
    const std::size_t count = count_points(answer.over, faults);
    if (question.over.empty()) {
        faults.push_back(
            {at_over, "nothing is swept", "--over site.energy_price=0.05..0.09 USD/kWh:5"});
    }
    // a scenario that is faulty as it stands would tell its faults at every value
    if (question.scenario.faults.empty() && count > 0) {
        try_values(question, setting, answer.over, grid_of(answer.over, count), faults);
    }
    if (!faults.empty()) return failure(in_order(std::move(faults)));
    for (SweptPath& path : answer.over) {
        if (!path.dimension) continue;
        for (SweptValue& value : path.values) {
            value.si = si_of_value(question.scenario, path.path, value.text);
        }
    }
    for (std::size_t i = 0; i < plan.asked.size(); ++i) {
        if (plan.asked[i]) answer.factories.push_back(question.scenario.factories[i].name.value);
    }
    for (const JobText& job : question.scenario.jobs) {
        answer.jobs.push_back(job.name.value);
        answer.kinds.push_back(job.kind.value);
    }
    plan.options.threads = count > 1 ? 1 : setting.threads;
    plan.options.optimistic = question.optimistic;
    plan.options.weigh = false;
    if (answer.factories.size() == 1) plan.options.flow_factories = 0;
    answer.points = grid_of(answer.over, count);
    run_points(plan, answer);
    return answer;
}

}  // namespace millwright
