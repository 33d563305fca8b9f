// A fleet whose failures were published: how often, of what, and which servers fail more often.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/parts/failure.h"

namespace millwright {

/// One cause of a fleet's interruptions. Its share of the rate is its count over those of all.
struct FleetCause {
    Cited<double> count;
    FailureKind kind = FailureKind::fail_stop;
    BlastRadius blast = BlastRadius::server;
    bool software = false;
    Cited<double> slowdown;
    Cited<Seconds> lasts;
    Cited<double> variation;
};

template <std::same_as<FleetCause> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"count", &P::count, "interruptions that it made", Need::required, Range{0, 1e9}},
        Field{"kind", &P::kind, "how it shows: explicit, hang, slow or silent"},
        Field{"blast", &P::blast, "what it takes out: process, server, rack, leaf, row or site"},
        Field{"software", &P::software, "a hot update mends it"},
        Field{"slowdown", &P::slowdown, "slow: a step takes so many times as long", Need::optional,
              Range{1, 1000}},
        Field{"lasts", &P::lasts, "slow: mean length; silent: mean time until it is found",
              Need::optional, positive},
        Field{"variation", &P::variation, "deviation of that time over its mean", Need::optional,
              Range{0, 20}},
    };
};

/// Rates are interruptions of 1,000 nodes of eight chips in a day, as they are published. One with
/// `low` and `high` is a band for chips that nobody published rates of.
struct MeasuredFleet {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    std::string note;
    Cited<double> rate, low, high;
    Cited<double> chips;
    Cited<Seconds> planned_every;
    Cited<double> lemon_share, lemon_factor;
    // how its jobs recover and save, where that was published; else as `mature` has it
    Cited<Seconds> restart, stall, checkpoint_stall;
    Cited<Bandwidth> storage_per_chip;
    FleetCause chip, memory, sram, processor, link, sensor;
    FleetCause host, maintenance, cpu, system_memory, chassis, power, pcie;
    FleetCause nic, cable, leaf, rack, cooling, storage;
    FleetCause software, dependency, kernel, reboot, watchdog, corruption, slow;
};

template <std::same_as<MeasuredFleet> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"note", &P::note, "what to know about it"},
        Field{"rate", &P::rate, "interruptions of 1,000 nodes of eight chips in a day",
              Need::required, Range{1e-6, 1e6}},
        Field{"low", &P::low, "lowest rate of a band", Need::optional, Range{1e-6, 1e6}},
        Field{"high", &P::high, "highest rate of a band", Need::optional, Range{1e-6, 1e6}},
        Field{"chips", &P::chips, "chips that it was measured on", Need::optional, Range{1, 1e9}},
        Field{"planned_every", &P::planned_every, "mean time between planned stops", Need::optional,
              positive},
        Field{"lemon_share", &P::lemon_share, "share of servers that fail more often",
              Need::optional, Range{0, 0.99}},
        Field{"lemon_factor", &P::lemon_factor, "how many times as often", Need::optional,
              Range{1, 1000}},
        Field{"restart", &P::restart, "time from a failure until a job that restarts works again",
              Need::optional, positive},
        Field{"stall", &P::stall, "the same of one that swaps or drops what failed", Need::optional,
              positive},
        Field{"checkpoint_stall", &P::checkpoint_stall,
              "time that steps wait for a checkpoint that is written beside them, copies aside",
              Need::optional, positive},
        Field{"storage_per_chip", &P::storage_per_chip,
              "bandwidth of storage for a chip when all write", Need::optional, positive},
    };
};

/// Causes that a fleet's file may name, a table each.
template <class Part, class Visit>
    requires std::is_same_v<std::remove_const_t<Part>, MeasuredFleet>
void for_each_table(Part& fleet, Visit&& visit) {
    visit("cause.chip", fleet.chip);
    visit("cause.memory", fleet.memory);
    visit("cause.sram", fleet.sram);
    visit("cause.processor", fleet.processor);
    visit("cause.link", fleet.link);
    visit("cause.sensor", fleet.sensor);
    visit("cause.host", fleet.host);
    visit("cause.maintenance", fleet.maintenance);
    visit("cause.cpu", fleet.cpu);
    visit("cause.system_memory", fleet.system_memory);
    visit("cause.chassis", fleet.chassis);
    visit("cause.power", fleet.power);
    visit("cause.pcie", fleet.pcie);
    visit("cause.nic", fleet.nic);
    visit("cause.cable", fleet.cable);
    visit("cause.leaf", fleet.leaf);
    visit("cause.rack", fleet.rack);
    visit("cause.cooling", fleet.cooling);
    visit("cause.storage", fleet.storage);
    visit("cause.software", fleet.software);
    visit("cause.dependency", fleet.dependency);
    visit("cause.kernel", fleet.kernel);
    visit("cause.reboot", fleet.reboot);
    visit("cause.watchdog", fleet.watchdog);
    visit("cause.corruption", fleet.corruption);
    visit("cause.slow", fleet.slow);
}

}  // namespace millwright
