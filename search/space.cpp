#include "search/space.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace millwright {
namespace {

std::vector<std::int64_t> divisors(std::int64_t n, std::int64_t most) {
    std::vector<std::int64_t> small;
    std::vector<std::int64_t> large;
    for (std::int64_t d = 1; d * d <= n; ++d) {
        if (n % d != 0) continue;
        if (d <= most) small.push_back(d);
        if (d != n / d && n / d <= most) large.push_back(n / d);
    }
    small.insert(small.end(), large.rbegin(), large.rend());
    return small;
}

bool is_power_of_two(std::int64_t n) { return (n & (n - 1)) == 0; }

std::vector<std::int64_t> powers_of_two(std::vector<std::int64_t> values) {
    std::erase_if(values, [](std::int64_t n) { return !is_power_of_two(n); });
    return values;
}

std::vector<std::int64_t> batches(const SpaceLimits& limits) {
    std::vector<std::int64_t> sizes;
    for (std::int64_t b = limits.global_batch; b <= limits.max_global_batch; b *= 2) {
        sizes.push_back(b);
    }
    return sizes;
}

std::vector<std::int64_t> pipelines(std::int64_t layers, bool exhaustive) {
    std::vector<std::int64_t> ways;
    for (std::int64_t p = 1; p <= std::min<std::int64_t>(layers, 128); ++p) {
        const bool even = layers % p == 0 || p % 2 == 0;  // uneven stages differ by one layer
        if (exhaustive || p <= 4 || (even && p <= 32) || is_power_of_two(p)) ways.push_back(p);
    }
    return ways;
}

std::vector<ScheduleChoice> schedules(bool exhaustive) {
    std::vector<ScheduleChoice> choices{{Schedule::one_f_one_b, 1}};
    for (const std::int64_t v : {2, 3, 4, 5, 6, 8, 10, 12}) {
        const bool usual = v == 2 || v == 4 || v == 6 || v == 8;
        if (exhaustive || usual) choices.push_back({Schedule::interleaved, v});
    }
    choices.push_back({Schedule::zero_bubble, 1});
    return choices;
}

/// Where the host has memory, each choice with and without it.
std::vector<MemoryChoice> memory_choices(bool exhaustive, bool host) {
    std::vector<MemoryChoice> choices;
    for (const Recompute recompute : {Recompute::none, Recompute::selective, Recompute::full}) {
        for (const Sharding sharding :
             {Sharding::none, Sharding::zero_1, Sharding::zero_2, Sharding::zero_3}) {
            const bool usual = sharding == Sharding::zero_1 || sharding == Sharding::zero_3;
            if (!exhaustive && !usual) continue;
            for (const Offload offload :
                 {Offload::none, Offload::optimizer, Offload::activations, Offload::both}) {
                if (host || offload == Offload::none) {
                    choices.push_back({recompute, sharding, offload});
                }
            }
        }
    }
    return choices;
}

template <class T, class Same>
std::uint64_t index_in(const std::vector<T>& list, Same same, const char* what) {
    const auto found = std::find_if(list.begin(), list.end(), same);
    if (found == list.end()) throw std::invalid_argument(std::string("not listed: ") + what);
    return static_cast<std::uint64_t>(found - list.begin());
}

std::uint64_t index_of_value(const std::vector<std::int64_t>& list, std::int64_t value,
                             const char* what) {
    return index_in(
        list, [&](std::int64_t other) { return other == value; }, what);
}

/// Takes the last digit of a mixed-radix number.
template <class T>
const T& digit(const std::vector<T>& list, std::uint64_t& number) {
    const T& value = list[number % list.size()];
    number /= list.size();
    return value;
}

enum class Obstacle { none, chips, batch, experts, stages, virtual_stages, rounds, sharding };

/// All but what sharding says.
Obstacle obstacle_to_schedule(const PlanSpace& space, const Plan& p) {
    if (chips_used(p) > space.chips) return Obstacle::chips;
    if (p.global_batch % (p.data * p.micro_batch) != 0) return Obstacle::batch;
    const std::int64_t ranks = p.tensor * p.context * p.data;
    if (ranks % (p.expert * p.expert_tensor) != 0) return Obstacle::experts;
    const bool pipelined = p.schedule != Schedule::one_f_one_b;
    if (pipelined && p.pipeline < 2) return Obstacle::stages;
    if (p.virtual_stages * p.pipeline > space.layers) return Obstacle::virtual_stages;
    const bool interleaved = p.schedule == Schedule::interleaved;
    if (interleaved && micro_batches(p) % p.pipeline != 0) return Obstacle::rounds;
    return Obstacle::none;
}

Obstacle obstacle(const PlanSpace& space, const Plan& plan) {
    const Obstacle first = obstacle_to_schedule(space, plan);
    if (first != Obstacle::none || can_be_sharded(plan)) return first;
    return Obstacle::sharding;
}

}  // namespace

std::uint64_t PlanSpace::numbers() const {
    std::uint64_t product = 1;
    for (const std::size_t size :
         {global_batch.size(), tensor.size(), context.size(), expert.size(), micro_batch.size(),
          pipeline.size(), data.size(), schedules.size(), memory.size()}) {
        product *= size;
    }
    return product;
}

PlanSpace plan_space(const TrainContext& context, const SpaceLimits& limits) {
    const Model& m = context.model;
    const auto domain = static_cast<std::int64_t>(context.network.domain);
    const auto sequence = static_cast<std::int64_t>(context.sequence);
    const bool all = limits.exhaustive;
    PlanSpace space;
    space.chips = limits.chips;
    space.layers = m.layers.value;
    space.global_batch = batches(limits);
    space.tensor = divisors(m.heads.value, std::min<std::int64_t>({domain, 64, limits.chips}));
    space.context = powers_of_two(divisors(sequence, std::min<std::int64_t>(limits.chips, 64)));
    space.expert =
        is_moe(m) ? divisors(m.experts.value, limits.chips) : std::vector<std::int64_t>{1};
    if (!all) {
        space.tensor = powers_of_two(space.tensor);
        space.expert = powers_of_two(space.expert);
        const std::int64_t longest = std::max<std::int64_t>(1, sequence / 4096);
        std::erase_if(space.context, [&](std::int64_t c) { return c > 2 * longest; });
    }
    space.micro_batch = {1, 2, 4};
    if (all) space.micro_batch.push_back(8);
    space.pipeline = pipelines(m.layers.value, all);
    const std::int64_t largest = space.global_batch.back();
    space.data = divisors(largest, limits.chips);
    space.schedules = schedules(all);
    space.memory = memory_choices(all, context.host.memory > Bytes{});
    return space;
}

Plan plan_at(const PlanSpace& space, std::uint64_t number) {
    Plan plan;
    const MemoryChoice memory = digit(space.memory, number);
    plan.recompute = memory.recompute;
    plan.sharding = memory.sharding;
    plan.offload = memory.offload;
    const ScheduleChoice schedule = digit(space.schedules, number);
    plan.schedule = schedule.schedule;
    plan.virtual_stages = schedule.virtual_stages;
    plan.data = digit(space.data, number);
    plan.pipeline = digit(space.pipeline, number);
    plan.micro_batch = digit(space.micro_batch, number);
    plan.expert = digit(space.expert, number);
    plan.context = digit(space.context, number);
    plan.tensor = digit(space.tensor, number);
    plan.global_batch = digit(space.global_batch, number);
    return plan;
}

std::uint64_t number_of(const PlanSpace& s, const Plan& p) {
    std::uint64_t number = index_of_value(s.global_batch, p.global_batch, "global batch");
    const auto add = [&](std::uint64_t index, std::size_t radix) {
        number = number * radix + index;
    };
    add(index_of_value(s.tensor, p.tensor, "tensor"), s.tensor.size());
    add(index_of_value(s.context, p.context, "context"), s.context.size());
    add(index_of_value(s.expert, p.expert, "expert"), s.expert.size());
    add(index_of_value(s.micro_batch, p.micro_batch, "micro-batch"), s.micro_batch.size());
    add(index_of_value(s.pipeline, p.pipeline, "pipeline"), s.pipeline.size());
    add(index_of_value(s.data, p.data, "data"), s.data.size());
    const auto same_schedule = [&](const ScheduleChoice& c) {
        return c.schedule == p.schedule && c.virtual_stages == p.virtual_stages;
    };
    add(index_in(s.schedules, same_schedule, "schedule"), s.schedules.size());
    const auto same_memory = [&](const MemoryChoice& c) {
        return c.recompute == p.recompute && c.sharding == p.sharding && c.offload == p.offload;
    };
    add(index_in(s.memory, same_memory, "recompute and sharding"), s.memory.size());
    return number;
}

bool can_run(const PlanSpace& space, const Plan& plan) {
    return obstacle(space, plan) == Obstacle::none;
}

bool can_be_scheduled(const PlanSpace& space, const Plan& plan) {
    return obstacle_to_schedule(space, plan) == Obstacle::none;
}

bool can_be_sharded(const Plan& p) {
    const bool gathers = p.sharding == Sharding::zero_2 || p.sharding == Sharding::zero_3;
    return !gathers || (p.pipeline == 1 && p.data * p.context > 1);
}

std::string why_not(const PlanSpace& space, const Plan& p) {
    switch (obstacle(space, p)) {
        case Obstacle::none: return "";
        case Obstacle::chips:
            return fmt::format("{} chips are needed, {} are there", chips_used(p), space.chips);
        case Obstacle::batch:
            return fmt::format("a batch of {} does not divide into {} x {}", p.global_batch, p.data,
                               p.micro_batch);
        case Obstacle::experts:
            return fmt::format("{} ranks do not divide into {} expert ways",
                               p.tensor * p.context * p.data, p.expert);
        case Obstacle::stages: return "the schedule needs two stages or more";
        case Obstacle::virtual_stages:
            return fmt::format("{} layers do not fill {} x {} virtual stages", space.layers,
                               p.pipeline, p.virtual_stages);
        case Obstacle::rounds:
            return fmt::format("{} micro-batches do not divide into rounds of {}", micro_batches(p),
                               p.pipeline);
        case Obstacle::sharding: return "gradients and weights are sharded without pipeline only";
    }
    return "";
}

}  // namespace millwright
