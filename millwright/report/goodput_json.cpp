// Whatever may be infinite or have no value is null: a best period where no work is lost, a mean
// time between failures where nothing fails. Counts are means of a replication and so no whole
// numbers. The waterfall has all causes, of which the text shows the heaviest.
#include "millwright/report/goodput_json.h"

#include "millwright/report/goodput_files.h"
#include "millwright/report/goodput_text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

template <SpreadFigures SimulatedJob::*member>
Json spread_json(const GoodputAnswer& answer) {
    return object_json(spread_table(), answer.simulated.*member);
}

template <double SimulatedJob::*member>
Json mean_json(const GoodputAnswer& answer) {
    return answer.simulated.*member;
}

const JsonTable<CauseFigures>& cause_table() {
    using C = CauseFigures;
    static const JsonTable<C> table{
        "A cause of `goodput`",
        {{"name", "of the cause, or of what else takes time", json_of<&C::name>},
         {"strikes", "mean of a replication", json_of<&C::strikes>},
         {"lost_s", "mean time that it takes, all classes together", json_of<&C::lost>}}};
    return table;
}

const JsonTable<GoodputLever>& lever_table() {
    using L = GoodputLever;
    static const JsonTable<L> table{
        "A lever of `goodput`",
        {{"what", "one thing that is better, all else equal", json_of<&L::what>},
         {"useful_share", "then; by the closed form where there is one",
          json_of<&L::useful_share>}}};
    return table;
}

const JsonTable<PlannedJob>& planned_table() {
    using P = PlannedJob;
    static const JsonTable<P> table{
        "A planned job of `goodput`",
        {{"model", "that it trains", json_of<&P::model>},
         {"server", "on which", json_of<&P::server>},
         {"plan", "the best, in words", json_of<&P::plan>},
         {"chips_used", "of those of the job", json_of<&P::chips>},
         {"power_cap_w", "of each chip; null: its own limit", json_or_null<&P::power_cap>},
         {"slower", "share by which a step is longer for the cap", json_of<&P::slower>},
         {"swing_w", "power of its servers at full load: what a stop takes away at most",
          json_of<&P::swing>},
         {"step_s", "without failures", json_of<&P::step>},
         {"tokens_per_s", "likewise, of all chips", json_of<&P::tokens_per_s>},
         {"checkpoint_bytes", "weights and states of the optimizer", json_of<&P::checkpoint>},
         {"storage_bytes_per_s", "at which all chips together write it", json_of<&P::storage>},
         {"usd_per_chip_hour", "given, or of the cost at the site us", json_of<&P::chip_hour>}}};
    return table;
}

Json planned_json(const GoodputAnswer& a) {
    return a.planned ? object_json(planned_table(), *a.planned) : Json(nullptr);
}

const JsonTable<GoodputWorth>& worth_table() {
    using W = GoodputWorth;
    static const JsonTable<W> table{
        "What the horizon of `goodput` is worth",
        {{"tokens", "trained; zero without a plan", json_of<&W::tokens>},
         {"tokens_lost", "that would be if nothing were lost", json_of<&W::tokens_lost>},
         {"usd", "spent on the chips", json_of<&W::spent>},
         {"usd_lost", "of it on no work that counts", json_of<&W::lost>},
         {"checkpoint_bytes_a_day", "written to storage, at most; zero without a plan",
          json_of<&W::written_a_day>}}};
    return table;
}

Json worth_json(const GoodputAnswer& a) {
    return a.worth ? object_json(worth_table(), *a.worth) : Json(nullptr);
}

const JsonTable<StragglingCause>& straggling_cause_table() {
    using C = StragglingCause;
    static const JsonTable<C> table{
        "A way in which passes of `goodput --steps` are unlike",
        {{"name", "stages, workers or micro-batches", json_of<&C::name>},
         {"slowdown", "that is left when it alone is mended", json_of<&C::slowdown>},
         {"explained", "share of what steps take longer; causes overlap", json_of<&C::explained>}}};
    return table;
}

const JsonTable<StepStraggling>& step_table() {
    using S = StepStraggling;
    static const JsonTable<S> table{
        "A step of `goodput --steps`",
        {{"took_s", "by the order of the schedule, passes as timed", json_of<&S::took>},
         {"even_s", "with each kind of pass at its mean", json_of<&S::even>},
         {"slowdown", "of the two", json_of<&S::slowdown>}}};
    return table;
}

const JsonTable<Straggling>& straggling_table() {
    using S = Straggling;
    static const JsonTable<S> table{
        "`steps` of `goodput --steps`",
        {{"slowdown", "mean over the steps: they take so many times as long",
          json_of<&S::slowdown>},
         {"variation", "deviation over mean of what they take longer", json_of<&S::variation>},
         {"causes", "means over the steps",
          [](const S& s) { return list_json(straggling_cause_table(), s.causes); }},
         {"steps", "one by one", [](const S& s) { return list_json(step_table(), s.steps); }}}};
    return table;
}

Json steps_json(const GoodputAnswer& a) {
    return a.steps ? object_json(straggling_table(), *a.steps) : Json(nullptr);
}

const JsonTable<GoodputAnswer>& goodput_table() {
    using A = GoodputAnswer;
    static const JsonTable<A> table{
        "`goodput --json`",
        {{"name", "of the file; empty of options alone",
          [](const A& a) { return Json(a.inputs.name); }},
         {"chips", "of the job", [](const A& a) { return Json(a.inputs.chips); }},
         {"servers", "that they fill", [](const A& a) { return Json(a.inputs.job.servers); }},
         {"policy", "what the job does when something fails",
          [](const A& a) { return value_json(a.inputs.job.policy); }},
         {"useful_share", "work that counts, over the horizon (Google's goodput)",
          spread_json<&SimulatedJob::useful_share>},
         {"closed_form", "the useful share by formula; null where this job has none",
          [](const A& a) { return a.closed_share ? Json(*a.closed_share) : Json(nullptr); }},
         {"first_order", "by Young's and Daly's first-order sum, which is wrong where much is lost",
          json_of<&A::first_order_share>},
         {"best_period_s", "of work between checkpoints; null where none pays",
          [](const A& a) { return a.finite_period ? value_json(a.best_period) : Json(nullptr); }},
         {"period_s", "that was simulated",
          [](const A& a) { return value_json(a.inputs.job.checkpoints.period); }},
         {"mttf_s", "mean time between failures of the job; null where nothing fails",
          json_or_null<&A::mttf>},
         {"interruptions", "failures that stopped the job or a part of it",
          spread_json<&SimulatedJob::interruptions>},
         {"down_share", "of the horizon in which the job did not run",
          spread_json<&SimulatedJob::down_share>},
         {"planned_stops", "mean of a replication", mean_json<&SimulatedJob::planned>},
         {"stock_outs", "failures that found no spare server, mean of a replication",
          mean_json<&SimulatedJob::stock_outs>},
         {"ever_out_of_stock", "share of replications with one",
          mean_json<&SimulatedJob::ever_out_of_stock>},
         {"retired", "servers, mean of a replication", mean_json<&SimulatedJob::retired>},
         {"without_servers_s", "the job waited for one, mean of a replication",
          [](const A& a) { return value_json(a.simulated.without_servers); }},
         {"replications", "that were simulated",
          [](const A& a) { return Json(a.simulated.replications); }},
         {"causes", "what failed, and what else takes time",
          [](const A& a) { return list_json(cause_table(), a.simulated.causes); }},
         {"levers", "what one better thing would come to",
          [](const A& a) { return list_json(lever_table(), a.levers); }},
         {"band", "useful shares at both ends of the fleet's band of rates; empty of other fleets",
          [](const A& a) { return list_json(lever_table(), a.band); }},
         {"waterfall",
          "the horizon in seconds as a ledger, mean of a replication: productive time, then "
          "classes "
          "of badput as Google names them, then causes",
          [](const A& a) { return value_json(a.simulated.waterfall); }},
         {"planned", "the job's plan; null where no model was given", planned_json},
         {"steps", "what timed passes say; null without `--steps`", steps_json},
         {"worth", "tokens and dollars; null without a plan and a price of an hour", worth_json},
         {"notes", "what stood in for what was not written",
          [](const A& a) { return Json(a.inputs.notes); }},
         {"progress", "work that counts by each of 60 times of the run",
          [](const A& a) { return list_json(progress_table(), a.simulated.progress); }},
         {"answer", "in a sentence", [](const A& a) { return Json(goodput_sentence(a)); }}}};
    return table;
}

}  // namespace

const JsonTable<SpreadFigures>& spread_table() {
    using S = SpreadFigures;
    static const JsonTable<S> table{
        "A figure over replications of `goodput` and `jobs`",
        {{"mean", "over replications", json_of<&S::mean>},
         {"p5", "5 % of replications are not above", json_of<&S::p5>},
         {"p25", "likewise", json_of<&S::p25>},
         {"p50", "half are not above", json_of<&S::p50>},
         {"p75", "likewise", json_of<&S::p75>},
         {"p95", "likewise", json_of<&S::p95>},
         {"half_width", "of the 95 % interval of the mean", json_of<&S::half_width>}}};
    return table;
}

Json goodput_json(const GoodputAnswer& answer) { return object_json(goodput_table(), answer); }

std::vector<JsonObject> goodput_objects() {
    return {described(goodput_table()),    described(spread_table()),
            described(cause_table()),      described(lever_table()),
            described(planned_table()),    described(worth_table()),
            described(straggling_table()), described(straggling_cause_table()),
            described(step_table()),       described(progress_table())};
}

}  // namespace millwright
