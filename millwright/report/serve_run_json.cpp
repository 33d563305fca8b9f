// Keys of the question and keys of the run are tables apart: a deployment that holds no request
// has the second as nulls, so a reader finds the same keys in every answer. Latencies are null,
// and not zero, where nothing was measured.
#include "millwright/report/serve_run_json.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/csv.h"
#include "millwright/base/units.h"
#include "millwright/report/serve_curves_json.h"
#include "millwright/report/serve_run_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json milliseconds(Seconds time) { return time.in(unit::ms); }

const JsonTable<LatencyCounts>& latency_table() {
    using L = LatencyCounts;
    static const JsonTable<L> table{
        "A latency, milliseconds",
        {{"mean", "over requests; over tokens of `itl_ms`",
          [](const L& l) { return milliseconds(l.mean()); }},
         {"min", "the least", [](const L& l) { return milliseconds(l.least()); }},
         {"p5", "5 % are not above", [](const L& l) { return milliseconds(l.quantile(0.05)); }},
         {"p10", "likewise", [](const L& l) { return milliseconds(l.quantile(0.1)); }},
         {"p25", "likewise", [](const L& l) { return milliseconds(l.quantile(0.25)); }},
         {"p50", "half are not above", [](const L& l) { return milliseconds(l.quantile(0.5)); }},
         {"p75", "likewise", [](const L& l) { return milliseconds(l.quantile(0.75)); }},
         {"p90", "likewise", [](const L& l) { return milliseconds(l.quantile(0.9)); }},
         {"p95", "likewise", [](const L& l) { return milliseconds(l.quantile(0.95)); }},
         {"p99", "likewise", [](const L& l) { return milliseconds(l.quantile(0.99)); }},
         {"p999", "99.9 % are not above",
          [](const L& l) { return milliseconds(l.quantile(0.999)); }},
         {"max", "the most", [](const L& l) { return milliseconds(l.most()); }}}};
    return table;
}

}  // namespace

Json latency_json(const LatencyCounts& times) {
    return times.count() > 0 ? object_json(latency_table(), times) : Json(nullptr);
}

namespace {

template <auto member>
Json way_json(const ServePool& pool) {
    return static_cast<std::int64_t>(pool.fleet.replica.ways.*member);
}

const JsonTable<ServePool>& pool_table() {
    using P = ServePool;
    static const JsonTable<P> table{
        "A pool of `serve`",
        {{"role", "`all`: prompts and answers; or `prompts`, `answers`", json_of<&P::role>},
         {"replicas", "of it", [](const P& p) { return Json(p.fleet.replicas); }},
         {"chips", "of all of them",
          [](const P& p) { return Json(static_cast<std::int64_t>(p.chips())); }},
         {"tensor", "ways of a replica", way_json<&ServeWays::tensor>},
         {"pipeline", "its stages", way_json<&ServeWays::pipeline>},
         {"expert", "ways over which whole experts are spread", way_json<&ServeWays::expert>},
         {"attention_data", "ranks that each attend to sequences of their own",
          way_json<&ServeWays::attention_data>},
         {"replicas_mean", "on and paid for, over time",
          [](const P& p) { return Json(p.paid_replicas()); }},
         {"server", "that it runs on, where that is not the answer's; else null",
          [](const P& p) { return p.factory ? Json(p.factory->server.id) : Json(nullptr); }},
         {"weights_bytes", "of a chip", [](const P& p) { return Json(p.memory.weights.si()); }},
         {"cache_bytes", "of a chip, for keys, values and states",
          [](const P& p) { return Json(p.memory.cache.si()); }},
         {"steps", "of all replicas", [](const P& p) { return Json(p.outcome.steps); }},
         {"busy_share", "of the run, in steps", [](const P& p) { return Json(p.busy_share()); }},
         {"running_mean", "sequences, over time, of all replicas",
          [](const P& p) { return Json(p.outcome.mean_running); }},
         {"kv_mean_share", "of the cache in use, over time",
          [](const P& p) { return Json(p.outcome.mean_cache); }},
         {"kv_peak_share", "at most", [](const P& p) { return Json(p.outcome.most_cache); }}}};
    return table;
}

const JsonTable<ServeAnswer>& run_asked_table() {
    using A = ServeAnswer;
    static const JsonTable<A> table{
        "What was asked of `serve`",
        {{"trace", "file of requests; else null",
          [](const A& a) {
              const std::string& trace = a.asked.load.trace;
              return trace.empty() ? Json(nullptr) : Json(trace);
          }},
         {"rate", "requests a second; else null",
          [](const A& a) { return a.asked.load.rate ? Json(*a.asked.load.rate) : Json(nullptr); }},
         {"concurrency", "requests there at all times; else null",
          [](const A& a) {
              const std::int64_t there = a.asked.load.concurrency;
              return there > 0 ? Json(there) : Json(nullptr);
          }},
         {"warm_up", "first requests whose latencies do not count",
          [](const A& a) { return Json(a.asked.load.warm_up); }},
         {"prompt_tokens", "mean of all requests", [](const A& a) { return Json(a.span.prompt); }},
         {"output_tokens", "likewise", [](const A& a) { return Json(a.span.output); }},
         {"prefix_tokens", "with which all prompts begin alike",
          [](const A& a) { return Json(a.asked.load.prefix_tokens); }},
         {"fairness", "first-come, or tokens: to the waiting tenant that was served least",
          [](const A& a) { return Json(a.asked.load.fair ? "tokens" : "first-come"); }},
         {"images", "of each prompt", [](const A& a) { return Json(a.asked.load.images); }},
         {"lora_adapters", "held at once",
          [](const A& a) { return Json(a.asked.limits.adapters.count); }},
         {"structured_share", "of answers held to a grammar",
          [](const A& a) { return Json(a.asked.limits.structured_share); }},
         {"seed", "of what was drawn", [](const A& a) { return Json(a.asked.load.seed); }},
         {"ttft_s", "objective; zero: none",
          [](const A& a) { return Json(a.asked.objectives.first_token.si()); }},
         {"tpot_s", "likewise", [](const A& a) { return Json(a.asked.objectives.per_token.si()); }},
         {"router", "by which replicas get requests",
          [](const A& a) { return value_json(a.asked.cluster.router.kind); }},
         {"draft_tokens", "that each step checks beside the one due",
          [](const A& a) { return Json(std::llround(a.asked.limits.speculation.depth)); }},
         {"acceptance", "chance of each if those before it were right",
          [](const A& a) { return Json(a.asked.limits.speculation.acceptance); }}}};
    return table;
}

/// What one of the tenants asked and got.
struct TenantPart {
    const NamedTenant& asked;
    RequestCounts got;
    Seconds seconds;  // of the run
};

const JsonTable<TenantPart>& tenant_table() {
    using T = TenantPart;
    static const JsonTable<T> table{
        "A tenant of `serve`",
        {{"tenant", "its name", [](const T& t) { return Json(t.asked.name); }},
         {"share", "of the requests, over the sum of shares",
          [](const T& t) { return Json(t.asked.requests.share); }},
         {"weight", "of what it is due where lanes are shared by tokens",
          [](const T& t) { return Json(t.asked.weight); }},
         {"priority", "higher ones go first",
          [](const T& t) { return Json(t.asked.requests.priority); }},
         {"completed", "requests answered", [](const T& t) { return Json(t.got.completed); }},
         {"dropped", "requests", [](const T& t) { return Json(t.got.dropped); }},
         {"input_tokens", "of its prompts", [](const T& t) { return Json(t.got.input_tokens); }},
         {"output_tokens", "of its answers", [](const T& t) { return Json(t.got.output_tokens); }},
         {"output_tokens_per_s", "over the run",
          [](const T& t) {
              return Json(t.seconds > Seconds{} ? t.got.output_tokens / t.seconds.si() : 0.0);
          }},
         {"ttft_ms", "a latency, or null where there was none",
          [](const T& t) { return latency_json(t.got.first_token); }},
         {"tpot_ms", "likewise", [](const T& t) { return latency_json(t.got.per_token); }},
         {"latency_ms", "likewise", [](const T& t) { return latency_json(t.got.latency); }},
         {"queue_ms", "likewise", [](const T& t) { return latency_json(t.got.queue); }},
         {"good", "requests within `--ttft` and `--tpot`",
          [](const T& t) { return Json(t.got.good); }}}};
    return table;
}

Json tenants_json(const ServeAnswer& answer) {
    Json list = Json::array();
    const std::vector<NamedTenant>& tenants = answer.asked.load.tenants;
    for (std::size_t i = 0; i < tenants.size(); ++i) {
        const TenantPart part{tenants[i], answer.of_tenant(i), answer.outcome.seconds};
        list.push_back(object_json(tenant_table(), part));
    }
    return list;
}

const JsonTable<ServeAnswer>& question_table() {
    using A = ServeAnswer;
    static const JsonTable<A> table{
        "`serve --json`",
        {{"feasible", "the deployment holds a request",
          [](const A& a) { return Json(a.feasible()); }},
         {"infeasible", "why it does not; else null",
          [](const A& a) { return a.feasible() ? Json(nullptr) : Json(a.infeasible); }},
         {"answer", "in a sentence", [](const A& a) { return Json(serve_answer_sentence(a)); }},
         {"fewest_chips", "that would hold one, where these do not; else null",
          json_or_null<&A::fewest>},
         {"model", "that is served", [](const A& a) { return Json(a.asked.model); }},
         {"server", "that it runs on", [](const A& a) { return Json(a.asked.server); }},
         {"engine", "that runs it", json_of<&A::engine>},
         {"precision", "of weights", json_of<&A::forms>},
         {"kv_precision", "of keys and values",
          [](const A& a) { return value_json(a.asked.cache); }},
         {"requests", "that came", [](const A& a) { return Json(a.span.count); }},
         {"asked", "the load and what it was held to",
          [](const A& a) { return object_json(run_asked_table(), a); }},
         {"notes", "what stood in, and what to know", json_of<&A::notes>},
         {"pools", "replicas that do the same; none where it holds no request",
          [](const A& a) { return list_json(pool_table(), a.pools); }}}};
    return table;
}

template <auto member>
Json cluster_count(const ServeAnswer& answer) {
    return answer.cluster.*member;
}

const JsonTable<ServeAnswer>& run_table() {
    using A = ServeAnswer;
    static const JsonTable<A> table{
        "of a run",
        {{"completed", "requests answered", [](const A& a) { return Json(a.outcome.completed); }},
         {"dropped", "requests longer than the cache, rejected ones, and ones lost too often",
          [](const A& a) { return Json(a.outcome.dropped); }},
         {"rejected", "requests that no replica took", cluster_count<&ClusterCounts::rejected>},
         {"failures", "of replicas", cluster_count<&ClusterCounts::failures>},
         {"moved", "requests that failed replicas lost to others",
          cluster_count<&ClusterCounts::moved>},
         {"starts", "of replicas, by the load", cluster_count<&ClusterCounts::starts>},
         {"seconds", "from the first arrival to the last token",
          [](const A& a) { return Json(a.outcome.seconds.si()); }},
         {"input_tokens", "of prompts, cached ones too",
          [](const A& a) { return Json(a.outcome.input_tokens); }},
         {"output_tokens", "of answers", [](const A& a) { return Json(a.outcome.output_tokens); }},
         {"output_tokens_per_s", "of all chips",
          [](const A& a) { return Json(a.outcome.output_tokens_per_s()); }},
         {"output_tokens_per_s_per_chip", "of those that serve",
          [](const A& a) { return Json(a.outcome.output_tokens_per_s() / a.chips()); }},
         {"requests_per_s", "answered",
          [](const A& a) { return Json(a.outcome.requests_per_s()); }},
         {"saturated", "requests came faster than they went: latencies are of this length of run",
          [](const A& a) { return Json(a.outcome.saturated); }},
         {"drift", "seconds by which the wait grew for each second of arrivals",
          [](const A& a) { return Json(a.outcome.drift); }},
         {"bound_by", "what keeps it from more", json_of<&A::bound_by>}}};
    return table;
}

const JsonTable<ServeAnswer>& wait_keys() {
    using A = ServeAnswer;
    static const JsonTable<A> table{
        "of waits",
        {{"ttft_ms", "from arrival to first token: a latency, or null where there was none",
          [](const A& a) { return latency_json(a.outcome.first_token); }},
         {"tpot_ms", "(last token - first token) / (output tokens - 1) of a request: likewise",
          [](const A& a) { return latency_json(a.outcome.per_token); }},
         {"itl_ms", "from one token to the next: likewise",
          [](const A& a) { return latency_json(a.outcome.between_tokens); }},
         {"latency_ms", "from arrival to last token: likewise",
          [](const A& a) { return latency_json(a.outcome.latency); }},
         {"queue_ms", "from arrival until it is first scheduled: likewise",
          [](const A& a) { return latency_json(a.outcome.queue); }},
         {"transfer_ms", "of a cache between pools, beyond what its prompt hides: likewise",
          [](const A& a) { return latency_json(a.transfer); }},
         {"goodput_requests_per_s", "answered within `--ttft` and `--tpot`, where they are given",
          [](const A& a) { return Json(a.good_per_s()); }}}};
    return table;
}

Json dollars(double tokens, Dollars price) {
    return tokens > 0 ? Json(price.in(unit::USD)) : Json(nullptr);
}

const JsonTable<ServeAnswer>& run_cost_table() {
    using A = ServeAnswer;
    static const JsonTable<A> table{
        "of use and cost",
        {{"energy_j",
          "of the chips: an idle one draws 30 % of its rated power, a busy one all; null "
          "where that is not known",
          [](const A& a) { return a.energy ? Json(a.energy->si()) : Json(nullptr); }},
         {"kv_peak_share", "of the cache in use at most",
          [](const A& a) { return Json(a.outcome.most_cache); }},
         {"preemptions", "sequences that gave way and were computed again",
          [](const A& a) { return Json(a.outcome.preemptions); }},
         {"cache_hit_share", "of prompts' tokens, found in the prefix cache",
          [](const A& a) { return Json(a.hit_share()); }},
         {"usd", "cost of the chips for the run, at the site `us`",
          [](const A& a) { return Json(a.cost.in(unit::USD)); }},
         {"usd_per_million_input_tokens",
          "of those computed: the run's cost, split by what each kind takes alone; null without "
          "any",
          [](const A& a) {
              return dollars(a.outcome.input_tokens - a.outcome.cached_tokens, a.prices.input);
          }},
         {"usd_per_million_cached_tokens", "by what the rest of a prompt attends longer for them",
          [](const A& a) { return dollars(a.outcome.cached_tokens, a.prices.cached); }},
         {"usd_per_million_output_tokens", "likewise",
          [](const A& a) { return dollars(a.outcome.output_tokens, a.prices.output); }},
         {"tenants", "of `--tenants`, each with what it got", tenants_json},
         {"timeline", "what all replicas held, some hundred slices of the run", timeline_json},
         {"curves", "null without `--curves`", curves_json}}};
    return table;
}

const std::vector<const JsonTable<ServeAnswer>*>& tables_of_run() {
    static const std::vector<const JsonTable<ServeAnswer>*> tables{&run_table(), &wait_keys(),
                                                                   &run_cost_table()};
    return tables;
}

}  // namespace

Json pool_json(const ServePool& pool) { return object_json(pool_table(), pool); }

Json serve_answer_json(const ServeAnswer& answer) {
    Json json = object_json(question_table(), answer);
    for (const JsonTable<ServeAnswer>* table : tables_of_run()) {
        if (answer.feasible()) {
            add(json, *table, answer);
        } else {
            add_unknown(json, *table);
        }
    }
    return json;
}

std::string served_csv(const ServeAnswer& answer) {
    const std::vector<NamedTenant>& tenants = answer.asked.load.tenants;
    std::string text = "index,arrival_s,scheduled_s,first_token_s,end_s,prompt,output,cached";
    text += tenants.empty() ? "\n" : ",tenant\n";
    for (const ServedRequest& r : answer.record.served) {
        text += fmt::format("{},{:.9g},{:.9g},{:.9g},{:.9g},{},{},{}", r.index, r.arrival.si(),
                            r.scheduled.si(), r.first_token.si(), r.end.si(), r.prompt, r.output,
                            r.cached);
        text += tenants.empty() ? "\n" : "," + csv_line({tenants[r.tenant].name});
    }
    return text;
}

std::vector<JsonObject> serve_answer_objects() {
    JsonObject answer = described(question_table());
    for (const JsonTable<ServeAnswer>* table : tables_of_run()) {
        const JsonObject more = described(*table);
        answer.keys.insert(answer.keys.end(), more.keys.begin(), more.keys.end());
    }
    std::vector<JsonObject> all{answer, described(run_asked_table()), described(pool_table()),
                                described(tenant_table()), described(latency_table())};
    for (JsonObject& object : curve_objects()) all.push_back(std::move(object));
    return all;
}

}  // namespace millwright
