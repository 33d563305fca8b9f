// What fails, as catalogs and scenarios say it: how a failure shows, how far it reaches, by which
// law its times come, and what a job does then.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "millwright/base/fields.h"

namespace millwright {

/// `fail_stop`: the job stops at once and says why. `hang`: it stops, and only a timeout tells.
/// `slow`: it goes on slower for a while. `silent`: it goes on with wrong numbers until found.
enum class FailureKind : std::uint8_t { fail_stop, hang, slow, silent };

template <>
struct EnumNames<FailureKind> {
    static constexpr std::array<std::string_view, 4> names{"explicit", "hang", "slow", "silent"};
};

/// What one failure takes out of the job. `process` takes nothing: the same machines start again.
/// A chip takes its server with it, as jobs are placed by servers.
enum class BlastRadius : std::uint8_t { process, server, rack, leaf, row, site };

template <>
struct EnumNames<BlastRadius> {
    static constexpr std::array<std::string_view, 6> names{"process", "server", "rack",
                                                           "leaf",    "row",    "site"};
};

/// Law of the times of failures. `exponential`: as likely at any time. `weibull`: gaps between
/// failures of the cause are Weibull; a shape below one makes bursts. `ageing`: the hazard is a
/// power of age, shape less one (Crow's power law, AMSAA technical report 138, 1974, under minimal
/// repair); a shape below one is burn-in, above one wear.
enum class HazardLaw : std::uint8_t { exponential, weibull, ageing };

template <>
struct EnumNames<HazardLaw> {
    static constexpr std::array<std::string_view, 3> names{"exponential", "weibull", "ageing"};
};

/// What the job does when something under it fails.
/// `restart`: it ends, is scheduled anew and goes back to its last checkpoint. `standby`: the same
/// with a server that waits warm, while there is one. `hot_update`: planned stops and failures of
/// software start the processes again where they are; all else restarts. `replica_drop`: replicas
/// that are whole stall, lose nothing and go on without the failed one until it is back. `elastic`:
/// the rest forms anew, goes back to the last checkpoint and goes on smaller until then.
enum class RecoveryPolicy : std::uint8_t { restart, standby, hot_update, replica_drop, elastic };

template <>
struct EnumNames<RecoveryPolicy> {
    static constexpr std::array<std::string_view, 5> names{"restart", "standby", "hot-update",
                                                           "replica-drop", "elastic"};
};

}  // namespace millwright
