// One replica was simulated and stands for all: rates and requests in flight are times the
// replicas, waits are as they are. Both kinds of points take the keys of waits from one list, so
// that curves can be laid beside each other.
#include "millwright/report/serve_curves_json.h"

#include <nlohmann/json.hpp>

#include "millwright/base/whole.h"
#include "millwright/report/serve_run_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A point of one replica, told of the whole deployment.
template <class Point>
struct OfAll {
    const ServeAnswer& answer;
    const Point& point;

    const ServeOutcome& outcome() const { return point.outcome; }
    double replicas() const { return real(answer.curves->replicas); }
};
using Closed = OfAll<ClosedPoint>;
using Open = OfAll<OpenPoint>;

template <class P>
Json each_chip(const P& p) {
    return p.outcome().output_tokens_per_s() * p.replicas() / p.answer.chips();
}

/// Null of answers of a single token, which have no time between tokens.
Json milliseconds_at(const LatencyCounts& times, double share) {
    return times.count() > 0 ? Json(times.quantile(share).in(unit::ms)) : Json(nullptr);
}

template <class P, auto latency, int percent>
Json wait_at(const P& p) {
    return milliseconds_at(p.outcome().*latency, percent / 100.0);
}

Json for_a_user(const Closed& p) {
    const Seconds median = p.outcome().per_token.quantile(0.5);
    return median > Seconds{} ? Json(1 / median.si()) : Json(nullptr);
}

template <class P>
std::vector<JsonKey<P>> wait_keys() {
    using O = ServeOutcome;
    return {
        {"ttft_p50_ms", "time to first token: half are not above", wait_at<P, &O::first_token, 50>},
        {"ttft_p99_ms", "likewise 99 %", wait_at<P, &O::first_token, 99>},
        {"tpot_p50_ms", "time per output token: half are not above; null of single tokens",
         wait_at<P, &O::per_token, 50>},
        {"tpot_p99_ms", "likewise 99 %", wait_at<P, &O::per_token, 99>}};
}

template <class P>
JsonTable<P> with_waits(JsonTable<P> table) {
    for (const JsonKey<P>& key : wait_keys<P>()) table.keys.push_back(key);
    return table;
}

const JsonTable<Closed>& closed_table() {
    static const JsonTable<Closed> table = with_waits<Closed>(
        {"A point of `throughput_against_interactivity`",
         {{"concurrency", "requests in flight, of all replicas",
           [](const Closed& p) { return Json(p.replicas() * real(p.point.concurrency)); }},
          {"output_tokens_per_s_per_user", "1 / median time per output token; null likewise",
           for_a_user},
          {"output_tokens_per_s_per_chip", "of those that serve", each_chip<Closed>}}});
    return table;
}

const JsonTable<Open>& open_table() {
    static const JsonTable<Open> table =
        with_waits<Open>({"A point of `latency_against_rate`",
                          {{"rate", "requests a second, of all replicas",
                            [](const Open& p) { return Json(p.replicas() * p.point.rate.si()); }},
                           {"output_tokens_per_s_per_chip", "of those that serve", each_chip<Open>},
                           {"saturated", "waits grow for as long as requests come",
                            [](const Open& p) { return Json(p.outcome().saturated); }}}});
    return table;
}

template <class Point>
Json points_json(const JsonTable<OfAll<Point>>& table, const ServeAnswer& answer,
                 const std::vector<Point>& points) {
    Json list = Json::array();
    for (const Point& point : points) {
        list.push_back(object_json(table, OfAll<Point>{answer, point}));
    }
    return list;
}

const JsonTable<ServeAnswer>& curves_table() {
    using A = ServeAnswer;
    static const JsonTable<A> table{
        "Curves of `serve`",
        {{"answer", "the knee in a sentence", [](const A& a) { return Json(knee_sentence(a)); }},
         {"knee", "highest rate at which waits do not grow, requests a second; null without one",
          [](const A& a) {
              const auto knee = a.curves->knee();
              return knee ? Json(knee->si()) : Json(nullptr);
          }},
         {"asked",
          "requests a second that were asked for: given, of the trace on average, or what "
          "came of a closed loop",
          [](const A& a) { return Json(a.curves->asked.si()); }},
         {"requests", "of one replica at each rate",
          [](const A& a) { return Json(a.curves->requests); }},
         {"throughput_against_interactivity",
          "closed loops, requests in flight doubled until the engine or the cache is full",
          [](const A& a) { return points_json(closed_table(), a, a.curves->closed); }},
         {"latency_against_rate",
          "open loops at rates up to a little beyond the knee; empty without one",
          [](const A& a) { return points_json(open_table(), a, a.curves->open.points); }}}};
    return table;
}

const JsonTable<ServeTimeline::Slice>& slice_table() {
    using S = ServeTimeline::Slice;
    static const JsonTable<S> table{
        "A slice of `timeline`",
        {{"begin_s", "seconds from the first arrival", json_of<&S::begin>},
         {"length_s", "all alike, but the last ends with the run", json_of<&S::length>},
         {"running", "sequences with a cache, mean of the slice, all replicas",
          json_of<&S::running>},
         {"waiting", "that came and have none, during steps: likewise", json_of<&S::waiting>},
         {"kv_share", "of the cache in use: mean of the replicas", json_of<&S::cache_share>}}};
    return table;
}

}  // namespace

Json curves_json(const ServeAnswer& answer) {
    return answer.curves ? object_json(curves_table(), answer) : Json(nullptr);
}

Json timeline_json(const ServeAnswer& answer) {
    if (!answer.asked.timeline && !answer.asked.keep_requests) return nullptr;
    return list_json(slice_table(),
                     answer.record.timeline.slices(answer.pools.back().outcome.lanes));
}

std::vector<JsonObject> curve_objects() {
    return {described(curves_table()), described(closed_table()), described(open_table()),
            described(slice_table())};
}

}  // namespace millwright
