// Two passes: columns first, as a later object may have more of them than the first.
#include "millwright/report/json_csv.h"

#include <functional>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/base/csv.h"
#include "millwright/report/json_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

std::string cell_of(const Json& value) {
    if (value.is_null()) return "";
    return value.is_string() ? value.get<std::string>() : json_text(value, -1);
}

/// Each cell of an object with the name of its column.
void for_each_cell(const Json& object, const std::string& outer,
                   const std::function<void(const std::string&, const Json&)>& meet) {
    for (const auto& [key, value] : object.items()) {
        if (value.is_object()) {
            for_each_cell(value, outer + key + ".", meet);
        } else if (value.is_primitive()) {
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
