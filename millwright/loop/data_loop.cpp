#include "millwright/loop/data_loop.h"

#include "millwright/base/random.h"

namespace millwright {

double vehicles_on(const LoopFleet& fleet, std::int64_t day) {
    if (fleet.growth == 0) return fleet.vehicles;
    const double months = static_cast<double>(day) * unit::day.in(unit::month);
    return fleet.vehicles * portable_exp(months * portable_log(1 + fleet.growth));
}

double events_on(const LoopFleet& fleet, std::int64_t day) {
    return vehicles_on(fleet, day) * fleet.events;
}

std::optional<double> uploads_on(const LoopFleet& fleet, std::int64_t day) {
    std::optional<Bytes> budget = fleet.fleet_budget;
    if (fleet.vehicle_budget) {
        const Bytes all = vehicles_on(fleet, day) * fleet.connected * *fleet.vehicle_budget;
        budget = budget ? min(*budget, all) : all;
    }
    if (!budget) return std::nullopt;
    return *budget / fleet.event_size;
}

Seconds training_time(const LoopTraining& training, bool again) {
    return (again ? training.retry : 1) * training.flops / (training.rate * training.used);
}

}  // namespace millwright
