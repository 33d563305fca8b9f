#include "millwright/evidence/serving_bands.h"

namespace millwright {

bool is_rate(MetricForm form) {
    return form == MetricForm::output_rate || form == MetricForm::input_rate ||
           form == MetricForm::total_rate || form == MetricForm::request_rate;
}

std::string serving_kind(MetricForm form) {
    switch (form) {
        case MetricForm::ttft: return "first-token";
        case MetricForm::latency: return "latency";
        case MetricForm::tpot:
        case MetricForm::itl: return "per-token";
        default: return "rate";
    }
}

std::string serving_band(const Catalog& catalog, MetricForm form, const std::string& engine) {
    const std::string kind = serving_kind(form), own = kind + "-" + engine;
    const bool calibrated = find_part(catalog.bands, "serving-" + own) != nullptr;
    return calibrated ? own : kind;
}

}  // namespace millwright
