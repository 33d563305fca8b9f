// What every question is answered in.
#pragma once

#include <functional>
#include <string_view>

#include "millwright/catalog/catalog.h"

namespace millwright {

/// Told of long work: what is done now, and the share of the whole that is done.
using Progress = std::function<void(std::string_view what, double share)>;

/// The catalog to look names up in, how many threads may work (zero: as many as there are cores),
/// and who is told of progress (may be empty). Answers do not depend on the threads.
struct Setting {
    const Catalog& catalog;
    int threads = 0;
    Progress progress{};
};

}  // namespace millwright
