// How much of the time a training job works on chips that fail: what is asked, else what the fleet
// of its chip shows, by the closed form of reliability/fleet_job.h.
#pragma once

#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/factory/factory.h"
#include "millwright/train/context.h"

namespace millwright {

/// The share, and what it is made of. Where the share was given nothing else is known.
struct UsefulTime {
    double share = 1;          // of time, on steps that count
    double low = 1, high = 1;  // at the ends of the fleet's band of rates; else the share
    bool given = false;        // by whoever asks
    std::string fleet;         // of the catalog, of which the rate is; empty: the rate was given
    double rate = 0;           // failures of 1,000 nodes of eight chips in a day
    Seconds mttf;              // zero where nothing fails
    Seconds restart;           // or stall, until it works again
    Bytes checkpoint;          // of the whole model
    Seconds waits, writing, load;  // of steps for one, of storage beside them, within a restart
    Seconds period;                // of work between two
};

/// Below it a job cannot be done: it would take a million times as long as its steps.
inline constexpr double least_useful = 1e-6;

/// What fails, and what is saved.
struct UsefulTimeQuestion {
    const Catalog& catalog;
    const ReliabilityAsked& asked;
    const Factory& factory;
    const TrainContext& context;
    double chips = 0;  // of the job
};

/// The fleet that is asked for, or else that of the chip, or else of mature fleets.
const MeasuredFleet& fleet_of(const Catalog& catalog, const std::string& asked, const Chip& chip);

/// Share of a fleet's failures that stop a job, and take a server out; one where none is counted.
double stopping_share(const MeasuredFleet& fleet);

/// All failures stop the job and are alike; those that slow it down are left out. A checkpoint is
/// copied to the hosts while steps wait and written from there beside them; where nothing joins
/// chips to hosts, or these are known to have too little memory, steps wait until it is written.
/// Standbys and spares never run out.
UsefulTime useful_time(const UsefulTimeQuestion& question);

}  // namespace millwright
