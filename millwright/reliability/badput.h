// Where time goes that is not useful, by the classes of Google's goodput vocabulary
// (ml-goodput-measurement, BadputType), so that figures can be held beside those of its logs.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "millwright/base/fields.h"

namespace millwright {

enum class Badput : std::uint8_t {
    tpu_initialization,
    training_prep,
    program_startup,
    data_loading_sync,
    data_loading_async,
    checkpoint_save,
    checkpoint_restore,
    wasted_progress,
    infrastructure_recovery,
    custom,
    other
};

template <>
struct EnumNames<Badput> {
    static constexpr std::array<std::string_view, 11> names{
        "TPU_INITIALIZATION",
        "TRAINING_PREP",
        "PROGRAM_STARTUP",
        "DATA_LOADING_SYNC",
        "DATA_LOADING_ASYNC",
        "UNPRODUCTIVE_CHECKPOINT_SAVE",
        "UNPRODUCTIVE_CHECKPOINT_RESTORE",
        "WASTED_PROGRESS_FROM_DISRUPTION",
        "INFRASTRUCTURE_RECOVERY_FROM_DISRUPTION",
        "CUSTOM",
        "OTHER"};
};

inline constexpr std::size_t badput_classes = EnumNames<Badput>::names.size();

}  // namespace millwright
