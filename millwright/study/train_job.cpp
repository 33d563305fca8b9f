// A training job on one factory: the search's best plan, told in full.
//
// The search answers in seconds (or chip-seconds) per sequence; days, prices and the band are made
// of its step here. Flows are not run here: a study does so for its best factories only.
#include "millwright/study/train_job.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/compute/adapter_weights.h"
#include "millwright/study/job_report.h"
#include "millwright/study/plan_price.h"
#include "millwright/study/smallest.h"
#include "millwright/study/useful_search.h"

namespace millwright {
namespace {

/// Relative change of the step when one resource of the context is a tenth larger.
double change_of(const TrainContext& context, const Plan& plan, Seconds step,
                 const std::function<void(TrainContext&)>& enlarge) {
    TrainContext larger = context;
    enlarge(larger);
    return evaluate(larger, plan).times.total / step - 1;
}

/// The plan stays but for memory, which does nothing to a plan that fits: there the best plan of
/// chips with a tenth more counts, which the search has found beside.
std::vector<Sensitivity> sensitivities(const TrainContext& context, const SearchResult& found,
                                       const Candidate& best) {
    const Plan& plan = best.plan;
    const Seconds step = best.step;
    const auto change = [&](const std::function<void(TrainContext&)>& enlarge) {
        return change_of(context, plan, step, enlarge);
    };
    const double memory = found.with_more_memory.score / found.best.score - 1;
    return {
        {"FLOP rate", change([](TrainContext& c) {
             for (FlopRate& rate : c.chip.dense) rate = tenth_more * rate;
         }),
         ""},
        {"memory bandwidth", change([](TrainContext& c) {
             c.chip.memory_bandwidth = tenth_more * c.chip.memory_bandwidth;
         }),
         ""},
        {"scale-up bandwidth", change([](TrainContext& c) {
             c.network.inner.per_chip = tenth_more * c.network.inner.per_chip;
         }),
         ""},
        {"scale-out bandwidth", change([](TrainContext& c) {
             c.network.outer.per_chip = tenth_more * c.network.outer.per_chip;
         }),
         ""},
        {"memory capacity", std::min(0.0, memory), ""},
    };
}

/// The largest leaf of the step's ledger.
std::string largest_part(const Ledger<Seconds>& step) {
    const Ledger<Seconds>* largest = nullptr;
    std::string name;
    const std::function<void(const Ledger<Seconds>&, const std::string&)> visit =
        [&](const Ledger<Seconds>& node, const std::string& path) {
            for (const Ledger<Seconds>& part : node.parts) {
                const std::string here = path.empty() ? part.name : path + ": " + part.name;
                if (!part.parts.empty()) {
                    visit(part, here);
                } else if (largest == nullptr || part.value > largest->value) {
                    largest = &part;
                    name = here;
                }
            }
        };
    visit(step, "");
    return name;
}

UsefulTime useful_time(const JobSite& site, const TrainContext& context, double chips) {
    return useful_time(
        UsefulTimeQuestion{site.catalog, site.scenario.reliability, site.factory, context, chips});
}

/// Of all time: useful steps in the hours of a day in which nothing is served.
double progress_share(const Scenario& scenario, double useful_share) {
    return useful_share * (scenario.hours_to_train / hours_of_day);
}

SpaceLimits limits_of(const JobSite& site, const TrainJob& job) {
    return {static_cast<std::int64_t>(site.factory.job_chips), job.global_batch,
            job.max_global_batch, job.pins};
}

/// Of the job, with what a deadline leaves for a sequence: by the largest batch that a plan may
/// have, whose steps have the most sequences, so that no plan in time by it takes longer.
UsefulSearch search_of(const JobSite& site, const TrainContext& context, const TrainJob& job,
                       Seconds deadline) {
    const Scenario& scenario = site.scenario;
    std::int64_t largest = job.global_batch;
    while (2 * largest <= job.max_global_batch) largest *= 2;
    return {
        .on = {site.catalog, scenario.reliability, site.factory, context, site.factory.job_chips},
        .limits = limits_of(site, job),
        .options = {.by_cost = scenario.objective == Objective::cost && deadline > Seconds{},
                    .best_only = site.best_only,
                    .threads = site.threads},
        .slowest = [&scenario, &job, largest, deadline](double useful) {
            return slowest_sequence(job.tokens, job.sequence, largest, deadline,
                                    progress_share(scenario, useful));
        }};
}

/// Searches once more without the deadline, to say how long it takes at best.
std::string too_late(const JobSite& site, const TrainContext& context, const TrainJob& job) {
    const Candidate any = search_in_time(search_of(site, context, job, {})).best;
    const double useful = useful_time(site, context, real(chips_used(any.plan))).share;
    const double days = training_days(job.tokens, job.sequence, any.plan, any.step,
                                      progress_share(site.scenario, useful));
    return fmt::format("the fastest plan ({}) takes {}, the deadline is {}", describe(any.plan),
                       to_text(days * unit::day), to_text(site.scenario.deadline));
}

std::string why_infeasible(const SearchResult& found, const TrainContext& context) {
    if (context.chip.rate(context.precision) <= FlopRate{}) {
        return fmt::format("the chip has no known {} rate", name_of(context.precision));
    }
    if (found.in_space == 0) return "no division of the batch and the layers fits these chips";
    const Bytes usable = context.chip.memory_capacity * context.assume.usable_memory;
    return fmt::format("memory: the leanest plan ({}) needs {} a chip, {} are usable",
                       describe(found.smallest.plan), to_text(found.smallest.memory),
                       to_text(usable));
}

/// Days, prices and what failures take, of the plan's step and its useful time.
void fill_prices(const JobSite& site, const TrainJob& job, TrainReport& report) {
    const Factory& factory = site.factory;
    const UsefulTime& useful = report.useful;
    const auto days = [&](Seconds step, double share) {
        return training_days(job.tokens, job.sequence, report.plan, step,
                             progress_share(site.scenario, share));
    };
    // its hours pay their part of a year and do as much of it: the price is that of whole days
    const auto price = [&](Seconds step, double share) {
        return plan_price(factory.chips, site.yearly, job.sequence, report.plan, step, share);
    };
    const PlanFigures& best = report.best;
    report.steps = training_steps(job.tokens, job.sequence, report.plan);
    report.tokens_of_step = real(report.plan.global_batch) * job.sequence;
    report.days = days(best.step.value, useful.share);
    report.days_low = days(best.low, useful.high);
    report.days_high = days(best.high, useful.low);
    const PlanPrice paid = price(best.step.value, useful.share);
    report.per_million_tokens = paid.per_million_tokens;
    report.per_million_tokens_of_site = paid.per_million_tokens_of_site;
    report.per_million_tokens_low = price(best.low, useful.high).per_million_tokens;
    report.per_million_tokens_high = price(best.high, useful.low).per_million_tokens;
    const double lost = (1 - useful.share) * (site.scenario.hours_to_train / hours_of_day);
    report.lost_a_day = lost * report.chips_of_site * (unit::day / unit::year) * site.yearly;
    report.tokens_lost_a_day =
        lost * best.tokens_per_chip * real(chips_used(report.plan)) * unit::day.si();
}

/// Why failures leave no time to train; empty where they do.
std::string no_time_left(const UsefulTime& useful) {
    if (useful.share >= least_useful) return "";
    return fmt::format(
        "it fails every {} on average, and works again only {} after a failure: no "
        "time is left to train",
        to_text(useful.mttf), to_text(useful.restart));
}

void fill_best(const JobSite& site, const TrainContext& context, const TrainJob& job,
               const Candidate& best, TrainReport& report) {
    const Factory& factory = site.factory;
    report.plan = best.plan;
    report.plan_number = best.number;
    const Interval band =
        step_band(site.catalog, framework_of(factory, job), context, factory.chip, best.plan);
    report.best = plan_figures(context, best.plan, band);
    report.hours = site.scenario.hours_to_train;
    report.chips_of_site = static_cast<double>(chips_used(best.plan)) / factory.chips;
    report.bound_by = largest_part(report.best.step);
    fill_prices(site, job, report);
}

/// What would hold a job that does not fit.
/// Nothing where no plan was weighed, for want of a rate or of a division: chips are not missing.
std::string tell_fewest(const JobSite& site, const TrainContext& context, const SpaceLimits& limits,
                        TrainReport& report) {
    const Factory& factory = site.factory;
    if (report.search.smallest.memory <= Bytes{}) return "";
    report.fewest_chips =
        fewest_that_hold(site.catalog, factory, context,
                         {1, limits.global_batch, limits.max_global_batch, limits.pins});
    if (report.fewest_chips == 0) {
        return fmt::format("; no number of chips of {} holds it", factory.server.id);
    }
    return fmt::format("; the fewest of {} that hold it: {}", factory.server.id,
                       counted(report.fewest_chips, "chip"));
}

/// Why no plan need be searched; empty where one may be.
std::string cannot_at_all(const JobSite& site, const TrainContext& context, const TrainJob& job) {
    if (!site.factory.cannot.empty()) return site.factory.cannot;
    const bool own = framework_of(site.factory, job).own_kernels;
    if (!own && !site.factory.software.has(job.precision)) {
        return no_format_text(site.catalog, site.factory.chip, job.precision, site.scenario.date);
    }
    if (!any(job.pins)) return "";
    const Faults faults = pin_faults(context, limits_of(site, job));
    if (faults.empty()) return "";
    const Fault& first = faults.front();
    return first.hint.empty() ? first.message : fmt::format("{}: {}", first.message, first.hint);
}

}  // namespace

const Framework& framework_of(const Factory& factory, const TrainJob& job) {
    return job.framework ? *job.framework : factory.framework;
}

JobReport report_job(const JobSite& site, const TrainJob& job) {
    JobReport out;
    TrainReport report{.framework = framework_of(site.factory, job).id,
                       .precision = job.precision,
                       .low_rank = job.low_rank,
                       .trainable = trainable_parameters(job.model, job.low_rank)};
    const TrainContext context = train_context(site.scenario, site.factory, job);
    const SpaceLimits limits = limits_of(site, job);
    out.infeasible = cannot_at_all(site, context, job);
    if (!out.infeasible.empty()) {
        out.of = std::move(report);
        return out;
    }
    Candidate best;
    if (context.chip.rate(job.precision) > FlopRate{}) {
        UsefulFound in_time = search_in_time(search_of(site, context, job, site.scenario.deadline));
        report.search = std::move(in_time.found);
        best = std::move(in_time.best);
    }
    out.feasible = report.search.feasible;
    if (out.feasible) {
        report.useful = useful_time(site, context, real(chips_used(best.plan)));
        out.infeasible = no_time_left(report.useful);
        out.feasible = out.infeasible.empty();
        if (out.feasible) {
            fill_best(site, context, job, best, report);
            out.sensitivities = sensitivities(context, report.search, best);
        }
    } else if (report.search.late > 0) {
        out.infeasible = too_late(site, context, job);
    } else {
        out.infeasible = why_infeasible(report.search, context);
        if (!site.best_only) out.infeasible += tell_fewest(site, context, limits, report);
    }
    out.of = std::move(report);
    return out;
}

std::vector<double> priced_again(const JobSite& site, const TrainJob& job,
                                 const TrainReport& report) {
    TrainJob again = job;
    if (job.framework) {
        // the job holds a copy of its framework; here the site's catalog may have other figures
        again.framework = part_named(site.catalog.frameworks, job.framework->id);
    }
    const TrainContext context = train_context(site.scenario, site.factory, again);
    const Seconds step = evaluate(context, report.plan).times.total;
    const UsefulTime useful = useful_time(site, context, real(chips_used(report.plan)));
    const Interval band = step_band(site.catalog, framework_of(site.factory, again), context,
                                    site.factory.chip, report.plan);
    const auto price = [&](double longer, double share) {
        return plan_price(site.factory.chips, site.yearly, job.sequence, report.plan, longer * step,
                          share)
            .per_million_tokens.in(unit::USD);
    };
    return {price(1, useful.share), price(band.low, useful.high), price(band.high, useful.low)};
}

double score_of(const TrainReport& report, Objective objective) {
    // both grow with the step, so what sharing adds to it multiplies either
    const double formula =
        objective == Objective::cost ? report.per_million_tokens.in(unit::USD) : report.days;
    return formula * (1 + report.by_flows.sharing());
}

std::string_view score_name(const TrainReport&, Objective objective) {
    return objective == Objective::cost ? "dollars per million trained tokens" : "days to train";
}

TrainContext train_context(const Scenario& scenario, const Factory& factory, const TrainJob& job) {
    const Framework& framework = framework_of(factory, job);
    TrainContext context = train_context({job.model, job.sequence, job.precision, job.low_rank},
                                         {factory.rates, factory.network, factory.host}, framework);
    TrainAssumptions& a = context.assume;
    // a framework may be held to an older library than the day's best
    if (!framework.own_kernels) {
        a.attention = std::max(a.attention, factory.software.attention);
    }
    a.tensor_overlap = scenario.tensor_overlap.value_or(a.tensor_overlap);
    a.data_overlap = scenario.data_overlap.value_or(a.data_overlap);
    a.replicated_overlap = scenario.data_overlap.value_or(a.replicated_overlap);
    a.pipeline_overlap = scenario.pipeline_overlap.value_or(a.pipeline_overlap);
    a.expert_overlap = scenario.expert_overlap.value_or(a.expert_overlap);
    a.context_overlap = scenario.context_overlap.value_or(a.context_overlap);
    return context;
}

}  // namespace millwright
