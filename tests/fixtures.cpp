#include "tests/fixtures.h"

namespace millwright {

TrainContext context_on(const char* model, const char* server, double chips, double sequence,
                        Precision precision) {
    const Catalog& catalog = built_in_catalog();
    const Factory factory =
        resolve_factory(catalog, part_named(catalog.servers, server),
                        part_named(catalog.fabrics, "rail-fat-tree"), chips, {});
    TrainContext context;
    context.model = part_named(catalog.models, model);
    context.sequence = sequence;
    context.precision = precision;
    context.chip = factory.rates;
    context.network = factory.network;
    context.assume = assumptions_of(part_named(catalog.frameworks, default_framework));
    // a chip that waits for its host is no faster for being faster: tests of hosts set their own
    TrainAssumptions& a = context.assume;
    a.host_layer = a.host_expert_layer = a.host_tensor_layer = a.host_step = Seconds{};
    return context;
}

FabricShape shape_on(const char* server, double chips) {
    const Catalog& catalog = built_in_catalog();
    return resolve_factory(catalog, part_named(catalog.servers, server),
                           part_named(catalog.fabrics, "rail-fat-tree"), chips, {})
        .shape;
}

}  // namespace millwright
