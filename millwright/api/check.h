// Is this file or folder well formed?
#pragma once

#include <optional>
#include <string>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"

namespace millwright {

/// A scenario, a frontier, a fabric, the config.json of a model or a folder with one, a folder of
/// catalog parts or of a Chakra trace: what it is shows in the file itself.
struct CheckQuestion {
    std::string path;
};

/// What a sound one is: in words, and the model itself, by whose weights and gaps it can be told.
struct CheckAnswer {
    std::string what;            // "scenario with 2 factories and 1 jobs"
    std::optional<Model> model;  // if it is one
};

/// Faults are those of the file, each at its place, as the question that the file is for would find
/// them: names are looked up too. A folder of parts is added to the built-in catalog, whatever the
/// setting's is, and its rules are unfolded.
Result<CheckAnswer> check(const CheckQuestion& question, const Setting& setting);

}  // namespace millwright
