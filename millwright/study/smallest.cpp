// The fewest chips by memory alone, and then one search of plans on what would be bought.
//
// The network of a factory that is too small may be a part of a scale-up domain; more chips have
// all of it, and tensor ways may fill it, so the first step takes the domain whole.
#include "millwright/study/smallest.h"

#include <cmath>

#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

// chips, as many as a scenario may ask for
constexpr std::int64_t most = 10'000'000;

/// Cloud parts are rented by the chip.
double whole_servers(const Factory& factory, std::int64_t chips) {
    const double each = factory.server.chips.value;
    const auto count = static_cast<double>(chips);
    return factory.chip.market == Market::cloud ? count : std::ceil(count / each) * each;
}

}  // namespace

std::int64_t fewest_that_hold(const Catalog& catalog, const Factory& factory,
                              const TrainContext& context, const SpaceLimits& given) {
    SpaceLimits limits = given;
    limits.chips = most;
    TrainContext larger = context;
    larger.network.domain = factory.server.domain.value;
    const std::int64_t fewest = fewest_chips(larger, limits);
    if (fewest == 0) return 0;
    const double chips = whole_servers(factory, fewest);
    if (!fabric_faults(factory.fabric, factory.server, chips, {}).empty()) return 0;
    const Factory bought = resolve_factory(catalog, factory.server, factory.fabric, chips, {});
    if (!bought.cannot.empty()) return 0;
    larger.network = bought.network;
    limits.chips = static_cast<std::int64_t>(chips);
    return search(larger, limits, {.best_only = true}).feasible ? limits.chips : 0;
}

}  // namespace millwright
