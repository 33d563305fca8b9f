// Tallies are sums over all replications; a stage's mean needs their days, so they go with it
// into its row. Utilisation and load are null, and not zero, where a stage has no limit. What was
// not said or did not happen is null likewise.
#include "millwright/report/loop_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<LoopSpread>& loop_spread_table() {
    using S = LoopSpread;
    static const JsonTable<S> table{"A figure over replications of `data-loop`",
                                    {{"mean", "of the replications", json_of<&S::mean>},
                                     {"p5", "5 % have less", json_of<&S::p5>},
                                     {"p50", "half of them", json_of<&S::p50>},
                                     {"p95", "95 % have no more", json_of<&S::p95>}}};
    return table;
}

/// A stage with its name and the days of which it is the sum.
struct NamedStage {
    LoopStage stage = LoopStage::upload;
    StageTally tally;
    double days = 1;
};

template <auto member>
Json tally_json(const NamedStage& of) {
    return value_json(of.tally.*member);
}

const JsonTable<NamedStage>& stage_table() {
    using S = NamedStage;
    using T = StageTally;
    static const JsonTable<S> table{
        "A stage of `data-loop`, all replications together",
        {{"stage",
          "`upload`, `curation`, `labels` and `gathering` of events; `training`, "
          "`evaluation` and `release` of runs",
          json_of<&S::stage>},
         {"in", "that came: `out`, `dropped` and `left` together", tally_json<&T::in>},
         {"out", "that went on", tally_json<&T::out>},
         {"dropped", "overwritten before upload, or not kept by curation", tally_json<&T::dropped>},
         {"left", "there at the end", tally_json<&T::left>},
         {"mean_there", "mean number there",
          [](const S& s) { return Json(s.tally.area / s.days); }},
         {"most_there", "the most at once", tally_json<&T::most>},
         {"utilisation", "served, over what could have been; null: no limit",
          [](const S& s) { return s.tally.capacity > 0 ? Json(utilisation(s.tally)) : Json(); }},
         {"load",
          "what came in the second half of the days over what can be served; null: no limit",
          [](const S& s) { return s.tally.late_capacity > 0 ? Json(load(s.tally)) : Json(); }},
         {"grows", "whether its line grows without end",
          [](const S& s) { return Json(grows(s.tally)); }}}};
    return table;
}

Json stages_json(const DataLoopAnswer& answer) {
    std::vector<NamedStage> stages;
    const auto days = static_cast<double>(answer.loop.days * answer.figures.replications);
    for (std::size_t i = 0; i < loop_stage_count; ++i) {
        stages.push_back({static_cast<LoopStage>(i), answer.figures.stages[i], days});
    }
    return list_json(stage_table(), stages);
}

const JsonTable<LoopTimes>& times_table() {
    using T = LoopTimes;
    static const JsonTable<T> table{
        "`loop` of `data-loop`: from trigger to the whole fleet",
        {{"time",
          "mean over all events that are in a run, in seconds, as a ledger by stage, waiting "
          "and working",
          json_of<&T::mean>},
         {"p50_s", "of half of the events it is no longer", json_of<&T::p50>},
         {"p90_s", "90 % take no longer", json_of<&T::p90>},
         {"mean_days", "means of the replications",
          [](const T& t) { return object_json(loop_spread_table(), t.means); }}}};
    return table;
}

const JsonTable<LoopValue>& value_table() {
    using V = LoopValue;
    static const JsonTable<V> table{
        "`value` of `data-loop`, an assumption",
        {{"measure", "what is assumed to grow", json_of<&V::measure>},
         {"now", "on the first day", json_of<&V::now>},
         {"then", "with the events that the fleet has learnt from by the last day",
          json_of<&V::then>},
         {"exponent", "power of the useful events", json_of<&V::exponent>},
         {"events_so_far", "useful ones before the first day", json_of<&V::events_so_far>}}};
    return table;
}

/// Null where there is none.
template <class T>
Json object_or_null(const JsonTable<T>& table, const std::optional<T>& of) {
    return of ? object_json(table, *of) : Json();
}

template <class T>
Json value_or_null(const std::optional<T>& of) {
    return of ? value_json(*of) : Json();
}

const JsonTable<DataLoopAnswer>& loop_table() {
    using A = DataLoopAnswer;
    static const JsonTable<A> table{
        "`data-loop --json`",
        {{"name", "of the file", json_of<&A::name>},
         {"days", "that are simulated", [](const A& a) { return Json(a.loop.days); }},
         {"replications", "of them", [](const A& a) { return Json(a.figures.replications); }},
         {"loop", "null: no run began",
          [](const A& a) { return object_or_null(times_table(), a.figures.times); }},
         {"loops_a_year", "that closed within the days",
          [](const A& a) { return object_json(loop_spread_table(), a.figures.loops_a_year); }},
         {"closed", "the same within the days, mean of a replication",
          [](const A& a) { return Json(a.figures.closed); }},
         {"bottleneck", "the stage with the greatest load; null: none has a limit",
          [](const A& a) { return value_or_null(a.figures.bottleneck); }},
         {"stages", "in their order", stages_json},
         {"events", "that triggers kept, mean of a replication",
          [](const A& a) { return Json(a.figures.triggered); }},
         {"events_used", "in loops that closed, mean of a replication",
          [](const A& a) { return Json(a.figures.used); }},
         {"raw_bytes_a_day", "that sensors make; null: not said", json_or_null<&A::raw_a_day>},
         {"triggered_bytes_a_day", "that triggers keep", json_of<&A::triggered_a_day>},
         {"kept_bytes_a_day", "that curation keeps", json_of<&A::kept_a_day>},
         {"cost_usd", "of a replication over the days, a ledger by stage", json_of<&A::cost>},
         {"cost_a_loop_usd", "over loops that closed; null: none did",
          [](const A& a) {
              return a.figures.closed > 0 ? value_json(a.cost.value / a.figures.closed) : Json();
          }},
         {"chip", "that trains; empty where none is named", json_of<&A::chip>},
         {"chips_an_eflops", "that 1e18 operations a second take, dense; null: no chip",
          json_or_null<&A::chips_an_eflops>},
         {"rate_flops", "of the factory, dense",
          [](const A& a) { return value_json(a.loop.training.rate); }},
         {"used_share", "of it: MFU times the useful share of the time",
          [](const A& a) { return Json(a.loop.training.used); }},
         {"asked_flops", "rate that the runs keep busy", json_of<&A::asked>},
         {"wanted_s", "mean loop time that is asked for; null: none",
          [](const A& a) { return value_or_null(a.wanted); }},
         {"needed_flops", "least rate for it; null: none is enough, or nothing is asked for",
          [](const A& a) { return value_or_null(a.needed); }},
         {"value", "null: not said",
          [](const A& a) { return object_or_null(value_table(), a.value); }},
         {"notes", "what stood in for what was not said", json_of<&A::notes>}}};
    return table;
}

}  // namespace

Json data_loop_json(const DataLoopAnswer& answer) { return object_json(loop_table(), answer); }

std::vector<JsonObject> data_loop_objects() {
    return {described(loop_table()), described(times_table()), described(stage_table()),
            described(loop_spread_table()), described(value_table())};
}

}  // namespace millwright
