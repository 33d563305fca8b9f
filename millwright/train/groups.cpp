#include "millwright/train/groups.h"

#include <algorithm>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/train/step.h"

namespace millwright {

std::uint32_t stage_width(const Plan& plan) {
    return narrow<std::uint32_t>(plan.tensor * plan.context * plan.data);
}

std::uint32_t endpoint_of_rank(const Plan& plan, Placement placement, std::uint32_t stage,
                               std::uint32_t rank) {
    if (placement == Placement::stages_apart) return stage * stage_width(plan) + rank;
    const std::uint32_t inner = narrow<std::uint32_t>(plan.tensor * plan.context);
    return (rank / inner * narrow<std::uint32_t>(plan.pipeline) + stage) * inner + rank % inner;
}

StageGroups groups_of(const Plan& plan) {
    const std::uint32_t width = stage_width(plan);
    const auto team = [width](double size, double stride) {
        const auto n = narrow<std::uint32_t>(size);
        return Team{n, narrow<std::uint32_t>(stride), width / n};
    };
    const double tensor = real(plan.tensor);
    // copies of a stage that other ranks of the pipeline hold stand in no group of this stage's
    const double copies = real(copies_of(plan));
    const auto here = [copies](double ranks) { return std::max(1.0, ranks / copies); };
    const Replicas all = dense_replicas(plan);
    const double dense = here(all.sharing);
    const double spread = real(plan.expert * plan.expert_tensor);
    return {team(tensor, 1),
            team(real(plan.context), tensor),
            team(real(plan.expert), real(plan.expert_tensor)),
            team(real(plan.expert_tensor), 1),
            team(dense, tensor),
            team(here(routed_replicas(plan).sharing), spread),
            team(here(all.all) / dense, dense * tensor)};
}

}  // namespace millwright
