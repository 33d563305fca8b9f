// The command line's words: subcommands, options, help and completion. CLI11 stands behind it.
#pragma once

namespace millwright::app {

/// Parses the arguments and runs the command they name; returns its exit code. Faulty arguments
/// are told on stderr and give exit code 2.
int parse_and_run(int argc, char** argv);

}  // namespace millwright::app
