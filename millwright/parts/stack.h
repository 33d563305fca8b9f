// What runs an engine's replicas on Kubernetes: the manifests that it takes, and images of engines.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/fields.h"
#include "millwright/parts/engine.h"

namespace millwright {

/// Whose manifests. `dynamo`: a DynamoGraphDeployment of NVIDIA Dynamo; `llm_d`: model servers and
/// values of the router's chart of llm-d.
enum class StackKind : std::uint8_t { dynamo, llm_d };

template <>
struct EnumNames<StackKind> {
    static constexpr std::array<std::string_view, 2> names{"dynamo", "llm-d"};
};

/// A release of a stack with the image of one engine, on the chips of one maker.
struct Stack {
    std::string id;
    std::string name;
    std::vector<std::string> aliases;
    StackKind kind = StackKind::dynamo;
    std::vector<std::string> engines;  // releases of the catalog that the image is one of
    std::string vendor;                // of the chips
    std::string resource;              // as which Kubernetes counts them
    std::string secret;                // that holds the token of the hub of models
    std::string framework;             // as the manifest names the engine
    std::string note;
    Cited<std::string> version, api, node_api, image, router, router_version;
    EngineLaunch launch;  // what is not empty stands in place of the engine's
};

template <std::same_as<Stack> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in full", Need::required},
        Field{"aliases", &P::aliases, "other names in use"},
        Field{"kind", &P::kind, "whose manifests: dynamo or llm-d", Need::required},
        Field{"engines", &P::engines, "releases of engines that the image is one of",
              Need::required},
        Field{"vendor", &P::vendor, "maker of the chips", Need::required},
        Field{"resource", &P::resource, "name by which Kubernetes counts the chips",
              Need::required},
        Field{"secret", &P::secret, "secret that holds the token of the hub of models",
              Need::required},
        Field{"framework", &P::framework, "name of the engine in the manifest"},
        Field{"note", &P::note, "what to know about it"},
        Field{"version", &P::version, "release of the stack", Need::required},
        Field{"api", &P::api, "version of the manifest's API", Need::required},
        Field{"node_api", &P::node_api,
              "version of the API of replicas on several servers, where it is another"},
        Field{"image", &P::image, "container image of the engine", Need::required},
        Field{"router", &P::router, "chart of what requests come through"},
        Field{"router_version", &P::router_version, "release of that chart"},
    };
};

/// The table inside a stack's file.
template <class Part, class Visit>
    requires std::is_same_v<std::remove_const_t<Part>, Stack>
void for_each_table(Part& stack, Visit&& visit) {
    visit("launch", stack.launch);
}

}  // namespace millwright
