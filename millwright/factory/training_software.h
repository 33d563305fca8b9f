// What a chip's software can train with on a day, by the catalog's releases.
#pragma once

#include <array>
#include <string>

#include "millwright/catalog/catalog.h"
#include "millwright/parts/framework.h"

namespace millwright {

/// What training has on a chip; by itself all that there is.
struct TrainingSoftware {
    AttentionLibrary attention = AttentionLibrary::fastest;
    std::array<bool, EnumNames<Precision>::names.size()> formats{true, true, true, true};

    /// Whether products of that recipe can be trained with.
    bool has(Precision precision) const { return formats[static_cast<std::size_t>(precision)]; }
};

/// By the releases that the chip had on that day, or at the end of the month of its own launch if
/// that is later, as nobody trains on it before. Attention is by the fastest library that is out;
/// of a chip that no library but the unfused is listed for, nothing is known, and the fastest is
/// taken. So is a recipe that no release is listed for; BF16 is always there.
TrainingSoftware training_software(const Catalog& catalog, const Chip& chip, const Date& day);

/// "no software trains in fp8-block on h100-sxm on 2024-03-01; ... is of 2025-05-31, until then X".
std::string no_format_text(const Catalog& catalog, const Chip& chip, Precision precision,
                           const Date& day);

}  // namespace millwright
