// The causes of a published fleet, of a job of another size.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "millwright/parts/fleet.h"
#include "millwright/reliability/fleet_job.h"

namespace millwright {

/// The nodes of eight chips in which rates are published.
inline constexpr double chips_of_a_node = 8;

/// Failures of a job of so many chips when 1,000 nodes have so many in a day.
EventRate rate_of_nodes(double per_1000_nodes_day, double chips);

/// Servers that a failure of each radius takes out, in the order of `BlastRadius`.
struct BlastSizes {
    std::int64_t chips_per_server = 8;
    std::array<std::int64_t, 6> servers{0, 1, 9, 32, 144, 1};
};

/// The causes of a fleet at a rate of all of them together; one where none is known by count.
std::vector<FailureCause> causes_of_fleet(const MeasuredFleet& fleet, EventRate rate,
                                          const BlastSizes& blasts);

}  // namespace millwright
