#include <fmt/format.h>

#include "millwright/api/manifest_parts.h"
#include "millwright/base/text.h"
#include "millwright/base/yaml.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

Json pod_of(Json container) {
    return {{"spec", {{"containers", Json::array({std::move(container)})}}}};
}

Json frontend(const Stack& stack) {
    return {{"name", "Frontend"},
            {"type", "frontend"},
            {"replicas", 1},
            {"podTemplate", pod_of({{"name", "main"}, {"image", stack.image.value}})}};
}

Json worker(const Stack& stack, const ReplicaSpec& spec) {
    Json container{
        {"name", "main"},
        {"image", stack.image.value},
        {"command", spec.program},
        {"args", spec.arguments},
        {"envFrom", Json::array({{{"secretRef", {{"name", stack.secret}}}}})},
        {"resources", {{"limits", {{stack.resource, std::to_string(spec.split.local)}}}}}};
    const bool file = !spec.options.empty();
    if (file) {
        container["volumeMounts"] = Json::array({{{"name", "options"},
                                                  {"mountPath", std::string(options_folder)},
                                                  {"readOnly", true}}});
    }
    Json pod = pod_of(std::move(container));
    if (file) {
        pod["spec"]["volumes"] =
            Json::array({{{"name", "options"}, {"configMap", {{"name", spec.name + "-options"}}}}});
    }
    Json made{{"name", "Worker"}, {"type", "worker"}, {"replicas", spec.replicas}};
    if (spec.split.nodes > 1) made["multinode"] = {{"nodeCount", spec.split.nodes}};
    made["podTemplate"] = std::move(pod);
    return made;
}

}  // namespace

std::vector<Manifest> dynamo_manifests(const Stack& stack, const ReplicaSpec& spec) {
    std::string text = fmt::format(
        "# {}, release {}: kubectl apply -f dynamo.yaml,\n"
        "# in a namespace with its operator and the secret {} (HF_TOKEN).\n"
        "# Requests go to the service of the frontend, port 8000.\n",
        excerpt(stack.name), excerpt(stack.version.value), excerpt(stack.secret));
    if (!spec.options.empty()) {
        const Json options{{"apiVersion", "v1"},
                           {"kind", "ConfigMap"},
                           {"metadata", {{"name", spec.name + "-options"}}},
                           {"data", {{"options.yaml", spec.options}}}};
        text += yaml_text(options) + "---\n";
    }
    const Json graph{{"apiVersion", stack.api.value},
                     {"kind", "DynamoGraphDeployment"},
                     {"metadata", {{"name", spec.name}}},
                     {"spec",
                      {{"backendFramework", stack.framework},
                       {"components", Json::array({frontend(stack), worker(stack, spec)})}}}};
    return {{"dynamo.yaml", text + yaml_text(graph)}};
}

}  // namespace millwright
