// Which ranks of a plan belong together, told once: tensor and context groups always stand next to
// each other; then data, with whole stages one after another (Megatron-Core's order), or stages of
// one pipeline.
#pragma once

#include "millwright/collective/phases.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// Which ranks are neighbours beyond a tensor and context group: with stages apart all ranks of a
/// stage, with stages together the same rank of all stages, so that whole pipelines are.
enum class Placement : std::uint8_t { stages_apart, stages_together };

template <>
struct EnumNames<Placement> {
    static constexpr std::array<std::string_view, 2> names{"stages apart", "stages together"};
};

/// Ranks of a stage: tensor, context and data ways.
std::uint32_t stage_width(const Plan& plan);

/// The endpoint of rank `rank` of a stage's.
std::uint32_t endpoint_of_rank(const Plan& plan, Placement placement, std::uint32_t stage,
                               std::uint32_t rank);

/// Groups of each kind within every stage, by rank of the stage. Those that hold the same weights:
/// `dense` and `routed` share their states, `replicas` are the groups of these (HSDP).
struct StageGroups {
    Team tensor, context, expert, expert_tensor, dense, routed, replicas;
};
StageGroups groups_of(const Plan& plan);

}  // namespace millwright
