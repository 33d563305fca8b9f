// Two passes: columns first, as a later object may have more of them than the first.
#include "millwright/report/json_csv.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/base/csv.h"
#include "millwright/base/text.h"
#include "millwright/report/json_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

bool is_cell(const Json& value) {
    const auto word = [](const Json& one) { return one.is_string(); };
    return value.is_primitive() || (value.is_array() && std::ranges::all_of(value, word));
}

std::string cell_of(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return json_text(value, -1);
    return join(value.get<std::vector<std::string>>(), ", ");
}

/// Each cell of an object with the name of its column.
void for_each_cell(const Json& object, const std::string& outer,
                   const std::function<void(const std::string&, const Json&)>& meet) {
    for (const auto& [key, value] : object.items()) {
        if (value.is_object()) {
            for_each_cell(value, outer + key + ".", meet);
        } else if (is_cell(value)) {
            meet(outer + key, value);
        }
    }
}

}  // namespace

std::string json_csv(const Json& list) {
    std::vector<std::string> columns;
    std::map<std::string, std::size_t> places;
    for (const Json& object : list) {
        for_each_cell(object, "", [&](const std::string& column, const Json&) {
            if (places.emplace(column, columns.size()).second) columns.push_back(column);
        });
    }
    if (columns.empty()) return "";
    std::string text = csv_line(columns);
    for (const Json& object : list) {
        std::vector<std::string> cells(columns.size());
        for_each_cell(object, "", [&](const std::string& column, const Json& value) {
            cells[places.at(column)] = cell_of(value);
        });
        text += csv_line(cells);
    }
    return text;
}

}  // namespace millwright
