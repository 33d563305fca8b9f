// What every question is answered in, and what holds for all headers of this room.
//
// A header is a question: `XQuestion`, `XAnswer` and `Result<XAnswer> x(const XQuestion&, const
// Setting&)`; more functions may take an answer on (`plan_by_flows`). Questions are plain values,
// typed where there is a type, and what they leave out has the command line's default. Answers are
// plain values that hold what they were made with. What cannot be done is an answer; what whoever
// asks can mend is a fault, all of them at once, whose place is a file's or, where there is none,
// the command line's name of the option. Nothing is printed, no file is written, no state is kept:
// questions may be asked side by side, in other settings too.
#pragma once

#include <functional>
#include <string_view>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// Told of long work: what is done now, and the share of the whole that is done. Called from any
/// of the threads, one call at a time.
using Progress = std::function<void(std::string_view what, double share)>;

/// The catalog to look names up in, which outlives the answers; how many threads may work (zero: as
/// many as there are cores); and who is told of progress (may be empty). Answers do not depend on
/// the threads.
struct Setting {
    const Catalog& catalog;
    int threads = 0;
    Progress progress{};
};

}  // namespace millwright
