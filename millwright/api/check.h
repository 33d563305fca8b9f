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

/// What a sound one is.
struct CheckAnswer {
    std::string what;            // "scenario with 2 factories and 1 jobs"
    std::optional<Model> model;  // if it is one
};

/// Faults are those of the file, each at its place.
Result<CheckAnswer> check(const CheckQuestion& question, const Setting& setting);

}  // namespace millwright
