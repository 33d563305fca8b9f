#include "millwright/report/compare_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/report/json.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Term& term) {
    const auto* number = std::get_if<double>(&term);
    return number != nullptr ? number_json(*number) : Json(std::get<std::string>(term));
}

std::string cell_of(const Term& term) {
    const Json value = json_of(term);
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? fmt::format("{:.4g}", value.get<double>()) : "unknown";
}

}  // namespace

std::string compare_text(const CompareAnswer& answer) {
    if (answer.differences.empty()) return "no difference in what both have\n";
    std::vector<std::vector<std::string>> rows;
    for (const Difference& d : answer.differences) {
        const auto change = change_of(d);
        rows.push_back({d.factory, d.job, d.term, cell_of(d.a), cell_of(d.b),
                        change ? fmt::format("{:+.1f} %", 100 * *change) : ""});
    }
    return format_table({"factory", "job", "term", "A", "B", "change"}, rows, "lllrrr");
}

Json compare_json(const CompareAnswer& answer) {
    Json list = Json::array();
    for (const Difference& d : answer.differences) {
        const auto change = change_of(d);
        list.push_back({{"factory", d.factory},
                        {"job", d.job},
                        {"term", d.term},
                        {"a", json_of(d.a)},
                        {"b", json_of(d.b)},
                        {"change", change ? Json(*change) : Json(nullptr)}});
    }
    return {{"differences", list}};
}

}  // namespace millwright
