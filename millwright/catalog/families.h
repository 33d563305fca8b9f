// What each family of published models means by its configuration: a table, one row a family.
#pragma once

#include <span>
#include <string_view>

namespace millwright {

/// How a family departs from a Llama-like decoder.
namespace trait {
// bits, of which a family has any number
using Set = unsigned;
inline constexpr Set none = 0;
inline constexpr Set two_matrices = 1U << 0U;  // an MLP without gate, whatever its activation
inline constexpr Set gated = 1U << 1U;         // a gate, whatever the activation
inline constexpr Set biases = 1U << 2U;        // linear layers have biases
inline constexpr Set learnt = 1U << 3U;        // learnt absolute positions
inline constexpr Set both_halves = 1U << 4U;   // intermediate_size counts gate and up together
inline constexpr Set one_mixer = 1U << 5U;     // a layer is a mixer or an MLP, never both
inline constexpr Set gated_output = 1U << 6U;  // attention has an output gate as wide as its query
inline constexpr Set twin = 1U << 7U;          // two attentions, two MLPs and experts in a layer
inline constexpr Set parallel_mlp = 1U << 8U;  // a dense MLP beside the experts of each layer
inline constexpr Set old_falcon = 1U << 9U;    // multi_query says one key-value head
inline constexpr Set mamba = 1U << 10U;        // every layer mixes by Mamba unless said otherwise
inline constexpr Set own_chunks = 1U << 11U;   // attention_chunk_size is a window of no-rope layers
inline constexpr Set ordered = 1U << 12U;      // the file must give the order of its layers
inline constexpr Set plain_width = 1U << 13U;  // an expert is as wide as intermediate_size says
}  // namespace trait

/// A row of the table: several types that mean the same by the same keys share one.
struct Family {
    std::string_view types;  // values of model_type, between spaces
    trait::Set traits = trait::none;
    std::string_view defaults = "{}";  // a JSON object: what an absent key means
    std::string_view refused;          // why the family cannot be counted; empty if it can
};

/// All rows; no type stands in two of them.
std::span<const Family> families();

/// The family of a model_type, or null.
/// Types are compared whole and as they are written.
const Family* family_of(std::string_view model_type);

}  // namespace millwright
