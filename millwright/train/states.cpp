#include "millwright/train/states.h"

#include <algorithm>
#include <cmath>

#include "millwright/base/whole.h"
#include "millwright/collective/collectives.h"

namespace millwright {
namespace {

/// Scale-up domains that a plan's pipeline spans; zero where it stays in one or there is none.
double domains_of_pipeline(const TrainContext& context, const Plan& plan) {
    const double chips = real(chips_used(plan));
    if (plan.pipeline <= 1 || chips <= context.network.domain) return 0;
    return chips / context.network.domain;
}

/// Whether most messages of a pipeline go to other domains.
bool mostly_leaves(const TrainContext& context, const Plan& plan) {
    const double stride = real(plan.tensor * plan.context * plan.data);
    const double domain = context.network.domain;
    return stride >= domain || (2 * stride >= domain && domains_of_pipeline(context, plan) > 2);
}

/// Of two stages each waits for the other in every pass, so that a host that is late has nothing
/// queued; in longer pipelines, and without one, it has. An allocator that is short of memory waits
/// until what was queued is done.
Bytes resident(const Plan& plan, const Step& step, bool stalled, Seconds late) {
    const bool waits = stalled || (plan.pipeline == 2 && late > Seconds{});
    if (waits) return step.memory.total;
    return max(step.memory.total, min(step.memory.total + step.memory.queued, step.usable));
}

}  // namespace

Seconds tensor_start(const TrainContext& context, const Plan& plan, const ShardCosts& costs) {
    if (plan.tensor <= 1) return {};
    const Group group = group_on(context.network, real(plan.tensor), 1);
    const Bytes least = real(plan.tensor) * unit::B;
    const auto start = [&](Collective collective) {
        return collective_time(context.network, collective, group, least).time;
    };
    const Passes& layer = costs.layers.front().passes;
    return (layer.forward.calls.gathers + layer.backward.calls.gathers) *
               start(Collective::all_gather) +
           (layer.forward.calls.scatters + layer.backward.calls.scatters) *
               start(Collective::reduce_scatter);
}

double pressure_of(const TrainContext& context, Bytes memory) {
    const TrainAssumptions& a = context.assume;
    return memory > a.memory_pressure * context.chip.memory_capacity ? a.pressure_stall : 1;
}

Seconds late_host(const TrainContext& context, const Plan& plan, const PipelineTime& pipeline,
                  const DataTime& data, Seconds bubble) {
    const TrainAssumptions& a = context.assume;
    if (a.tensor_stall <= Seconds{} || plan.tensor <= 1) return {};
    if (domains_of_pipeline(context, plan) <= 0) return {};
    const double casts = context.precision == Precision::bf16 ? 1 : a.host_cast;
    const Seconds launch = 3 * casts * (a.host_layer + a.host_tensor_layer);  // there and back
    const Seconds layer = max(launch, data.tensor_start) + real(plan.tensor) * a.tensor_stall;
    const double late = pipeline.layers * layer / pipeline.slowest.time();
    return std::max(0.0, late - 1) * busy_time(plan, pipeline, bubble);
}

StalledState stalled_state(const TrainContext& context, const Plan& plan) {
    const StateFigures<Bare>& f = context.assume.states;
    const double domains = domains_of_pipeline(context, plan);
    if (domains <= 0 || f.wait <= Seconds{}) return {};
    const double p = real(plan.pipeline);
    const double neighbours = p > 2 ? 2 : 1;
    StalledState state;
    state.wait = std::pow(f.growth, std::log2(domains)) *
                 (neighbours * real(micro_batches(plan)) + 0.5 * (p - 2)) * f.wait;
    // the share of jobs that their size stalls goes from few to most within two doublings
    constexpr double steepness = 5;
    const bool replicated = plan.sharding == Sharding::none && dense_replicas(plan).all > 1 &&
                            mostly_leaves(context, plan);
    const double background = replicated ? f.replicated : f.background;
    state.odds = 1 - (1 - background) / (1 + std::pow(domains / f.half, steepness));
    const bool wide =
        f.tensor_domains > 0 && real(plan.tensor) > f.tensor_domains * context.network.domain;
    if (wide) state.odds = 1;
    return state;
}

void find_states(const TrainContext& context, const Plan& plan, Seconds late, Step& step) {
    step.stalled = stalled_state(context, plan);
    const bool stalls = step.stalled.likelier();
    step.likelier = {step.times.total, resident(plan, step, stalls, late)};
    step.other = step.likelier;
    if (step.stalled.wait <= Seconds{}) return;
    const Seconds wait = pressure_of(context, step.memory.total) * step.stalled.wait;
    step.other.total = stalls ? step.times.total - wait : step.times.total + wait;
    step.other.resident = resident(plan, step, !stalls, late);
}

}  // namespace millwright
