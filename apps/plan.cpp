// millwright plan: the best plans of one model on one kind of server.
#include <chrono>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "base/text.h"
#include "base/units.h"
#include "report/json.h"
#include "report/study_text.h"
#include "report/table.h"
#include "scenario/resolve.h"

namespace millwright::app {
namespace {

struct PlanArguments {
    std::string model, server, fabric = "rail-fat-tree", precision = "bf16", objective = "time";
    std::int64_t chips = 0;
    std::int64_t global_batch = 1024;
    std::int64_t sequence = 4096;
    bool exhaustive = false;
    std::size_t top = 10;
};

template <class Part>
const Part& look_up(const std::vector<Part>& parts, const std::string& name, const char* kind) {
    if (const Part* part = find_part(parts, name)) return *part;
    throw UserFault{
        {{{"", 0, 0},
          fmt::format("no {} '{}' in the catalog", kind, name),
          did_you_mean(name, ids(parts)) + fmt::format(" `millwright list {}s` shows all", kind)}}};
}

Precision precision_named(const std::string& name) {
    for (const Precision p :
         {Precision::bf16, Precision::fp8, Precision::fp8_block, Precision::fp4}) {
        if (name == name_of(p)) return p;
    }
    throw UserFault{
        {{{"", 0, 0}, "unknown precision '" + name + "'", "choose bf16, fp8, fp8-block or fp4"}}};
}

TrainContext context_of(const PlanArguments& a, const Common& common) {
    const Catalog& parts = catalog(common);
    const Factory factory = resolve_factory(parts, look_up(parts.servers, a.server, "server"),
                                            look_up(parts.fabrics, a.fabric, "fabric"),
                                            static_cast<double>(a.chips), {});
    if (!factory.cannot.empty()) {
        throw UserFault{{{{"", 0, 0}, factory.cannot, "choose another server, fabric or size"}}};
    }
    TrainContext context;
    context.model = value_or_throw(resolve_model(parts, a.model, {"--model", 0, 0}));
    context.sequence = static_cast<double>(a.sequence);
    context.precision = precision_named(a.precision);
    context.chip = factory.rates;
    context.network = factory.network;
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

int plan_command(const PlanArguments& a, const Common& common) {
    const TrainContext context = context_of(a, common);
    SearchOptions options{
        .by_cost = a.objective == "cost", .exhaustive = a.exhaustive, .threads = common.threads};
    options.progress = [](double share) { show_progress("searching plans", share); };
    const auto start = std::chrono::steady_clock::now();
    const SearchResult found = search(context, {a.chips, a.global_batch, a.global_batch}, options);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    show_progress("", 1);
    if (common.json) {
        nlohmann::ordered_json json = search_json(found, context, taken.count());
        json["asked"] = asked(a);
        std::cout << json.dump(2) << "\n";
    } else {
        std::cout << wrapped("", asked(a), 2);
        print_text(context, found, taken.count(), a.top);
    }
    return found.feasible ? exit_done : exit_impossible;
}

}  // namespace

void add_plan(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("plan", "find the best training plans of a model");
    command->footer(
        "\nPrints the plans that no other beats in step time, memory and chips used.\n");
    auto a = std::make_shared<PlanArguments>();
    command->add_option("--model", a->model, "model of the catalog, or a config.json")->required();
    command->add_option("--server", a->server, "server or rack of the catalog")->required();
    command->add_option("--chips", a->chips, "accelerators there are")
        ->required()
        ->check(CLI::Range(1, 10'000'000));
    command->add_option("--fabric", a->fabric, "fabric of the catalog")->capture_default_str();
    command->add_option("--global-batch", a->global_batch, "sequences a step")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000'000));
    command->add_option("--sequence", a->sequence, "tokens of a sequence")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000'000));
    command->add_option("--precision", a->precision, "bf16, fp8, fp8-block or fp4")
        ->capture_default_str();
    command->add_option("--objective", a->objective, "time or cost")
        ->capture_default_str()
        ->check(CLI::IsMember({"time", "cost"}));
    command->add_option("--top", a->top, "plans to print")->capture_default_str();
    command->add_flag("--exhaustive", a->exhaustive, "every divisor, every plan timed that fits");
    command->callback([a, &common, &exit_code] { exit_code = plan_command(*a, common); });
}

}  // namespace millwright::app
