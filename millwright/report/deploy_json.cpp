// Pools and latencies are written by the tables of `serve`, so that both answers are read alike.
// How long the search took stands beside the table, not in it: all else is the same for the same
// question.
#include "millwright/report/deploy_json.h"

#include <cmath>

#include "millwright/base/units.h"
#include "millwright/report/serve_run_json.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

const JsonTable<Deployment>& deployment_table() {
    using D = Deployment;
    static const JsonTable<D> table{
        "A deployment",
        {{"deployment", "replicas and their ways, in words", json_of<&D::text>},
         {"server", "that it runs on", json_of<&D::server>},
         {"chips", "that serve", [](const D& d) { return Json(std::llround(d.chips())); }},
         {"meets", "the promise is kept", json_of<&D::meets>},
         {"engine", "that runs it", [](const D& d) { return Json(d.served.engine); }},
         {"precision", "of weights", [](const D& d) { return Json(d.served.forms); }},
         {"pools", "its replicas, as of `serve`: of one pool, or of prompts and of answers",
          [](const D& d) {
              Json pools = Json::array();
              for (const ServePool& pool : d.served.pools) pools.push_back(pool_json(pool));
              return pools;
          }},
         {"max_batched_tokens", "of a step",
          [](const D& d) {
              return Json(d.served.pools.front().fleet.replica.engine.max_batched_tokens);
          }},
         {"ttft_ms", "a latency, as of `serve`",
          [](const D& d) { return latency_json(d.served.outcome.first_token); }},
         {"tpot_ms", "likewise",
          [](const D& d) { return latency_json(d.served.outcome.per_token); }},
         {"seeds", "that the percentiles are of", json_of<&D::seeds>},
         {"width", "deviation over mean of the later 99th percentile, over seeds",
          json_of<&D::width>},
         {"saturated", "waits grew for as long as requests came",
          [](const D& d) { return Json(d.served.outcome.saturated); }},
         {"output_tokens_per_s", "of all",
          [](const D& d) { return Json(d.served.outcome.output_tokens_per_s()); }},
         {"output_tokens_per_s_per_chip", "likewise",
          [](const D& d) { return Json(d.served.outcome.output_tokens_per_s() / d.chips()); }},
         {"output_tokens_per_s_per_user", "median",
          [](const D& d) { return Json(d.tokens_of_user()); }},
         {"usd_per_year", "of its chips", json_of<&D::yearly>},
         {"requests_per_s", "that come: as asked, or the most that it keeps", json_of<&D::rate>},
         {"usd_per_million_input_tokens", "as of `serve`",
          [](const D& d) { return value_json(d.served.prices.input); }},
         {"usd_per_million_output_tokens", "likewise",
          [](const D& d) { return value_json(d.served.prices.output); }}}};
    return table;
}

const JsonTable<LostDeployment>& lost_table() {
    using L = LostDeployment;
    static const JsonTable<L> table{"A layout that did not do",
                                    {{"server", "that it would run on", json_of<&L::server>},
                                     {"deployment", "ways of a replica", json_of<&L::text>},
                                     {"reason", "it lost, alike for many", json_of<&L::reason>},
                                     {"why", "with its figures", json_of<&L::why>}}};
    return table;
}

const JsonTable<BenchmarkText>& benchmark_table() {
    using B = BenchmarkText;
    static const JsonTable<B> table{
        "A benchmark that would check a deployment",
        {{"tool", "that sends the requests", json_of<&B::tool>},
         {"documented", "what documents its options", json_of<&B::documented>},
         {"command", "of the whole deployment, behind one door", json_of<&B::command>},
         {"differs", "what of the load it cannot say; empty: nothing", json_of<&B::differs>}}};
    return table;
}

const JsonTable<LaunchText>& launch_table() {
    using L = LaunchText;
    static const JsonTable<L> table{
        "How a deployment is started",
        {{"engine", "release whose options these are", json_of<&L::engine>},
         {"documented", "what documents them", json_of<&L::documented>},
         {"command",
          "of one replica, of its first server where it takes several; empty where the "
          "engine has none",
          [](const L& l) { return value_json(l.command); }},
         {"servers", "of a replica, as operating systems see them",
          [](const L& l) { return value_json(l.servers); }},
         {"commands", "of its servers by rank, or one that starts all",
          [](const L& l) { return value_json(l.commands); }},
         {"options", "lines of `options.yaml`, where the command names it",
          [](const L& l) { return value_json(l.options); }},
         {"answers_commands", "the same of a pool of answers, the first being that of prompts",
          [](const L& l) { return value_json(l.answers.commands); }},
         {"answers_options", "lines of `options-answers.yaml`",
          [](const L& l) { return value_json(l.answers.options); }},
         {"door", "command in front of both pools; empty: none", json_of<&L::door>},
         {"benchmarks", "that would check the prediction",
          [](const L& l) {
              Json list = Json::array();
              for (const BenchmarkText& b : l.benchmarks) {
                  list.push_back(object_json(benchmark_table(), b));
              }
              return list;
          }},
         {"manifests", "files for Kubernetes that `--out` writes", [](const L& l) {
              Json list = Json::array();
              for (const Manifest& m : l.manifests) list.push_back(m.name);
              return list;
          }}}};
    return table;
}

const JsonTable<ExtraServers>& extra_table() {
    using E = ExtraServers;
    static const JsonTable<E> table{
        "What one more server adds",
        {{"server", "of the catalog", json_of<&E::server>},
         {"deployment", "its replicas; empty where it holds none", json_of<&E::text>},
         {"servers", "as many as hold a replica", json_of<&E::servers>},
         {"chips", "that serve", json_of<&E::chips>},
         {"requests_per_s", "that it adds", json_of<&E::rate>},
         {"usd_per_year", "of its chips", json_of<&E::yearly>},
         {"why_not", "it adds nothing; else empty", json_of<&E::why_not>}}};
    return table;
}

const JsonTable<DeployAnswer>& deploy_table() {
    using A = DeployAnswer;
    static const JsonTable<A> table{
        "`deploy --json`",
        {{"feasible", "some deployment keeps the promise",
          [](const A& a) { return Json(a.feasible()); }},
         {"plans_in_space", "layouts, budgets and numbers of replicas", json_of<&A::in_space>},
         {"simulated", "runs", json_of<&A::simulated>},
         {"model", "that is served", [](const A& a) { return Json(a.asked.model); }},
         {"requests", "of a run", [](const A& a) { return Json(a.span.count); }},
         {"ttft_p99_s", "promised; zero: nothing",
          [](const A& a) { return value_json(a.asked.promise.first_token); }},
         {"tpot_p99_s", "likewise",
          [](const A& a) { return value_json(a.asked.promise.per_token); }},
         {"best",
          "deployments that keep it, the cheapest first; where none does the one that comes "
          "nearest",
          [](const A& a) { return list_json(deployment_table(), a.best); }},
         {"pareto",
          "of these, those that no other beats in tokens a second and chip and for a user",
          [](const A& a) {
              Json list = Json::array();
              for (const std::size_t i : a.front) {
                  list.push_back(object_json(deployment_table(), a.best[i]));
              }
              return list;
          }},
         {"lost", "layouts that did not do",
          [](const A& a) { return list_json(lost_table(), a.lost); }},
         {"extra", "of `--extra`, the most traffic for a dollar first",
          [](const A& a) { return list_json(extra_table(), a.extras); }},
         {"least_usd_per_year",
          "that no deployment of the space is below, by the mean without chance; null where it is "
          "not known",
          [](const A& a) {
              return a.least_yearly > Dollars{} ? value_json(a.least_yearly) : Json(nullptr);
          }},
         {"gap", "by how much the first of `best` may be dearer than the cheapest; or null",
          [](const A& a) { return a.gap() ? Json(*a.gap()) : Json(nullptr); }},
         {"launch",
          "how the first of `best` is started; null where its engine's release tells no "
          "options",
          [](const A& a) {
              if (a.launch.documented.empty()) return Json(nullptr);
              return object_json(launch_table(), a.launch);
          }},
         {"ttft_band",
          "four in five measured percentiles lie within these factors on a predicted one",
          [](const A& a) {
              return Json{a.first_token.low, a.first_token.high};
          }},
         {"tpot_band", "likewise",
          [](const A& a) {
              return Json{a.per_token.low, a.per_token.high};
          }},
         {"notes", "what stood in", json_of<&A::notes>}}};
    return table;
}

}  // namespace

Json deploy_answer_json(const DeployAnswer& answer, double seconds) {
    Json json = object_json(deploy_table(), answer);
    json["seconds"] = seconds;
    return json;
}

std::vector<JsonObject> deploy_objects() {
    JsonObject answer = described(deploy_table());
    answer.keys.emplace_back("seconds", "that the search took");
    return {answer,
            described(deployment_table()),
            described(lost_table()),
            described(extra_table()),
            described(launch_table()),
            described(benchmark_table())};
}

}  // namespace millwright
