// What the commands of the program share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "millwright/api/setting.h"
#include "millwright/base/csv.h"
#include "millwright/base/result.h"
#include "millwright/base/text.h"
#include "millwright/catalog/catalog.h"

namespace millwright::app {

/// What --optimistic does, wherever factories are ranked.
inline constexpr const char* optimistic_help =
    "rank chips that were never measured as predicted, not by the slow end of their band";

/// Exit codes (docs/reference/cli.md). Unlawful and infeasible factories are results:
/// `exit_impossible` says that no factory can do any job, or that no plan can be used. 70 is
/// EX_SOFTWARE of sysexits.h.
inline constexpr int exit_done = 0;
inline constexpr int exit_impossible = 1;
inline constexpr int exit_fault = 2;
inline constexpr int exit_bug = 70;

/// Faults of the user end a command with exit code 2. Thrown, as a command has nothing to do but to
/// tell them; only main catches it.
struct UserFault {
    Faults faults;
};

/// Options every command takes, before or behind its name. It lives as long as the program's one
/// command runs, and holds the user's catalog from when that first asks for it: help, completion
/// and faulty arguments read no folder.
struct Common {
    bool json = false;
    std::string catalog_folder;
    int threads = 0;
    mutable std::optional<Catalog> own;
};

/// The value, or throws the faults for main to print.
template <class T>
T value_or_throw(Result<T> result) {
    if (!result) throw UserFault{std::move(result.error())};
    return std::move(*result);
}

/// The built-in catalog, with the user's folder added if one was given; throws the folder's faults.
/// The reference is good as long as `common`.
const Catalog& catalog(const Common& common);

/// What a question is answered in: that catalog, the threads asked for, and a bar of progress.
Setting setting_of(const Common& common);

/// The names of an enumeration, to choose from.
template <class E>
std::vector<std::string> names_of() {
    return {EnumNames<E>::names.begin(), EnumNames<E>::names.end()};
}

/// The part of that id, name or alias, or throws the fault; `kind` in the singular and plural. The
/// reference is into `parts`.
template <class Part>
const Part& look_up(const std::vector<Part>& parts, const std::string& name, std::string_view kind,
                    std::string_view kinds) {
    if (const Part* part = find_part(parts, name)) return *part;
    throw UserFault{{{{"", 0, 0},
                      fmt::format("no {} '{}' in the catalog", kind, name),
                      name_hint(parts, name, kinds)}}};
}

/// A table of measurements from a file of at most 64 MB; throws the faults if it cannot be read.
CsvTable table_from(const std::string& path);

/// A progress bar on stderr, drawn only on a terminal, so that logs have none; an empty label
/// clears it. `share` is from 0 to 1.
void show_progress(std::string_view label, double share);

}  // namespace millwright::app
