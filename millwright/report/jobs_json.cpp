#include "millwright/report/jobs_json.h"

#include "millwright/report/goodput_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<JobGroup>& group_table() {
    using G = JobGroup;
    static const JsonTable<G> table{
        "Jobs of `jobs` that are looked at together",
        {{"name", "`all`, chips of a job from and to, or a priority", json_of<&G::name>},
         {"jobs", "how many", json_of<&G::jobs>},
         {"wait_s", "mean time from submission to the first start", json_of<&G::wait>},
         {"wait_p50_s", "half of the jobs wait no longer", json_of<&G::wait_p50>},
         {"wait_p90_s", "90 % wait no longer", json_of<&G::wait_p90>},
         {"wait_p99_s", "99 % wait no longer", json_of<&G::wait_p99>},
         {"queued_s", "mean of all times in line together, after interruptions too",
          json_of<&G::queued>},
         {"ettr",
          "mean over jobs of work that counts over the time from submission to the end "
          "(effective training time ratio)",
          json_of<&G::ettr>},
         {"interruptions", "of a job by failures, mean", json_of<&G::interruptions>},
         {"preemptions", "of a job for others, mean", json_of<&G::preemptions>},
         {"unfinished", "jobs that had not ended when the run did", json_of<&G::unfinished>}}};
    return table;
}

template <SpreadFigures ClusterFigures::*member>
Json spread_json(const JobsAnswer& answer) {
    return object_json(spread_table(), answer.figures.*member);
}

template <std::vector<JobGroup> ClusterFigures::*member>
Json groups_json(const JobsAnswer& answer) {
    return list_json(group_table(), answer.figures.*member);
}

template <auto member>
Json figure_json(const JobsAnswer& answer) {
    return value_json(answer.figures.*member);
}

template <auto member>
Json rule_json(const JobsAnswer& answer) {
    return value_json(answer.load.rules.*member);
}

const JsonTable<JobsAnswer>& jobs_table() {
    using A = JobsAnswer;
    static const JsonTable<A> table{
        "`jobs --json`",
        {{"format", "of the trace: `own`, `helios`, `acme` or `philly`", json_of<&A::format>},
         {"jobs", "that ran", [](const A& a) { return Json(a.load.jobs.size()); }},
         {"left_out", "jobs too large for the cluster, or submitted after its days",
          json_of<&A::left_out>},
         {"chips", "of the cluster", [](const A& a) { return Json(a.load.cluster.chips()); }},
         {"servers", "that they are in", [](const A& a) { return Json(a.load.cluster.servers); }},
         {"servers_per_domain", "of a scale-up domain",
          [](const A& a) { return Json(a.load.cluster.servers_per_domain); }},
         {"order", "in which jobs of one priority go", rule_json<&ClusterRules::order>},
         {"backfill", "whether others start while the first waits",
          rule_json<&ClusterRules::backfill>},
         {"preempts", "whether jobs of lower priority are stopped",
          rule_json<&ClusterRules::preempts>},
         {"placement", "which servers a job takes", rule_json<&ClusterRules::placement>},
         {"rate_per_1000_nodes_day", "failures of 1,000 nodes of eight chips; 0: nothing fails",
          json_of<&A::rate_per_1000_nodes_day>},
         {"goodput", "work that counts, over the time of all chips",
          spread_json<&ClusterFigures::goodput>},
         {"utilisation", "time of chips that jobs hold, over the same",
          spread_json<&ClusterFigures::utilisation>},
         {"all", "all jobs together",
          [](const A& a) { return object_json(group_table(), a.figures.all); }},
         {"by_size", "by chips of a job, classes that have jobs",
          groups_json<&ClusterFigures::by_size>},
         {"by_priority", "by priority, the highest first",
          groups_json<&ClusterFigures::by_priority>},
         {"chip_time", "seconds of all chips in the window as a ledger, mean of a replication",
          figure_json<&ClusterFigures::chip_time>},
         {"window_s", "for which chips are accounted for: up to the last submission, or the days",
          figure_json<&ClusterFigures::window>},
         {"run_s", "until the last job has ended, mean", figure_json<&ClusterFigures::end>},
         {"failures", "of servers, mean of a replication", figure_json<&ClusterFigures::failures>},
         {"replications", "that were simulated; one where nothing fails",
          figure_json<&ClusterFigures::replications>},
         {"notes", "what stood in for what was not said, and what was left out",
          json_of<&A::notes>}}};
    return table;
}

}  // namespace

Json jobs_json(const JobsAnswer& answer) { return object_json(jobs_table(), answer); }

std::vector<JsonObject> jobs_objects() {
    return {described(jobs_table()), described(group_table())};
}

}  // namespace millwright
