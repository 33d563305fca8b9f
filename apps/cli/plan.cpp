// millwright plan: the best plans of one model on one kind of server.
#include <algorithm>
#include <chrono>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/fabric.h"
#include "apps/cli/output.h"
#include "apps/cli/planned.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/catalog/bands.h"
#include "millwright/factory/resolve.h"
#include "millwright/report/flow_text.h"
#include "millwright/report/json.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"
#include "millwright/study/smallest.h"
#include "millwright/trace/step_trace.h"

namespace millwright::app {
namespace {

Precision precision_named(const std::string& name) {
    if (const auto precision = enum_named<Precision>(name)) return *precision;
    throw UserFault{
        {{{"", 0, 0}, "unknown precision '" + name + "'", "choose bf16, fp8, fp8-block or fp4"}}};
}

Factory factory_of(const PlanArguments& a, const Common& common) {
    const Catalog& parts = catalog(common);
    Factory factory =
        resolve_factory(parts, look_up(parts.servers, a.server, "server", "servers"),
                        fabric_named(parts, a.fabric), static_cast<double>(a.chips), {});
    if (factory.cannot.empty()) return factory;
    throw UserFault{{{{"", 0, 0}, factory.cannot, "choose another server, fabric or size"}}};
}

const Framework& framework_named(const PlanArguments& a, const Factory& factory,
                                 const Common& common) {
    if (a.framework.empty()) return factory.framework;
    return look_up(catalog(common).frameworks, a.framework, "framework", "frameworks");
}

TrainContext context_of(const PlanArguments& a, const Factory& factory, const Common& common) {
    const Model model = value_or_throw(resolve_model(catalog(common), a.model, {"--model", 0, 0}));
    for (const std::string& what : model.caveats) std::cerr << wrapped(a.model + ": ", what, 2);
    const TrainTask task{model, static_cast<double>(a.sequence), precision_named(a.precision)};
    if (factory.rates.rate(task.precision) <= FlopRate{}) {
        throw UserFault{{{{"", 0, 0},
                          fmt::format("{} has no known {} rate", factory.chip.name, a.precision),
                          "choose another --precision"}}};
    }
    return train_context(task, {factory.rates, factory.network, factory.host},
                         framework_named(a, factory, common));
}

template <class Q>
Q quantity(const char* option, const std::string& text) {
    std::string why;
    const auto value = parse_as<Q::dimension>(text, why);
    if (value && *value > Q{}) return *value;
    throw UserFault{{{{option, 0, 0},
                      why.empty() ? fmt::format("'{}' is not more than zero", text) : why,
                      fmt::format("such as \"{}\"", example_of(Q::dimension))}}};
}

/// Tokens to train on; zero if not given.
Tokens tokens_of(const PlanArguments& a) {
    if (a.tokens.empty()) return {};
    const Tokens tokens = quantity<Tokens>("--tokens", a.tokens);
    const Tokens step = real(a.global_batch) * real(a.sequence) * unit::token;
    if (tokens >= step) return tokens;
    throw UserFault{{{{"--tokens", 0, 0},
                      fmt::format("{} are less than the one step of {} that --global-batch x "
                                  "--sequence makes",
                                  to_text(tokens), to_text(step)),
                      "train on more tokens, or in smaller steps"}}};
}

/// What a deadline leaves for a sequence; cost alone would take years.
Seconds slowest(const PlanArguments& a) {
    if (a.deadline.empty() && a.objective != "cost") return {};
    if (a.deadline.empty() || a.tokens.empty()) {
        throw UserFault{{{{a.deadline.empty() ? "--objective" : "--deadline", 0, 0},
                          a.deadline.empty() ? "the cheapest plan uses a few chips for years"
                                             : "a deadline is for a number of tokens",
                          "add --tokens 15T --deadline \"90 days\""}}};
    }
    const double sequences = tokens_of(a).si() / static_cast<double>(a.sequence);
    return useful_share / sequences * quantity<Seconds>("--deadline", a.deadline);
}

/// The plan, with fewer micro-batches if a trace of all would have too many nodes.
Plan traced(const Plan& plan) {
    constexpr double most_nodes = 4e6;
    constexpr double of_pass = 8;
    const double passes = 2.0 * static_cast<double>(micro_batches(plan) * plan.virtual_stages);
    const double nodes = of_pass * passes * static_cast<double>(chips_used(plan));
    return nodes > most_nodes ? filling(plan) : plan;
}

/// The whole step, or as many micro-batches as fill the pipeline, a file a rank.
void write_trace(const TrainContext& context, const Factory& factory, const Plan& plan,
                 const std::string& folder) {
    constexpr std::int64_t most_ranks = 16'384;
    if (chips_used(plan) > most_ranks) {
        throw UserFault{{{{"--chakra", 0, 0},
                          fmt::format("{} files, one a rank, are too many", chips_used(plan)),
                          "plan for 16384 chips or fewer"}}};
    }
    FabricGraph graph;
    FabricShape shape = factory.shape;
    if (shape.endpoints > 0) {
        shape.endpoints = static_cast<std::uint32_t>(chips_used(plan));
        graph = graph_of(shape);
    }
    const Plan whole = traced(plan);
    std::vector<OutputFile> files;
    for (ChakraFile& file : chakra_files(step_trace(context, whole, graph), "step")) {
        files.push_back({std::move(file.name), std::move(file.bytes)});
    }
    write_or_throw(folder, files, [](const std::string& name) {  // ranks of a larger trace
        return name.starts_with("step.") && name.ends_with(".et");
    });
    std::cerr << fmt::format(
        "wrote a trace of {} ranks, {} of {} micro-batches, {} by formula, to {}\n",
        chips_used(plan), micro_batches(whole), micro_batches(plan),
        to_text(evaluate(context, whole).times.total), folder);
    const auto slower = slower_on_links(context, whole, graph);
    if (graph.endpoints == 0 || slower.empty()) return;
    std::cerr << "its replay may take longer, as these exchanges do on the fabric's links: "
              << join(slower, "; ") << "\n";
}

/// All that is wrong with the pins at once, what cannot be read and what cannot be.
PlanPins pins_of(const PlanArguments& a, const TrainContext& context) {
    Faults faults;
    PlanPins pins = read_pins(a.pins, faults);
    if (any(pins)) {
        const Faults more = pin_faults(context, {a.chips, a.global_batch, a.global_batch, pins});
        faults.insert(faults.end(), more.begin(), more.end());
    }
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return pins;
}

void find_plans(const Common& common, Planned& p) {
    const auto start = std::chrono::steady_clock::now();
    if (p.pinned()) {
        p.found = search_pinned(p.context, p.limits, p.options);
    } else {
        p.found = search(p.context, p.limits, p.options);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    p.seconds = taken.count();
    show_progress("", 1);
    if (p.found.late > 0 && !p.found.feasible) {
        p.fastest =
            search(p.context, p.limits, {.best_only = true, .threads = common.threads}).best;
    }
    if (p.found.feasible || p.found.late > 0) return;
    p.fewest = fewest_that_hold(catalog(common), p.factory, p.context, p.limits);
}

nlohmann::ordered_json json_of(const Planned& p, const Common& common) {
    const std::string detail = p.framework.id + (is_moe(p.context.model) ? "-experts" : "");
    const Interval band = interval_of(catalog(common), "time", detail, p.factory.chip);
    nlohmann::ordered_json json = search_json(p.found, p.context, band);
    for (std::size_t i = 0; i < p.found.pareto.size(); ++i) {
        const Candidate& c = p.found.pareto[i];
        nlohmann::ordered_json& best = json["best"][i];
        best["late"] = c.late;
        best["days"] = best["usd_per_million_tokens"] = nullptr;
        if (!p.priced()) continue;
        best["days"] = number_json(p.days(c));
        best["usd_per_million_tokens"] = number_json(p.per_million_tokens(c).in(unit::USD));
    }
    json["seconds"] = number_json(p.seconds);
    json["feasible"] = p.found.feasible;
    json["fewest_chips"] = nullptr;
    if (p.fewest > 0) json["fewest_chips"] = p.fewest;
    json["framework"] = p.framework.id;
    json["notes"] = p.factory.notes;
    json["asked"] = asked(p);
    return json;
}

}  // namespace

int plan_command(const PlanArguments& a, const Common& common) {
    const Factory factory = factory_of(a, common);
    if (!a.chakra.empty()) {
        if (Faults faults = check_output(a.chakra); !faults.empty()) throw UserFault{faults};
    }
    const TrainContext context = context_of(a, factory, common);
    Planned p{a, factory, context, framework_named(a, factory, common)};
    p.limits = {a.chips, a.global_batch, a.global_batch, pins_of(a, context)};
    p.options = {.by_cost = a.objective == "cost",
                 .exhaustive = a.exhaustive,
                 .slowest = slowest(a),
                 .threads = common.threads};
    p.tokens = tokens_of(a);
    p.yearly = yearly_cost(factory.bill, site_costs(catalog(common),
                                                    part_named(catalog(common).sites, priced_at)))
                   .value;
    p.options.progress = [](double share) { show_progress("searching plans", share); };
    find_plans(common, p);
    const SearchResult& found = p.found;
    // pinned plans are evaluated as given, whether or not they fit
    const bool told = p.pinned() && !found.pareto.empty();
    const Plan* shown = found.feasible ? &found.best.plan
                        : told         ? &found.pareto.front().plan
                                       : nullptr;
    FlowCheck check{.why_not = a.flows ? "no plan fits" : "not asked for"};
    if (a.flows && shown != nullptr) {
        check = flow_check(context, *shown, factory.shape,
                           {.routing = enum_named<Routing>(a.routing).value()});
    }
    // before anything is printed: a run that fails prints no result
    if (!a.chakra.empty() && shown != nullptr) write_trace(context, factory, *shown, a.chakra);
    if (!a.chakra.empty() && shown == nullptr) std::cerr << "no trace is written: no plan fits\n";
    if (common.json) {
        nlohmann::ordered_json json = json_of(p, common);
        const WeightCount weights = weights_of(context.model);
        json["parameters"] = weights.total;
        json["active_parameters"] = weights.active;
        json["extra_parameters"] = weights.extra;
        if (a.flows) json["by_flows"] = flow_check_json(check);
        std::cout << json_text(json) << "\n";
    } else {
        print_text(p);
        if (a.flows) std::cout << "\n" << flow_check_text(check);
    }
    return found.feasible || told ? exit_done : exit_impossible;
}

}  // namespace millwright::app
