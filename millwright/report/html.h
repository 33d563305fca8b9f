// A self-contained HTML page: charts, tables and sources, readable offline, light and dark.
//
// Names in the data are text everywhere: escaped in HTML and in the embedded JSON, set as text by
// the scripts, tooltips included. A content security policy allows the page's own scripts and
// style, by their hashes, and nothing else.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "millwright/api/books.h"
#include "millwright/api/goodput.h"
#include "millwright/api/serve.h"
#include "millwright/api/sweep.h"
#include "millwright/study/study.h"

namespace millwright {

/// The page of a study. It holds the same JSON as study.json, the chart library and its own script;
/// nothing is fetched. The scripts draw from the JSON alone, so page and file cannot say different
/// things.
std::string study_html(const Study& study);

/// The page of a simulated deployment whose requests were kept; it holds the same JSON as
/// serve.json.
std::string serve_html(const ServeAnswer& answer);

/// The page of a job on machines that fail; it holds the same JSON as goodput.json.
std::string goodput_html(const GoodputAnswer& answer);

/// The page of factories as investments; it holds the same JSON as books.json.
std::string books_html(const BooksAnswer& answer);

/// The page of a swept scenario; it holds the same JSON as sweep.json.
std::string sweep_html(const SweepAnswer& answer);

/// A page on the export rules: `data` holds "entries" of a timeline, "parties" of a frontier or
/// "designs" under a rule, by which the script knows what to draw. Title and subtitle are plain
/// text.
std::string rules_html(const std::string& title, const std::string& subtitle,
                       const nlohmann::ordered_json& data);

}  // namespace millwright
