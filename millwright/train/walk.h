// When each pass of a pipeline begins and ends: ranks work in the order of their schedule, and a
// turn begins when its rank is free and its inputs have come.
#pragma once

#include <functional>

#include "millwright/train/schedule.h"

namespace millwright {

/// A slot and when it was done; slots of one turn have the same times.
struct WalkedSlot {
    Slot slot;
    Seconds start, end;  // of its turn
};

/// Every slot of every rank, rank by rank in order. `length` is that of a turn on a rank. Throws
/// where the order is stuck, which is a bug of the schedule.
using TurnLength = std::function<Seconds(std::int64_t rank, std::span<const Slot> turn)>;
std::vector<std::vector<WalkedSlot>> walk(const Plan& plan, const TurnLength& length);

/// How long a turn takes by the passes of the stages.
Seconds turn_length(const Plan& plan, const StagePasses& stages, std::int64_t rank,
                    std::span<const Slot> turn);

/// From the first pass to the last by the order of all slots: what `ScheduleRow::span` is to give.
Seconds walked_span(const Plan& plan, const StagePasses& stages);

}  // namespace millwright
