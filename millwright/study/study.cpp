#include "millwright/study/study.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/catalog/bands.h"
#include "millwright/study/judge_factory.h"
#include "millwright/study/plan_price.h"
#include "millwright/study/provenance.h"
#include "millwright/study/smallest.h"

namespace millwright {
namespace {

constexpr double tenth_more = 1.1;

/// Relative change of the step when one resource of the context is a tenth larger.
double change_of(const TrainContext& context, const Plan& plan, Seconds step,
                 const std::function<void(TrainContext&)>& enlarge) {
    TrainContext larger = context;
    enlarge(larger);
    return evaluate(larger, plan).times.total / step - 1;
}

std::vector<Sensitivity> sensitivities(const TrainContext& context, const SearchResult& found) {
    const Plan& plan = found.best.plan;
    const Seconds step = found.best.step;
    const auto change = [&](const std::function<void(TrainContext&)>& enlarge) {
        return change_of(context, plan, step, enlarge);
    };
    const double memory = found.with_more_memory.score / found.best.score - 1;
    return {
        {"FLOP rate", change([](TrainContext& c) {
             for (FlopRate& rate : c.chip.dense) rate = tenth_more * rate;
         })},
        {"memory bandwidth", change([](TrainContext& c) {
             c.chip.memory_bandwidth = tenth_more * c.chip.memory_bandwidth;
         })},
        {"scale-up bandwidth", change([](TrainContext& c) {
             c.network.inner.per_chip = tenth_more * c.network.inner.per_chip;
         })},
        {"scale-out bandwidth", change([](TrainContext& c) {
             c.network.outer.per_chip = tenth_more * c.network.outer.per_chip;
         })},
        {"memory capacity", std::min(0.0, memory)},
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

double sequences_of(const Job& job) { return job.tokens.si() / job.sequence; }

/// What the deadline leaves for a sequence; zero without one.
Seconds slowest(const Scenario& scenario, const Job& job) {
    return scenario.useful_share / sequences_of(job) * scenario.deadline;
}

std::string too_late(const Scenario& scenario, const TrainContext& context, const Job& job,
                     const SpaceLimits& limits, int threads) {
    const SearchResult any = search(context, limits, {.best_only = true, .threads = threads});
    const Seconds whole =
        any.best.step * sequences_of(job) / static_cast<double>(any.best.plan.global_batch);
    return fmt::format("the fastest plan ({}) takes {}, the deadline is {}",
                       describe(any.best.plan), to_text(whole / scenario.useful_share),
                       to_text(scenario.deadline));
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

void fill_best(const Scenario& scenario, const TrainContext& context, const Factory& factory,
               const Job& job, JobReport& report) {
    const Candidate& best = report.search.best;
    const Step step = evaluate(context, best.plan);
    report.plan = best.plan;
    report.plan_number = best.number;
    report.step = time_ledger(step.times);
    report.memory = memory_ledger(step.memory);
    report.usable = step.usable;
    report.mfu = model_flops_utilisation(context, best.plan, step.times.total);
    const FlopRate useful = report.mfu * context.chip.rate(Precision::bf16);
    report.achieved_tflops = useful.in(unit::TFLOPS);
    report.mfu_of_precision = useful / context.chip.rate(context.precision);
    const double tokens = static_cast<double>(best.plan.global_batch) * job.sequence;
    report.tokens_per_chip =
        tokens / step.times.total.si() / static_cast<double>(chips_used(best.plan));
    report.days =
        training_days(job.tokens, job.sequence, best.plan, step.times.total, scenario.useful_share);
    report.chips_of_site = static_cast<double>(chips_used(best.plan)) / factory.chips;
    report.bound_by = largest_part(report.step);
    report.sensitivities = sensitivities(context, report.search);
}

void price_job(const Scenario& scenario, const Factory& factory, const FactoryReport& priced,
               const Job& job, JobReport& report) {
    const Dollars yearly = priced.yearly.value;
    if (report.feasible) {
        const PlanPrice price = plan_price(factory.chips, yearly, job.sequence, report.plan,
                                           report.step.value, scenario.useful_share);
        report.per_million_tokens = price.per_million_tokens;
        report.per_million_tokens_of_site = price.per_million_tokens_of_site;
    }
    const Served& replica = report.sales.replica;
    if (!replica.feasible) return;
    const double share = static_cast<double>(replica.chips) / factory.chips;
    report.sales.per_million_output = per_million_tokens(yearly, share, replica.decode);
}

/// Serving in the narrowest product format that the chip runs, FP8 at the least.
Sales sell(const Scenario& scenario, const Factory& factory, const Job& job) {
    Sales sales;
    const bool fp8 = factory.rates.rate(Precision::fp8) > FlopRate{};
    sales.precision = fp8 ? Precision::fp8 : Precision::bf16;
    const ServeContext context{job.model, sales.precision, factory.rates, factory.network};
    ServeRequest request{scenario.prompt_tokens, scenario.output_tokens, scenario.time_per_token,
                         0};
    const auto domain = static_cast<std::int64_t>(factory.network.domain);
    request.chips_at_most = std::max<std::int64_t>(std::min<std::int64_t>(domain, 64), 32);
    sales.replica = best_replica(context, request);
    return sales;
}

/// The band of the step: learnt from the framework's residuals, wider for chips not measured.
void add_band(const Catalog& catalog, const Factory& factory, const Job& job, JobReport& report) {
    const std::string detail =
        framework_of(factory, job).id + (is_moe(job.model) ? "-experts" : "");
    const Interval band = interval_of(catalog, "time", detail, factory.chip);
    report.low = band.low * report.step.value;
    report.high = band.high * report.step.value;
}

/// What would hold a job that does not fit.
void tell_fewest(const Scenario& scenario, const Catalog& catalog, const Factory& factory,
                 const Job& job, JobReport& report) {
    const bool memory = factory.cannot.empty() && report.search.smallest.memory > Bytes{};
    if (report.feasible || !memory || report.search.late > 0) return;
    const TrainContext context = train_context(scenario, factory, job);
    report.fewest_chips =
        fewest_that_hold(catalog, factory, context, {1, job.global_batch, job.max_global_batch});
    report.infeasible +=
        report.fewest_chips > 0
            ? fmt::format("; the fewest of {} that hold it are {} chips", factory.server.id,
                          report.fewest_chips)
            : fmt::format("; no number of chips of {} holds it", factory.server.id);
}

FactoryReport report_factory(const Scenario& scenario, const Catalog& catalog,
                             const Factory& factory, const SearchOptions& options) {
    FactoryReport report;
    report.name = factory.name;
    report.server = factory.server.id;
    report.chip = factory.chip.id;
    report.fabric = factory.fabric.part.id;
    report.wiring = factory.wiring;
    report.chips = factory.chips;
    report.job_chips = factory.job_chips;
    report.cannot = factory.cannot;
    report.verdict = judge_factory(scenario, factory);
    BillOfMaterials bill = factory.bill;
    bill.import_charge = import_charge(catalog, factory, report.verdict);
    report.power = facility_power(bill, scenario.costs);
    report.capital = capital(bill, scenario.costs);
    report.yearly = yearly_cost(bill, scenario.costs);
    report.notes = factory.notes;
    report.over_power = scenario.power_limit > Watts{} && report.power.value > scenario.power_limit;
    if (report.over_power) {
        report.notes.push_back(fmt::format("needs {}, the site has {}", to_text(report.power.value),
                                           to_text(scenario.power_limit)));
    }
    for (const Job& job : scenario.jobs) {
        report.jobs.push_back(report_job(scenario, catalog, factory, job, options));
        price_job(scenario, factory, report, job, report.jobs.back());
        tell_fewest(scenario, catalog, factory, job, report.jobs.back());
    }
    report.estimate_share =
        estimate_share(catalog, used_inputs(catalog, scenario, factory, report));
    return report;
}

/// Ranking key: how restricted, how many jobs fail, then days or dollars (geometric mean).
struct Rank {
    int restriction = 0;
    std::size_t failed = 0;
    double score = 0;
    std::size_t index = 0;

    auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const Scenario& scenario, const FactoryReport& report, std::size_t index) {
    Rank rank{.index = index};
    rank.restriction = scenario.rank_unlawful ? 0 : restriction(report.verdict);
    std::vector<double> scores;
    for (const JobReport& job : report.jobs) {
        const bool by_cost = scenario.objective == Objective::cost;
        if (!job.feasible) {
            ++rank.failed;
        } else {
            const double formula = by_cost ? job.per_million_tokens.in(unit::USD) : job.days;
            // where flows were run, with what sharing of links adds
            scores.push_back(std::log(formula * (1 + job.by_flows.sharing())));
        }
    }
    rank.score = scores.empty() ? 0 : std::exp(mean_of(std::move(scores)));
    if (report.over_power) ++rank.failed;  // a site limit counts like a job that fails
    return rank;
}

std::vector<std::size_t> rank_all(const Scenario& scenario,
                                  const std::vector<FactoryReport>& reports) {
    std::vector<Rank> ranks;
    for (std::size_t i = 0; i < reports.size(); ++i) {
        ranks.push_back(rank_of(scenario, reports[i], i));
    }
    std::sort(ranks.begin(), ranks.end());
    std::vector<std::size_t> order;
    for (const Rank& rank : ranks) order.push_back(rank.index);
    return order;
}

}  // namespace

JobReport report_job(const Scenario& scenario, const Catalog& catalog, const Factory& factory,
                     const Job& job, const SearchOptions& options) {
    JobReport report{.job = job.name, .precision = job.precision};
    report.framework = framework_of(factory, job).id;
    if (!factory.cannot.empty()) {
        report.infeasible = factory.cannot;
        return report;
    }
    const TrainContext context = train_context(scenario, factory, job);
    const SpaceLimits limits{static_cast<std::int64_t>(factory.job_chips), job.global_batch,
                             job.max_global_batch};
    if (context.chip.rate(job.precision) > FlopRate{}) {
        SearchOptions timely = options;
        timely.slowest = slowest(scenario, job);
        report.search = search(context, limits, timely);
    }
    report.feasible = report.search.feasible;
    if (report.feasible) {
        fill_best(scenario, context, factory, job, report);
        add_band(catalog, factory, job, report);
    } else if (report.search.late > 0) {
        report.infeasible = too_late(scenario, context, job, limits, options.threads);
    } else {
        report.infeasible = why_infeasible(report.search, context);
    }
    report.sales = sell(scenario, factory, job);
    return report;
}

TrainContext train_context(const Scenario& scenario, const Factory& factory, const Job& job) {
    TrainContext context;
    context.model = job.model;
    context.sequence = job.sequence;
    context.precision = job.precision;
    context.chip = factory.rates;
    context.network = factory.network;
    context.host = factory.host;
    TrainAssumptions& a = context.assume;
    const Framework& framework = framework_of(factory, job);
    a = assumptions_of(framework);
    if (framework.balanced_stages) context.balance = balance_by_flops(job.model);
    a.tensor_overlap = scenario.tensor_overlap.value_or(a.tensor_overlap);
    a.data_overlap = scenario.data_overlap.value_or(a.data_overlap);
    a.replicated_overlap = scenario.data_overlap.value_or(a.replicated_overlap);
    a.pipeline_overlap = scenario.pipeline_overlap.value_or(a.pipeline_overlap);
    a.expert_overlap = scenario.expert_overlap.value_or(a.expert_overlap);
    a.context_overlap = scenario.context_overlap.value_or(a.context_overlap);
    return context;
}

namespace {

/// Best plans of the best-ranked factories, by flows.
void check_by_flows(const Scenario& scenario, const RunOptions& options, Study& study) {
    std::size_t checked = 0;
    for (const std::size_t i : study.ranking) {
        if (checked++ == options.flow_factories) break;
        FactoryReport& report = study.factories[i];
        for (std::size_t k = 0; k < report.jobs.size(); ++k) {
            if (!report.jobs[k].feasible) continue;
            if (options.progress) options.progress(report.name + ", by flows", 1);
            const TrainContext context =
                train_context(scenario, scenario.factories[i], scenario.jobs[k]);
            report.jobs[k].by_flows =
                flow_check(context, report.jobs[k].plan, scenario.factories[i].shape,
                           {.most_flows = options.most_flows});
        }
    }
}

}  // namespace

Study run(const Scenario& scenario, const Catalog& catalog, const RunOptions& options) {
    Study study{.name = scenario.name, .date = scenario.date};
    study.site = scenario.site.name;
    study.buyer =
        fmt::format("{}, {}", scenario.buyer.headquarters, name_of(scenario.buyer.end_use));
    study.objective = scenario.objective;
    study.deadline = scenario.deadline;
    study.power_limit = scenario.power_limit;
    study.useful_share = scenario.useful_share;
    study.defaults = scenario.defaults;
    study.country_groups = groups_note(scenario.rulebook);
    double done = 0;
    std::vector<double> estimated;
    for (const Factory& factory : scenario.factories) {
        SearchOptions hunt{.by_cost = scenario.objective == Objective::cost,
                           .threads = options.threads};
        if (options.progress) {
            options.progress(factory.name, done / static_cast<double>(scenario.factories.size()));
        }
        study.factories.push_back(report_factory(scenario, catalog, factory, hunt));
        estimated.push_back(study.factories.back().estimate_share);
        ++done;
    }
    study.estimate_share = mean_of(std::move(estimated));
    study.ranking = rank_all(scenario, study.factories);
    check_by_flows(scenario, options, study);
    study.ranking = rank_all(scenario, study.factories);  // with what sharing adds
    study.sources = sources_of(catalog, scenario);
    return study;
}

bool any_feasible(const Study& study) {
    for (const FactoryReport& factory : study.factories) {
        for (const JobReport& job : factory.jobs) {
            if (job.feasible) return true;
        }
    }
    return false;
}

}  // namespace millwright
