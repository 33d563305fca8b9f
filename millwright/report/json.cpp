// Figures go through `number_json`, which hides none: one that is not finite is a bug, and is
// refused where the answer becomes text.
// Lists (ranking, sources, figures) are in the order of the study, heaviest or best first.
#include "millwright/report/json.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "millwright/report/answer_text.h"
#include "millwright/report/ledger_json.h"
#include "millwright/report/serve_json.h"
#include "millwright/report/verdict_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// Shares of a job's time by resource, below zero where more helps. Only serving jobs leap, so they
/// alone have the second key.
void add_sensitivities(Json& json, const JobReport& job) {
    Json changes = Json::object();
    Json since = Json::object();
    for (const Sensitivity& s : job.sensitivities) {
        changes[s.resource] = number_json(s.change);
        if (!s.since.empty()) since[s.resource] = s.since;
    }
    json["with_ten_percent_more"] = changes;
    if (kind_of(job) == JobKind::serve) json["with_ten_percent_more_since"] = since;
}

/// What every job has, then the keys of its kind.
Json job_json(const JobReport& job) {
    Json json{{"job", job.job}, {"kind", name_of(kind_of(job))}, {"feasible", job.feasible}};
    json["infeasible"] = job.feasible ? Json(nullptr) : Json(job.infeasible);
    std::visit([&](const auto& report) { add_json(json, job.feasible, report); }, job.of);
    if (job.feasible) add_sensitivities(json, job);
    return json;
}

/// A figure by its place in the catalog; its source by id, which `sources` of the study has in
/// full.
Json figure_json(const UsedFigure& used) {
    return {{"part", used.part},
            {"figure", used.figure},
            {"source", used.source.id},
            {"grade", name_of(used.source.grade)},
            {"weight", number_json(used.weight)}};
}

/// Counts of chips are whole numbers here, though the engines carry them as doubles.
Json factory_json(const FactoryReport& f) {
    Json figures = Json::array();
    for (const UsedFigure& used : f.rests_on) figures.push_back(figure_json(used));
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
            {"rests_on", figures},
            {"estimate_share", number_json(f.estimate_share)},
            {"score", f.score > 0 ? number_json(f.score) : Json(nullptr)},
            {"lawful", is_lawful(f.verdict)},
            {"verdict", verdict_json(f.verdict)},
            {"jobs", jobs}};
}

}  // namespace

Json number_json(double value) { return value; }

Json known_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

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
    for (const UsedSource& used : study.sources) {
        Json source = source_json(used.source);
        source["weight"] = number_json(used.weight);
        sources.push_back(std::move(source));
    }
    return {{"schema", study_schema},
            {"answer", answer_text(study)},
            {"name", study.name},
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
