#include "millwright/report/json.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "millwright/report/ledger_json.h"
#include "millwright/report/serve_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// A known figure as a number, an open one as its bounds.
Json interval_json(const Figure& figure) {
    if (figure.known()) return number_json(figure.low);
    return Json::array({number_json(figure.low), number_json(figure.high)});
}

Json test_json(const TestResult& t) {
    return {{"rule", t.rule},
            {"paragraph", t.paragraph},
            {"figure", name_of(t.metric)},
            {"comparison", name_of(t.comparison)},
            {"limit", t.limit},
            {"value", interval_json(t.value)},
            {"holds", name_of(t.holds)}};
}

Json sensitivities_json(const JobReport& job) {
    Json json = Json::object();
    for (const Sensitivity& s : job.sensitivities) json[s.resource] = number_json(s.change);
    return json;
}

/// What every job has, then the keys of its kind.
Json job_json(const JobReport& job) {
    Json json{{"job", job.job}, {"kind", name_of(kind_of(job))}, {"feasible", job.feasible}};
    json["infeasible"] = job.feasible ? Json(nullptr) : Json(job.infeasible);
    std::visit([&](const auto& report) { add_json(json, job.feasible, report); }, job.of);
    if (job.feasible) json["with_ten_percent_more"] = sensitivities_json(job);
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
            {"score", f.score > 0 ? number_json(f.score) : Json(nullptr)},
            {"lawful", restriction(f.verdict.us) < 2},
            {"verdict", verdict_json(f.verdict)},
            {"jobs", jobs}};
}

}  // namespace

Json number_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json verdict_json(const Verdict& v) {
    Json citations = Json::array();
    for (const Citation& c : v.citations) {
        citations.push_back({{"rule", c.rule}, {"text", c.text}});
    }
    Json tests = Json::array();
    for (const TestResult& t : v.tests) tests.push_back(test_json(t));
    Json charges = Json::array();
    for (const Charge& c : v.charges) charges.push_back({{"rule", c.rule}, {"price", c.price}});
    return {{"us", name_of(v.us)},
            {"cn", name_of(v.cn)},
            {"class", name_of(v.cls)},
            {"rule", v.rule},
            {"reason", v.reason},
            {"conditions", v.conditions},
            {"licences_issued", v.licences},
            {"cn_reason", v.cn_reason},
            {"supply", name_of(v.supply)},
            {"supply_reason", v.supply_reason},
            {"confidence", name_of(v.confidence)},
            {"by_text", v.by_text},
            {"needs", v.needs},
            {"open", v.open},
            {"would_decide", v.would_decide},
            {"unsettled", v.open},
            {"charges", charges},
            {"chain", v.chain},
            {"tests", tests},
            {"citations", citations}};
}

Json source_json(const Source& s) {
    return {{"id", s.id},       {"title", s.title}, {"publisher", s.publisher},
            {"dated", s.dated}, {"note", s.note},   {"grade", name_of(s.grade)}};
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
            {"score_means", study.score_means},
            {"sources", sources},
            {"estimate_share", number_json(study.estimate_share)}};
}

}  // namespace millwright
