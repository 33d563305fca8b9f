// Points are told by their rows, one for each factory and job, which name the values that they
// stand at. A row has the metrics that jobs of its kind have; one that has no value is null.
#include "millwright/report/sweep_json.h"

#include "millwright/report/sweep_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<SweptPath>& swept_path_table() {
    using P = SweptPath;
    static const JsonTable<P> table{
        "A path of `sweep`",
        {{"path", "what is moved", json_of<&P::path>},
         {"spacing", "`list`, `even` or `geometric`: how its values were given",
          json_of<&P::spacing>},
         {"values", "a list, as they would be written",
          [](const P& p) {
              Json list = Json::array();
              for (const SweptValue& value : p.values) list.push_back(value.text);
              return list;
          }},
         {"si", "a list of the same in SI units; null each where they are no numbers",
          [](const P& p) {
              Json list = Json::array();
              for (const SweptValue& value : p.values) {
                  list.push_back(value.si ? Json(*value.si) : Json());
              }
              return list;
          }}}};
    return table;
}

/// A metric that was asked for.
const JsonTable<SweepMetric>& swept_metric_table() {
    using M = SweepMetric;
    static const JsonTable<M> table{
        "A metric of `sweep`",
        {{"name", "its key in rows", json_of<&M::name>},
         {"meaning", "in words", json_of<&M::doc>},
         {"of", "`train` or `serve`, jobs that have it; `factory`: all",
          [](const M& m) { return m.kind ? value_json(*m.kind) : Json("factory"); }},
         {"best", "`most` or `least` of it",
          [](const M& m) { return Json(m.more ? "most" : "least"); }}}};
    return table;
}

/// A row: a job of a factory at a point.
struct ToldRow {
    const SweepAnswer& answer;
    const SweptPoint& point;
    std::size_t factory, job;

    const SweptFactory& in() const { return point.factories[factory]; }
    const SweptJob& done() const { return in().jobs[job]; }
};

const JsonTable<ToldRow>& swept_row_table() {
    using R = ToldRow;
    static const JsonTable<R> table{
        "A row of `sweep`: and its metrics",
        {{"point", "its place in the grid, from 0; the last path moves fastest",
          [](const R& r) { return Json(&r.point - r.answer.points.data()); }},
         {"values", "a list: of each path, as written",
          [](const R& r) {
              Json list = Json::array();
              for (std::size_t k = 0; k < r.point.at.size(); ++k) {
                  list.push_back(r.answer.over[k].values[r.point.at[k]].text);
              }
              return list;
          }},
         {"factory", "its name", [](const R& r) { return Json(r.answer.factories[r.factory]); }},
         {"job", "its name", [](const R& r) { return Json(r.answer.jobs[r.job]); }},
         {"rank", "of the factory at this point, from 1; null where the point's values are at odds",
          [](const R& r) { return r.in().rank > 0 ? Json(r.in().rank) : Json(); }},
         {"lawful", "false: denied or undecided; null where it has no rank",
          [](const R& r) { return r.in().rank > 0 ? Json(r.in().lawful) : Json(); }},
         {"feasible", "whether the factory can do the job there",
          [](const R& r) { return Json(r.done().feasible); }},
         {"infeasible", "why not; null where it is feasible",
          [](const R& r) { return r.done().feasible ? Json() : Json(r.done().infeasible); }}}};
    return table;
}

Json swept_row_json(const ToldRow& row) {
    Json json = object_json(swept_row_table(), row);
    for (std::size_t m = 0; m < row.answer.of.size(); ++m) {
        const SweepMetric& metric = *row.answer.of[m];
        if (!has_metric(row.answer.kinds[row.job], metric)) continue;
        const auto& figure = row.done().figures[m];
        json[std::string(metric.name)] = figure ? Json(*figure) : Json();
    }
    return json;
}

Json rows_json(const SweepAnswer& a) {
    Json list = Json::array();
    for (const SweptPoint& point : a.points) {
        for (std::size_t f = 0; f < a.factories.size(); ++f) {
            for (std::size_t j = 0; j < a.jobs.size(); ++j) {
                list.push_back(swept_row_json({a, point, f, j}));
            }
        }
    }
    return list;
}

const JsonTable<SweepAnswer>& sweep_table() {
    using A = SweepAnswer;
    static const JsonTable<A> table{
        "`sweep --json`",
        {{"name", "of the scenario", json_of<&A::name>},
         {"answer", "in a sentence", [](const A& a) { return Json(sweep_sentence(a)); }},
         {"over", "a list of paths",
          [](const A& a) { return list_json(swept_path_table(), a.over); }},
         {"metrics", "a list of what rows are told in",
          [](const A& a) {
              Json list = Json::array();
              for (const SweepMetric* metric : a.of) {
                  list.push_back(object_json(swept_metric_table(), *metric));
              }
              return list;
          }},
         {"ranked_best", "a list: of each point the factory; null where none does any job",
          [](const A& a) {
              Json list = Json::array();
              for (const SweptPoint& point : a.points) {
                  list.push_back(point.best ? Json(a.factories[*point.best]) : Json());
              }
              return list;
          }},
         {"rows", "a list: of each point, factory and job", rows_json}}};
    return table;
}

}  // namespace

Json sweep_json(const SweepAnswer& answer) { return object_json(sweep_table(), answer); }

std::vector<JsonObject> sweep_objects() {
    JsonObject row = described(swept_row_table());
    for (const SweepMetric& metric : sweep_metrics()) {
        row.keys.emplace_back(metric.name, metric.doc);
    }
    return {described(sweep_table()), described(swept_path_table()),
            described(swept_metric_table()), row};
}

}  // namespace millwright
