#include "millwright/api/goodput_notes.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"

namespace millwright {
namespace {

std::string minutes(const TimeLaw& law) {
    return fmt::format("{:.3g} min", law.mean.in(unit::minute));
}

/// Whether a cause or a level is of the radius.
bool is_met(BlastRadius radius, const GoodputText& text, const MeasuredFleet* fleet) {
    const auto named = [&](const Written<std::string>& word) {
        return word.given && word.value == name_of(radius);
    };
    bool met = std::ranges::any_of(text.causes, named, &GoodputCauseText::blast) ||
               std::ranges::any_of(text.levels, named, &GoodputLevelText::survives);
    if (fleet == nullptr) return met;
    for_each_table(*fleet, [&](const char*, const FleetCause& cause) {
        met = met || (cause.count.value > 0 && cause.blast == radius);
    });
    return met;
}

}  // namespace

std::vector<std::string> radius_notes(const GoodputText& text, const BlastSizes& blasts,
                                      const MeasuredFleet* fleet) {
    std::vector<std::string> notes;
    const auto note = [&](BlastRadius radius, const Written<std::int64_t>& chips) {
        if (chips.given || !is_met(radius, text, fleet)) return;
        const std::int64_t servers = blasts.servers[static_cast<std::size_t>(radius)];
        notes.push_back(fmt::format("a {0} is {1}, as no chips_per_{0} is given", name_of(radius),
                                    counted(servers, "server")));
    };
    note(BlastRadius::rack, text.job.chips_per_rack);
    note(BlastRadius::leaf, text.job.chips_per_leaf);
    note(BlastRadius::row, text.job.chips_per_row);
    return notes;
}

void append_notes(const GoodputText& text, GoodputInputs& inputs) {
    const FleetJob& job = inputs.job;
    const GoodputRecoveryText& r = text.recovery;
    const auto note = [&](std::string what) { inputs.notes.push_back(std::move(what)); };
    const bool smaller =
        job.policy == RecoveryPolicy::replica_drop || job.policy == RecoveryPolicy::elastic;
    if (job.policy != RecoveryPolicy::restart && !r.stall.given) {
        note(fmt::format("a stall or a swap takes {}, as none is given", minutes(job.path.stall)));
    }
    if (smaller && !text.job.replicas.given) {
        note(fmt::format("{} replicas, as none are given", job.replicas));
    }
    if (smaller && !r.repair.given) {
        note("a replica is back when the stall ends, as no repair is given");
    }
    const bool hangs = std::ranges::any_of(
        job.causes, [](const FailureCause& c) { return c.kind == FailureKind::hang; });
    if (hangs && !r.hang_timeout.given) {
        note(fmt::format("a hang is seen after {}, as no hang_timeout is given",
                         minutes(job.path.hang)));
    }
    if (!job.pool) note("spares never run out, as none are given");
}

}  // namespace millwright
