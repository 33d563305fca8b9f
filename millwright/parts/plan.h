// A training plan: how one job is laid out on chips.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "millwright/base/fields.h"
#include "millwright/parts/precision.h"

namespace millwright {

/// Pipeline schedules. `one_f_one_b` (Narayanan 2021), `interleaved` (virtual stages, same
/// paper), `zero_bubble` (ZB-H1, Qi 2024), `dualpipe` (fed from both ends, DeepSeek-V3 2024). What
/// each is stands in its row (millwright/train/schedule.h).
enum class Schedule { one_f_one_b, interleaved, zero_bubble, dualpipe };

template <>
struct EnumNames<Schedule> {
    static constexpr std::array<std::string_view, 4> names{"1f1b", "interleaved", "zero-bubble",
                                                           "dualpipe"};
};

/// `selective` recomputes norms, activations and the attention core; `full` the whole layer.
enum class Recompute { none, selective, full };

template <>
struct EnumNames<Recompute> {
    static constexpr std::array<std::string_view, 3> names{"none", "selective", "full"};
};

/// What data-parallel ranks shard (ZeRO, Rajbhandari 2020): optimizer states, then gradients,
/// then weights.
enum class Sharding { none, zero_1, zero_2, zero_3 };

template <>
struct EnumNames<Sharding> {
    static constexpr std::array<std::string_view, 4> names{"none", "zero-1", "zero-2", "zero-3"};
};

/// What is kept in the host's memory and crosses the host link in every step (ZeRO-Offload, Ren
/// 2021): optimizer states, which the host then updates; activations; or both.
enum class Offload { none, optimizer, activations, both };

template <>
struct EnumNames<Offload> {
    static constexpr std::array<std::string_view, 4> names{"none", "optimizer", "activations",
                                                           "both"};
};

/// Which of the two a choice includes.
constexpr bool offloads_optimizer(Offload offload) {
    return offload == Offload::optimizer || offload == Offload::both;
}
constexpr bool offloads_activations(Offload offload) {
    return offload == Offload::activations || offload == Offload::both;
}

/// Ways of parallelism multiply to the chips used: tensor * context * pipeline * data. Expert
/// ways divide tensor * context * data (experts are spread over those ranks).
struct Plan {
    // ways of each parallelism; 1 is none
    std::int64_t tensor = 1;
    std::int64_t pipeline = 1;
    std::int64_t data = 1;
    std::int64_t context = 1;
    std::int64_t expert = 1;
    // ways that an expert's matrices are split, whatever `tensor` is
    std::int64_t expert_tensor = 1;
    // parts of the model that each pipeline rank has, of a schedule that interleaves
    std::int64_t virtual_stages = 1;
    // sequences that go through a pipeline at once
    std::int64_t micro_batch = 1;
    Schedule schedule = Schedule::one_f_one_b;
    Recompute recompute = Recompute::none;
    Sharding sharding = Sharding::zero_1;
    Offload offload = Offload::none;
    std::int64_t shard_group = 0;   // ranks that share states; 0 for all that replicate them
    std::int64_t global_batch = 0;  // sequences a step

    friend bool operator==(const Plan&, const Plan&) = default;
};

template <std::same_as<Plan> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"tensor", &P::tensor, "tensor ways"},
        Field{"pipeline", &P::pipeline, "pipeline stages"},
        Field{"virtual_stages", &P::virtual_stages, "virtual stages of each"},
        Field{"data", &P::data, "data ways"},
        Field{"context", &P::context, "context ways"},
        Field{"expert", &P::expert, "expert ways"},
        Field{"expert_tensor", &P::expert_tensor, "tensor ways of experts"},
        Field{"micro_batch", &P::micro_batch, "sequences of a micro-batch"},
        Field{"schedule", &P::schedule, "pipeline schedule"},
        Field{"recompute", &P::recompute, "what the backward pass computes again"},
        Field{"sharding", &P::sharding, "what data-parallel ranks share"},
        Field{"offload", &P::offload, "what is kept in the host's memory"},
        Field{"shard_group", &P::shard_group,
              "ranks that share states; 0 for all that replicate them"},
        Field{"global_batch", &P::global_batch, "sequences a step"},
    };
};

/// Experts take no chips of their own: their ways are among these.
constexpr std::int64_t chips_used(const Plan& plan) {
    return plan.tensor * plan.context * plan.pipeline * plan.data;
}

/// Micro-batches each pipeline works through in a step.
/// Rounded down; zero of a batch that is not set.
constexpr std::int64_t micro_batches(const Plan& plan) {
    return plan.global_batch / (plan.data * plan.micro_batch);
}

}  // namespace millwright
