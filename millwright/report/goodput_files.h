// Files of an answer of `goodput`: its page, the same as JSON, and progress as a table.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "millwright/api/goodput.h"
#include "millwright/report/json_table.h"

namespace millwright {

/// Names with texts: goodput.json, goodput.html and progress.csv.
std::vector<std::pair<std::string, std::string>> goodput_files(const GoodputAnswer& answer);

/// Their names.
std::vector<std::string> goodput_file_names();

/// A row of progress, in days of productive time.
const JsonTable<ProgressPoint>& progress_table();

/// Progress as CSV: the columns are the keys of JSON, the numbers the same.
std::string progress_csv(const ProgressFan& progress);

}  // namespace millwright
