// What the commands of the program share.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <tl/expected.hpp>

#include "base/result.h"
#include "catalog/catalog.h"

namespace millwright::app {

inline constexpr int exit_done = 0;
inline constexpr int exit_impossible = 1;
inline constexpr int exit_fault = 2;
inline constexpr int exit_bug = 70;

/// Faults of the user end a command with exit code 2.
struct UserFault {
    Faults faults;
};

/// Options every command takes.
struct Common {
    bool json = false;
    std::string catalog_folder;
    int threads = 0;
};

/// The value, or throws the faults for main to print.
template <class T>
T value_or_throw(Result<T> result) {
    if (!result) throw UserFault{std::move(result.error())};
    return std::move(*result);
}

/// The built-in catalog, with the user's folder added if one was given.
const Catalog& catalog(const Common& common);

/// A progress bar on stderr, drawn only on a terminal; an empty label clears it.
void show_progress(std::string_view label, double share);

/// Each adds its subcommand; the command's result goes to `exit_code`.
void add_run(CLI::App& app, const Common& common, int& exit_code);
void add_plan(CLI::App& app, const Common& common, int& exit_code);
void add_compare(CLI::App& app, const Common& common, int& exit_code);
void add_list(CLI::App& app, const Common& common, int& exit_code);
void add_show(CLI::App& app, const Common& common, int& exit_code);
void add_check(CLI::App& app, const Common& common, int& exit_code);
void add_validate(CLI::App& app, const Common& common, int& exit_code);
void add_completion(CLI::App& app, const Common& common, int& exit_code);

}  // namespace millwright::app
