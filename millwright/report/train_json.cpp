// A job's keys are split by whether they need a plan: those that do are null where it is
// infeasible, those that say what was asked and counted are always there. Coordinates of a plan
// are its fields, walked, so that a new one is written and explained without a change here. In
// `search_json` they stand flat and under `plan` too, for readers of either form.
#include "millwright/report/train_json.h"

#include <nlohmann/json.hpp>

#include "millwright/base/units.h"
#include "millwright/report/flow_text.h"
#include "millwright/report/useful_time.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<Candidate>& candidate_table() {
    static const JsonTable<Candidate> table{
        "A plan of a front: its coordinates, and",
        {{"number", "in the space of the search", json_of<&Candidate::number>},
         {"step_s", "seconds of a step", json_of<&Candidate::step>},
         {"memory_bytes", "of the fullest chip", json_of<&Candidate::memory>}}};
    return table;
}

const JsonTable<LossReason>& loss_table() {
    static const JsonTable<LossReason> table{
        "Why plans lost",
        {{"reason", "in words", json_of<&LossReason::reason>},
         {"count", "plans that lost for it", json_of<&LossReason::count>},
         {"example", "one of them", json_of<&LossReason::example>}}};
    return table;
}

const JsonTable<SearchResult>& search_table() {
    static const JsonTable<SearchResult> table{
        "What a search counted: plans of the space that the pins leave",
        {{"plans_in_space", "that can run, memory aside", json_of<&SearchResult::in_space>},
         {"plans_evaluated", "time and memory computed", json_of<&SearchResult::evaluated>},
         {"plans_pruned", "passed over: their bound was worse", json_of<&SearchResult::pruned>},
         {"plans_too_large", "that do not fit, of those not passed over before",
          json_of<&SearchResult::too_large>},
         {"plans_late", "that miss the deadline, likewise", json_of<&SearchResult::late>},
         {"lost", "why plans lost",
          [](const SearchResult& s) { return list_json(loss_table(), s.reasons); }}}};
    return table;
}

/// In a study and in `plan --json`, so that both are read alike.
const JsonTable<PlanFigures>& figures_table() {
    using F = PlanFigures;
    static const JsonTable<F> table{
        "Figures of a plan",
        {{"step_s", "seconds of a step", [](const F& f) { return value_json(f.step.value); }},
         {"low", "four in five measured steps would take no less, seconds", json_of<&F::low>},
         {"high", "nor more; days and dollars scale with it", json_of<&F::high>},
         {"step_ledger", "what the step is made of", json_of<&F::step>},
         {"mfu", "share of the BF16 peak that does useful work", json_of<&F::mfu>},
         {"mfu_of_precision", "the same of the job's own precision", json_of<&F::mfu_of_precision>},
         {"tflops_per_chip", "useful FLOPs a second and chip", json_of<&F::achieved_tflops>},
         {"tokens_per_s_per_chip", "trained", json_of<&F::tokens_per_chip>},
         {"memory_bytes", "of the fullest chip",
          [](const F& f) { return value_json(f.memory.value); }},
         {"memory_usable_bytes", "what that chip has for it", json_of<&F::usable>},
         {"memory_ledger", "what fills it", json_of<&F::memory>},
         {"stalled_odds", "share of jobs that meet a stalled cluster; zero where none can",
          json_of<&F::stalled_odds>},
         {"other_state_step_s", "seconds of a step in the less likely state; else `step_s`",
          json_of<&F::other_step>}}};
    return table;
}

Json candidate_json(const Candidate& c) {
    Json json = plan_json(c.plan);
    add(json, candidate_table(), c);
    return json;
}

Json pareto_json(const SearchResult& search) {
    Json list = Json::array();
    for (const Candidate& c : search.pareto) list.push_back(candidate_json(c));
    return list;
}

Json numbered_plan(const TrainReport& report) {
    Json json = plan_json(report.plan);
    json["number"] = report.plan_number;
    return json;
}

const JsonTable<TrainReport>& train_job_table() {
    using R = TrainReport;
    static const JsonTable<R> table{
        "A job of kind `train`",
        {{"fewest_chips", "of such servers that would hold it; null where it is feasible",
          json_or_null<&R::fewest_chips>},
         {"precision", "of the products of matrices", json_of<&R::precision>},
         {"framework", "training framework", json_of<&R::framework>}}};
    return table;
}

const JsonTable<TrainReport>& train_best_table() {
    using R = TrainReport;
    static const JsonTable<R> table{
        "of a feasible one",
        {{"plan", "the best: its coordinates, and its `number` in the space", numbered_plan},
         {"days", "for all tokens, at the share of time that is useful", json_of<&R::days>},
         {"days_low", "of a step at `low` and the fewest failures of the band",
          json_of<&R::days_low>},
         {"days_high", "of one at `high` and the most; null where it has no end",
          [](const R& r) { return known_json(r.days_high); }},
         {"useful_time", "how much of the time it works",
          [](const R& r) { return useful_json(r.useful); }},
         {"tokens_lost_a_day", "that would be trained if nothing failed",
          json_of<&R::tokens_lost_a_day>},
         {"usd_lost_a_day", "of what the plan's chips cost, for no step that counts",
          json_of<&R::lost_a_day>},
         {"hours_a_day", "in which it trains; 24 where no serving job has hours",
          json_of<&R::hours>},
         {"usd_per_million_tokens", "trained, by the share of the chips used",
          json_of<&R::per_million_tokens>},
         {"usd_per_million_tokens_low", "as `days_low`", json_of<&R::per_million_tokens_low>},
         {"usd_per_million_tokens_high", "as `days_high`",
          [](const R& r) { return known_json(r.per_million_tokens_high.si()); }},
         {"usd_per_million_tokens_of_site", "the same with idle chips paid too",
          json_of<&R::per_million_tokens_of_site>},
         {"chips_of_site", "share of the site's chips that the plan uses",
          json_of<&R::chips_of_site>},
         {"bound_by", "what takes most of the step", json_of<&R::bound_by>},
         {"pareto", "plans that no other beats in time, memory and chips",
          [](const R& r) { return pareto_json(r.search); }}}};
    return table;
}

const JsonTable<TrainReport>& told_table() {
    using R = TrainReport;
    static const JsonTable<R> table{
        "of any",
        {{"search", "what the search counted",
          [](const R& r) { return object_json(search_table(), r.search); }},
         {"by_flows", "the step with all groups at once, for the best-ranked factories",
          [](const R& r) { return flow_check_json(r.by_flows); }}}};
    return table;
}

/// A plan by its coordinates, as in studies, and with what `plan` says of it.
Json best_json(const Candidate& c, const PlanFigures& figures) {
    Json json = candidate_json(c);
    json["plan"] = plan_json(c.plan);
    add(json, figures_table(), figures);
    json["fits"] = figures.fits;
    return json;
}

}  // namespace

Json plan_json(const Plan& plan) {
    Json json = Json::object();
    for_each_field<Plan>(
        [&](const auto& field) { json[std::string(field.key)] = value_json(plan.*field.member); });
    json["chips_used"] = chips_used(plan);
    return json;
}

Json plan_figures_json(const Plan& plan, const PlanFigures& figures) {
    Json json;
    json["plan"] = plan_json(plan);
    add(json, figures_table(), figures);
    return json;
}

Json search_json(const SearchResult& s, const std::vector<PlanFigures>& figures) {
    Json json = object_json(search_table(), s);
    Json best = Json::array();
    for (std::size_t i = 0; i < s.pareto.size(); ++i) {
        best.push_back(best_json(s.pareto[i], figures[i]));
    }
    json["best"] = best;
    return json;
}

void add_json(Json& json, bool feasible, const TrainReport& report) {
    add(json, train_job_table(), report);
    if (feasible) {
        add(json, train_best_table(), report);
        add(json, figures_table(), report.best);
    } else {
        add_unknown(json, train_best_table());
        add_unknown(json, figures_table());
    }
    add(json, told_table(), report);
}

std::vector<JsonObject> train_objects() {
    JsonObject plan{"A plan", {}};
    for_each_field<Plan>([&](const auto& f) { plan.keys.emplace_back(f.key, f.doc); });
    plan.keys.emplace_back("chips_used", "tensor x context x pipeline x data");
    JsonObject job = described(train_job_table());
    const JsonObject best = described(train_best_table());
    const JsonObject told = described(told_table());
    job.keys.insert(job.keys.end(), best.keys.begin(), best.keys.end());
    job.keys.insert(job.keys.end(), told.keys.begin(), told.keys.end());
    job.title += ": and the figures of its plan";
    return {job,
            plan,
            useful_object(),
            described(figures_table()),
            described(candidate_table()),
            described(search_table()),
            described(loss_table())};
}

}  // namespace millwright
