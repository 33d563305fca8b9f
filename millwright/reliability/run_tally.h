// What one replication comes to.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/base/quantity.h"
#include "millwright/reliability/badput.h"

namespace millwright {

/// Who is blamed besides the causes of failures; they stand behind these.
enum class RunAccount : std::uint8_t {
    checkpoints,
    planned_stops,
    start,
    derating,
    data,
    imbalance
};

template <>
struct EnumNames<RunAccount> {
    static constexpr std::array<std::string_view, 6> names{
        "checkpoints", "planned stops", "start", "derating", "data", "imbalance"};
};

using BadputTimes = std::array<Seconds, badput_classes>;

/// Seconds of the horizon: what is productive and what is lost sum to it. Work at less than full
/// speed is productive by its speed, the rest of the time is lost.
struct RunTally {
    Seconds productive;
    std::vector<BadputTimes> lost;       // by cause, then by account
    std::vector<std::uint64_t> strikes;  // by cause
    std::uint64_t interruptions = 0;     // failures that stopped the job or a replica
    std::uint64_t planned = 0;
    std::uint64_t stock_outs = 0;  // failures that found no server to replace the failed one
    std::uint64_t retired = 0;
    Seconds without_servers;        // the job waited for one
    Seconds down;                   // it did not run at all, for whatever reason
    std::vector<Seconds> progress;  // by each sample time (progress.h)
};

}  // namespace millwright
