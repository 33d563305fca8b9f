// Writing results: all files of a run or none.
//
// Files are first written whole where no reader sees them (without a name, or in a hidden folder
// `.millwright-*` beside their places), then put in place one after another while the folder is
// locked. So no file is ever half of itself, and the files of two runs that end at once are never
// mixed. A fault or a signal (INT, TERM, HUP, QUIT) leaves what was there and nothing else; after
// SIGKILL or a power cut within the moment of putting in place, files of the run before may stand
// beside new ones, and the next run into the folder clears the hidden folder. File systems without
// locks on folders promise all but the order of two runs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "millwright/base/result.h"

namespace millwright::app {

struct OutputFile {
    std::string name;  // path below the folder, without ".."
    std::string text;
};

/// Whether a file that lies in the folder was left by an earlier output of the same kind: if this
/// one does not write it anew, it goes.
using Stale = std::function<bool(const std::string& name)>;

/// Faults that a write of these files into `folder` would meet, found before any work: not a
/// folder, not writable, a folder or a device in a file's place. Makes nothing, so a disk that
/// fills up later is told by the write alone.
Faults check_output(const std::string& folder, const std::vector<std::string>& names = {});

/// Writes every file, or none and says why; no faults: all are there. Links at the places of files
/// are replaced, not followed. Signals are held back meanwhile and raised at the end. Throws where
/// a name is absolute, empty or leads out of the folder: that is a bug, not a fault.
Faults write_output(const std::string& folder, const std::vector<OutputFile>& files,
                    const Stale& stale = {});

/// Writes a file that is not there yet, or nothing and says why: whatever has the name by the time
/// that the file gets it stays as it is, a link too. Else as `write_output`.
Faults write_new(const std::string& folder, const OutputFile& file);

}  // namespace millwright::app
