// All flows that a program may ever have stand in one problem, so that the engine knows their links
// from the start; exchanges of a kind use the same flows again, one after another, at other sizes.
// Flows that are alike by symmetry, in the same phase and of the same side of domains, start and
// end together whenever they do: one stands for all (millwright/sim/symmetry.h). The label keeps
// phases apart, which otherwise might be alike and yet run at different times.
#include "millwright/collective/program_flows.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/sim/symmetry.h"

namespace millwright {
namespace {

/// Weights come in steps, so that rounding does not tell symmetric flows apart.
constexpr double weight_step = 0x1p-30;

double stepped(double weight) {
    return std::max(1.0, std::nearbyint(weight / weight_step)) * weight_step;
}

struct AllFlows {
    FlowProblem problem;
    std::vector<std::uint32_t> label;  // of each flow: twice its phase, and one if it crosses
};

/// Whether a way has links outside scale-up domains.
bool crosses(const FabricGraph& graph, std::span<const LinkId> way) {
    return std::ranges::any_of(way, [&](LinkId link) { return !is_scale_up(graph, link); });
}

/// Bytes that each endpoint sends in a phase.
std::vector<Bytes> sent_by(const FabricGraph& graph, const ExchangePhase& phase) {
    std::vector<Bytes> sent(graph.endpoints);
    for (const Send& send : phase.sends) {
        require(std::max(send.from, send.to) < graph.endpoints, "sends are between endpoints");
        sent[send.from] += send.bytes;
    }
    return sent;
}

/// An endpoint gives each of its exchanges a like share, whatever the number of their flows: these
/// have weights by their bytes.
AllFlows flows_of(const FabricGraph& graph, const Program& program) {
    AllFlows all{problem_of(graph), {}};
    // measured channels have a floor in place of latencies
    if (program.channels.measured()) std::ranges::fill(all.problem.latency, Seconds{});
    Ways ways;
    std::uint32_t label = 0;
    for (const Exchange& exchange : program.exchanges) {
        for (const ExchangePhase& phase : exchange.phases) {
            const std::vector<Bytes> sent = sent_by(graph, phase);
            for (const Send& send : phase.sends) {
                const Bytes together = sent[send.from];
                const double weight = together > Bytes{} ? send.bytes / together : 1;
                ways.clear();
                ways_on(graph, send.from, send.to, send.from, ways);
                if (ways.count() == 0) {
                    throw CutOff(fmt::format("no way leads from {} to {}", send.from, send.to));
                }
                for (std::size_t i = 0; i < ways.count(); ++i) {
                    all.problem.add(ways.way(i), ways.share[i] * send.bytes, Seconds{},
                                    stepped(weight * ways.share[i]));
                    all.label.push_back(2 * label + (crosses(graph, ways.way(i)) ? 1 : 0));
                }
            }
            ++label;
        }
    }
    return all;
}

FlowPlan plan_of(const Program& program, AllFlows all, Symmetry symmetry) {
    FlowPlan plan{.flows = all.problem.flows()};
    std::optional<Quotient> quotient;
    if (symmetry == Symmetry::on) quotient = quotient_of(all.problem, all.label);
    std::vector<std::uint32_t> label = std::move(all.label);
    if (quotient) {
        std::vector<std::uint32_t> of_class(quotient->members.size());
        for (std::size_t f = 0; f < label.size(); ++f) of_class[quotient->flow_class[f]] = label[f];
        label = std::move(of_class);
        plan.problem = std::move(quotient->problem);
    } else {
        plan.problem = std::move(all.problem);
    }
    std::vector<PhaseFlows*> at;
    for (const Exchange& exchange : program.exchanges) {
        plan.phases.emplace_back(exchange.phases.size());
    }
    for (auto& phases : plan.phases) {
        for (PhaseFlows& phase : phases) at.push_back(&phase);
    }
    for (std::uint32_t f = 0; f < plan.problem.flows(); ++f) {
        PhaseFlows& phase = *at[label[f] / 2];
        phase.flows.push_back(f);
        phase.unit.push_back(plan.problem.bytes[f]);
        phase.latency.push_back(quotient ? plan.problem.start[f] : Seconds{});
        phase.crosses.push_back(label[f] % 2 == 1);
    }
    return plan;
}

}  // namespace

FlowPlan flow_plan(const FabricGraph& graph, const Program& program, Symmetry symmetry) {
    return plan_of(program, flows_of(graph, program), symmetry);
}

}  // namespace millwright
