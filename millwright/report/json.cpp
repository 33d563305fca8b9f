#include "millwright/report/json.h"

#include "millwright/report/flow_text.h"
#include "millwright/report/verdict_json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

template <class Q>
Json ledger_json(const Ledger<Q>& ledger) {
    Json parts = Json::array();
    for (const Ledger<Q>& part : ledger.parts) parts.push_back(ledger_json(part));
    return {{"name", ledger.name}, {"value", number_json(ledger.value.si())}, {"parts", parts}};
}

Json served_json(const Sales& sales) {
    if (!sales.replica.feasible) return nullptr;
    const Served& r = sales.replica;
    return {{"prefill_tokens_per_s", number_json(r.prefill.si())},
            {"decode_tokens_per_s", number_json(r.decode.si())},
            {"usd_per_million_output_tokens", number_json(sales.per_million_output.in(unit::USD))},
            {"chips", r.chips},
            {"batch", r.batch},
            {"precision", name_of(sales.precision)},
            {"time_per_token_s", number_json(r.token_time.si())},
            {"is_bound", true}};
}

Json candidate_json(const Candidate& c) {
    Json json = plan_json(c.plan);
    json["number"] = c.number;
    json["step_s"] = number_json(c.step.si());
    json["memory_bytes"] = number_json(c.memory.si());
    return json;
}

Json reasons_json(const std::vector<LossReason>& reasons) {
    Json list = Json::array();
    for (const LossReason& r : reasons) {
        list.push_back({{"reason", r.reason}, {"count", r.count}, {"example", r.example}});
    }
    return list;
}

Json search_counts(const SearchResult& s) {
    return {{"plans_in_space", s.in_space}, {"plans_evaluated", s.evaluated},
            {"plans_pruned", s.pruned},     {"plans_too_large", s.too_large},
            {"plans_late", s.late},         {"lost", reasons_json(s.reasons)}};
}

Json sensitivities_json(const JobReport& job) {
    Json json = Json::object();
    for (const Sensitivity& s : job.sensitivities) json[s.resource] = number_json(s.change);
    return json;
}

Json pareto_json(const SearchResult& search) {
    Json list = Json::array();
    for (const Candidate& c : search.pareto) list.push_back(candidate_json(c));
    return list;
}

/// Keys of the contract are there for an infeasible job too, as null.
Json job_json(const JobReport& job) {
    Json json{{"job", job.job}, {"feasible", job.feasible}};
    json["infeasible"] = job.feasible ? Json(nullptr) : Json(job.infeasible);
    json["fewest_chips"] = job.fewest_chips > 0 ? Json(job.fewest_chips) : Json(nullptr);
    json["precision"] = name_of(job.precision);
    json["framework"] = job.framework;
    for (const char* key : {"plan", "step_s", "step_ledger", "mfu", "memory_bytes", "memory_ledger",
                            "days", "usd_per_million_tokens", "low", "high"}) {
        json[key] = nullptr;
    }
    if (job.feasible) {
        json["plan"] = plan_json(job.plan);
        json["plan"]["number"] = job.plan_number;
        json["step_s"] = number_json(job.step.value.si());
        json["low"] = number_json(job.low.si());
        json["high"] = number_json(job.high.si());
        json["step_ledger"] = ledger_json(job.step);
        json["mfu"] = number_json(job.mfu);
        json["mfu_of_precision"] = number_json(job.mfu_of_precision);
        json["tflops_per_chip"] = number_json(job.achieved_tflops);
        json["tokens_per_s_per_chip"] = number_json(job.tokens_per_chip);
        json["memory_bytes"] = number_json(job.memory.value.si());
        json["memory_usable_bytes"] = number_json(job.usable.si());
        json["memory_ledger"] = ledger_json(job.memory);
        json["days"] = number_json(job.days);
        json["usd_per_million_tokens"] = number_json(job.per_million_tokens.in(unit::USD));
        json["usd_per_million_tokens_of_site"] =
            number_json(job.per_million_tokens_of_site.in(unit::USD));
        json["chips_of_site"] = number_json(job.chips_of_site);
        json["bound_by"] = job.bound_by;
        json["with_ten_percent_more"] = sensitivities_json(job);
        json["pareto"] = pareto_json(job.search);
    }
    json["search"] = search_counts(job.search);
    json["by_flows"] = flow_check_json(job.by_flows);
    json["served"] = served_json(job.sales);
    return json;
}

Json factory_json(const FactoryReport& f) {
    Json jobs = Json::array();
    for (const JobReport& job : f.jobs) jobs.push_back(job_json(job));
    return {{"name", f.name},
            {"server", f.server},
            {"chip", f.chip},
            {"chips", static_cast<std::int64_t>(f.chips)},
            {"chips_in_largest_compound", static_cast<std::int64_t>(f.job_chips)},
            {"fabric", f.fabric},
            {"wiring", f.wiring},
            {"power_w", number_json(f.power.value.si())},
            {"power_ledger", ledger_json(f.power)},
            {"capital_usd", number_json(f.capital.value.si())},
            {"capital_ledger", ledger_json(f.capital)},
            {"yearly_usd", number_json(f.yearly.value.si())},
            {"yearly_ledger", ledger_json(f.yearly)},
            {"notes", f.notes},
            {"over_power_limit", f.over_power},
            {"estimate_share", number_json(f.estimate_share)},
            {"lawful", is_lawful(f.verdict)},
            {"verdict", verdict_json(f.verdict)},
            {"jobs", jobs}};
}

/// A plan by its coordinates, as in studies, and with what `plan` says of it.
Json best_json(const Candidate& c, const TrainContext& context, const Interval& band) {
    const Step step = evaluate(context, c.plan);
    const double chips = static_cast<double>(chips_used(c.plan));
    const double tokens = static_cast<double>(c.plan.global_batch) * context.sequence;
    const double mfu = model_flops_utilisation(context, c.plan, c.step);
    const FlopRate useful = mfu * context.chip.rate(Precision::bf16);
    Json json = candidate_json(c);
    json["plan"] = plan_json(c.plan);
    json["low"] = number_json((band.low * c.step).si());
    json["high"] = number_json((band.high * c.step).si());
    json["step_ledger"] = ledger_json(time_ledger(step.times));
    json["memory_ledger"] = ledger_json(memory_ledger(step.memory));
    json["memory_usable_bytes"] = number_json(step.usable.si());
    json["fits"] = step.fits;
    json["mfu"] = number_json(mfu);
    json["mfu_of_precision"] = number_json(useful / context.chip.rate(context.precision));
    json["tokens_per_s_per_chip"] = number_json(tokens / c.step.si() / chips);
    json["tflops_per_chip"] = number_json(useful.in(unit::TFLOPS));
    return json;
}

}  // namespace

Json number_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json source_json(const Source& s) {
    return {{"id", s.id},       {"title", s.title}, {"publisher", s.publisher},
            {"dated", s.dated}, {"note", s.note},   {"grade", name_of(s.grade)}};
}

Json plan_json(const Plan& p) {
    return {{"tensor", p.tensor},
            {"pipeline", p.pipeline},
            {"data", p.data},
            {"context", p.context},
            {"expert", p.expert},
            {"virtual_stages", p.virtual_stages},
            {"micro_batch", p.micro_batch},
            {"schedule", name_of(p.schedule)},
            {"recompute", name_of(p.recompute)},
            {"sharding", name_of(p.sharding)},
            {"offload", name_of(p.offload)},
            {"global_batch", p.global_batch},
            {"chips_used", chips_used(p)}};
}

Json search_json(const SearchResult& s, const TrainContext& context, const Interval& band) {
    Json json = search_counts(s);
    Json best = Json::array();
    for (const Candidate& c : s.pareto) best.push_back(best_json(c, context, band));
    json["best"] = best;
    return json;
}

Json study_json(const Study& study) {
    Json factories = Json::array();
    for (const FactoryReport& f : study.factories) factories.push_back(factory_json(f));
    Json ranking = Json::array();
    for (const std::size_t i : study.ranking) ranking.push_back(study.factories[i].name);
    Json sources = Json::array();
    for (const Source& s : study.sources) sources.push_back(source_json(s));
    return {{"name", study.name},
            {"date", to_text(study.date)},
            {"site", study.site},
            {"buyer", study.buyer},
            {"objective", name_of(study.objective)},
            {"deadline_s",
             study.deadline > Seconds{} ? number_json(study.deadline.si()) : Json(nullptr)},
            {"power_limit_w",
             study.power_limit > Watts{} ? number_json(study.power_limit.si()) : Json(nullptr)},
            {"useful_share", study.useful_share},
            {"assumed", study.defaults},
            {"country_groups", study.country_groups},
            {"factories", factories},
            {"ranking", ranking},
            {"sources", sources},
            {"estimate_share", number_json(study.estimate_share)}};
}

}  // namespace millwright
