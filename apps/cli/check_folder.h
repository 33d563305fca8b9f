// What a folder holds, for `millwright check`.
#pragma once

#include <string>

namespace millwright::app {

/// Reads a folder as a trace where it holds .et files, else as a catalog folder, and says what
/// was found; throws the faults, which tell where it is neither.
std::string checked_folder(const std::string& path);

}  // namespace millwright::app
