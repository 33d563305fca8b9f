// A plan and timed steps write into a copy of the question before it is read, as they stand in
// for what it leaves out. Levers and the band are compared with `as it is`, found like them by
// the closed form or by as few replications with the same random numbers, and not with the
// answer: so differences are of the lever, not of chance.
#include "millwright/api/goodput.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/goodput_causes.h"
#include "millwright/base/faults.h"
#include "millwright/reliability/closed_form.h"

namespace millwright {
namespace {

/// Fewer than of the answer itself: levers are read to a tenth of a point.
constexpr std::int64_t lever_replications = 32;

ReplicationPlan plan_of(const GoodputInputs& inputs, const Setting& setting) {
    ReplicationPlan plan{.replications = inputs.replications,
                         .until_width = inputs.until_width,
                         .seed = inputs.seed,
                         .threads = setting.threads};
    if (setting.progress) {
        plan.progress = [&setting](double share) { setting.progress("simulating", share); };
    }
    return plan;
}

TimeLaw halved(TimeLaw law) {
    law.mean = law.mean / 2;
    return law;
}

/// The job again with the best period for it, where the period was not given.
double share_of(FleetJob job, const GoodputInputs& inputs, const ReplicationPlan& plan) {
    if (inputs.choice != PeriodChoice::given) job.checkpoints.period = closed_best_period(job);
    if (const auto closed = closed_share(job)) return *closed;
    return simulate_job(job, plan).useful_share.mean;
}

/// Each thing by half, or twice as many, one at a time, with the random numbers of all others.
std::vector<GoodputLever> levers_of(const GoodputInputs& inputs, ReplicationPlan plan) {
    plan.replications = std::min(plan.replications, lever_replications);
    plan.until_width = 0;
    plan.progress = {};
    std::vector<GoodputLever> levers;
    const auto add = [&](const char* what, const FleetJob& job) {
        levers.push_back({what, share_of(job, inputs, plan)});
    };
    add("as it is", inputs.job);
    FleetJob rarer = inputs.job;
    for (FailureCause& cause : rarer.causes) cause.rate = cause.rate / 2;
    add("half the failures", rarer);
    FleetJob faster = inputs.job;
    RecoveryPath& path = faster.path;
    for (TimeLaw* law : {&path.detect, &path.hang, &path.decide, &path.evict, &path.reschedule,
                         &path.warm_up, &path.stall}) {
        *law = halved(*law);
    }
    for (CheckpointLevel& level : faster.checkpoints.levels) level.load = halved(level.load);
    add("half the time to recover", faster);
    FleetJob lighter = inputs.job;
    for (CheckpointLevel& level : lighter.checkpoints.levels) {
        level.blocking = level.blocking / 2;
        level.writing = level.writing / 2;
    }
    add("half the cost of checkpoints", lighter);
    if (inputs.job.pool) {
        FleetJob richer = inputs.job;
        richer.pool->standbys *= 2;
        richer.pool->spares *= 2;
        add("twice the spares", richer);
    }
    return levers;
}

/// At the lowest and at the highest rate of the fleet.
std::vector<GoodputLever> band_of(const GoodputInputs& inputs, ReplicationPlan plan) {
    if (!inputs.band) return {};
    plan.replications = std::min(plan.replications, lever_replications);
    plan.until_width = 0;
    plan.progress = {};
    std::vector<GoodputLever> band;
    for (const double rate : {inputs.band->low, inputs.band->high}) {
        FleetJob job = inputs.job;
        EventRate all;
        for (const FailureCause& cause : job.causes) all += cause.rate;
        const double times = rate_of_nodes(rate, static_cast<double>(inputs.chips)) / all;
        for (FailureCause& cause : job.causes) cause.rate = times * cause.rate;
        band.push_back({fmt::format("{:.3g} failures of 1,000 nodes a day", rate),
                        share_of(job, inputs, plan)});
    }
    return band;
}

/// As is written of it: one part for checkpoints, one for the work since the last, one for the
/// restart, each to first order.
double first_order_share(const FleetJob& job) {
    const Seconds gap = mean_gap(job);
    const Seconds cost = checkpoint_cost(job.checkpoints);
    const Seconds period = job.checkpoints.period;
    const CheckpointLevel& level = job.checkpoints.levels.back();
    const Seconds again = period / 2 + level.writing + level.load.mean;
    const double lost = cost / period + (again + job.path.reschedule.mean) / gap;
    return std::max(0.0, 1 - lost);
}

Faults both(Faults first, Faults second) {
    append(first, std::move(second));
    return first;
}

/// What is said of a plan where there is none.
Faults idle_plan(const GoodputText& text) {
    const GoodputPlanText& plan = text.plan;
    if (plan.model.given || plan.server.given) return {};
    Faults faults;
    for_each_field<GoodputPlanText>([&](const auto& field) {
        const auto& written = plan.*field.member;
        if (!written.given || field.key == "chip_hour") return;
        faults.push_back({written.at,
                          fmt::format("'{}' is of a plan, and there is none", field.key),
                          "give a model and a server, or leave it out"});
    });
    return faults;
}

std::optional<GoodputWorth> worth_of(const GoodputAnswer& answer,
                                     const Written<Dollars>& chip_hour) {
    if (!answer.planned && !chip_hour.given) return std::nullopt;
    const FleetJob& job = answer.inputs.job;
    const double useful = answer.simulated.useful_share.mean;
    GoodputWorth worth;
    const Dollars hour = answer.planned ? answer.planned->chip_hour : chip_hour.value;
    worth.spent = job.horizon / unit::hour * static_cast<double>(answer.inputs.chips) * hour;
    worth.lost = (1 - useful) * worth.spent;
    if (!answer.planned) return worth;
    const double whole = answer.planned->tokens_per_s * job.horizon.si();
    worth.tokens = useful * whole;
    worth.tokens_lost = whole - worth.tokens;
    const Seconds cycle = job.checkpoints.period + checkpoint_cost(job.checkpoints);
    worth.written_a_day = unit::day / cycle * answer.planned->checkpoint;
    return worth;
}

}  // namespace

Result<GoodputAnswer> goodput(const GoodputQuestion& question, const Setting& setting) {
    GoodputText text = question.text;
    std::optional<PlannedJob> planned;
    std::vector<std::string> notes;
    if (text.plan.model.given || text.plan.server.given) {
        auto found = plan_goodput(text, notes, setting);
        if (!found) return failure(in_order(both(text.faults, std::move(found.error()))));
        planned = std::move(*found);
    }
    if (Faults idle = idle_plan(text); !idle.empty()) {
        return failure(in_order(both(text.faults, std::move(idle))));
    }
    std::optional<Straggling> steps;
    if (text.steps.given) {
        auto found = add_timed_steps(text);
        if (!found) return failure(in_order(both(text.faults, std::move(found.error()))));
        steps = std::move(*found);
    }
    auto inputs = goodput_inputs(text, setting.catalog);
    if (!inputs) return failure(std::move(inputs.error()));
    GoodputAnswer answer{
        .inputs = std::move(*inputs), .planned = std::move(planned), .steps = std::move(steps)};
    answer.inputs.notes.insert(answer.inputs.notes.begin(), notes.begin(), notes.end());
    FleetJob& job = answer.inputs.job;
    const ReplicationPlan plan = plan_of(answer.inputs, setting);
    answer.best_period = closed_best_period(job);
    if (answer.inputs.choice == PeriodChoice::simulated) {
        ReplicationPlan search = plan;
        search.replications = std::min(plan.replications, lever_replications);
        search.until_width = 0;
        answer.best_period = simulated_best_period(job, answer.best_period, search);
        job.checkpoints.period = answer.best_period;
    }
    answer.finite_period = answer.best_period < job.horizon;
    answer.closed_share = closed_share(job);
    const Seconds gap = mean_gap(job);
    answer.mttf = std::isinf(gap.si()) ? Seconds{} : gap;
    answer.first_order_share = first_order_share(job);
    answer.simulated = simulate_job(job, plan);
    answer.levers = levers_of(answer.inputs, plan);
    answer.band = band_of(answer.inputs, plan);
    answer.worth = worth_of(answer, text.plan.chip_hour);
    if (setting.progress) setting.progress("", 1);
    return answer;
}

}  // namespace millwright
