// Figures of the catalog that a scenario states otherwise.
#pragma once

#include <memory>

#include "millwright/base/result.h"
#include "millwright/factory/factory.h"

namespace millwright {

/// A scenario beside the catalog that it means: the given one, or a copy with every [[override]] of
/// it in place, each cited to the source that the scenario names.
struct Resolved {
    std::shared_ptr<const Catalog> catalog;
    Scenario scenario;
};

/// Faults are those of overrides (no such figure, another unit, out of its range, said twice) and
/// of the scenario, all at once. Without overrides the catalog given must outlive what is returned.
Result<Resolved> resolve_with_overrides(const ScenarioText& text, const Catalog& catalog);

}  // namespace millwright
