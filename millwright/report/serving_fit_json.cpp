// Errors have one table at three levels: of all rows, of a release, and of a kind of figure of
// it. Each is told before, after, and for runs that the fit had not seen, which alone says how
// well it predicts. Rows that could not be used are counted by reason rather than dropped in
// silence.
#include "millwright/report/serving_fit_json.h"

#include <nlohmann/json.hpp>

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<double>& number) {
    return number ? Json(*number) : Json(nullptr);
}

const JsonTable<EngineFigureFit>& fitted_figure_table() {
    using F = EngineFigureFit;
    static const JsonTable<F> table{
        "A figure of an engine that was fitted",
        {{"figure", "key in the engine's file", [](const F& f) { return Json(f.figure); }},
         {"unit", "`s`; null of factors and parts",
          [](const F& f) { return f.unit.empty() ? Json(nullptr) : Json(f.unit); }},
         {"identified", "some run shows it; else it is left as it was", json_of<&F::seen>},
         {"before", "in the catalog", json_of<&F::before>},
         {"value", "in the folder that is written", json_of<&F::after>},
         {"low", "least of it and of fits without one run each", json_of<&F::low>},
         {"high", "most, likewise", json_of<&F::high>},
         {"told", "how much of it the runs tell, 0 to 1; the rest is the catalog's",
          json_of<&F::told>}}};
    return table;
}

const JsonTable<FitErrors>& errors_table() {
    using E = FitErrors;
    static const JsonTable<E> table{
        "Errors of a fit of serving",
        {{"rows", "figures that are predicted", json_of<&E::rows>},
         {"runs", "that they are of", json_of<&E::runs>},
         {"median_abs_error_before", "of predicted over measured less one, by the catalog",
          json_of<&E::before>},
         {"median_abs_error_after", "by the fitted figures", json_of<&E::after>},
         {"median_abs_error_left_out",
          "of runs, each by a fit to the others; null where there are fewer than three",
          [](const E& e) { return number_or_null(e.left_out); }}}};
    return table;
}

const JsonTable<Band>& band_table() {
    static const JsonTable<Band> table{
        "A band that was fitted",
        {{"id", "in the catalog", json_of<&Band::id>},
         {"low", "measured over predicted, of which a tenth is below",
          [](const Band& b) { return Json(b.low.value); }},
         {"high", "and a tenth above", [](const Band& b) { return Json(b.high.value); }}}};
    return table;
}

const JsonTable<KindFit>& kind_table() {
    using K = KindFit;
    static const JsonTable<K> table{
        "Figures of one kind of a release",
        {{"kind", "`first-token`, `per-token`, `latency` or `rate`", json_of<&K::kind>},
         {"errors", "of them", [](const K& k) { return object_json(errors_table(), k.errors); }},
         {"band", "null where a single run makes none",
          [](const K& k) { return k.band ? object_json(band_table(), *k.band) : Json(nullptr); }}}};
    return table;
}

const JsonTable<EngineFit>& engine_table() {
    using E = EngineFit;
    static const JsonTable<E> table{
        "A release that was fitted",
        {{"engine", "id", [](const E& e) { return Json(e.engine.id); }},
         {"name", "in full", [](const E& e) { return Json(e.engine.name); }},
         {"errors", "of its rows",
          [](const E& e) { return object_json(errors_table(), e.errors); }},
         {"figures", "all that a fit may move",
          [](const E& e) { return list_json(fitted_figure_table(), e.figures); }},
         {"kinds", "kinds of figures that were measured",
          [](const E& e) { return list_json(kind_table(), e.kinds); }}}};
    return table;
}

const JsonTable<FittedRow>& row_table() {
    using R = FittedRow;
    static const JsonTable<R> table{
        "A row of a fit of serving",
        {{"id", "as in the table; `all` of a log", json_of<&R::id>},
         {"metric", "as in the table", json_of<&R::metric>},
         {"engine", "id of the release", json_of<&R::engine>},
         {"run", "number of its run, from 0", json_of<&R::run>},
         {"measured", "as printed", json_of<&R::measured>},
         {"before", "predicted by the catalog", json_of<&R::before>},
         {"after", "by the fitted figures", json_of<&R::after>},
         {"left_out", "by a fit without its run; null where there is none",
          [](const R& r) { return number_or_null(r.left_out); }},
         {"counts", "false where it is too far off to move the fit", json_of<&R::counts>}}};
    return table;
}

const JsonTable<ServingCalibration>& serving_fit_table() {
    using C = ServingCalibration;
    static const JsonTable<C> table{
        "`calibrate --json` of serving",
        {{"errors", "of all rows",
          [](const C& c) { return object_json(errors_table(), c.errors); }},
         {"engines", "releases, by id",
          [](const C& c) { return list_json(engine_table(), c.engines); }},
         {"rows", "that were fitted", [](const C& c) { return list_json(row_table(), c.rows); }},
         {"skipped", "rows that could not be used", json_of<&C::skipped>},
         {"skipped_reasons", "how many rows for each", [](const C& c) {
              Json reasons = Json::object();
              for (const auto& [reason, rows] : c.reasons) reasons[reason] = rows;
              return reasons;
          }}}};
    return table;
}

}  // namespace

nlohmann::ordered_json serving_fit_json(const ServingCalibration& fit) {
    return object_json(serving_fit_table(), fit);
}

std::vector<JsonObject> serving_fit_objects() {
    return {described(serving_fit_table()), described(errors_table()),
            described(engine_table()),      described(fitted_figure_table()),
            described(kind_table()),        described(band_table()),
            described(row_table())};
}

}  // namespace millwright
