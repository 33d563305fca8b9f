// Ranges of numbers on the command line, for the sources that see CLI11.
#pragma once

#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright::app {

/// A finite number within bounds, both included. CLI::Range lets "nan" through, which no comparison
/// refuses. The bounds stand in the help.
inline CLI::Validator between(double low, double high) {
    return {[low, high](std::string& text) {
                const auto number = number_of(text);
                if (number && *number >= low && *number <= high) return std::string();
                return fmt::format("'{}' is not a number from {:.12g} to {:.12g}", excerpt(text),
                                   low, high);
            },
            fmt::format("{:.12g} to {:.12g}", low, high)};
}

}  // namespace millwright::app
