// How weights are kept, and what products that makes of them on a chip.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "millwright/parts/chip.h"
#include "millwright/serve/replica.h"

namespace millwright {

/// Bytes of a weight, scales included.
double bytes_of(WeightForm form);

/// The format of products of such weights on a chip: their own where it has a rate for it, else
/// BF16 on weights that are unpacked. INT4 is always unpacked; MXFP4 meets FP8 on chips with FP4.
Format products_of(WeightForm form, const Chip& chip);

/// Recipe of products; those of INT8 stand where those of FP8 do (see `replica_in`).
WeightFormat format_of(WeightForm form, const Chip& chip);

/// Whether the chip has products of the format, as far as is known.
bool multiplies(const ChipRates& chip, Precision precision);

/// Forms of attention's projections, of dense MLPs and of experts: the one that is given, else as
/// the model is published where that is narrow (FP8 as INT8 where the engine converts it and the
/// chip has that alone), else FP8 where the chip has it, else BF16.
std::array<WeightForm, 3> forms_of(std::optional<WeightForm> given, const Model& model,
                                   const Engine& engine, const Chip& chip, const ChipRates& rates);

/// "fp8", or "attention bf16, MLPs bf16, experts mxfp4".
std::string forms_text(const std::array<WeightForm, 3>& forms, bool experts);

/// The model in these forms on a chip as the engine runs it by itself: without a layout, a network
/// and requests; keys and values in BF16. Of weights in INT8 on a chip without FP8, products take
/// the place of those of FP8: tensors are as large, and kernels, which nobody measured, reach the
/// share of their peak that those of BF16 do.
Replica replica_in(const std::array<WeightForm, 3>& forms, const Model& model, const Engine& engine,
                   const Chip& chip, const ChipRates& rates);

}  // namespace millwright
