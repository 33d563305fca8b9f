#include "millwright/reliability/fleet_causes.h"

#include <algorithm>
#include <string_view>

namespace millwright {

EventRate rate_of_nodes(double per_1000_nodes_day, double chips) {
    const double nodes = chips / chips_of_a_node;
    return EventRate::from_si(per_1000_nodes_day / 1000 * nodes / unit::day.si());
}

std::vector<FailureCause> causes_of_fleet(const MeasuredFleet& fleet, EventRate rate,
                                          const BlastSizes& blasts) {
    double all = 0;
    for_each_table(fleet, [&](const char*, const FleetCause& cause) { all += cause.count.value; });
    std::vector<FailureCause> causes;
    for_each_table(fleet, [&](const char* key, const FleetCause& from) {
        if (!(from.count.value > 0)) return;
        const std::string_view name =
            std::string_view(key).substr(std::string_view("cause.").size());
        FailureCause cause{.name = std::string(name), .rate = from.count.value / all * rate};
        cause.kind = from.kind;
        cause.servers = blasts.servers[static_cast<std::size_t>(from.blast)];
        cause.software = from.software;
        cause.slowdown = std::max(1.0, from.slowdown.value);
        cause.lasts = from.variation.value > 0
                          ? TimeLaw{TimeLawKind::lognormal, from.lasts.value, from.variation.value}
                          : constantly(from.lasts.value);
        causes.push_back(std::move(cause));
    });
    // of what is not known: the rate is all the same
    if (causes.empty()) causes.push_back({.name = "failures", .rate = rate});
    return causes;
}

}  // namespace millwright
