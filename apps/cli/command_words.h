// Words of a command line held against the description of the program: what they name, and which
// of them nobody knows. For messages and for completion.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "millwright/base/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace millwright::app {

/// What the words of a command line are, read from left to right. Pointers are into the program's
/// description. Behind an unknown word that stands before any command nothing is read: it cannot be
/// told of which command the rest would be.
struct CommandWords {
    std::vector<const CLI::App*> chain;    // the program, its command, that one's command
    std::vector<std::string> positionals;  // of the last of them
    std::map<const CLI::Option*, std::string> given;  // the last value of each
    const CLI::Option* open = nullptr;                // option whose value comes next, or may
    bool must = false;                                // it has none yet
    Faults unknown;

    const CLI::App& command() const { return *chain.back(); }
};

/// Never throws: faults are in `unknown`. `words` are those behind the program's name, and may end
/// in the middle of a line that is being typed.
CommandWords read_words(const CLI::App& app, const std::vector<std::string>& words);

/// The option of that long name in the last command, or those above it; null if there is none.
const CLI::Option* option_named(const CommandWords& words, const std::string& name);

/// Options that may stand here: those of the last command, then those above it. A command's option
/// hides one of the same name above it.
std::vector<const CLI::Option*> options_of(const CommandWords& words);

/// The positional that the next plain word would fill; null if none is left.
const CLI::Option* next_positional(const CommandWords& words);

/// "--model", or the name of a positional.
std::string shown_name(const CLI::Option& option);

/// The values that an option checks for, in order; empty if it takes any. They are read from its
/// description, which is where CLI11 keeps them.
std::vector<std::string> choices_of(const CLI::Option& option);

/// "millwright rules check".
std::string full_name(const CommandWords& words);

/// Names of the commands below one.
std::vector<std::string> commands_below(const CLI::App& app);

/// Lets every option of numbers, of all commands, take them as people write them
/// (millwright/base/counts.h). To be called once all options are there; what is no number keeps its
/// words for the fault.
void accept_written_numbers(CLI::App& app);

}  // namespace millwright::app
