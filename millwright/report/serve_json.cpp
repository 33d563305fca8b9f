// Rates are of the whole site and latencies of the busiest hour; prices share out what the job's
// hours cost. All keys of a feasible job are null where it is not, and a price where no such
// token was. Latencies are written by the table that `serve` has for them.
#include "millwright/report/serve_json.h"

#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/report/serve_run_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json seconds_or_null(Seconds time) { return time > Seconds{} ? Json(time.si()) : Json(nullptr); }
Json number_or_null(double value) { return value > 0 ? Json(value) : Json(nullptr); }

const JsonTable<ServeAsked>& asked_table() {
    using A = ServeAsked;
    static const JsonTable<A> table{
        "What was asked",
        {{"prompt_tokens", "of a request", [](const A& a) { return Json(a.requests.prompt); }},
         {"output_tokens", "of its answer", [](const A& a) { return Json(a.requests.output); }},
         {"prefix_tokens", "of a prompt, with which all begin alike",
          [](const A& a) { return Json(a.requests.prefix); }},
         {"time_per_token_s", "that 99 requests in a hundred wait for each, at most",
          [](const A& a) { return seconds_or_null(a.promise.per_token); }},
         {"time_to_first_token_s", "the same of the first; null: any time",
          [](const A& a) { return seconds_or_null(a.promise.first_token); }},
         {"replica_chips_at_most", "chips of one replica", json_of<&A::replica_chips>},
         {"share", "of the factory's chips, beside other models", json_of<&A::share>},
         {"hours", "of each day in which it serves; null: all of them",
          [](const A& a) { return a.hours ? Json(to_text(*a.hours)) : Json(nullptr); }},
         {"requests_per_s",
          "that come in the mean of its hours; null: as many as are answered in time",
          [](const A& a) { return number_or_null(a.rate); }},
         {"busiest_requests_per_s", "in the busiest hour; null likewise",
          [](const A& a) { return number_or_null(a.busiest); }}}};
    return table;
}

template <auto member>
Json way_json(const BestLayout& layout) {
    return static_cast<std::int64_t>(layout.replica.ways.*member);
}

const JsonTable<BestLayout>& layout_table() {
    using B = BestLayout;
    static const JsonTable<B> table{
        "The layout that serves most in time",
        {{"replicas", "alike, that get requests by turns", json_of<&B::replicas>},
         {"chips", "of all of them; others are idle",
          [](const B& b) { return Json(static_cast<std::int64_t>(b.chips())); }},
         {"tensor", "ways of a replica", way_json<&ServeWays::tensor>},
         {"pipeline", "its stages", way_json<&ServeWays::pipeline>},
         {"expert", "ways over which whole experts are spread", way_json<&ServeWays::expert>},
         {"attention_data", "ranks that each attend to sequences of their own",
          way_json<&ServeWays::attention_data>},
         {"max_batched_tokens", "of a step",
          [](const B& b) { return Json(b.replica.engine.max_batched_tokens); }},
         {"layouts_in_space", "each with its token budgets", json_of<&B::in_space>},
         {"runs_simulated", "to find this one and its most requests", json_of<&B::simulated>}}};
    return table;
}

const JsonTable<ServeReport>& bound_table() {
    using R = ServeReport;
    static const JsonTable<R> table{
        "What no engine gets around, by the rates that makers state",
        {{"requests_per_s", "of the whole site, at most", json_of<&R::most_possible>},
         {"output_tokens_per_s", "likewise",
          [](const R& r) { return Json(r.most_possible * real(r.asked.requests.output)); }},
         {"usd_per_request", "at least, where it serves as many", json_of<&R::least_per_request>},
         {"limited_by", "`products`, `reading weights` or `reading keys and values`",
          [](const R& r) { return Json(r.bound.limited_by); }}}};
    return table;
}

Json a_year(const ServeReport& r, std::int64_t tokens) {
    return r.requests_a_year() * real(tokens);
}

const JsonTable<ServeReport>& year_table() {
    using R = ServeReport;
    static const JsonTable<R> table{
        "A year of a serving job's hours",
        {{"usd", "of the yearly cost, by the hours", json_of<&R::yearly>},
         {"requests", "that are answered", [](const R& r) { return Json(r.requests_a_year()); }},
         {"input_tokens", "of their prompts, found in a cache or not",
          [](const R& r) { return a_year(r, r.asked.requests.prompt); }},
         {"output_tokens", "of their answers",
          [](const R& r) { return a_year(r, r.asked.requests.output); }}}};
    return table;
}

const JsonTable<ServeReport>& serve_job_table() {
    using R = ServeReport;
    static const JsonTable<R> table{"A job of kind `serve`",
                                    {{"engine", "of the catalog", json_of<&R::engine>},
                                     {"forms", "of weights", json_of<&R::forms>},
                                     {"asked", "what was asked", [](const R& r) {
                                          return object_json(asked_table(), r.asked);
                                      }}}};
    return table;
}

Json price_or_null(Dollars price) {
    return price > Dollars{} ? Json(price.in(unit::USD)) : Json(nullptr);
}

/// Rates, latencies and what bounds them.
const JsonTable<ServeReport>& serve_best_table() {
    using R = ServeReport;
    static const JsonTable<R> table{
        "of a feasible one",
        {{"layout", "the one that serves most in time",
          [](const R& r) { return object_json(layout_table(), r.layout); }},
         {"hours_a_day", "in which it serves", json_of<&R::hours>},
         {"requests_per_s", "of the whole site, in the mean of its hours", json_of<&R::requests>},
         {"most_requests_per_s", "that the whole site keeps in time", json_of<&R::most>},
         {"input_tokens_per_s", "of the whole site, in the mean of its hours", json_of<&R::input>},
         {"output_tokens_per_s", "likewise", json_of<&R::output>},
         {"output_tokens_per_s_per_chip", "likewise, by all chips of the site",
          json_of<&R::output_per_chip>},
         {"ttft_ms", "time to first token in the busiest hour: a latency",
          [](const R& r) { return latency_json(r.outcome.first_token); }},
         {"tpot_ms", "time per output token: a latency; null where answers are of one token",
          [](const R& r) { return latency_json(r.outcome.per_token); }},
         {"latency_ms", "to the last token: a latency",
          [](const R& r) { return latency_json(r.outcome.latency); }},
         {"token_ledger", "seconds between output tokens, in the mean", json_of<&R::token>},
         {"bound_by", "what keeps it from more, and what it does most", json_of<&R::bound_by>},
         {"bound", "what no engine gets around",
          [](const R& r) { return object_json(bound_table(), r); }}}};
    return table;
}

/// Memory and money.
const JsonTable<ServeReport>& serve_cost_table() {
    using R = ServeReport;
    static const JsonTable<R> table{
        "of a feasible one",
        {{"memory_bytes", "of a chip, at the fullest",
          [](const R& r) { return value_json(r.memory.value); }},
         {"memory_usable_bytes", "what the engine takes of it", json_of<&R::usable>},
         {"memory_ledger", "what fills it", json_of<&R::memory>},
         {"usd_per_million_input_tokens",
          "of prompts, computed: the site's cost in its hours by the time that each token takes "
          "alone",
          [](const R& r) { return price_or_null(r.prices.input); }},
         {"usd_per_million_cached_tokens", "found in the prefix cache; null where none is",
          [](const R& r) { return price_or_null(r.prices.cached); }},
         {"usd_per_million_output_tokens", "of answers",
          [](const R& r) { return price_or_null(r.prices.output); }},
         {"usd_per_request", "of the whole site's cost in its hours", json_of<&R::per_request>},
         {"yearly", "what its hours cost and bring",
          [](const R& r) { return object_json(year_table(), r); }}}};
    return table;
}

}  // namespace

void add_json(Json& json, bool feasible, const ServeReport& report) {
    add(json, serve_job_table(), report);
    for (const auto* table : {&serve_best_table(), &serve_cost_table()}) {
        if (feasible) {
            add(json, *table, report);
        } else {
            add_unknown(json, *table);
        }
    }
}

std::vector<JsonObject> serve_objects() {
    JsonObject job = described(serve_job_table());
    for (const auto* table : {&serve_best_table(), &serve_cost_table()}) {
        const JsonObject more = described(*table);
        job.keys.insert(job.keys.end(), more.keys.begin(), more.keys.end());
    }
    return {job, described(asked_table()), described(layout_table()), described(bound_table()),
            described(year_table())};
}

}  // namespace millwright
