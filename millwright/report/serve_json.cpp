#include "millwright/report/serve_json.h"

#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/report/json.h"
#include "millwright/report/ledger_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A mean without a spread: nobody waits for another's request, so there are no percentiles to
/// tell.
Json alike(Seconds value) {
    return {{"mean", number_json(value.in(unit::ms))},
            {"p50", nullptr},
            {"p90", nullptr},
            {"p99", nullptr}};
}

void add_rates(Json& json, const ServeReport& report) {
    json["requests_per_s"] = number_json(report.requests);
    json["output_tokens_per_s"] = number_json(report.output.si());
    json["output_tokens_per_s_per_chip"] = number_json(report.output_per_chip);
    json["ttft_ms"] = alike(report.prefill.prompt_time);
    json["tpot_ms"] = alike(report.token.value);
    json["token_ledger"] = ledger_json(report.token);
    json["bound_by"] = report.bound_by;
}

/// Each replica as if it did nothing else; memory is that of a chip which decodes.
void add_replicas(Json& json, const ServeReport& report) {
    json["decode"] = {{"chips", report.decode.chips},
                      {"batch", report.decode.batch},
                      {"tokens_per_s", number_json(report.decode.decode.si())}};
    json["prefill"] = {{"chips", report.prefill.chips},
                       {"tokens_per_s", number_json(report.prefill.prefill.si())}};
    json["memory_bytes"] = number_json(report.memory.value.si());
    json["memory_usable_bytes"] = number_json(report.usable.si());
    json["memory_ledger"] = ledger_json(report.memory);
}

/// Dollars by the yearly cost of the chips for the time that each part takes alone.
void add_prices(Json& json, const ServeReport& report) {
    json["usd_per_million_input_tokens"] = number_json(report.per_million_input.in(unit::USD));
    json["usd_per_million_output_tokens"] = number_json(report.per_million_output.in(unit::USD));
    json["usd_per_request"] = number_json(report.per_request.in(unit::USD));
}

}  // namespace

void add_json(Json& json, bool feasible, const ServeReport& report) {
    json["engine"] = "roofline";
    json["is_bound"] = true;
    json["precision"] = name_of(report.precision);
    json["asked"] = {{"prompt_tokens", report.asked.prompt},
                     {"output_tokens", report.asked.output},
                     {"time_per_token_s", number_json(report.asked.per_token.si())},
                     {"replica_chips_at_most", report.asked.chips_at_most}};
    for (const char* key :
         {"requests_per_s", "output_tokens_per_s", "output_tokens_per_s_per_chip", "ttft_ms",
          "tpot_ms", "usd_per_million_input_tokens", "usd_per_million_output_tokens"}) {
        json[key] = nullptr;
    }
    if (!feasible) return;
    add_rates(json, report);
    add_replicas(json, report);
    add_prices(json, report);
}

}  // namespace millwright
