// Options of an engine's release as rows: their flags, what they take, what they set.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millwright/api/launch.h"
#include "millwright/parts/engine.h"

namespace millwright {

/// The value is a mark, a word that must stand there, or empty.
struct Flag {
    std::string name, value;

    bool is_marked() const;
    friend bool operator==(const Flag&, const Flag&) = default;
};

struct Option {
    std::vector<Flag> flags;
    void (*set)(LaunchRead&, double value) = nullptr;
    double low = 1, high = 1e9;
    bool whole = true, takes_any = false;

    bool takes(double value) const;
    /// The flags with a value that they take.
    std::string example() const;
};

inline constexpr std::int64_t experts_over_all = -1;  // over as many chips as a stage has

/// Those on the command line; those in its file of options are not.
std::vector<Option> options_of(const EngineLaunch& launch);

/// The option that has the flag, and the flag in it; nulls where none has.
std::pair<const Option*, const Flag*> option_with(const std::vector<Option>& options,
                                                  const std::string& flag);

/// The number where the mark stands, of a word or of the mark's key in a JSON object.
std::optional<double> value_of(const Flag& flag, const std::string& word);

/// Words before the model or the first flag, and the flag before the model, empty if it has none.
std::vector<std::string> program_of(const EngineLaunch& launch);
std::string model_flag_of(const EngineLaunch& launch);

/// The flag that a spelling stands for, itself if it is none.
std::string meant_by(const EngineLaunch& launch, const std::string& word);

/// Flags that change nothing of what is simulated, those of several servers too.
bool is_passed_over(const EngineLaunch& launch, const std::string& flag);

/// Every flag that is read.
std::vector<std::string> known_flags(const EngineLaunch& launch);

}  // namespace millwright
