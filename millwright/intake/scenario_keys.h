// Keys of a scenario by path, to be set to what somebody wrote elsewhere as if the file said so:
// "date", "books.tax", "factory/NAME.chips", "factory/*.chips" of all of them, "job.tokens" where
// there is one job.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/intake/text.h"

namespace millwright {

/// A key in one table of a scenario, or in several alike. It holds references into the scenario.
struct ScenarioKey {
    /// Reads what is written into every table: counts as 16k too, text and quantities without
    /// quotes. Faults are those that the file would have, at the place given, and leave the key as
    /// good as not written.
    std::function<void(const std::string& written, const Place& at, Faults& faults)> set;
    std::function<std::optional<double>()> now;  // in SI units; nothing of what is no number
    std::optional<Dimension> dimension;          // of numbers; nothing of words, dates, choices
    bool whole = false;                          // a count
    std::vector<const void*> values;             // that are set: two paths may lead to one
};

/// Whether a path is of a scenario, and not of a part of the catalog: its root, a section, or a
/// kind of which a scenario has tables.
bool is_scenario_path(std::string_view path);

/// The key at a path; nothing, with `why` and a hint in words, where there is none, or none that
/// may be set: names by which tables are known, kinds of jobs, lists.
std::optional<ScenarioKey> scenario_key_at(ScenarioText& text, std::string_view path, Fault& why);

}  // namespace millwright
