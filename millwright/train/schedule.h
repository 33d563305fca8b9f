// In which order a pipeline stage works (1F1B and interleaved: Narayanan 2021; ZB-H1: Qi 2024).
#pragma once

#include <array>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/parts/plan.h"

namespace millwright {

enum class TaskKind { forward, backward, weight_gradient, data, optimizer, waits };

template <>
struct EnumNames<TaskKind> {
    static constexpr std::array<std::string_view, 6> names{
        "forward", "backward", "weight gradient", "data communication", "optimizer", "waits"};
};

/// One pass of a micro-batch through a virtual stage.
struct Slot {
    TaskKind kind = TaskKind::forward;
    std::int64_t micro_batch = 0, chunk = 0;
};

/// All passes of one stage in order. Interleaved stages take micro-batches in rounds of like size,
/// of as many as there are stages or a few more; any number of micro-batches can be run.
std::vector<Slot> schedule_order(const Plan& plan, std::int64_t stage);

}  // namespace millwright
