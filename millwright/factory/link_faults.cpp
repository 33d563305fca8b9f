#include "millwright/factory/link_faults.h"

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/fabric/failures.h"

namespace millwright {

Faults link_faults(const Factory& factory, const Place& at) {
    const FabricShape& shape = factory.shape;
    // a factory that cannot be wired has said so already
    if (shape.endpoints == 0 || shape.degraded.empty()) return {};
    std::vector<std::string> unknown;
    const FabricGraph graph = graph_of(shape, &unknown);
    Faults faults;
    for (const std::string& name : unknown) {
        faults.push_back(
            {at,
             fmt::format("no link '{}' in the fabric {} of {} chips of {}", name,
                         factory.fabric.part.id, shape.endpoints, factory.server.id),
             fmt::format("links are named like '{}'", join(link_examples(graph), "', '"))});
    }
    if (const auto pair = cut_off(graph)) {
        faults.push_back({at,
                          fmt::format("failed links of the fabric {} leave no way from chip {} to "
                                      "chip {}",
                                      factory.fabric.part.id, pair->first, pair->second),
                          "a [[degraded]] link of share 0 has failed: give it a larger share, or "
                          "leave a way around it"});
    }
    return faults;
}

}  // namespace millwright
