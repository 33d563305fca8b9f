// millwright plan: the best plans of one model on one kind of server.
#include <chrono>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/commands.h"
#include "base/text.h"
#include "base/units.h"
#include "report/files.h"
#include "report/flow_text.h"
#include "report/json.h"
#include "report/json_text.h"
#include "report/study_text.h"
#include "report/table.h"
#include "scenario/resolve.h"
#include "study/step_trace.h"

namespace millwright::app {
namespace {

Precision precision_named(const std::string& name) {
    if (const auto precision = enum_named<Precision>(name)) return *precision;
    throw UserFault{
        {{{"", 0, 0}, "unknown precision '" + name + "'", "choose bf16, fp8, fp8-block or fp4"}}};
}

Factory factory_of(const PlanArguments& a, const Common& common) {
    const Catalog& parts = catalog(common);
    Factory factory = resolve_factory(parts, look_up(parts.servers, a.server, "server", "servers"),
                                      look_up(parts.fabrics, a.fabric, "fabric", "fabrics"),
                                      static_cast<double>(a.chips), {});
    if (factory.cannot.empty()) return factory;
    throw UserFault{{{{"", 0, 0}, factory.cannot, "choose another server, fabric or size"}}};
}

TrainContext context_of(const PlanArguments& a, const Factory& factory, const Common& common) {
    const Catalog& parts = catalog(common);
    TrainContext context;
    context.model = value_or_throw(resolve_model(parts, a.model, {"--model", 0, 0}));
    context.sequence = static_cast<double>(a.sequence);
    context.precision = precision_named(a.precision);
    const Framework& framework = look_up(parts.frameworks, a.framework, "framework", "frameworks");
    context.assume = assumptions_of(framework);
    if (framework.balanced_stages) context.balance = balance_by_flops(context.model);
    context.chip = factory.rates;
    context.network = factory.network;
    context.host = factory.host;
    if (context.chip.rate(context.precision) <= FlopRate{}) {
        throw UserFault{{{{"", 0, 0},
                          fmt::format("{} has no known {} rate", factory.chip.name, a.precision),
                          "choose another --precision"}}};
    }
    return context;
}

std::string front_text(const TrainContext& context, const SearchResult& found, std::size_t top) {
    std::vector<std::vector<std::string>> rows;
    for (const Candidate& c : found.pareto) {
        if (rows.size() >= top) break;
        const Plan& p = c.plan;
        rows.push_back(
            {fmt::format("{:.4g}", c.step.si()),
             fmt::format("{:.1f}", 100 * model_flops_utilisation(context, p, c.step)),
             std::to_string(chips_used(p)), fmt::format("{:.1f}", c.memory.in(unit::GB)),
             std::to_string(p.tensor), std::to_string(p.pipeline), std::to_string(p.data),
             std::to_string(p.context), std::to_string(p.expert), std::to_string(p.micro_batch),
             fmt::format("{}{}", name_of(p.schedule),
                         p.virtual_stages > 1 ? " v" + std::to_string(p.virtual_stages) : ""),
             std::string(name_of(p.recompute)), std::string(name_of(p.sharding))});
    }
    return format_table({"step s", "MFU %", "chips", "GB", "tp", "pp", "dp", "cp", "ep", "mb",
                         "schedule", "recompute", "sharding"},
                        rows, "rrrrrrrrrrlll");
}

/// What the arguments or their defaults set, so that no default goes unseen.
std::string asked(const PlanArguments& a) {
    return fmt::format("{} on {} chips of {}, {}, global batch {}, sequence {}, {}, by {}", a.model,
                       a.chips, a.server, a.fabric, a.global_batch, a.sequence, a.precision,
                       a.objective);
}

void print_text(const TrainContext& context, const SearchResult& found, double seconds,
                std::size_t top) {
    std::cout << fmt::format("{} plans can run; {} timed in full, {} pruned, in {:.2f} s\n\n",
                             found.in_space, found.evaluated, found.pruned, seconds);
    if (found.feasible) {
        std::cout << front_text(context, found, top);
        const Step step = evaluate(context, found.best.plan);
        std::cout << wrapped("\nthe best: ", describe(found.best.plan), 10) << "\n"
                  << ledger_text(time_ledger(step.times)) << "\n"
                  << ledger_text(memory_ledger(step.memory));
    }
    for (const LossReason& r : found.reasons) {
        std::cout << wrapped(
            "lost: ", fmt::format("{} plans {}, such as {}", r.count, r.reason, r.example), 6);
    }
}

/// The step of as many micro-batches as fill the pipeline, a file a rank.
void write_trace(const TrainContext& context, const Plan& plan, const std::string& folder) {
    constexpr std::int64_t most_ranks = 16'384;
    if (chips_used(plan) > most_ranks) {
        throw UserFault{{{{"--chakra", 0, 0},
                          fmt::format("{} files, one a rank, are too many", chips_used(plan)),
                          "plan for 16384 chips or fewer"}}};
    }
    std::vector<OutputFile> files;
    for (ChakraFile& file : chakra_files(step_trace(context, filling(plan)), "step")) {
        files.push_back({std::move(file.name), std::move(file.bytes)});
    }
    Faults faults = write_output(folder, files);
    if (!faults.empty()) throw UserFault{faults};
    std::cerr << fmt::format("wrote a trace of {} ranks to {}\n", chips_used(plan), folder);
}

}  // namespace

int plan_command(const PlanArguments& a, const Common& common) {
    const Factory factory = factory_of(a, common);
    const TrainContext context = context_of(a, factory, common);
    SearchOptions options{
        .by_cost = a.objective == "cost", .exhaustive = a.exhaustive, .threads = common.threads};
    options.progress = [](double share) { show_progress("searching plans", share); };
    const auto start = std::chrono::steady_clock::now();
    const SearchResult found = search(context, {a.chips, a.global_batch, a.global_batch}, options);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    show_progress("", 1);
    FlowCheck check{.why_not = "not asked for"};
    if (a.flows && found.feasible) {
        check = flow_check(context, found.best.plan, factory.shape,
                           {.routing = enum_named<Routing>(a.routing).value()});
    }
    if (common.json) {
        nlohmann::ordered_json json = search_json(found, context, taken.count());
        json["asked"] = asked(a);
        if (a.flows) json["by_flows"] = flow_check_json(check);
        std::cout << json_text(json) << "\n";
    } else {
        std::cout << wrapped("", asked(a), 2);
        print_text(context, found, taken.count(), a.top);
        if (a.flows) std::cout << "\n" << flow_check_text(check);
    }
    if (!a.chakra.empty() && found.feasible) write_trace(context, found.best.plan, a.chakra);
    return found.feasible ? exit_done : exit_impossible;
}

}  // namespace millwright::app
