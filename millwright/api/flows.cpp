#include "millwright/api/flows.h"

namespace millwright {
namespace {

/// Chips for which a fabric of the catalog is wired: how many a table needs is known only when it
/// is read against the shape, which is then cut to the largest number in it.
constexpr std::uint32_t largest_chips = 16'384;

Result<FlowCase> flows_on(const FlowsQuestion& q, const Setting& setting) {
    if (q.fabric.cables) {
        return flows_on_cables(q.flows, *q.fabric.cables, q.fabric.routing, q.fabric.degraded);
    }
    const auto shape = fabric_shape(q.fabric, largest_chips, setting);
    if (!shape) return failure(shape.error());
    return flows_on_shape(q.flows, *shape);
}

}  // namespace

Result<FlowsAnswer> flows(const FlowsQuestion& question, const Setting& setting) try {
    auto on = flows_on(question, setting);
    if (!on) return failure(on.error());
    FlowsAnswer answer{.flows = std::move(*on)};
    answer.outcome = run_flows(answer.flows.problem, question.symmetry);
    answer.finish = finish_of(answer.flows, answer.outcome);
    return answer;
} catch (const TooLarge& large) {
    return failure({{question.table, 0, 0}, large.what(), "take fewer flows, or shorter ways"});
}

}  // namespace millwright
