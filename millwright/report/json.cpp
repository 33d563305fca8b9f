// Lists (ranking, sources, figures) are in the order of the study, heaviest or best first.
#include "millwright/report/json.h"

#include <nlohmann/json.hpp>

#include "millwright/report/answer_text.h"
#include "millwright/report/flow_text.h"
#include "millwright/report/json_csv.h"
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
        changes[s.resource] = s.change;
        if (!s.since.empty()) since[s.resource] = s.since;
    }
    json["with_ten_percent_more"] = changes;
    if (kind_of(job) == JobKind::serve) json["with_ten_percent_more_since"] = since;
}

/// What every job has, before the keys of its kind.
const JsonTable<JobReport>& job_table() {
    static const JsonTable<JobReport> table{
        "A job",
        {{"job", "its name", json_of<&JobReport::job>},
         {"kind", "`train` or `serve`: says which keys follow",
          [](const JobReport& job) { return value_json(kind_of(job)); }},
         {"feasible", "whether the factory can do it", json_of<&JobReport::feasible>},
         {"infeasible", "why not: what was needed, what there was; null where it is feasible",
          [](const JobReport& job) {
              return job.feasible ? Json(nullptr) : Json(job.infeasible);
          }}}};
    return table;
}

Json job_json(const JobReport& job) {
    Json json = object_json(job_table(), job);
    std::visit([&](const auto& report) { add_json(json, job.feasible, report); }, job.of);
    if (job.feasible) add_sensitivities(json, job);
    return json;
}

Json jobs_json(const FactoryReport& factory) {
    Json jobs = Json::array();
    for (const JobReport& job : factory.jobs) jobs.push_back(job_json(job));
    return jobs;
}

/// A figure by its place in the catalog.
const JsonTable<UsedFigure>& used_figure_table() {
    using F = UsedFigure;
    static const JsonTable<F> table{
        "A figure that answers rest on",
        {{"part", "of the catalog: kind and name", json_of<&F::part>},
         {"figure", "its key in the part's file", json_of<&F::figure>},
         {"source", "its id; `sources` has it in full",
          [](const F& f) { return Json(f.source.id); }},
         {"grade", "of that source", [](const F& f) { return value_json(f.source.grade); }},
         {"weight", "relative change of what a token or request costs, for one of the figure",
          json_of<&F::weight>}}};
    return table;
}

/// A count of chips is a whole number here, though the engines carry it as a double.
template <auto member>
Json whole(const FactoryReport& factory) {
    return static_cast<std::int64_t>(factory.*member);
}

const JsonTable<FactoryReport>& factory_table() {
    using F = FactoryReport;
    static const JsonTable<F> table{
        "A factory",
        {{"name", "of the scenario", json_of<&F::name>},
         {"server", "of the catalog", json_of<&F::server>},
         {"chip", "of the catalog", json_of<&F::chip>},
         {"site", "where it stands", json_of<&F::site>},
         {"chips", "accelerators of the site", whole<&F::chips>},
         {"chips_in_largest_compound", "that a synchronous job may use", whole<&F::job_chips>},
         {"fabric", "as asked for", json_of<&F::fabric>},
         {"wiring", "what it came to, in words", json_of<&F::wiring>},
         {"power_w", "at the meter", [](const F& f) { return value_json(f.power.value); }},
         {"power_ledger", "what draws it", json_of<&F::power>},
         {"capital_usd", "to buy and build",
          [](const F& f) { return value_json(f.capital.value); }},
         {"capital_ledger", "what it buys", json_of<&F::capital>},
         {"yearly_usd", "to own and run for a year",
          [](const F& f) { return value_json(f.yearly.value); }},
         {"yearly_ledger", "what that pays", json_of<&F::yearly>},
         {"notes", "what to know, such as a limit that is exceeded", json_of<&F::notes>},
         {"measured",
          "kernels of its chip, or of a sister of it, were measured; else it ranks by the "
          "slow end of its band",
          json_of<&F::measured>},
         {"over_power_limit", "it draws more than the site has", json_of<&F::over_power>},
         {"rests_on", "figures of the catalog, heaviest first",
          [](const F& f) { return list_json(used_figure_table(), f.rests_on); }},
         {"estimate_share", "of their weight, of those graded estimate",
          json_of<&F::estimate_share>},
         {"score", "1: the best here at every job; null where it does none",
          json_or_null<&F::score>},
         {"lawful", "false: denied or undecided",
          [](const F& f) { return Json(is_lawful(f.verdict)); }},
         {"verdict", "of the export rules", [](const F& f) { return verdict_json(f.verdict); }},
         {"jobs", "as in the scenario", jobs_json}}};
    return table;
}

const JsonTable<Source>& source_table() {
    static const JsonTable<Source> table{
        "A source",
        {{"id", "kind, part and name in the part's file", json_of<&Source::id>},
         {"title", "of the document", json_of<&Source::title>},
         {"publisher", "who vouches for it", json_of<&Source::publisher>},
         {"dated", "when it was published", json_of<&Source::dated>},
         {"note", "what to know about it", json_of<&Source::note>},
         {"grade", "`measured`, `vendor`, `filing`, `press` or `estimate`",
          json_of<&Source::grade>}}};
    return table;
}

Json sources_json(const Study& study) {
    Json sources = Json::array();
    for (const UsedSource& used : study.sources) {
        Json source = source_json(used.source);
        source["weight"] = used.weight;
        sources.push_back(std::move(source));
    }
    return sources;
}

Json ranking_json(const Study& study) {
    Json ranking = Json::array();
    for (const std::size_t i : study.ranking) ranking.push_back(study.factories[i].name);
    return ranking;
}

const JsonTable<StudySite>& site_table() {
    using S = StudySite;
    static const JsonTable<S> table{
        "A site",
        {{"name", "of the scenario, or of the catalog", json_of<&S::name>},
         {"buyer", "headquarters and end use", json_of<&S::buyer>},
         {"power_limit_w", "of the site; null: none stated", json_or_null<&S::power_limit>}}};
    return table;
}

const JsonTable<StatedWeight>& stated_table() {
    using S = StatedWeight;
    static const JsonTable<S> table{
        "A figure that the scenario states",
        {{"figure", "its part and key",
          [](const S& s) { return Json(s.figure.part + "." + s.figure.figure); }},
         {"was", "in the catalog, in SI units; null: nobody knew it",
          [](const S& s) { return s.figure.was ? Json(*s.figure.was) : Json(nullptr); }},
         {"is", "here", [](const S& s) { return Json(s.figure.is); }},
         {"source", "that vouches for it", [](const S& s) { return source_json(s.figure.source); }},
         {"weight", "as of `rests_on`; 0: a per cent of it changes no price here",
          json_of<&S::weight>}}};
    return table;
}

const JsonTable<Study>& study_table() {
    using S = Study;
    static const JsonTable<S> table{
        "The study",
        {{"schema", "3; another number where a key is gone or means another thing",
          [](const S&) { return Json(study_schema); }},
         {"answer",
          "the best-ranked factory, how sure that is, and the best of each other standing",
          [](const S& s) { return Json(answer_text(s)); }},
         {"name", "of the scenario", json_of<&S::name>},
         {"date", "on which rules are read", [](const S& s) { return Json(to_text(s.date)); }},
         {"sites", "where, and who buys there",
          [](const S& s) { return list_json(site_table(), s.sites); }},
         {"stated", "figures of the scenario in place of the catalog's",
          [](const S& s) { return list_json(stated_table(), s.stated); }},
         {"objective", "`time` or `cost`", json_of<&S::objective>},
         {"deadline_s", "of training jobs; null: none", json_or_null<&S::deadline>},
         {"useful_share", "of time on steps that count, where it was given; else null: of each job",
          [](const S& s) { return s.useful_share ? Json(*s.useful_share) : Json(nullptr); }},
         {"assumed", "defaults that stood in", json_of<&S::defaults>},
         {"country_groups", "how well the rules' groups are known", json_of<&S::country_groups>},
         {"factories", "as in the scenario",
          [](const S& s) { return list_json(factory_table(), s.factories); }},
         {"ranking", "names of factories, best first", ranking_json},
         {"score_means", "what the scores of factories are, in words", json_of<&S::score_means>},
         {"sources", "that the answers rest on, each with its `weight`, heaviest first",
          sources_json},
         {"estimate_share", "the mean over the factories", json_of<&S::estimate_share>}}};
    return table;
}

}  // namespace

Json source_json(const Source& source) { return object_json(source_table(), source); }

Json study_json(const Study& study) { return object_json(study_table(), study); }

std::string study_csv(const Study& study) {
    const Json factories = study_json(study)["factories"];
    const auto told = [](const std::string& key) {
        return key != "jobs" && key != "search" && !key.ends_with("_ledger");
    };
    Json rows = Json::array();
    int rank = 0;
    for (const std::size_t i : study.ranking) {
        ++rank;
        for (const Json& job : factories[i]["jobs"]) {
            Json row;
            row["rank"] = rank;
            for (const Json& object : {factories[i], job}) {
                for (const auto& [key, value] : object.items()) {
                    if (told(key)) row[key] = value;
                }
            }
            rows.push_back(std::move(row));
        }
    }
    return json_csv(rows);
}

std::vector<JsonObject> study_objects() {
    JsonObject job = described(job_table());
    job.title += ": then the keys of its kind";
    job.keys.emplace_back(
        "with_ten_percent_more",
        "of a feasible job: change of its time by resource, such as `memory bandwidth`");
    job.keys.emplace_back(
        "with_ten_percent_more_since",
        "of a serving job: what leaps where a tenth more of a resource gains more "
        "than a tenth, as sequences are whole");
    std::vector<JsonObject> objects{described(study_table()), described(site_table()),
                                    described(stated_table()), described(factory_table()), job};
    for (const auto& more :
         {train_objects(), serve_objects(), verdict_objects(), flow_check_objects()}) {
        objects.insert(objects.end(), more.begin(), more.end());
    }
    objects.push_back(described(used_figure_table()));
    JsonObject source = described(source_table());
    source.keys.emplace_back("weight", "of all its figures together");
    objects.push_back(source);
    objects.push_back({"A ledger",
                       {{"name", "of the term"},
                        {"value", "in SI units or USD"},
                        {"parts", "ledgers that sum to it; none of a leaf"}}});
    return objects;
}

}  // namespace millwright
