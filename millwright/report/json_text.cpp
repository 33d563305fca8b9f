#include "millwright/report/json_text.h"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// Walks into `json` with `path` as its place; the path is as it was where nothing throws.
void check_finite(const Json& json, std::string& path) {
    if (json.is_number_float() && !std::isfinite(json.get<double>())) {
        throw std::logic_error(
            fmt::format("{} of the result is {}", path.empty() ? "/" : path, json.get<double>()));
    }
    if (!json.is_structured()) return;
    const std::size_t length = path.size();
    std::size_t index = 0;
    for (auto item = json.begin(); item != json.end(); ++item, ++index) {
        path += "/" + (json.is_object() ? item.key() : std::to_string(index));
        check_finite(*item, path);
        path.resize(length);
    }
}

}  // namespace

std::string json_text(const Json& json, int indent) {
    std::string path;
    check_finite(json, path);
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace millwright
