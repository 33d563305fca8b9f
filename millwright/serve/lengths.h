// How long prompts and answers are: a distribution in tokens, drawn by counter.
//
// As people write it: a number, `uniform(a,b)`, `lognormal(mean,cv)`, or the path of a file of
// lengths, one a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millwright/base/random.h"
#include "millwright/base/result.h"
#include "millwright/parts/length_shares.h"

namespace millwright {

/// Always so many tokens.
struct FixedLength {
    std::int64_t tokens = 1;
};

/// Whole tokens from `low` to `high`, both ends too, each as likely.
struct UniformLength {
    std::int64_t low = 1, high = 1;
};

/// By the mean in tokens and deviation over mean. Draws are rounded to whole tokens, one at least
/// and `most_request_tokens` at most, which moves the mean of short ones.
struct LognormalLength {
    double mean = 1, variation = 0;
};

/// As often as they were observed. Made by observed_length(), as draws need the sums of weights.
struct ObservedLength {
    std::vector<std::int64_t> tokens;  // rising
    std::vector<double> up_to;         // sums of weights, this length's too
};

using Lengths = std::variant<FixedLength, UniformLength, LognormalLength, ObservedLength>;

/// The distribution of observed lengths; they are as `LengthShares` says.
ObservedLength observed_length(const LengthShares& shares);

/// Reads the forms above. `name` is what faults call the value, such as "--prompt". Faults: a form
/// or number that is none of them, bounds out of order or range, a faulty file.
Result<Lengths> read_lengths(std::string_view text, const std::string& name);

/// Tokens of the draw with this counter, below 2^48: the same whatever was drawn before.
std::int64_t length_at(const Lengths& lengths, const RandomStream& stream, std::uint64_t counter);

/// The mean in tokens, before rounding.
double mean_of(const Lengths& lengths);

/// The longest that can be drawn, in tokens; of a lognormal one `most_request_tokens`.
std::int64_t longest_of(const Lengths& lengths);

}  // namespace millwright
