// The command line's words: subcommands, options, help and completion. CLI11 stands behind it.
#pragma once

namespace millwright::app {

/// Parses the arguments and runs the command they name; returns its exit code. Help, which no
/// arguments ask for too, the version and completions are printed and give 0. Faulty arguments are
/// thrown as UserFault, all at once, before the command has done anything; what the command throws
/// comes through.
int parse_and_run(int argc, char** argv);

}  // namespace millwright::app
