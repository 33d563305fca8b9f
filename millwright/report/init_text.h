// Files to begin with, as commented TOML: every key that the kind may have, with its unit, its
// range and what it means, from the tables that read it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/init.h"

namespace millwright {

/// The file. Keys that the start has stand live; the others are commented out, as "#key = value"
/// with a value that the reader takes, where texts are "...". Comments begin with "# ". A part has
/// a name of its own, and neither the aliases nor the note of the one that it is like; its figures
/// cite that one's sources. Lines end at 100 columns where they are comments.
std::string init_text(const InitAnswer& answer, const Catalog& catalog);

/// {"kind", "like", "toml"}: the kind in the singular, the part's id (null of a scenario), the
/// file's text.
nlohmann::ordered_json init_json(const InitAnswer& answer, const Catalog& catalog);

}  // namespace millwright
