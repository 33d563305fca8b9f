// The operations of one layer on one rank, forward, for one micro-batch.
//
// One description serves every engine: each operation knows its kernel, its matrix dimensions,
// its FLOPs, the bytes it moves and the activation it leaves for the backward pass. Layers are
// sharded by tensor, sequence, context and expert parallelism (Shoeybi 2019, Korthikanti 2023,
// Lepikhin 2021). Formulas: docs/model.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/compute/attention_kernels.h"
#include "millwright/compute/kernels.h"
#include "millwright/compute/recurrence_kernels.h"
#include "millwright/parts/framework.h"
#include "millwright/parts/model.h"

namespace millwright {

/// Parts of a layer that selective recompute can name, as bits of a list.
namespace repeats {
using List = unsigned;
constexpr List bit(Repeat part) { return 1U << static_cast<unsigned>(part); }
inline constexpr List none = 0, norm = bit(Repeat::norm), core = bit(Repeat::core),
                      activation = bit(Repeat::activation), latent = bit(Repeat::latent),
                      mlp = bit(Repeat::mlp), experts = bit(Repeat::experts),
                      shared_experts = bit(Repeat::shared_experts),
                      projections = bit(Repeat::projections);
inline constexpr List everything = (1U << EnumNames<Repeat>::names.size()) - 1;
}  // namespace repeats

/// What an operation belongs to in a time ledger.
enum class Block { attention, projections, mlp, experts, router, norms, vocabulary };
inline constexpr std::size_t block_count = 7;

template <>
struct EnumNames<Block> {
    static constexpr std::array<std::string_view, block_count> names{
        "attention", "projections",         "mlp",       "experts",
        "router",    "norms and pointwise", "vocabulary"};
};

/// Which function of the kernel headers times it.
enum class Kernel { gemm, grouped_gemm, attention, recurrence, memory };

/// One kernel of a layer; figures are of one rank and one micro-batch.
struct Operation {
    std::string_view name;
    Block block = Block::mlp;
    Kernel kernel = Kernel::memory;
    Product product;        // of kernels gemm and grouped_gemm
    Attention attention;    // of kernel attention
    Recurrence recurrence;  // of kernel recurrence
    AttentionLibrary library = AttentionLibrary::fastest;
    Flops flops;                             // forward, useful work: causal attention counts half
    Bytes traffic;                           // of kernel memory
    Bytes saved;                             // kept for the backward pass
    repeats::List repeated = repeats::none;  // with these parts recomputed, it runs again
    repeats::List freed = repeats::none;     // with these parts recomputed, `saved` is not kept
    bool trains = true;                      // has a weight gradient (products only)
    double matrices = 1;      // side by side in the product, of one input; sharding divides each
    bool of_heads = false;    // a product of its own for each head, and a matrix
    bool read_again = false;  // `saved` serves the backward pass of another operation too
    bool in_core = false;     // serving engines do it in the operation of the attention core
};

/// A rank's share of a layer: how many tokens, heads, columns and experts it holds.
struct Shard {
    double micro_batch = 1;
    double sequence = 1;
    double tensor = 1;
    double context = 1;
    double expert = 1;
    double expert_tensor = 1;
    bool sequence_parallel = true;
    AttentionLibrary attention = AttentionLibrary::fastest;
    double pointwise = 1;       // traffic of pointwise kernels over that of fused ones
    double permute_passes = 8;  // of routed rows through memory, to experts and back
    double logit_bytes = 6;     // kept per logit for the loss: FP32 copy and BF16
    Precision precision = Precision::bf16;

    /// Tokens in the tensor-parallel region of one micro-batch.
    double tokens() const { return micro_batch * sequence / context; }
    /// Tokens outside it, where sequence parallelism splits them too.
    double own_tokens() const { return tokens() / (sequence_parallel ? tensor : 1); }
};

/// Layers of each kind of a pattern before layer i, for i up to the number of layers.
using LayerCounts = std::vector<std::int64_t>;
std::vector<LayerCounts> prefix_counts(const Pattern& pattern);

/// In the order in which they run. Communication is not among them.
std::vector<Operation> layer_operations(const Model& model, const Layer& layer, const Shard& shard);
/// Input embedding of the first stage.
std::vector<Operation> embedding_operations(const Model& model, const Shard& shard);
/// Final norm, logits over the sharded vocabulary and the loss, on the last stage.
std::vector<Operation> head_operations(const Model& model, const Shard& shard);

/// Forward pass, casts of an FP8 or FP4 recipe included.
Seconds forward_time(const ChipRates& chip, const Operation& op);
/// Backward pass without weight gradients; 2.5 times the FLOPs for the attention core
/// (FlashAttention-2).
Seconds input_gradient_time(const ChipRates& chip, const Operation& op);
/// Weight gradient of a product, which zero-bubble schedules move; zero for other kernels. It is
/// added to one of `gradient` bytes an element: 4 in FP32, 2 in BF16.
Seconds weight_gradient_time(const ChipRates& chip, const Operation& op, double gradient = 4);

/// Whether an operation is a product with weights, and not of two activations.
bool has_weights(const Operation& op);

/// Useful FLOPs of one token, forward and backward, by the convention that MFU uses here:
/// six per active weight (embedding look-up excluded, head included) and what the rows of mixers
/// add (causal attention, passes over a state). A frozen weight has four: `of_weight`.
Flops model_flops_per_token(const Model& model, double sequence, double of_weight = 6);

}  // namespace millwright
