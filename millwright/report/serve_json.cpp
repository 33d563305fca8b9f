#include "millwright/report/serve_json.h"

#include <nlohmann/json.hpp>

#include "millwright/base/units.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<ServeRequest>& asked_table() {
    using R = ServeRequest;
    static const JsonTable<R> table{
        "What was asked",
        {{"prompt_tokens", "of a request", json_of<&R::prompt>},
         {"output_tokens", "of its answer", json_of<&R::output>},
         {"time_per_token_s", "that a user waits for each, at most", json_of<&R::per_token>},
         {"replica_chips_at_most", "chips of one replica", json_of<&R::chips_at_most>}}};
    return table;
}

/// A mean without a spread: nobody waits for another's request, so there are no percentiles to
/// tell.
const JsonTable<Seconds>& wait_table() {
    const auto none = [](const Seconds&) { return Json(nullptr); };
    static const JsonTable<Seconds> table{
        "A time that users wait, milliseconds",
        {{"mean", "over requests", [](const Seconds& s) { return Json(s.in(unit::ms)); }},
         {"p50", "null: a bound has no spread", none},
         {"p90", "likewise", none},
         {"p99", "likewise", none}}};
    return table;
}

const JsonTable<Served>& decode_table() {
    static const JsonTable<Served> table{
        "The best replica to decode with",
        {{"chips", "of one replica", json_of<&Served::chips>},
         {"batch", "sequences decoded together", json_of<&Served::batch>},
         {"tokens_per_s", "of one replica", json_of<&Served::decode>}}};
    return table;
}

const JsonTable<Served>& prefill_table() {
    static const JsonTable<Served> table{
        "The best replica to prefill with",
        {{"chips", "of one replica", json_of<&Served::chips>},
         {"tokens_per_s", "of one replica", json_of<&Served::prefill>}}};
    return table;
}

const JsonTable<ServeReport>& job_table() {
    using R = ServeReport;
    static const JsonTable<R> table{
        "A job of kind `serve`",
        {{"engine", "`roofline`", [](const R&) { return Json("roofline"); }},
         {"is_bound", "true: no site serves more, or for less",
          [](const R&) { return Json(true); }},
         {"precision", "of weights and products", json_of<&R::precision>},
         {"asked", "what was asked",
          [](const R& r) { return object_json(asked_table(), r.asked); }}}};
    return table;
}

const JsonTable<ServeReport>& best_table() {
    using R = ServeReport;
    static const JsonTable<R> table{
        "of a feasible one",
        {{"requests_per_s", "of the whole site", json_of<&R::requests>},
         {"output_tokens_per_s", "of the whole site", json_of<&R::output>},
         {"output_tokens_per_s_per_chip", "of the whole site, by its chips",
          json_of<&R::output_per_chip>},
         {"ttft_ms", "time to first token: a wait",
          [](const R& r) { return object_json(wait_table(), r.prefill.prompt_time); }},
         {"tpot_ms", "time per output token: a wait",
          [](const R& r) { return object_json(wait_table(), r.token.value); }},
         {"token_ledger", "seconds between output tokens", json_of<&R::token>},
         {"bound_by", "prefill, or what of decode", json_of<&R::bound_by>},
         {"decode", "the best replica for it, as if it did nothing else",
          [](const R& r) { return object_json(decode_table(), r.decode); }},
         {"prefill", "likewise",
          [](const R& r) { return object_json(prefill_table(), r.prefill); }},
         {"memory_bytes", "of a chip that decodes",
          [](const R& r) { return value_json(r.memory.value); }},
         {"memory_usable_bytes", "what it has for it", json_of<&R::usable>},
         {"memory_ledger", "what fills it", json_of<&R::memory>},
         {"usd_per_million_input_tokens",
          "at the yearly cost of the chips for the time that each takes alone",
          json_of<&R::per_million_input>},
         {"usd_per_million_output_tokens", "likewise", json_of<&R::per_million_output>},
         {"usd_per_request", "likewise", json_of<&R::per_request>}}};
    return table;
}

}  // namespace

void add_json(Json& json, bool feasible, const ServeReport& report) {
    add(json, job_table(), report);
    if (feasible) {
        add(json, best_table(), report);
    } else {
        add_unknown(json, best_table());
    }
}

std::vector<JsonObject> serve_objects() {
    JsonObject job = described(job_table());
    const JsonObject best = described(best_table());
    job.keys.insert(job.keys.end(), best.keys.begin(), best.keys.end());
    return {job, described(asked_table()), described(wait_table()), described(decode_table()),
            described(prefill_table())};
}

}  // namespace millwright
