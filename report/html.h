// A self-contained HTML page: charts, tables and sources, readable offline, light and dark.
#pragma once

#include <string>

#include "study/study.h"

namespace millwright {

/// The page of a study. It holds the same JSON as study.json, the chart library and its own
/// script; nothing is fetched.
std::string study_html(const Study& study);

}  // namespace millwright
