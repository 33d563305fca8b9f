// Events are ends of turns. A turn may start when its rank is free and its inputs are there, and
// both become true only when some turn ends, so it is tried then: on the rank that is free again,
// and on those that the ended passes feed. A turn costs O(log ranks).
#include "millwright/train/walk.h"

#include <stdexcept>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/sim/events.h"

namespace millwright {
namespace {

class ScheduleWalk {
public:
    ScheduleWalk(const Plan& plan, const TurnLength& length);

    std::vector<std::vector<WalkedSlot>> run();

private:
    std::vector<bool>& passed(TaskKind kind) {
        return kind == TaskKind::forward ? forward_ : backward_;
    }
    std::size_t cell(Station at, std::int64_t micro_batch) const {
        const std::int64_t row = at.rank * chunks_ + at.chunk;
        return static_cast<std::size_t>(row * micro_batches(plan_) + micro_batch);
    }
    std::span<const Slot> turn(std::size_t rank) const { return turn_at(orders_[rank], at_[rank]); }
    bool has_come(std::int64_t rank, const Slot& slot);
    void try_start(std::int64_t rank, Seconds now);
    void end(std::int64_t rank, Seconds now);

    const Plan& plan_;
    const TurnLength& length_;
    std::int64_t chunks_;
    std::vector<std::vector<Slot>> orders_;
    std::vector<std::vector<WalkedSlot>> done_;
    std::vector<std::size_t> at_;  // next slot of each rank
    std::vector<bool> busy_, forward_, backward_;
    EventQueue<std::int64_t> ends_;  // of turns, by rank
};

ScheduleWalk::ScheduleWalk(const Plan& plan, const TurnLength& length)
    : plan_(plan), length_(length), chunks_(chunks_of(plan)) {
    for (std::int64_t r = 0; r < plan.pipeline; ++r) orders_.push_back(schedule_order(plan, r));
    done_.resize(orders_.size());
    at_.assign(orders_.size(), 0);
    busy_.assign(orders_.size(), false);
    const auto passes = static_cast<std::size_t>(plan.pipeline * chunks_ * micro_batches(plan));
    forward_.assign(passes, false);
    backward_.assign(passes, false);
}

// Where the model begins or ends nothing has to come: the backward pass of the last stage follows
// its own forward pass, which stands before it in the order of the same rank.
bool ScheduleWalk::has_come(std::int64_t rank, const Slot& slot) {
    const auto source = source_of(plan_, rank, slot);
    return !source || passed(slot.kind)[cell(*source, slot.micro_batch)];
}

void ScheduleWalk::try_start(std::int64_t rank, Seconds now) {
    const auto r = static_cast<std::size_t>(rank);
    if (busy_[r] || at_[r] >= orders_[r].size()) return;
    const std::span<const Slot> next = turn(r);
    for (const Slot& slot : next) {
        if (!has_come(rank, slot)) return;
    }
    busy_[r] = true;
    const Seconds until = now + length_(rank, next);
    for (const Slot& slot : next) done_[r].push_back({slot, now, until});
    ends_.put(until, rank);
}

void ScheduleWalk::end(std::int64_t rank, Seconds now) {
    const auto r = static_cast<std::size_t>(rank);
    const std::span<const Slot> ended = turn(r);
    busy_[r] = false;
    at_[r] += ended.size();
    for (const Slot& slot : ended) {
        if (slot.kind == TaskKind::weight_gradient) continue;
        passed(slot.kind)[cell({rank, slot.chunk}, slot.micro_batch)] = true;
    }
    try_start(rank, now);
    for (const Slot& slot : ended) {
        if (const auto target = target_of(plan_, rank, slot)) try_start(target->rank, now);
    }
}

std::vector<std::vector<WalkedSlot>> ScheduleWalk::run() {
    for (std::int64_t r = 0; r < plan_.pipeline; ++r) try_start(r, Seconds{});
    while (!ends_.empty()) {
        const auto event = ends_.take();
        end(event.what, event.at);
    }
    for (std::size_t r = 0; r < orders_.size(); ++r) {
        require(at_[r] == orders_[r].size(), "a schedule's order lets every pass start");
    }
    return std::move(done_);
}

}  // namespace

std::vector<std::vector<WalkedSlot>> walk(const Plan& plan, const TurnLength& length) {
    return ScheduleWalk(plan, length).run();
}

Seconds turn_length(const Plan& plan, const StagePasses& stages, std::int64_t rank,
                    std::span<const Slot> turn) {
    Seconds sum;
    for (const Slot& slot : turn) {
        const auto at = static_cast<std::size_t>(stage_at(plan, {rank, slot.chunk}));
        const StagePass& stage = stages.each[at];
        const bool beside = turn.size() > 1;
        switch (slot.kind) {
            case TaskKind::forward: sum += beside ? stage.forward_beside : stage.forward; break;
            case TaskKind::backward:
                sum += beside ? stage.backward_beside : stage.backward;
                if (slot.defers) sum = sum - stage.weight_gradient;
                break;
            default: sum += stage.weight_gradient;
        }
    }
    return sum / real(plan.virtual_stages);
}

Seconds walked_span(const Plan& plan, const StagePasses& stages) {
    const auto ranks = walk(plan, [&](std::int64_t rank, std::span<const Slot> turn) {
        return turn_length(plan, stages, rank, turn);
    });
    Seconds end;
    for (const auto& slots : ranks) end = max(end, slots.back().end);
    return end;
}

}  // namespace millwright
