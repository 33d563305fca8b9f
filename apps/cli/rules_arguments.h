// Arguments of `millwright rules` and its commands.
#pragma once

namespace CLI {
class App;
}

namespace millwright::app {

struct Common;

/// Adds the command to the program; running it sets `exit_code`.
void add_rules(CLI::App& app, const Common& common, int& exit_code);

}  // namespace millwright::app
