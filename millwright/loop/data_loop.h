// A data loop: what a fleet sees is uploaded, chosen, labelled, gathered into training runs,
// trained on, tried, and given back to the fleet in stages.
//
// Events go through the first four stages in daily batches: whoever is taken up on a day leaves at
// its end, and enters the next stage with the next day. Counts are whole, so that what enters a
// stage is what left it, was dropped or is still there, to the last event. Training, evaluation and
// release serve one run after another, each at its own time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// Where an event, or the run that it is part of, is.
enum class LoopStage { upload, curation, labels, gathering, training, evaluation, release };
inline constexpr std::size_t loop_stage_count = 7;
/// Of these the first four have events, the others runs.
inline constexpr std::size_t first_run_stage = 4;

template <>
struct EnumNames<LoopStage> {
    static constexpr std::array<std::string_view, loop_stage_count> names{
        "upload", "curation", "labels", "gathering", "training", "evaluation", "release"};
};

/// How many events a day has: drawn (Poisson, and binomial where a share is kept), or the mean,
/// whose fraction is carried on to the next day.
enum class DailyCounts { drawn, mean };

template <>
struct EnumNames<DailyCounts> {
    static constexpr std::array<std::string_view, 2> names{"drawn", "mean"};
};

/// The most that a day's events and a run's days may be: sums of counts stay whole numbers.
inline constexpr double most_events_a_day = 1e12;
inline constexpr std::int64_t most_loop_days = 36'500;

/// Vehicles or robots. Budgets are of a day; none: no limit.
struct LoopFleet {
    double vehicles = 1;
    double growth = 0;  // of their number in a month, a share
    double events = 1;  // of a vehicle in a day
    Bytes event_size = 1 * unit::MB;
    Bytes raw{};           // that a vehicle's sensors make in a day; zero: not said
    double connected = 1;  // share of vehicles that upload on a day
    std::optional<Bytes> vehicle_budget{}, fleet_budget{};
    std::int64_t keep_days = 0;  // an event that waits longer on board is overwritten
};

struct LoopCuration {
    std::optional<double> a_day{};  // events that are looked at; none: no limit
    double kept = 1;                // share that goes on
};

struct LoopLabels {
    double automatic = 0;           // share that no person sees
    std::optional<double> a_day{};  // events that people label; none: no limit
};

/// One run at a time has the whole factory. One of the two says when a run begins.
struct LoopTraining {
    Flops flops = 1 * unit::flop;
    FlopRate rate = FlopRate::from_si(1);  // dense, of all chips
    double used = 1;                       // of that rate: MFU times the useful share of the time
    double retry = 1;                      // share of the operations that a repeated run takes
    std::optional<std::int64_t> threshold{};  // events that start a run
    std::optional<std::int64_t> every{};      // days from run to run
};

struct LoopEvaluation {
    Seconds takes{};
    double pass = 1;  // a run that does not is trained again
};

/// A run that is rolled back at the end of a stage is trained again.
struct ReleaseStage {
    double share = 1;  // of the fleet, which rises from stage to stage
    Seconds soak{};
    double rollback = 0;
};

/// Prices of what is used; people and chips are paid whether they work or not.
struct LoopPrices {
    Dollars upload_per_gb{}, curation_per_event{}, automatic_per_event{};
    DollarRate people{}, chips{};  // all of them
    Dollars evaluation{};          // of a run once
};

/// All of it. Ranges are those of millwright/intake/loop_text.h.
struct DataLoop {
    LoopFleet fleet;
    LoopCuration curation;
    LoopLabels labels;
    LoopTraining training;
    LoopEvaluation evaluation;
    std::vector<ReleaseStage> release{ReleaseStage{}};
    LoopPrices prices;
    DailyCounts counts = DailyCounts::drawn;
    std::int64_t days = 365;
};

/// Mean events of all vehicles on a day, the first being zero.
double events_on(const LoopFleet& fleet, std::int64_t day);

/// Vehicles on a day.
double vehicles_on(const LoopFleet& fleet, std::int64_t day);

/// Events that can be uploaded on a day, with a fraction; none: no limit.
std::optional<double> uploads_on(const LoopFleet& fleet, std::int64_t day);

/// Time of a run on the factory; of a repeated one where `again`.
Seconds training_time(const LoopTraining& training, bool again);

}  // namespace millwright
