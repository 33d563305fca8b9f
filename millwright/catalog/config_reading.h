// A model's configuration as keys and values: parsed, flattened, read under all names of a thing,
// and asked at the end which keys nobody understood.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/base/result.h"
#include "millwright/catalog/families.h"

namespace millwright {

/// The names that one thing goes by; faults name the one that is written, else the first.
using Keys = std::vector<std::string>;

/// The state of one file's reading. `text` must outlive it; what value_of() gives points into it.
struct ConfigReading {
    std::string file;
    std::string_view text;
    std::size_t begin = 0;  // where in the text the language model begins
    bool nested = false;    // inside text_config or the like, which leave out class defaults
    std::string type;       // model_type
    Family family;
    bool family_known = false;
    std::map<std::string, nlohmann::json> given;  // "attn_config.kv_n_heads" and the like
    nlohmann::json defaults;
    // keys that somebody asked for, whatever was made of them
    std::set<std::string> understood;
    Faults faults;
    std::set<std::string> faulty;     // keys that have a fault, under all names of their thing
    std::int64_t layers = 0;          // zero until they are known
    std::int64_t extra = 0;           // prediction blocks, which lists of layers may go on to
    std::vector<std::string> filled;  // keys taken from the class defaults
    std::vector<std::string> caveats;

    bool is(trait::Set wanted) const { return (family.traits & wanted) != 0; }
    /// Told once, however often a key is asked for.
    void fault(const std::string& key, std::string message, std::string hint);
    bool any_faulty(const Keys& keys) const;
    /// Whether a key is faulty that says which other keys are read: what they lack is not known.
    bool unsure() const;
};

/// Parses the text (Infinity and NaN may stand in it) and finds the language model in it.
Result<ConfigReading> parse_config(std::string_view text, const std::string& file);

/// The value under any of these names, else the family's default, else null. Names that disagree
/// are a fault.
/// A null that is written counts as absent and keeps the default out. Valid while `r` is.
const nlohmann::json* value_of(ConfigReading& r, const Keys& keys);

/// A whole number of 0 to 10^9; a list of equal numbers, one a layer, is one number.
std::optional<std::int64_t> count_of(ConfigReading& r, const Keys& keys);
/// The same above zero; a fault that names `doc` if it is missing. One stands for it then: checks
/// that combine values ask `any_faulty` first, so that no fault follows from another.
std::int64_t needed_count(ConfigReading& r, const Keys& keys, std::string_view doc);
/// One number a layer, from a number or a list of so many; empty if absent.
std::vector<std::int64_t> counts_of(ConfigReading& r, const Keys& keys, std::int64_t layers);
/// True or false; `otherwise` if absent, and after a fault.
bool flag_of(ConfigReading& r, const Keys& keys, bool otherwise);
/// A name; empty if absent, and after a fault. An object under the key is no fault: it was read by
/// dotted keys.
std::string word_of(ConfigReading& r, const Keys& keys);
/// A list of words or whole numbers as text; empty if absent. A string of numbers between commas
/// is such a list too.
std::vector<std::string> words_of(ConfigReading& r, const Keys& keys);

/// Whether a list has one entry, or one for each layer; a fault if not, unless the number of layers
/// is itself faulty.
bool fits_layers(ConfigReading& r, const std::string& key, std::size_t entries);

/// The value as JSON, cut to a readable length.
std::string short_text(const nlohmann::json& value);

/// Faults for keys that look like arithmetic and were never read; caveats for the rest.
void judge_unread(ConfigReading& r);

}  // namespace millwright
