// A file of observed lengths, one a line.
#pragma once

#include <string>
#include <string_view>

#include "millwright/base/result.h"
#include "millwright/parts/length_shares.h"

namespace millwright {

/// Largest file of lengths that is read, in bytes.
inline constexpr std::size_t length_file_limit = 256'000'000;

/// Reads whole numbers of tokens, from 1 to `most_request_tokens`, one a line; blank lines are
/// passed over. Faults, of which the first twenty are told: a file that cannot be read or holds
/// none, and every line that is something else.
Result<LengthShares> read_length_file(const std::string& path);
/// The same of text; `file` is what faults call it.
Result<LengthShares> parse_length_list(std::string_view text, const std::string& file);

}  // namespace millwright
