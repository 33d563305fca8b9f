// Words explained, one or all.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/terms.h"

namespace millwright {

/// The word with its other names, what it means, and where that is from.
std::string term_text(const TermEntry& entry);

/// A line a term under the heading of its topic.
std::string terms_text(const TermAnswer& answer);

/// {"id", "name", "aliases", "topic", "text", "source", "see_also"}; the source is null where there
/// is none.
nlohmann::ordered_json term_json(const TermEntry& entry);

/// A list of these.
nlohmann::ordered_json terms_json(const TermAnswer& answer);

}  // namespace millwright
