#include "millwright/api/run.h"

#include <fmt/format.h>

#include "millwright/factory/overrides.h"

namespace millwright {
namespace {

constexpr std::int64_t most_traced_tasks = 200'000;
constexpr double most_step_flows = 3e7;  // where large steps are asked for

/// The plan's step, with fewer micro-batches where all would be too many tasks.
DrawnStep drawn(const Scenario& scenario, std::size_t factory, const TrainJob& job,
                const TrainReport& report) {
    const TrainContext context = train_context(scenario, scenario.factories[factory], job);
    const Plan plan = shortened(report.plan, most_traced_tasks);
    DrawnStep step{.tasks = timeline(context, plan), .layers = layer_timeline(context, plan)};
    if (plan != report.plan) {
        step.title = fmt::format(" (shortened to {} of {} micro-batches)", micro_batches(plan),
                                 micro_batches(report.plan));
    }
    return step;
}

/// A serving job's steps are those of many requests, which `serve` draws.
DrawnStep drawn(const Scenario&, std::size_t, const ServeJob&, const ServeReport&) { return {}; }

/// Job and report are of one kind.
DrawnStep drawn_job(const Scenario& scenario, std::size_t factory, const Job& job,
                    const JobReport& report) {
    return std::visit(
        [&]<class Work, class Report>(const Work& work, const Report& of) {
            DrawnStep step;
            if constexpr (Work::kind == Report::kind) step = drawn(scenario, factory, work, of);
            return step;
        },
        job.work, report.of);
}

/// The first step that can be drawn, from the best-ranked factory down and in the order of jobs.
/// The best-ranked may do serving jobs alone; then a lower one's step is drawn.
DrawnStep best_step(const Study& study, const Scenario& scenario) {
    for (const std::size_t i : study.ranking) {
        for (std::size_t k = 0; k < scenario.jobs.size(); ++k) {
            const JobReport& report = study.factories[i].jobs[k];
            if (!report.feasible) continue;
            DrawnStep step = drawn_job(scenario, i, scenario.jobs[k], report);
            if (step.tasks.empty()) continue;
            step.title = study.factories[i].name + ": " + report.job + step.title;
            return step;
        }
    }
    return {.title = "nothing that takes steps can run", .tasks = {}, .layers = {}};
}

}  // namespace

Result<RunAnswer> run(const RunQuestion& question, const Setting& setting) {
    auto resolved = resolve_with_overrides(question.scenario, setting.catalog);
    if (!resolved) return failure(std::move(resolved.error()));
    RunOptions options{.threads = setting.threads, .progress = setting.progress};
    options.optimistic = question.optimistic;
    if (question.large_flows) options.most_flows = most_step_flows;
    RunAnswer answer{.catalog = std::move(resolved->catalog),
                     .scenario = std::move(resolved->scenario),
                     .study = {},
                     .best = {}};
    answer.study = run(answer.scenario, *answer.catalog, options);
    answer.best = best_step(answer.study, answer.scenario);
    return answer;
}

}  // namespace millwright
