// What is trained where a model's own weights are frozen: adapters of low rank beside its products
// (LoRA, Hu 2021, arXiv 2106.09685), and how the frozen weights are kept (QLoRA, Dettmers 2023,
// arXiv 2305.14314).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "millwright/base/fields.h"

namespace millwright {

/// Products that adapters may stand beside: the projections of a layer's mixer; its dense MLP and
/// shared experts; routed experts, each with adapters of its own.
enum class LowRankTarget : std::uint8_t { attention, mlp, experts };

template <>
struct EnumNames<LowRankTarget> {
    static constexpr std::array<std::string_view, 3> names{"attention", "mlp", "experts"};
};

/// How frozen weights of projections, MLPs and experts are kept. `nf4` is four bits a weight in
/// blocks of 64, whose scales are quantised too; products are of BF16 copies made each time.
enum class BaseForm : std::uint8_t { bf16, nf4 };

template <>
struct EnumNames<BaseForm> {
    static constexpr std::array<std::string_view, 2> names{"bf16", "nf4"};
};

/// Bytes of a weight in NF4: four bits, a scale of eight for each block of 64 weights, and one of
/// 32 for each 256 of these (QLoRA, section 3: 0.127 bits beside the four).
inline constexpr double nf4_bytes = (4 + 8.0 / 64 + 32.0 / (64 * 256)) / 8;

/// Adapters that are trained in place of the weights they stand beside.
struct LowRank {
    std::int64_t rank = 0;  // of each adapter; zero: there are none
    std::array<bool, EnumNames<LowRankTarget>::names.size()> targets{true, true, true};
    BaseForm base = BaseForm::bf16;

    bool any() const { return rank > 0; }
    bool on(LowRankTarget target) const { return targets[static_cast<std::size_t>(target)]; }
    friend bool operator==(const LowRank&, const LowRank&) = default;
};

}  // namespace millwright
