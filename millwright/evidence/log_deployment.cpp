#include "millwright/evidence/log_deployment.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/evidence/serving_forms.h"
#include "millwright/evidence/serving_parts.h"

namespace millwright {
namespace {

/// Formats in the words of a table's column.
std::string precision_of(const RequestLog& log) {
    const bool wide = log.quantization.empty() || lower(log.quantization) == "none";
    std::string text = wide ? "" : "w=" + log.quantization;
    if (wide && !log.dtype.empty() && lower(log.dtype) != "auto") text = "w=" + log.dtype;
    if (!log.cache_dtype.empty() && lower(log.cache_dtype) != "auto") {
        text += ",kv=" + log.cache_dtype;
    }
    return text;
}

}  // namespace

ServingRow deployment_of(const RequestLog& log, const Catalog& catalog) {
    ServingRow row;
    row.chip = served_chip(catalog, log.chip);
    const ServedName name = served_model(catalog, log.model);
    if (row.chip == nullptr) {
        row.skipped = fmt::format("chip '{}' is not known", excerpt(log.chip));
        return row;
    }
    if (name.model == nullptr) {
        row.skipped = fmt::format("model '{}' is not known", excerpt(log.model));
        return row;
    }
    row.model = *name.model;
    take_engine(catalog, log.engine, row);
    // "auto" is the form of the published weights, of the cache that of activations
    read_forms(precision_of(log), name, row);
    if (lower(log.cache_dtype) == "auto") row.forms.cache_bytes = 2;
    row.settings = log.settings;
    row.speculation = log.speculation;
    row.whole.layout = log.layout;
    complete_layout(row.whole.layout, is_moe(row.model));
    row.chips = row.whole.layout.chips;
    return row;
}

}  // namespace millwright
