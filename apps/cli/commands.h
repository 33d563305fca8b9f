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

inline constexpr int exit_done = 0;
inline constexpr int exit_impossible = 1;
inline constexpr int exit_fault = 2;
inline constexpr int exit_bug = 70;

/// Faults of the user end a command with exit code 2.
struct UserFault {
    Faults faults;
};

/// Options every command takes. It lives as long as the program's one command runs, and holds the
/// user's catalog from when that first asks for it.
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

/// The built-in catalog, with the user's folder added if one was given.
const Catalog& catalog(const Common& common);

/// What a question is answered in.
Setting setting_of(const Common& common);

/// The names of an enumeration, to choose from.
template <class E>
std::vector<std::string> names_of() {
    return {EnumNames<E>::names.begin(), EnumNames<E>::names.end()};
}

/// The part of that id, name or alias, or throws the fault; `kind` in the singular and plural.
template <class Part>
const Part& look_up(const std::vector<Part>& parts, const std::string& name, std::string_view kind,
                    std::string_view kinds) {
    if (const Part* part = find_part(parts, name)) return *part;
    throw UserFault{{{{"", 0, 0},
                      fmt::format("no {} '{}' in the catalog", kind, name),
                      name_hint(parts, name, kinds)}}};
}

/// A table of measurements from a file; faults if it cannot be read.
CsvTable table_from(const std::string& path);

/// A progress bar on stderr, drawn only on a terminal; an empty label clears it.
void show_progress(std::string_view label, double share);

}  // namespace millwright::app
