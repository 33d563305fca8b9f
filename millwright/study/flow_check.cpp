// A step in three ways: by formula, as a timeline in which every exchange takes the time that it
// takes alone, and with the flows of all exchanges on one fabric.
//
// Each differs from the one before by one thing. Formula and timeline have the same passes and the
// same seconds of communication, so they part by how the formula sums them. Timeline and flows have
// the same program, and flows are scaled so that alone they take just these seconds, so they part
// by what groups take from each other. The seconds hold latencies and measured efficiencies; the
// graph has none, or they would count twice.
#include "millwright/study/flow_check.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/require.h"

namespace millwright {
namespace {

/// Exchanges by what they are for, with their time alone and as it came out.
void add_traffic(const StepProgram& step, const ProgramOutcome& outcome, FlowCheck& check) {
    std::map<Traffic, TrafficCheck> kinds;
    for (const ExchangeRecord& r : outcome.exchanges) {
        TrafficCheck& kind = kinds[step.traffic[r.exchange.index()]];
        kind.traffic = step.traffic[r.exchange.index()];
        ++kind.count;
        kind.alone += r.alone;
        kind.shared += r.end - r.start;
    }
    for (const auto& [traffic, kind] : kinds) check.traffic.push_back(kind);
}

/// How full links were over the whole step, by tier and the fullest by name; of links as full the
/// first, so that the list is the same on every machine.
void add_links(const FabricGraph& graph, const ProgramOutcome& outcome, FlowCheck& check) {
    check.tiers.resize(graph.tiers.size());
    for (std::size_t t = 0; t < graph.tiers.size(); ++t) check.tiers[t].tier = graph.tiers[t];
    std::vector<std::pair<double, LinkId>> loads;
    for (LinkId l = 0; l < graph.capacity.size(); ++l) {
        TierLoad& tier = check.tiers[graph.tier[l]];
        const Bytes could = graph.capacity[l] * outcome.total;
        const double load = could > Bytes{} ? outcome.link_bytes[l] / could : 0;
        ++tier.links;
        tier.mean += load;
        tier.most = std::max(tier.most, load);
        if (load > 0) loads.emplace_back(load, l);
    }
    for (TierLoad& tier : check.tiers) tier.mean /= std::max(1.0, tier.links);
    const std::size_t most = std::min<std::size_t>(5, loads.size());
    const auto fuller = [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    };
    std::partial_sort(loads.begin(), loads.begin() + static_cast<std::ptrdiff_t>(most), loads.end(),
                      fuller);
    for (std::size_t i = 0; i < most; ++i) {
        check.hot.push_back({graph.name(loads[i].second), loads[i].first});
    }
}

/// A program of a step that stalls is a bug: the plan was timed, so it can run.
ProgramOutcome run_whole(const FabricGraph& graph, const Program& program) {
    ProgramOutcome outcome = execute(graph, program, Symmetry::on, most_step_visits);
    if (outcome.stall.chain.empty()) return outcome;
    throw std::logic_error(fmt::format("{} nodes of a step never start, such as {} of stage {}",
                                       outcome.stall.unfinished, outcome.stall.chain.front().node,
                                       outcome.stall.chain.front().actor));
}

/// The closed form has the latencies.
FabricGraph graph_without_latency(const FabricShape& shape) {
    FabricGraph graph = graph_of(shape);
    std::ranges::fill(graph.latency, Seconds{});
    return graph;
}

FlowCheck check_placed(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                       Placement placement) {
    FlowCheck check{.placement = placement, .micro_batches = micro_batches(plan)};
    check.closed = evaluate(context, plan).times.total;
    const StepProgram alone = step_program(context, plan, graph, placement, true);
    check.alone = run_whole(graph, alone.program).total;
    const StepProgram shared = step_program(context, plan, graph, placement, false);
    const ProgramOutcome outcome = run_whole(graph, shared.program);
    check.shared = outcome.total;
    check.flows = outcome.flows;
    check.classes = outcome.classes;
    check.events = outcome.events;
    add_traffic(shared, outcome, check);
    add_links(graph, outcome, check);
    check.done = true;
    return check;
}

/// Flows of all exchanges of a step, about.
/// A guess that is cheap: a step far too large should not be built to be counted.
double flows_of(const Plan& plan) {
    const double ranks = static_cast<double>(chips_used(plan));
    const double data = 2.0 * static_cast<double>(plan.data * plan.context);
    const double each = static_cast<double>(plan.tensor + plan.expert) + std::min(data, 64.0) + 4;
    return ranks * each;
}

}  // namespace

Plan filling(const Plan& plan) {
    const std::int64_t wanted = whole_rounds(plan, std::max<std::int64_t>(plan.pipeline, 4));
    const std::int64_t all = micro_batches(plan);
    if (all <= wanted) return plan;
    Plan fewer = plan;
    fewer.global_batch = wanted * plan.data * plan.micro_batch;
    return fewer;
}

FlowCheck flow_check(const TrainContext& context, const Plan& plan, const FabricShape& shape,
                     const FlowCheckOptions& options) try {
    FlowCheck check;
    if (shape.endpoints == 0) {
        check.why_not = "the fabric cannot be wired";
    } else if (flows_of(plan) > options.most_flows) {
        check.why_not = fmt::format("about {:.2g} flows are more than {:.2g}", flows_of(plan),
                                    options.most_flows);
    }
    if (!check.why_not.empty()) return check;
    FabricShape used = shape;
    used.endpoints = narrow<std::uint32_t>(chips_used(plan));
    used.routing = options.routing;
    const FabricGraph graph = graph_without_latency(used);
    const Plan shown = filling(plan);
    check = check_placed(context, shown, graph, Placement::stages_apart);
    const bool compares = static_cast<double>(check.flows) <= options.most_compared;
    if (compares && plan.pipeline > 1 && plan.data > 1) {
        FlowCheck other = check_placed(context, shown, graph, Placement::stages_together);
        if (other.shared < check.shared) check = std::move(other);
    }
    return check;
} catch (const TooLarge& large) {
    return {.why_not = large.what()};
} catch (const CutOff& cut) {
    return {.why_not = cut.what()};
}

}  // namespace millwright
