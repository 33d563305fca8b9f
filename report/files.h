// Writing results: all files of a run or none, and what was there stays until all are whole.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace millwright {

struct OutputFile {
    std::string name;  // path below the folder
    std::string text;
};

/// Faults that a write into `folder` would meet, found before any work: not a folder, not
/// writable. Makes nothing.
Faults check_output(const std::string& folder);

/// Writes every file under a temporary name, then renames all. On a fault nothing is changed.
Faults write_output(const std::string& folder, const std::vector<OutputFile>& files);

}  // namespace millwright
