// What the commands of the program share.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/csv.h"
#include "millwright/base/result.h"
#include "millwright/base/text.h"
#include "millwright/catalog/catalog.h"
#include "millwright/search/pins.h"

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

/// A share as a number of percent with one decimal.
std::string percent(double share);

/// A progress bar on stderr, drawn only on a terminal; an empty label clears it.
void show_progress(std::string_view label, double share);

// Each command takes what was parsed and returns the exit code.

/// millwright run: the main job.
struct RunArguments {
    std::string scenario;
    std::string out;
    bool flows = false;
};
int run_command(const RunArguments& arguments, const Common& common);

/// millwright plan: the best plans of one model on one kind of server.
struct PlanArguments {
    std::string model, server, fabric = "rail-fat-tree", precision = "bf16", objective = "time";
    std::string framework;  // by the chip's vendor if empty
    std::string tokens, deadline;
    std::int64_t chips = 0;
    std::int64_t global_batch = 1024;
    std::int64_t sequence = 4096;
    PinTexts pins;
    std::string routing = "adaptive", chakra;
    bool exhaustive = false, flows = false;
    std::size_t top = 10;
};
int plan_command(const PlanArguments& arguments, const Common& common);

/// millwright compare: why two scenarios differ, term by term.
struct CompareArguments {
    std::string a, b;
};
int compare_command(const CompareArguments& arguments, const Common& common);

/// millwright show: one part with its sources.
struct ShowArguments {
    std::string kind, name;
};
int show_command(const ShowArguments& arguments, const Common& common);

/// millwright validate: predictions against published measurements.
struct ValidateArguments {
    std::string kind, table, family, framework;
    std::vector<std::string> group_by{"source", "chip"};
    bool rows = false;
};
int validate_command(const ValidateArguments& arguments, const Common& common);

/// millwright calibrate: catalog figures from measurements of one's own.
struct CalibrateArguments {
    std::string table, out, framework, title, publisher, dated;
};
int calibrate_command(const CalibrateArguments& arguments, const Common& common);

/// millwright list: the parts of a kind.
struct ListArguments {
    std::string kind;
    bool ids = false;
};
int list_command(const ListArguments& arguments, const Common& common);

/// millwright check: are these files well formed?
int check_command(const std::vector<std::string>& paths, const Common& common);

}  // namespace millwright::app
