// Rows of measured attention kernels: what was timed, by the words of their sources.
#pragma once

#include <map>
#include <string>

#include "millwright/compute/attention_kernels.h"
#include "millwright/parts/framework.h"

namespace millwright {

/// What stands in the column `shape`, by name.
using Shape = std::map<std::string, std::string>;

/// An attention kernel as the model takes it: over a cache, of a serving engine's prompts, or a
/// core by itself, in the directions that were timed.
struct AttentionRow {
    AttentionLibrary library = AttentionLibrary::fastest;
    Attention core;        // of whole sequences
    CacheAttention cache;  // of decoding
    bool decodes = false;
    bool fp8_cache = false;
    bool serves = false;  // with rotary embedding and the write to the cache
    bool forward = true, backward = false;
    Seconds eager;  // of each operation, where a framework's own were timed one by one
};

/// Reads the shape of a kernel of this `name`, `dtype` and `source`, all in lower case. Widths that
/// are not printed: heads of 128, values as wide as keys; of multi-latent attention ("mla") those
/// of DeepSeek-V2: 192 and 128, over a cache 576, of which 512 are values. Gives why the row cannot
/// be used; empty if it can.
std::string read_attention(const Shape& shape, const std::string& name, const std::string& dtype,
                           const std::string& source, AttentionRow& row);

/// Useful FLOPs of what was timed.
Flops attention_row_flops(const AttentionRow& row);

/// Time on these rates.
Seconds attention_row_time(const AttentionRow& row, const ChipRates& chip);

/// The first of these names that the shape has, as a number: sources spell one size in many ways.
double shape_number(const Shape& shape, std::initializer_list<const char*> names, double otherwise);
/// Whether the shape says yes.
bool shape_flag(const Shape& shape, const char* name);

}  // namespace millwright
