// A replica within a server is a pod of a Deployment; one over several is a group of a
// LeaderWorkerSet, which restarts as a whole where one of its pods does. The router finds pods by
// label, so only those that take requests have labels, and the values of its chart must name the
// same one. A pod has an hour to load its weights.
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/manifest_parts.h"
#include "millwright/api/shell.h"
#include "millwright/base/text.h"
#include "millwright/base/yaml.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// Of pods that requests go to; the router finds them by the first.
Json labels_of(const ReplicaSpec& spec) {
    return {{"llm-d.ai/guide", spec.name},
            {"llm-d.ai/model", spec.name},
            {"llm-d.ai/inference-serving", "true"}};
}

/// Weights take minutes to load.
Json probe(const char* path, int period, int failures) {
    return {{"httpGet", {{"path", path}, {"port", "modelserver"}}},
            {"periodSeconds", period},
            {"failureThreshold", failures}};
}

/// `line`: of a shell, in place of the program with its arguments.
Json container_of(const Stack& stack, const ReplicaSpec& spec, const std::string& line) {
    Json made{{"name", "modelserver"}, {"image", stack.image.value}};
    made["command"] = line.empty() ? Json(spec.program) : Json{"/bin/sh", "-c"};
    made["args"] = line.empty() ? Json(spec.arguments) : Json::array({line});
    made["env"] = Json::array(
        {{{"name", "HF_TOKEN"},
          {"valueFrom", {{"secretKeyRef", {{"name", stack.secret}, {"key", "HF_TOKEN"}}}}}}});
    made["resources"] = {{"limits", {{stack.resource, std::to_string(spec.split.local)}}}};
    made["volumeMounts"] = Json::array({{{"name", "shm"}, {"mountPath", "/dev/shm"}}});
    return made;
}

void answers_requests(Json& container) {
    container["ports"] = Json::array({{{"name", "modelserver"}, {"containerPort", 8000}}});
    container["startupProbe"] = probe("/v1/models", 30, 120);
    container["livenessProbe"] = probe("/health", 10, 3);
    container["readinessProbe"] = probe("/v1/models", 5, 3);
}

Json pod_of(const Json& labels, Json container) {
    Json pod = Json::object();
    if (!labels.empty()) pod["metadata"] = {{"labels", labels}};
    pod["spec"] = {
        {"containers", Json::array({std::move(container)})},
        {"volumes", Json::array({{{"name", "shm"}, {"emptyDir", {{"medium", "Memory"}}}}})}};
    return pod;
}

Json deployment(const Stack& stack, const ReplicaSpec& spec) {
    Json container = container_of(stack, spec, "");
    answers_requests(container);
    const Json labels = labels_of(spec);
    return {{"apiVersion", stack.api.value},
            {"kind", "Deployment"},
            {"metadata", {{"name", spec.name}, {"labels", labels}}},
            {"spec",
             {{"replicas", spec.replicas},
              {"selector", {{"matchLabels", labels}}},
              {"template", pod_of(labels, std::move(container))}}}};
}

/// The command of the first server, or of any other by the names that a LeaderWorkerSet gives it.
std::string line_of(const ReplicaSpec& spec, bool first) {
    std::vector<std::string> words = spec.program;
    words.insert(words.end(), spec.arguments.begin(), spec.arguments.end());
    const std::int64_t ranks = local_ranks(spec.launch, spec.ways, spec.split);
    const NodeNames names{.head = "\"$LWS_LEADER_ADDRESS\"",
                          .rank = first ? "0" : "\"$LWS_WORKER_INDEX\"",
                          .start = first ? "0" : fmt::format("$((LWS_WORKER_INDEX * {}))", ranks),
                          .first = first};
    const bool alone = spec.launch.node_first.empty();  // the shell gives its place to the engine
    return (alone ? "exec " : "") +
           node_command(spec.launch, shell_text(words), spec.ways, spec.split, names);
}

Json worker_set(const Stack& stack, const ReplicaSpec& spec) {
    Json leader = container_of(stack, spec, line_of(spec, true));
    answers_requests(leader);
    Json other = container_of(stack, spec, line_of(spec, false));
    return {{"apiVersion", stack.node_api.value},
            {"kind", "LeaderWorkerSet"},
            {"metadata", {{"name", spec.name}}},
            {"spec",
             {{"replicas", spec.replicas},
              {"leaderWorkerTemplate",
               {{"size", spec.split.nodes},
                {"restartPolicy", "RecreateGroupOnPodRestart"},
                {"leaderTemplate", pod_of(labels_of(spec), std::move(leader))},
                {"workerTemplate", pod_of(Json::object(), std::move(other))}}}}}};
}

}  // namespace

std::vector<Manifest> llm_d_manifests(const Stack& stack, const ReplicaSpec& spec) {
    const std::string servers = fmt::format(
        "# {}, release {}: kubectl apply -f llm-d.yaml, in a namespace with the secret\n"
        "# {} (HF_TOKEN){}.\n",
        excerpt(stack.name), excerpt(stack.version.value), excerpt(stack.secret),
        spec.split.nodes > 1 ? ", on a cluster with LeaderWorkerSets" : "");
    const std::string router =
        fmt::format("# helm install {} {} \\\n#     --version {} -f llm-d-router.yaml\n", spec.name,
                    excerpt(stack.router.value), excerpt(stack.router_version.value));
    const Json objects = spec.split.nodes > 1 ? worker_set(stack, spec) : deployment(stack, spec);
    const Json values{
        {"router",
         {{"modelServers",
           {{"protocol", "http"}, {"matchLabels", {{"llm-d.ai/guide", spec.name}}}}}}}};
    return {{"llm-d.yaml", servers + yaml_text(objects)},
            {"llm-d-router.yaml", router + yaml_text(values)}};
}

}  // namespace millwright
