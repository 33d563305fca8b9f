// Pipeline schedules, a row each: in which order a rank works, how long all passes take, how many
// micro-batches it holds, and what a plan must have. Nothing else in the house asks for a schedule
// by name.
//
// Adding one touches three files: its name in millwright/parts/plan.h, its row's declaration here,
// and a source that defines it; laws walk the rows. The build fails to link while a named schedule
// has no row.
// Which frameworks have it is data (`schedules` in data/frameworks); none does until its file says
// so, and `--schedule` pins it meanwhile.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/plan.h"

namespace millwright {

/// What a rank does in a stretch of a step. The first three are slots of a schedule, the others
/// stand at the end of a step.
enum class TaskKind { forward, backward, weight_gradient, data, optimizer, waits };

template <>
struct EnumNames<TaskKind> {
    static constexpr std::array<std::string_view, 6> names{
        "forward", "backward", "weight gradient", "data communication", "optimizer", "waits"};
};

/// One pass of a micro-batch through a chunk of a rank: its part of the model that a micro-batch
/// goes through in one go.
struct Slot {
    TaskKind kind = TaskKind::forward;
    std::int64_t micro_batch = 0, chunk = 0;
    bool defers = false;  // a backward pass whose weight gradient is a slot of its own
    bool beside = false;  // goes on together with the slot before it
};

/// One micro-batch through a stage, with what it waits for of its own groups.
struct StagePass {
    Seconds forward, backward;
    Seconds weight_gradient;  // part of `backward`
    // where the pass goes on beside one the other way, behind which its experts' exchanges hide;
    // only of schedules that feed both ends
    Seconds forward_beside, backward_beside;
    Seconds slowest_forward, slowest_backward;  // of the stages up to this
};

/// Passes of all stages in order, and what spans need of them: of many plans' spans it is the same.
struct StagePasses {
    std::vector<StagePass> each;
    Seconds all_forward, all_backward;  // sums over the stages

    StagePasses() = default;
    explicit StagePasses(std::vector<StagePass> passes);
};

/// All that is known of a schedule. Its functions expect plans with stages and virtual stages that
/// it takes.
struct ScheduleRow {
    /// All slots of a rank in order.
    std::vector<Slot> (*order)(const Plan&, std::int64_t rank);
    /// From the first pass to the last. Exact, or within a few tenths of a per cent of what the
    /// order gives (a law).
    Seconds (*span)(const Plan&, const StagePasses& stages);
    /// Micro-batches whose activations a rank holds at once.
    double (*in_flight)(const Plan&, std::int64_t rank);

    bool virtual_stages = false;     // needs two or more of them; else has one
    std::int64_t least_stages = 1;   // of the pipeline,
    std::int64_t stages_divide = 1;  // whose stages divide by it
    /// What micro-batches of a plan must divide by, and be no fewer than; nothing: any number.
    std::int64_t (*round)(const Plan&) = nullptr;
    std::int64_t (*fewest)(const Plan&) = nullptr;

    /// Micro-batches enter at both ends: rank r holds stage r in chunk 0, for those that enter at
    /// the first rank, and the stage as far from the other end in chunk 1.
    bool both_ends = false;
    /// A stage and its neighbour wait for each other by turns, which exposes half of each message;
    /// other schedules have slack.
    bool by_turns = false;
    /// Beyond so many micro-batches each more takes the time of the slowest rank, exactly: nobody
    /// needs to look at the span of more. Nothing where the span is a formula.
    std::int64_t (*settled)(const Plan&) = nullptr;
    /// Passes of a rank whose messages do not hide behind another pass; nothing: all.
    double (*alone)(const Plan&) = nullptr;
};

/// Defined for each schedule in its own source.
template <Schedule>
struct RowOf {
    static const ScheduleRow row;
};
template <>
const ScheduleRow RowOf<Schedule::one_f_one_b>::row;
template <>
const ScheduleRow RowOf<Schedule::interleaved>::row;
template <>
const ScheduleRow RowOf<Schedule::zero_bubble>::row;
template <>
const ScheduleRow RowOf<Schedule::dualpipe>::row;

/// By schedule.
inline constexpr auto schedule_rows = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{&RowOf<static_cast<Schedule>(I)>::row...};
}(std::make_index_sequence<EnumNames<Schedule>::names.size()>());

/// The row of a schedule, and of a plan's.
inline const ScheduleRow& row_of(Schedule schedule) {
    return *schedule_rows[static_cast<std::size_t>(schedule)];
}
inline const ScheduleRow& row_of(const Plan& plan) { return row_of(plan.schedule); }

/// All passes of one rank in order. Any number of micro-batches that is no fewer than the fewest
/// and divides by two where both ends are fed can be run.
std::vector<Slot> schedule_order(const Plan& plan, std::int64_t rank);

/// The slots of a turn: one, or a forward and a backward pass that go on together.
std::span<const Slot> turn_at(const std::vector<Slot>& order, std::size_t at);

/// Where a micro-batch is worked on.
struct Station {
    std::int64_t rank = 0, chunk = 0;

    friend bool operator==(const Station&, const Station&) = default;
};

/// Chunks of a rank, and copies of a stage's weights among the ranks of a pipeline.
inline std::int64_t copies_of(const Plan& plan) { return row_of(plan).both_ends ? 2 : 1; }
inline std::int64_t chunks_of(const Plan& plan) { return copies_of(plan) * plan.virtual_stages; }

/// The stage of the model that a station holds a share of, one over the virtual stages.
std::int64_t stage_at(const Plan& plan, Station station);

/// Where the input of a pass comes from, and where its output goes; nothing for weight gradients,
/// and where the model begins or ends.
std::optional<Station> source_of(const Plan& plan, std::int64_t rank, const Slot& slot);
std::optional<Station> target_of(const Plan& plan, std::int64_t rank, const Slot& slot);

/// The schedule of plans that name none: the first that takes so many virtual stages.
Schedule usual_schedule(std::int64_t virtual_stages);

/// Whether a plan has what its schedule needs: stages; virtual stages; micro-batches.
bool has_stages(const Plan& plan);
bool takes_virtual_stages(Schedule schedule, std::int64_t virtual_stages);
bool fills_rounds(const Plan& plan);

/// "dualpipe needs an even number of stages, not 3"; "9 micro-batches do not divide into rounds
/// of 8".
std::string stages_lacking(const Plan& plan);
std::string rounds_lacking(const Plan& plan);

/// The least multiple of the stages that is no fewer than so many micro-batches, nor than the
/// fewest of the schedule: a number that it takes, though for some not the next that it would.
std::int64_t whole_rounds(const Plan& plan, std::int64_t micro_batches);

/// The plan with as many micro-batches as its span settles with, one data way: what decides how
/// long the passes of a pipeline wait for each other.
Plan settled(const Plan& plan);

}  // namespace millwright
