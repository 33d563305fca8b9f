#include "millwright/report/check_text.h"

#include <nlohmann/json.hpp>

#include "millwright/compute/weights.h"
#include "millwright/report/table.h"

namespace millwright {

std::string check_text(const std::string& path, const CheckAnswer& answer) {
    std::string text = path + ": ok, " + answer.what + "\n";
    if (!answer.model) return text;
    const std::string mixers = mixers_text(*answer.model);
    if (!mixers.empty()) text += wrapped("  layers: ", mixers, 4);
    for (const std::string& what : answer.model->caveats) text += wrapped("  note: ", what, 4);
    return text;
}

nlohmann::ordered_json check_json(const std::string& path, const Result<CheckAnswer>& answer) {
    nlohmann::ordered_json json{{"path", path},
                                {"ok", answer.has_value()},
                                {"what", answer ? answer->what : ""},
                                {"faults", nlohmann::ordered_json::array()}};
    for (const Fault& f : answer ? Faults{} : answer.error()) {
        json["faults"].push_back({{"file", f.at.file},
                                  {"line", f.at.line},
                                  {"column", f.at.column},
                                  {"message", f.message},
                                  {"hint", f.hint}});
    }
    if (!answer || !answer->model) return json;
    // numbers of weights; the extra ones are of prediction blocks, which the others leave out
    const WeightCount w = weights_of(*answer->model);
    json["parameters"] = w.total;
    json["active_parameters"] = w.active;
    json["extra_parameters"] = w.extra;
    json["mixers"] = mixers_text(*answer->model);
    json["caveats"] = answer->model->caveats;
    return json;
}

}  // namespace millwright
