// Folders for results.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/commands.h"
#include "apps/cli/files.h"

namespace millwright::app {

/// Where the results called `name` go: `out` where the user gave it, else out/NAME. Throws where
/// `files` cannot go there, or where that folder by default holds results of another name in `file`
/// (JSON with a key "name"); a folder that the user named may, which a note tells. Makes nothing.
std::string output_folder(const std::string& out, const std::string& name, const std::string& file,
                          const std::vector<std::string>& files);

/// Writes the files as `write_output` does, or throws the faults.
void write_or_throw(const std::string& folder, const std::vector<OutputFile>& files,
                    const Stale& stale = {});

}  // namespace millwright::app
