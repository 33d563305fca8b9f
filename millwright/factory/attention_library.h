// Which attention library there was, by day and chip.
#pragma once

#include "millwright/catalog/catalog.h"
#include "millwright/parts/framework.h"

namespace millwright {

/// The best library that a training framework could have on this chip on that day: the fastest of
/// its kernel family, else the newest release of FlashAttention that was out, else none. Of a
/// family without a library's first day, or without measured libraries of its own, the fastest.
AttentionLibrary attention_library(const Catalog& catalog, const Chip& chip, const Date& day);

}  // namespace millwright
