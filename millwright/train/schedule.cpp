// All that differs between schedules is in their rows; here is only what they share. A
// micro-batch goes from rank to rank and from the last to the next chunk of the first; where both
// ends are fed chunk 1 goes the other way and nothing wraps. Backward passes go the same way
// back, so that sources and targets are one function asked in two directions.
#include "millwright/train/schedule.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace millwright {
namespace {

/// Where a micro-batch goes from here on its way forward, or comes from; nothing at the ends. On
/// its way back it is the other way round.
std::optional<Station> along(const Plan& plan, Station at, bool onwards) {
    const std::int64_t last = plan.pipeline - 1;
    if (row_of(plan).both_ends) {
        // chunk 0 goes forward from the first rank to the last, chunk 1 from the last to the first
        const bool up = onwards == (at.chunk == 0);
        if (at.rank == (up ? last : 0)) return std::nullopt;
        return Station{at.rank + (up ? 1 : -1), at.chunk};
    }
    if (at.rank != (onwards ? last : 0)) return Station{at.rank + (onwards ? 1 : -1), at.chunk};
    const std::int64_t chunk = at.chunk + (onwards ? 1 : -1);
    if (chunk < 0 || chunk >= plan.virtual_stages) return std::nullopt;
    return Station{onwards ? 0 : last, chunk};
}

/// Forward passes get their input from behind and send onwards, backward passes the other way
/// round; a weight gradient needs only what its own rank keeps.
std::optional<Station> other_end(const Plan& plan, std::int64_t rank, const Slot& slot,
                                 bool source) {
    if (slot.kind == TaskKind::weight_gradient) return std::nullopt;
    const bool forward = slot.kind == TaskKind::forward;
    return along(plan, {rank, slot.chunk}, forward != source);
}

}  // namespace

StagePasses::StagePasses(std::vector<StagePass> passes) : each(std::move(passes)) {
    Seconds forward, backward;
    for (StagePass& stage : each) {
        stage.slowest_forward = forward = max(forward, stage.forward);
        stage.slowest_backward = backward = max(backward, stage.backward);
        all_forward += stage.forward;
        all_backward += stage.backward;
    }
}

std::vector<Slot> schedule_order(const Plan& plan, std::int64_t rank) {
    return row_of(plan).order(plan, rank);
}

std::span<const Slot> turn_at(const std::vector<Slot>& order, std::size_t at) {
    const bool pair = at + 1 < order.size() && order[at + 1].beside;
    return std::span(order).subspan(at, pair ? 2 : 1);
}

std::int64_t stage_at(const Plan& plan, Station station) {
    const bool far = row_of(plan).both_ends && station.chunk == 1;
    return far ? plan.pipeline - 1 - station.rank : station.rank;
}

std::optional<Station> source_of(const Plan& plan, std::int64_t rank, const Slot& slot) {
    return other_end(plan, rank, slot, true);
}

std::optional<Station> target_of(const Plan& plan, std::int64_t rank, const Slot& slot) {
    return other_end(plan, rank, slot, false);
}

bool has_stages(const Plan& plan) {
    const ScheduleRow& row = row_of(plan);
    return plan.pipeline >= row.least_stages && plan.pipeline % row.stages_divide == 0;
}

bool takes_virtual_stages(Schedule schedule, std::int64_t virtual_stages) {
    return row_of(schedule).virtual_stages == (virtual_stages > 1);
}

Schedule usual_schedule(std::int64_t virtual_stages) {
    std::size_t i = 0;
    while (!takes_virtual_stages(static_cast<Schedule>(i), virtual_stages)) ++i;
    return static_cast<Schedule>(i);
}

bool fills_rounds(const Plan& plan) {
    const ScheduleRow& row = row_of(plan);
    const std::int64_t m = micro_batches(plan);
    return (row.round == nullptr || m % row.round(plan) == 0) &&
           (row.fewest == nullptr || m >= row.fewest(plan));
}

std::string stages_lacking(const Plan& plan) {
    const ScheduleRow& row = row_of(plan);
    const std::string needed =
        plan.pipeline < row.least_stages ? fmt::format("{} stages or more", row.least_stages)
        : row.stages_divide == 2         ? "an even number of stages"
                                 : fmt::format("stages in multiples of {}", row.stages_divide);
    return fmt::format("{} needs {}, not {}", name_of(plan.schedule), needed, plan.pipeline);
}

std::string rounds_lacking(const Plan& plan) {
    const ScheduleRow& row = row_of(plan);
    const std::int64_t m = micro_batches(plan);
    if (row.round != nullptr && m % row.round(plan) != 0) {
        return fmt::format("{} micro-batches do not divide into rounds of {}", m, row.round(plan));
    }
    return fmt::format("{} micro-batches are fewer than the {} that {} needs with {} stages", m,
                       row.fewest(plan), name_of(plan.schedule), plan.pipeline);
}

std::int64_t whole_rounds(const Plan& plan, std::int64_t micro_batches) {
    const ScheduleRow& row = row_of(plan);
    const std::int64_t fewest = row.fewest == nullptr ? 1 : row.fewest(plan);
    const std::int64_t wanted = std::max(micro_batches, fewest);
    // every row's round divides the number of stages
    return (wanted + plan.pipeline - 1) / plan.pipeline * plan.pipeline;
}

Plan settled(const Plan& plan) {
    const ScheduleRow& row = row_of(plan);
    Plan seen = plan;
    seen.data = seen.micro_batch = 1;
    seen.global_batch = micro_batches(plan);
    if (row.settled != nullptr) seen.global_batch = std::min(seen.global_batch, row.settled(plan));
    return seen;
}

}  // namespace millwright
