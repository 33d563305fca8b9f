// Reference pages, generated: what keys files have, and what keys answers have.
//
// Both walk the tables that read the files and write the answers, so a page cannot say otherwise.
#pragma once

#include <string>

namespace millwright {

/// Keys of scenarios, frontiers, fabrics and every kind of part, as Markdown: each with what it is,
/// its range, whether it is needed and what it means (docs/reference/keys.md).
std::string keys_page();

/// Keys of `study.json`, `plan --json` and `serve --json`, as Markdown
/// (docs/reference/study-json.md).
std::string study_json_page();

}  // namespace millwright
