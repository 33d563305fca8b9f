#include "millwright/api/goodput_steps.h"

#include <algorithm>
#include <filesystem>

#include "millwright/intake/timed_steps.h"

namespace millwright {

/// An imbalance of every step of a job: its slow-down is never below one, which holds nobody up.
Result<Straggling> add_timed_steps(GoodputText& text) {
    std::filesystem::path path = text.steps.value;
    const bool beside = text.steps.at.file == text.file && path.is_relative();
    if (beside) path = std::filesystem::path(text.file).parent_path() / path;
    const auto steps = read_timed_steps(path.string());
    if (!steps) return failure(steps.error());
    Straggling found = straggling_of(*steps);
    const auto written = [&](double value) { return Written<double>{value, text.steps.at, true}; };
    text.imbalances.push_back({.at = text.steps.at,
                               .name = {"timed steps", text.steps.at, true},
                               .chance = written(1),
                               .slowdown = written(std::max(1.0, found.slowdown)),
                               .variation = written(found.variation)});
    return found;
}

}  // namespace millwright
