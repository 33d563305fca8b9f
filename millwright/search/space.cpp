// The order of digits is the order of the search's loops. What shard costs hang on comes first, so
// that they are made once for a long run of numbers; then pipeline and data ways, on which stages,
// groups and micro-batches hang; last schedules and memory choices, which share most parts of a
// step (millwright/search/shared.h).
#include "millwright/search/space.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

/// Divisors of n up to `most`, rising. They come in pairs d and n / d, of which one is no more than
/// the root of n, so O(sqrt n).
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

/// Doubled as often as the limit allows; none of a batch of nothing, or above the limit.
std::vector<std::int64_t> batches(const SpaceLimits& limits) {
    std::vector<std::int64_t> sizes;
    for (std::int64_t b = limits.global_batch; b > 0 && b <= limits.max_global_batch; b *= 2) {
        sizes.push_back(b);
    }
    return sizes;
}

std::vector<std::int64_t> counting_to(std::int64_t most) {
    std::vector<std::int64_t> counts;
    for (std::int64_t i = 1; i <= most; ++i) counts.push_back(i);
    return counts;
}

/// What is pinned of what can be; all of `usual` if nothing is. Lists stay as they were written.
template <class CanBe>
std::vector<std::int64_t> chosen(const Pin& pin, std::int64_t most, CanBe can_be,
                                 std::vector<std::int64_t> usual) {
    if (!pin.given()) return usual;
    std::vector<std::int64_t> values = pin.values;
    for (std::int64_t i = pin.from; pin.to > 0 && i <= std::min(pin.to, most); ++i) {
        values.push_back(i);
    }
    std::erase_if(values, [&](std::int64_t value) { return !can_be(value); });
    return values;
}

std::vector<std::int64_t> dividing(const Pin& pin, std::int64_t n,
                                   std::vector<std::int64_t> usual) {
    return chosen(
        pin, n, [&](std::int64_t value) { return n % value == 0; }, std::move(usual));
}

template <class E>
std::vector<E> chosen(const std::vector<E>& pinned) {
    if (!pinned.empty()) return pinned;
    std::vector<E> all;
    for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i) all.push_back(static_cast<E>(i));
    return all;
}

/// Every number of virtual stages that some pipeline of the space can have.
std::vector<ScheduleChoice> schedules(const PlanSpace& space, const TrainAssumptions& assume,
                                      const PlanPins& pins) {
    const std::vector<std::int64_t> stages = chosen(
        pins.virtual_stages, space.layers, [](std::int64_t) { return true; },
        counting_to(space.layers));
    std::vector<ScheduleChoice> choices;
    for (const Schedule schedule : chosen(pins.schedule)) {
        const bool has = assume.has_schedule[static_cast<std::size_t>(schedule)];
        if (pins.schedule.empty() && !has) continue;
        for (const std::int64_t v : stages) {
            if (!takes_virtual_stages(schedule, v)) continue;
            // which pipeline takes it is asked plan by plan; what none takes would only make holes
            const bool usable =
                std::any_of(space.pipeline.begin(), space.pipeline.end(), [&](std::int64_t ways) {
                    return v == 1 || can_split(space.division, space.layers, ways, v);
                });
            if (usable) choices.push_back({schedule, v});
        }
    }
    return choices;
}

/// Schedules that feed as many ends of the pipeline have the same slowest rank, so a bound on all
/// of them needs one of each kind.
std::vector<Schedule> kinds_of(const std::vector<ScheduleChoice>& choices) {
    std::vector<Schedule> kinds;
    for (const ScheduleChoice& choice : choices) {
        const auto alike = [&](Schedule other) {
            return row_of(other).both_ends == row_of(choice.schedule).both_ends;
        };
        if (std::ranges::none_of(kinds, alike)) kinds.push_back(choice.schedule);
    }
    return kinds;
}

/// Where the host has memory, each choice with and without it; without where the others are
/// pinned and this is not.
std::vector<MemoryChoice> memory_choices(const PlanPins& pins, bool host) {
    std::vector<Offload> offloads = chosen(pins.offload);
    const bool none = !host || !pins.recompute.empty() || !pins.sharding.empty();
    if (pins.offload.empty() && none) offloads = {Offload::none};
    std::vector<MemoryChoice> choices;
    for (const Recompute recompute : chosen(pins.recompute)) {
        for (const Sharding sharding : chosen(pins.sharding)) {
            for (const Offload offload : offloads) {
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
    require(found != list.end(), what);
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

/// Why a plan cannot run: tests in the order in which they are made, so that a greater value has
/// come further; `none` has passed all.
enum class Obstacle {
    none,
    stages,
    virtual_stages,
    chips,
    batch,
    experts,
    rounds,
    sharding,
    alone
};

/// Of the coordinates only pipeline and schedule are read, so a search asks once for all ways.
Obstacle obstacle_to_schedule(const PlanSpace& space, const Plan& p) {
    if (!has_stages(p)) return Obstacle::stages;
    const bool split = can_split(space.division, space.layers, p.pipeline, p.virtual_stages);
    return split ? Obstacle::none : Obstacle::virtual_stages;
}

/// Of the coordinates only ways and batch are read, so a search asks once for all schedules.
/// Pinned ways may multiply beyond any whole number.
double chips_needed(const Plan& p) {
    return real(p.tensor) * real(p.context) * real(p.pipeline) * real(p.data);
}

Obstacle obstacle_to_place(const PlanSpace& space, const Plan& p) {
    if (chips_needed(p) > real(space.chips)) return Obstacle::chips;
    if (p.global_batch % (p.data * p.micro_batch) != 0) return Obstacle::batch;
    const std::int64_t ranks = p.tensor * p.context * p.data;
    return ranks % (p.expert * p.expert_tensor) != 0 ? Obstacle::experts : Obstacle::none;
}

Obstacle obstacle(const PlanSpace& space, const Plan& plan) {
    Obstacle first = obstacle_to_schedule(space, plan);
    if (first == Obstacle::none) first = obstacle_to_place(space, plan);
    if (first != Obstacle::none) return first;
    if (!fills_rounds(plan)) return Obstacle::rounds;
    if (can_be_sharded(plan)) return Obstacle::none;
    return plan.pipeline > 1 ? Obstacle::sharding : Obstacle::alone;
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
    const PlanPins& pins = limits.pins;
    const auto domain = static_cast<std::int64_t>(context.network.domain);
    const auto sequence = static_cast<std::int64_t>(context.sequence);
    PlanSpace space;
    space.chips = limits.chips;
    space.layers = m.layers.value;
    const bool as_given = pins.pipeline.given() || pins.virtual_stages.given();
    // who pins either lays the layers out by hand: any layout of whole layers will do
    space.division = as_given ? StageDivision::layout : context.assume.stages;
    space.global_batch = batches(limits);
    // divisors of the largest batch: those of the smaller ones are among them
    const std::int64_t largest = space.global_batch.empty() ? 1 : space.global_batch.back();
    // where the usual lists end; a pin may go beyond
    const std::int64_t ways = std::min<std::int64_t>(limits.chips, 64);
    const std::int64_t experts = is_moe(m) ? m.experts.value : 1;
    const std::int64_t heads = dividing_heads(m);
    // tensor groups exchange in every layer: none of the usual ones leaves its scale-up domain
    space.tensor = dividing(pins.tensor, heads, divisors(heads, std::min(domain, ways)));
    space.context = dividing(pins.context, sequence, powers_of_two(divisors(sequence, ways)));
    space.expert = dividing(pins.expert, experts, divisors(experts, limits.chips));
    space.micro_batch = dividing(pins.micro_batch, largest, {1, 2, 4, 8});
    space.data = dividing(pins.data, largest, divisors(largest, limits.chips));
    space.pipeline = chosen(
        pins.pipeline, space.layers, [&](std::int64_t p) { return p <= space.layers; },
        counting_to(std::min<std::int64_t>({space.layers, 128, limits.chips})));
    space.schedules = schedules(space, context.assume, pins);
    space.kinds = kinds_of(space.schedules);
    space.memory = memory_choices(pins, context.host.memory > Bytes{});
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
    // Horner's rule from the highest digit; `plan_at` takes them off from the lowest
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

int tests_passed(const PlanSpace& space, const Plan& plan) {
    const Obstacle first = obstacle(space, plan);
    return first == Obstacle::none ? static_cast<int>(Obstacle::alone) + 1
                                   : static_cast<int>(first);
}

bool can_run(const PlanSpace& space, const Plan& plan) {
    return obstacle(space, plan) == Obstacle::none;
}

bool can_be_scheduled(const PlanSpace& space, const Plan& plan) {
    return obstacle_to_schedule(space, plan) == Obstacle::none;
}

bool can_be_placed(const PlanSpace& space, const Plan& plan) {
    return obstacle_to_place(space, plan) == Obstacle::none;
}

bool can_be_sharded(const Plan& p) {
    const bool gathers = p.sharding == Sharding::zero_2 || p.sharding == Sharding::zero_3;
    return !gathers || (p.pipeline == 1 && p.data * p.context > 1);
}

Unsplit why_unsplit(const PlanSpace& space, std::int64_t pipeline, std::int64_t virtual_stages) {
    std::vector<std::string> virtuals, pipelines;
    for (std::int64_t n = 2; n <= space.layers; ++n) {
        if (can_split(space.division, space.layers, pipeline, n)) {
            virtuals.push_back(std::to_string(n));
        }
        if (can_split(space.division, space.layers, n, virtual_stages)) {
            pipelines.push_back(std::to_string(n));
        }
    }
    constexpr std::size_t told = 12;
    const auto some = [](std::vector<std::string>& values) {
        const bool more = values.size() > told;
        if (more) values.resize(told);
        return values.empty() ? std::string("none") : join(values, ", ") + (more ? ", ..." : "");
    };
    return {fmt::format("{} layers do not split into {} x {} chunks of whole layers", space.layers,
                        pipeline, virtual_stages),
            fmt::format("with --pipeline {} virtual stages can be {}; with --virtual-stages {} the "
                        "pipeline can be {}",
                        pipeline, some(virtuals), virtual_stages, some(pipelines))};
}

std::string why_not(const PlanSpace& space, const Plan& p) {
    switch (obstacle(space, p)) {
        case Obstacle::none: return "";
        case Obstacle::chips:
            return fmt::format("{:.0f} chips are needed, {} are there", chips_needed(p),
                               space.chips);
        case Obstacle::batch:
            return fmt::format("a batch of {} does not divide into {} x {}", p.global_batch, p.data,
                               p.micro_batch);
        case Obstacle::experts:
            return fmt::format("{} ranks do not divide into {} expert ways",
                               p.tensor * p.context * p.data, p.expert);
        case Obstacle::stages: return stages_lacking(p);
        case Obstacle::virtual_stages: return why_unsplit(space, p.pipeline, p.virtual_stages).why;
        case Obstacle::rounds: return rounds_lacking(p);
        case Obstacle::sharding: return "gradients and weights are sharded without pipeline only";
        case Obstacle::alone: return "no second data or context rank shares gradients or weights";
    }
    return "";
}

std::vector<Branch> branches(const PlanSpace& s) {
    const std::uint64_t width =
        s.pipeline.size() * s.data.size() * s.schedules.size() * s.memory.size();
    std::vector<Branch> list;
    if (width == 0) return list;
    const std::uint64_t count = s.numbers() / width;
    for (std::uint64_t i = 0; i < count; ++i) {
        const Plan plan = plan_at(s, i * width);
        if (plan.tensor * plan.context > s.chips) continue;
        if (plan.global_batch % plan.micro_batch != 0) continue;
        list.push_back({plan, i * width});
    }
    return list;
}

}  // namespace millwright
