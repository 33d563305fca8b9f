// The table of the program's commands. The source of a command enters it with a `Registered` at
// file scope, so that nothing else has to be told of it: parser, help, completion and tests read
// the table. Names are in order within their group whatever the order of linking.
#pragma once

#include <string_view>
#include <vector>

#include "millwright/base/fields.h"

namespace CLI {
class App;
}

namespace millwright::app {

struct Common;

/// What a command is about; a heading of the help.
enum class CommandGroup { designs, catalog, measurements, rules, networks, shell };

/// A row of the table. `common` and `exit_code` outlive the parser; a command keeps its own
/// arguments alive until its callback has run.
struct Command {
    CommandGroup group = CommandGroup::designs;
    std::string_view name;
    /// Adds the command and its options to the program; running it sets the exit code.
    void (*add)(CLI::App& app, const Common& common, int& exit_code) = nullptr;
};

/// Enters a command into the table as it is made, before `main` where it stands at file scope. The
/// command's name is kept as a view, so it is a literal.
struct Registered {
    explicit Registered(const Command& command);
};

/// All of them, by group and then by name.
std::vector<Command> commands();

}  // namespace millwright::app

template <>
struct millwright::EnumNames<millwright::app::CommandGroup> {
    static constexpr std::array<std::string_view, 6> names{
        "Designs", "Catalog", "Measurements", "Rules", "Networks and traces", "Shell"};
};
