// Parts of the catalog and figures that stand in where a question names none; what stood in is
// told.
#pragma once

#include <cstdint>
#include <string_view>

#include "millwright/base/quantity.h"

namespace millwright {

// ids of parts that the built-in catalog has
inline constexpr std::string_view default_fabric = "rail-fat-tree";
inline constexpr std::string_view default_server = "hgx-h100";  // of a system known by its chip

inline constexpr std::string_view default_fleet = "mature";  // of chips nobody published rates of

// of a training step
inline constexpr std::int64_t default_global_batch = 1024;  // sequences
inline constexpr std::int64_t default_sequence = 4096;      // tokens

// of serving: a request, its answer, and what a user waits for each token of it, at most
inline constexpr double default_prompt_tokens = 4096;
inline constexpr double default_output_tokens = 1024;
inline constexpr Seconds default_time_per_token = 0.05 * unit::s;

// of a factory as an investment
inline constexpr Seconds default_horizon = 5 * unit::year;
inline constexpr Seconds default_debt_term = 5 * unit::year;

}  // namespace millwright
