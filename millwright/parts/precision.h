// Number formats and what a training or serving recipe does with them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "millwright/base/fields.h"

namespace millwright {

/// Arithmetic formats a chip has a dense rate for.
enum class Format { fp64, fp32, tf32, bf16, fp8, fp6, fp4, int8 };
inline constexpr std::size_t format_count = 8;

template <>
struct EnumNames<Format> {
    static constexpr std::array<std::string_view, format_count> names{
        "fp64", "fp32", "tf32", "bf16", "fp8", "fp6", "fp4", "int8"};
};

/// Bits as the export rules count them for total processing performance.
/// TF32 has 19 bits: one of sign, 8 of exponent, 10 of mantissa. A reading counts 32
/// (docs/rules.md).
constexpr int bit_length(Format format) {
    constexpr std::array bits{64, 32, 19, 16, 8, 6, 4, 8};
    return bits[static_cast<std::size_t>(format)];
}

/// Training and serving recipes: matrix products in this format, the rest in BF16 or FP32.
/// `fp8` scales per tensor, `fp8_block` per tile (DeepSeek, MXFP8), `fp4` is NVFP4 or MXFP4.
enum class Precision { bf16, fp8, fp8_block, fp4 };

template <>
struct EnumNames<Precision> {
    static constexpr std::array<std::string_view, 4> names{"bf16", "fp8", "fp8-block", "fp4"};
};

/// How weights are kept. `fp8` scales per tensor or channel, `fp8_block` per tile; `mxfp4` and
/// `int4` are of weights alone, what they meet stays wider.
enum class WeightForm : std::uint8_t { bf16, fp8, fp8_block, nvfp4, mxfp4, int4, int8 };

template <>
struct EnumNames<WeightForm> {
    static constexpr std::array<std::string_view, 7> names{"bf16",  "fp8",  "fp8-block", "nvfp4",
                                                           "mxfp4", "int4", "int8"};
};

/// Format of the matrix products of a recipe.
constexpr Format product_format(Precision precision) {
    switch (precision) {
        case Precision::bf16: return Format::bf16;
        case Precision::fp8:
        case Precision::fp8_block: return Format::fp8;
        case Precision::fp4: return Format::fp4;
    }
    return Format::bf16;
}

/// Bytes of one operand element in the products of a recipe.
constexpr double operand_bytes(Precision precision) {
    return static_cast<double>(bit_length(product_format(precision))) / 8;
}

// bytes of a value
inline constexpr double fp32_bytes = 4;
inline constexpr double bf16_bytes = 2;
inline constexpr double fp8_bytes = 1;

}  // namespace millwright
